"""mocket, which mocks sockets: nothing is sent to a host that it mocks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import EndpointConnectionError
from support.clients import create_service

pytest.importorskip("mocket", reason="tox -e tools installs mocket")

from mocket import Mocket, Mocketizer
from mocket.exceptions import StrictMocketException
from mocket.mocks.mockhttp import Entry

# mocket does not close its own socket.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)

PATH = "/endpoints/demo/invocations"


@pytest.fixture(params=["http://mocket.invalid", "https://mocket.invalid"])
def url(request) -> str:
    return str(request.param)


@pytest.fixture
def unmocked(url) -> Iterator[SageMakerRuntime]:
    service = create_service(url, max_retries=0)
    with service:
        yield service


@pytest.mark.parametrize("size", [1, 100, 100_000])
@pytest.mark.parametrize("mocked", ["before the first call", "after it"])
def test_mocked_host_responds(unmocked, url, mocked, size) -> None:
    if mocked == "after it":
        with pytest.raises(EndpointConnectionError):
            unmocked.invoke_endpoint("demo", b"a")
    with Mocketizer(strict_mode=True):
        Entry.single_register(
            Entry.POST, url + PATH, body="mocked", headers={"Content-Type": "text/csv"}
        )
        for _ in range(2):
            result = unmocked.invoke_endpoint("demo", b"a" * size)
            assert (result["Body"], result["ContentType"]) == (b"mocked", "text/csv")
        requests = Mocket.request_list()
    assert [len(request.body) for request in requests] == [size, size]


def test_call_that_is_not_mocked_is_refused(unmocked, url) -> None:
    """The exception is mocket's own."""
    with Mocketizer(strict_mode=True):
        Entry.single_register(Entry.POST, f"{url}/other", body="mocked")
        with pytest.raises(StrictMocketException, match="demo"):
            unmocked.invoke_endpoint("demo", b"a")
