"""Test paws-py installed without extras; the environments `wheel-…` run this.

It does not need pytest, which is not installed there.
"""

import platform
from importlib import metadata

import paws
from paws_common.local import LocalEndpoint, Request

NEEDED = {"botocore", "jmespath", "paws-py", "python-dateutil", "six", "urllib3"}
SEEDS = {"pip", "setuptools", "wheel"}  # installed in a new environment


names = {each.metadata["Name"] for each in metadata.distributions()}
found = {name.lower().replace("_", "-") for name in names} - SEEDS
assert found == NEEDED, f"too much or too little: {sorted(found ^ NEEDED)}"


def predict(body: bytes, request: Request) -> bytes:
    """Return the body in capitals."""
    return body.upper()


with LocalEndpoint(predict) as local:
    svc = paws.sagemakerruntime(**local.config())
    response = svc.invoke_endpoint("capitals", b"hello")["Body"]
    assert response == b"HELLO", response

versions = (
    f"Python {platform.python_version()}, botocore {metadata.version('botocore')}"
)
print(versions, response)
