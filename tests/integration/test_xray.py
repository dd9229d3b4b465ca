"""AWS X-Ray's SDK: a subsegment for each call, and the trace header."""

from __future__ import annotations

import pytest

from support.programs import run_program

pytest.importorskip("aws_xray_sdk", reason="tox -e tools installs the SDK")

# The SDK's patches cannot be undone.
PROGRAM = """
import logging, sys, warnings
from aws_xray_sdk.core import patch, xray_recorder
from paws_common import LocalEndpoint
from paws_common.client.pipeline import is_sender_replaced
from support.clients import create_boto3_client, create_service

logging.disable()  # of the call outside of a segment
warnings.simplefilter("ignore", ResourceWarning)  # of the SDK's default emitter

class Emitter:
    segments = []

    def send_entity(self, segment):
        self.segments.append(segment)

    def set_daemon_address(self, address):
        pass

xray_recorder.configure(
    sampling=False, emitter=Emitter(), service="test", context_missing="IGNORE_ERROR"
)

with LocalEndpoint(lambda body, request: body) as local:
    service, client = create_service(local.url), create_boto3_client(local.url)
    if sys.argv[1] == "after":
        service.invoke_endpoint("demo", b"a")
    patch(["botocore"])
    calls = (
        lambda: service.invoke_endpoint("demo", b"a"),
        lambda: client.invoke_endpoint(EndpointName="demo", Body=b"a"),
        lambda: list(service.invoke_endpoint_with_response_stream("demo", b"a")["Body"]),
    )
    recorded = []
    for call in calls:
        with xray_recorder.in_segment("segment") as segment:
            call()
        (subsegment,) = segment.subsegments
        header = local.requests[-1].headers["X-Amzn-Trace-Id"]
        assert f"Root={segment.trace_id};Parent={subsegment.id};Sampled=1" == header
        subsegment.aws.pop("request_id")
        recorded.append((subsegment.name, subsegment.aws, subsegment.http))
    ours, theirs, stream = recorded
    assert ours == theirs, recorded
    assert stream[1]["operation"] == "InvokeEndpointWithResponseStream", stream
    service.invoke_endpoint("demo", b"a")  # outside of a segment
    assert not is_sender_replaced()
    service.close()
    client.close()
print("done")
"""


@pytest.mark.parametrize("patched", ["before", "after"])
def test_call_has_the_subsegment_of_boto3(patched) -> None:
    assert run_program(PROGRAM, patched) == "done"
