"""The functions send the requests that R's paws.common sent."""

import base64
import hashlib
from typing import Any

import pytest

import paws
from support import oracle
from support import r_facts as shared

MEMBERS = {
    "invoke_endpoint": oracle.members("InvokeEndpoint").keys(),
    "invoke_endpoint_async": oracle.members("InvokeEndpointAsync").keys(),
    "invoke_endpoint_with_response_stream": oracle.members(
        "InvokeEndpointWithResponseStream"
    ).keys(),
}

# R's record leaves out what belongs to the connection and the signature.
RECORDED = ("content-type", "accept")


@pytest.fixture
def service(local):
    # Some of R's arguments break a limit: R checks none.
    made = paws.sagemakerruntime(**local.config(), config={"validation": "off"})
    yield made
    made.client.close()


def plain(value: Any) -> Any:
    """Return a recorded argument, with blobs decoded from base64."""
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def test_every_request_of_r_is_sent_alike(local, service, subtests):
    cases = shared.r_wire()
    assert len(cases) == 71
    for case in cases:
        with subtests.test(case["id"]):
            if not case["args"].keys() <= MEMBERS[case["operation"]]:
                pytest.skip("the installed botocore is older than this argument")
            values = {name: plain(value) for name, value in case["args"].items()}

            result = getattr(service, case["operation"])(**values)
            if case["operation"] == "invoke_endpoint_with_response_stream":
                list(result["Body"])

            sent, recorded = local.requests[-1], case["request"]
            assert (sent.method, sent.path) == (
                recorded["method"],
                recorded["raw_path"],
            )
            assert hashlib.sha256(sent.body).hexdigest() == recorded["body_sha256"]
            headers = {
                name.lower(): value
                for name, value in sent.headers.fields
                if name.lower() in RECORDED or name.lower().startswith("x-amzn-")
            }
            assert headers == {
                name.lower(): value for name, value in recorded["headers"].items()
            }
