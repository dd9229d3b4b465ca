"""OpenTelemetry's instrumentation of botocore and of urllib3: one span for each call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from paws.services.sagemakerruntime import ValidationError
from paws_common import ServiceError
from paws_common.local import Request
from support.clients import throttle_first_attempts

pytest.importorskip(
    "opentelemetry.instrumentation.botocore", reason="tox -e tools installs it"
)

from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

Instrument = Callable[[Any], InMemorySpanExporter]


@pytest.fixture
def instrument() -> Iterator[Instrument]:
    """Trace a library until the test ends."""
    instrumentors = []

    def instrument(instrumentor: Any) -> InMemorySpanExporter:
        exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        instrumentor.instrument(tracer_provider=provider)
        instrumentors.append(instrumentor)
        return exporter

    yield instrument
    for instrumentor in instrumentors:
        instrumentor.uninstrument()


def only_span(exporter: InMemorySpanExporter) -> Any:
    (span,) = exporter.get_finished_spans()
    exporter.clear()
    return span


def attributes_of(span: Any) -> dict[str, Any]:
    """Return the attributes of a span without the one that differs between calls."""
    attributes = dict(span.attributes)
    attributes.pop("aws.request_id", None)
    return attributes


@pytest.mark.parametrize("traced", ["before the first call", "after it"])
@pytest.mark.parametrize(
    ("instrumentor", "name", "header", "value"),
    [
        (
            BotocoreInstrumentor,
            "SageMaker Runtime.InvokeEndpoint",
            "X-Amzn-Trace-Id",
            lambda trace: f"Root=1-{trace[:8]}-{trace[8:]}",
        ),
        (URLLib3Instrumentor, "POST", "traceparent", str),
    ],
    ids=["botocore", "urllib3"],
)
def test_call_has_the_span_of_boto3(
    service, boto3_client, local, instrument, instrumentor, name, header, value, traced
) -> None:
    if traced == "after it":
        service.invoke_endpoint("demo", b"a")
    exporter = instrument(instrumentor())

    service.invoke_endpoint("demo", b"a")
    ours = only_span(exporter)
    boto3_client.invoke_endpoint(EndpointName="demo", Body=b"a")
    theirs = only_span(exporter)

    assert (ours.name, ours.kind) == (theirs.name, theirs.kind)
    assert ours.name == name
    assert attributes_of(ours) == attributes_of(theirs)
    trace = f"{ours.context.trace_id:032x}"
    assert value(trace) in local.requests[-2].headers[header]


def test_error_is_an_event_of_the_span(service, local, instrument) -> None:
    def refuse(body: bytes, request: Request) -> bytes:
        raise ServiceError("predict", "ValidationError", "no")

    local.predict = refuse
    exporter = instrument(BotocoreInstrumentor())
    with pytest.raises(ValidationError):
        service.invoke_endpoint("demo", b"a")
    span = only_span(exporter)
    assert span.status.is_ok is False
    assert span.attributes["http.status_code"] == 400
    assert [event.name for event in span.events] == ["exception"]


def test_retried_call_has_one_span(service, local, instrument, waits) -> None:
    local.predict = throttle_first_attempts
    exporter = instrument(BotocoreInstrumentor())
    service.invoke_endpoint("demo", b"a")
    assert only_span(exporter).attributes["retry_attempts"] == 1
    assert len(local.requests) == 2


def test_both_instrumentations_have_one_span(service, instrument) -> None:
    """That of botocore suppresses that of urllib3."""
    spans = instrument(BotocoreInstrumentor())
    requests = instrument(URLLib3Instrumentor())
    list(service.invoke_endpoint_with_response_stream("demo", b"a")["Body"])
    span = only_span(spans)
    assert span.name == "SageMaker Runtime.InvokeEndpointWithResponseStream"
    assert span.attributes["http.status_code"] == 200
    assert requests.get_finished_spans() == ()


def test_no_span_after_the_instrumentation_ends(service, instrument) -> None:
    instrumentor = BotocoreInstrumentor()
    exporter = instrument(instrumentor)
    service.invoke_endpoint("demo", b"a")
    only_span(exporter)
    instrumentor.uninstrument()
    service.invoke_endpoint("demo", b"a")
    assert exporter.get_finished_spans() == ()
    instrumentor.instrument()  # the fixture ends it
