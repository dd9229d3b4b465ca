"""Sentry's SDK and AWS X-Ray's: a call has the spans of boto3, and the trace header.

Their patches cannot be undone, so that they run in separate processes.
"""

from __future__ import annotations

import pytest

from support.programs import run_program

# The integration of botocore adds a header before the request is signed. So that the
# integration of http.client does not add the header again, which would invalidate the
# signature, it replaces methods of botocore's connections.
SENTRY = """
import sys
import sentry_sdk
from sentry_sdk.transport import Transport
from paws_common import LocalEndpoint
from support.clients import create_boto3_client, create_service

class Recorder(Transport):
    spans = []

    def capture_envelope(self, envelope):
        for item in envelope.items:
            self.spans += item.payload.json.get("spans", ())

with LocalEndpoint(lambda body, request: body) as local:
    if sys.argv[1] == "after":
        with create_service(local.url) as service:
            service.invoke_endpoint("demo", b"a")
    sentry_sdk.init("http://key@127.0.0.1:1/1", transport=Recorder, traces_sample_rate=1.0)
    service, client = create_service(local.url), create_boto3_client(local.url)
    calls = (
        lambda: service.invoke_endpoint("demo", b"a"),
        lambda: client.invoke_endpoint(EndpointName="demo", Body=b"a")["Body"].read(),
        lambda: list(service.invoke_endpoint_with_response_stream("demo", b"a")["Body"]),
    )
    recorded = []
    for call in calls:
        Recorder.spans.clear()
        with sentry_sdk.start_transaction(name="test"):
            call()
        recorded.append([(span["op"], span["description"]) for span in Recorder.spans])
        header = local.requests[-1].headers["sentry-trace"]
        assert header.count("-") == 2, header
    ours, theirs, stream = recorded
    assert ours == theirs, recorded
    name = "aws.sagemaker-runtime.InvokeEndpointWithResponseStream"
    assert ("http.client", name) in stream, stream
    service.close()
    client.close()
print("done")
"""

XRAY = """
import logging, sys, warnings
from aws_xray_sdk.core import patch, xray_recorder
from paws_common import LocalEndpoint
from paws_common.client.pipeline import is_sender_replaced
from support.clients import create_boto3_client, create_service

logging.disable()  # of the call outside of a segment
warnings.simplefilter("ignore", ResourceWarning)  # of the SDK's default emitter

class Emitter:
    segments = []

    def send_entity(self, segment):
        self.segments.append(segment)

    def set_daemon_address(self, address):
        pass

xray_recorder.configure(
    sampling=False, emitter=Emitter(), service="test", context_missing="IGNORE_ERROR"
)

with LocalEndpoint(lambda body, request: body) as local:
    service, client = create_service(local.url), create_boto3_client(local.url)
    if sys.argv[1] == "after":
        service.invoke_endpoint("demo", b"a")
    patch(["botocore"])
    calls = (
        lambda: service.invoke_endpoint("demo", b"a"),
        lambda: client.invoke_endpoint(EndpointName="demo", Body=b"a"),
        lambda: list(service.invoke_endpoint_with_response_stream("demo", b"a")["Body"]),
    )
    recorded = []
    for call in calls:
        with xray_recorder.in_segment("segment") as segment:
            call()
        (subsegment,) = segment.subsegments
        header = local.requests[-1].headers["X-Amzn-Trace-Id"]
        assert f"Root={segment.trace_id};Parent={subsegment.id};Sampled=1" == header
        subsegment.aws.pop("request_id")
        recorded.append((subsegment.name, subsegment.aws, subsegment.http))
    ours, theirs, stream = recorded
    assert ours == theirs, recorded
    assert stream[1]["operation"] == "InvokeEndpointWithResponseStream", stream
    service.invoke_endpoint("demo", b"a")  # outside of a segment
    assert not is_sender_replaced()
    service.close()
    client.close()
print("done")
"""


@pytest.mark.parametrize("initialized", ["before", "after"])
@pytest.mark.parametrize(
    ("library", "program"), [("sentry_sdk", SENTRY), ("aws_xray_sdk", XRAY)]
)
def test_call_has_the_spans_of_boto3(library, program, initialized) -> None:
    pytest.importorskip(library, reason="tox -e tools installs the SDK")
    assert run_program(program, initialized) == "done"
