"""VCR.py: calls are recorded, and replayed without a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from paws.services.sagemakerruntime import ModelError, SageMakerRuntime
from paws_common import LocalEndpoint
from paws_common.local import Request
from support.clients import create_service

vcr = pytest.importorskip("vcr", reason="tox -e tools installs VCR.py")


def count_letters(body: bytes, request: Request) -> Iterator[bytes] | bytes:
    if request.operation == "InvokeEndpointWithResponseStream":
        return iter([b'{"letter": "%c"}\n' % letter for letter in body])
    return body.upper()


def invoke(service: SageMakerRuntime) -> bytes:
    return service.invoke_endpoint("demo", b"ab")["Body"]


def stream(service: SageMakerRuntime) -> list[str]:
    result = service.invoke_endpoint_with_response_stream("demo", b"ab")
    return [value["letter"] for value in result["Body"].iter_json()]


@pytest.mark.parametrize("created", ["outside", "inside", "after a call"])
def test_recorded_calls_are_replayed(tmp_path, created) -> None:
    """`created` is where the service is created: outside of the cassette, or inside."""
    cassette = tmp_path / "cassette.yaml"
    with LocalEndpoint(count_letters) as local:
        service = create_service(local.url, max_retries=0)
        if created == "after a call":
            invoke(service)
        with vcr.use_cassette(cassette) as recorder:
            if created == "inside":
                service = create_service(local.url, max_retries=0)
            assert (invoke(service), stream(service)) == (b"AB", ["a", "b"])
        assert len(recorder) == 2
        count = len(local.requests)
        assert (invoke(service), stream(service)) == (b"AB", ["a", "b"])
        assert len(local.requests) == count + 2

    with service:  # the server has stopped
        with vcr.use_cassette(cassette, record_mode="none") as player:
            assert (invoke(service), stream(service)) == (b"AB", ["a", "b"])
        assert player.play_count == 2


def test_recorded_error_is_replayed(tmp_path) -> None:
    def fail(body: bytes, request: Request) -> bytes:
        raise ValueError("no such column")

    cassette = tmp_path / "cassette.yaml"
    with LocalEndpoint(fail) as local:
        service = create_service(local.url)
        with vcr.use_cassette(cassette), pytest.raises(ModelError) as recorded:
            invoke(service)
    with (
        service,
        vcr.use_cassette(cassette, record_mode="none"),
        pytest.raises(ModelError) as replayed,
    ):
        invoke(service)
    assert str(replayed.value) == str(recorded.value)
    assert "no such column" in str(replayed.value)


def test_call_that_was_not_recorded_is_refused(tmp_path, service, local) -> None:
    """The exception is VCR's own, and describes what was recorded."""
    errors = vcr.errors.CannotOverwriteExistingCassetteException
    with (
        vcr.use_cassette(tmp_path / "cassette.yaml", record_mode="none"),
        pytest.raises(errors, match="POST http://127"),
    ):
        invoke(service)
    assert local.requests == ()
