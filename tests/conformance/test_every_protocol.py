"""Generated functions send the same requests as botocore's own client, for any service.

The requests are intercepted before they are sent. Time and identifiers are constant, so
that signatures are compared, too.
"""

import importlib
from itertools import groupby

import pytest
from botocore.parsers import create_parser
from hypothesis import assume, given
from hypothesis import strategies as st

from paws_common.responses.builder import build_result
from support import model_arguments
from support.generated_services import frozen, generated
from support.hypothesis_settings import examples
from support.invalid_arguments import broken

# The largest and the most used services, and those with rare features.
NAMED = {
    *("amp", "apigateway", "bedrock-runtime", "cloudfront", "cloudwatch", "dynamodb"),
    *(
        "cognito-identity",
        "dataexchange",
        "ec2",
        "glacier",
        "iam",
        "iot-data",
        "kinesis",
    ),
    *("lambda", "lex-runtime", "lexv2-runtime", "neptune-graph", "polly", "route53"),
    *("s3", "s3control", "sagemaker-runtime", "sdb", "sns", "sqs", "sts", "transcribe"),
}
FROM_EACH = 14  # services of every way to write requests
OPERATIONS = 12  # of one service


def services() -> list[str]:
    """Return the named services, and some with each list of protocols."""
    by_protocols = sorted(model_arguments.files(), key=model_arguments.protocols)
    groups = groupby(by_protocols, key=model_arguments.protocols)
    some = [model_arguments.spread([*names], FROM_EACH) for _, names in groups]
    return sorted(NAMED.union(*some))


SERVICES = services()


@pytest.fixture(scope="module", autouse=True)
def still():
    with frozen():
        yield


@pytest.fixture(scope="module", params=SERVICES)
def service(request, tmp_path_factory):
    name = request.param
    some = model_arguments.spread(model_arguments.operations(name), OPERATIONS)
    with generated(name, some, tmp_path_factory.mktemp(name)) as made:
        yield made


def test_services_have_every_protocol():
    assert len(SERVICES) >= 60
    assert {model_arguments.protocols(name) for name in SERVICES} == {
        model_arguments.protocols(name) for name in model_arguments.files()
    }


@pytest.mark.slow
@examples(12)
@given(data=st.data())
def test_valid_arguments_make_botocores_request(service, data):
    operation = data.draw(st.sampled_from(service.operations))
    values = data.draw(model_arguments.arguments(service.service, operation))
    theirs = service.expected(operation, values)
    assert service.call(service.ours, operation, values) == theirs


@pytest.mark.slow
@examples(10)
@given(data=st.data())
def test_broken_constraint_is_reported_at_its_path(service, data):
    """No other argument is reported."""
    operation = data.draw(st.sampled_from(service.operations))
    values = data.draw(model_arguments.arguments(service.service, operation))
    assert service.violations(operation, values) == []

    violations = broken(service.service, operation, values)
    assume(violations)
    violation = data.draw(st.sampled_from(violations))
    refused = service.violations(operation, violation.arguments)
    assert refused == [(violation.path, violation.limit)]


# An empty response of each protocol that botocore uses.
NOTHING = {
    "ec2": b"<Response/>",
    "json": b"{}",
    "query": b"<Response><%s/></Response>",
    "rest-json": b"{}",
    "rest-xml": b"<Response/>",
    "smithy-rpc-v2-cbor": b"\xa0",
}


def test_empty_response_has_every_member_of_the_model(service):
    botocores = service.theirs.meta.service_model
    protocol = botocores.resolved_protocol
    for described in service.described.operations:
        model = botocores.operation_model(described.name)
        if model.has_streaming_output or model.has_event_stream_output:
            continue
        output = model_arguments.output(service.service, described.name)
        wrapper = output.get("resultWrapper", "Result").encode()
        body = NOTHING[protocol].replace(b"%s", wrapper)
        answer = {"status_code": 200, "headers": {}, "body": body}
        parsed = create_parser(protocol).parse(answer, model.output_shape)
        operation = getattr(
            importlib.import_module(f"{service.package.__name__}.operations"),
            described.constant,
        )
        members = output.get("members", {})
        result = build_result(operation, parsed)
        assert list(result) == [*members, "ResponseMetadata"]
        # The payload is the body itself, which is there, and so are the headers.
        there = {name for name in members if members[name].get("location") == "headers"}
        silent = members.keys() - there - {output.get("payload")}
        assert all(result[name] is None for name in silent)
