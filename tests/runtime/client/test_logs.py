"""The log ``paws`` has one line for each request and one for each response."""

from __future__ import annotations

import logging
import re
from contextlib import suppress

import pytest

from paws_common import PawsError
from support.servers import HANG_UP, Response, error_response, response, scripted
from support.services import runtime

BODY = b"1,2"
OPERATION = "sagemaker-runtime.InvokeEndpoint"
DONE = response(200, b"345", {"x-amzn-RequestId": "0a-b"})


@pytest.fixture(autouse=True)
def no_waits(monkeypatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def log(caplog) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, logger="paws")
    return caplog


def lines_of(log: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged, without the times."""
    records = [record for record in log.records if record.name == "paws"]
    assert {record.levelno for record in records} <= {logging.DEBUG}
    return [re.sub("[0-9]+ ms", "N ms", record.getMessage()) for record in records]


def invoke(*responses: Response) -> None:
    with (
        scripted(*responses) as server,
        runtime(server.url) as service,
        suppress(PawsError),
    ):
        service.invoke_endpoint("demo", BODY)


def test_call_is_two_lines(log) -> None:
    invoke(DONE)
    assert lines_of(log) == [
        f"{OPERATION}: request, attempt 1, 3 bytes",
        f"{OPERATION}: response, attempt 1, status 200, request id 0a-b, N ms, 3 bytes",
    ]


def test_every_attempt_is_two_lines(log) -> None:
    invoke(error_response(503), HANG_UP)
    assert lines_of(log) == [
        f"{OPERATION}: request, attempt 1, 3 bytes",
        (
            f"{OPERATION}: response, attempt 1, status 503, request id unknown, N ms, "
            "17 bytes"
        ),
        f"{OPERATION}: request, attempt 2, 3 bytes",
        f"{OPERATION}: no response, attempt 2, ConnectionClosedError, N ms",
    ]


def test_stream_has_no_number_of_bytes(log, local) -> None:
    with runtime(local.url) as service:
        result = service.invoke_endpoint_with_response_stream("demo", BODY)
        list(result["Body"])
    assert lines_of(log)[1].endswith("N ms, unknown bytes")


def test_invalid_id_is_not_logged(log) -> None:
    invoke(response(200, b"", {"x-amzn-RequestId": "a b: status 200"}))
    assert "request id unknown" in lines_of(log)[1]
