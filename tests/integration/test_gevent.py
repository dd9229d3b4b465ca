"""gevent: greenlets call at the same time, whenever its patches are applied.

If botocore is imported before the patches, neither it nor boto3 can create a client after
them (gevent/gevent#1016). Services that were called before continue to work, but their open
connections block all greenlets.
"""

from __future__ import annotations

import threading

import pytest

from paws_common import LocalEndpoint
from paws_common.local import Request
from support.programs import run_program

pytest.importorskip("gevent", reason="tox -e tools installs gevent")

PROGRAM = """
import sys, warnings

def patch():
    from gevent import monkey

    with warnings.catch_warnings():  # of modules that are imported already
        warnings.simplefilter("ignore")
        monkey.patch_all()

url, patched = sys.argv[1:]
if patched == "first":
    patch()
from support.clients import create_service

services = [create_service(url) for _ in range(2)]
if patched.startswith("after the first call"):
    for service in services:
        service.invoke_endpoint("demo", b"first")
if patched != "first":
    patch()
if patched.endswith("closed"):
    for service in services:
        service.close()
import gevent

def stream(service):
    result = service.invoke_endpoint_with_response_stream("demo", b"a")
    return b"".join(result["Body"].iter_bytes())

def invoke(service):
    return service.invoke_endpoint("demo", b"a")["Body"]

greenlets = [
    gevent.spawn(call, service)
    for _ in range(5) for service in services for call in (invoke, stream)
]
gevent.joinall(greenlets, timeout=30, raise_error=True)
for service in services:
    service.close()
print({greenlet.value for greenlet in greenlets})
"""


@pytest.mark.parametrize(
    "patched",
    ["first", "after paws", "after the first call", "after the first call, closed"],
)
def test_greenlets_call_at_the_same_time(patched) -> None:
    """Each call waits for the others: one after the other, none would return."""
    barrier = threading.Barrier(20)

    def wait_for_others(body: bytes, request: Request) -> bytes:
        if request.body == b"a" and patched != "after the first call":
            barrier.wait(20)
        return body.upper()

    with LocalEndpoint(wait_for_others) as local:
        assert run_program(PROGRAM, local.url, patched) == "{b'A'}"
