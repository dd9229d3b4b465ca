"""Sentry's SDK, which traces botocore and http.client."""

from __future__ import annotations

import pytest

from support.programs import run_program

pytest.importorskip("sentry_sdk", reason="tox -e tools installs the SDK")

# The SDK's patches cannot be undone. Its integration of botocore adds a header before the
# request is signed. So that its integration of http.client does not add the header again,
# which would invalidate the signature, it replaces methods of botocore's connections.
PROGRAM = """
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


@pytest.mark.parametrize("initialized", ["before", "after"])
def test_call_has_the_spans_of_boto3(initialized) -> None:
    assert run_program(PROGRAM, initialized) == "done"
