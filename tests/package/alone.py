"""What a person has who installs paws-py and nothing else; the environments `wheel-…`.

It runs on plain Python, for there is no pytest.
"""

import platform
from importlib import metadata

import paws
from paws_common.local import LocalEndpoint, Request

NEEDED = {"botocore", "jmespath", "paws-py", "python-dateutil", "six", "urllib3"}
SEEDS = {"pip", "setuptools", "wheel"}  # what an environment may have when it is made


def installed() -> set[str]:
    """Return the names of all distributions of this environment."""
    names = (each.metadata["Name"] for each in metadata.distributions())
    return {name.lower().replace("_", "-") for name in names}


def predict(body: bytes, request: Request) -> bytes:
    """Answer in capitals."""
    return body.upper()


found = installed() - SEEDS
assert found == NEEDED, f"too much or too little: {sorted(found ^ NEEDED)}"

with LocalEndpoint(predict) as local:
    svc = paws.sagemakerruntime(**local.config())
    answer = svc.invoke_endpoint("capitals", b"hello")["Body"]
    assert answer == b"HELLO", answer

print(
    "Python",
    platform.python_version(),
    "botocore",
    metadata.version("botocore"),
    answer,
)
