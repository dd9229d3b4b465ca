"""Requests are sent by the pipeline, or by botocore if it lacks a required function."""

from __future__ import annotations

import pytest

from support.programs import run_program

# Each is imported by the pipeline, or by the transport.
PROGRAM = """
import importlib, logging, sys

import botocore.session, botocore.client, botocore.endpoint
from paws_common.local import LocalEndpoint
import paws

module, name, change = sys.argv[1:]
module = importlib.import_module(f"botocore.{module}")
if change == "removed":
    delattr(module, name)
else:
    setattr(module, name, lambda one, two, three, four, five, six: None)

logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(name)s %(message)s")
with LocalEndpoint(lambda body, request: body) as local:
    for _ in range(2):
        with paws.sagemakerruntime(**local.config()) as service:
            print(service.invoke_endpoint("demo", b"1")["Body"])
"""


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("module", "name", "change"),
    [
        ("compress", "maybe_compress_request", "removed"),
        ("httpsession", "mask_proxy_url", "removed"),
        pytest.param("httpsession", "mask_proxy_url", "changed", marks=SLOW),
        pytest.param("httpchecksum", "handle_checksum_body", "changed", marks=SLOW),
    ],
)
def test_botocore_sends_if_it_lacks_a_function(module, name, change) -> None:
    warning, *bodies = run_program(PROGRAM, module, name, change).splitlines()
    assert warning.startswith("WARNING paws botocore ")
    assert "sends the requests itself" in warning
    assert bodies == ["b'1'", "b'1'"]
