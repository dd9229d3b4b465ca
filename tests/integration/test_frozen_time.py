"""freezegun and time-machine: requests are signed for their time, and nothing waits."""

from __future__ import annotations

import datetime
from typing import Any
from unittest import mock

import pytest

import paws
from paws_common import ConfigError, invoke_and_wait
from support import requirements as needs
from support.clients import KEYS, REGION, throttle_first_attempts

PAST = datetime.datetime(2013, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
FUTURE = datetime.datetime(2055, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def freeze(library: str, time: datetime.datetime, ticks: bool) -> Any:
    module = pytest.importorskip(library, reason=f"tox -e tools installs {library}")
    travel = {"freezegun": "freeze_time", "time_machine": "travel"}[library]
    return getattr(module, travel)(time, tick=ticks)


@pytest.fixture(params=["freezegun", "time_machine"])
def library(request) -> str:
    return str(request.param)


@pytest.mark.parametrize("ticks", [False, True])
@pytest.mark.parametrize("time", [PAST, FUTURE], ids=["past", "future"])
@pytest.mark.parametrize("frozen", ["before the first call", "after it"])
def test_requests_are_signed_for_the_time(
    service, local, library, time, ticks, frozen
) -> None:
    if frozen == "after it":
        service.invoke_endpoint("demo", b"a")
    with freeze(library, time, ticks):
        assert service.invoke_endpoint("demo", b"b")["Body"] == b"B"
        assert service.invoke_endpoint("demo", b"c")["Body"] == b"C"
    for request in local.requests[-2:]:
        assert request.headers["X-Amz-Date"].startswith(f"{time:%Y%m%dT%H%M}")
    assert service.invoke_endpoint("demo", b"d")["Body"] == b"D"
    assert not local.requests[-1].headers["X-Amz-Date"].startswith(f"{time:%Y}")


def test_retries_and_streams_work_at_a_frozen_time(service, local, library) -> None:
    local.predict = throttle_first_attempts
    with freeze(library, PAST, ticks=False), mock.patch("time.sleep") as sleep:
        result = service.invoke_endpoint_with_response_stream("demo", b"a")
        assert b"".join(result["Body"].iter_bytes()) == b"a"
    assert sleep.call_count == 1


@needs.inline_body
def test_asynchronous_result_returns_at_a_frozen_time(local, library) -> None:
    service = paws.sagemakerruntime(**local.config())
    with service, freeze(library, PAST, ticks=False):
        result = invoke_and_wait(service.invoke_endpoint_async, "demo", b"a")
    assert result == b"A"


def test_expiration_is_compared_with_the_time(local, library) -> None:
    hour = datetime.timedelta(hours=1)
    with paws.sagemakerruntime(
        endpoint=local.url,
        region=REGION,
        credentials={"creds": {**KEYS, "expiration": PAST}},
    ) as service:
        with freeze(library, PAST - hour, ticks=False):
            service.invoke_endpoint("demo", b"a")
        expired = pytest.raises(ConfigError, match="expired")
        with freeze(library, PAST + hour, ticks=False), expired:
            service.invoke_endpoint("demo", b"a")
