"""Generated functions send the same requests as botocore's own client, for any service.

The requests are intercepted before they are sent. Time and identifiers are constant, so
that signatures are compared, too.
"""

from itertools import groupby

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from support import model_arguments
from support.generated_services import frozen, generated
from support.hypothesis_settings import examples
from support.invalid_arguments import broken

# The largest and the most used services, and those with rare features.
NAMED = {
    *("amp", "apigateway", "bedrock-runtime", "cloudfront", "cloudwatch", "dynamodb"),
    *("cognito-identity", "dataexchange", "ec2", "glacier", "iam", "iot-data", "sts"),
    *("kinesis", "lambda", "lex-runtime", "lexv2-runtime", "neptune-graph", "polly"),
    *("route53", "s3", "s3control", "sagemaker-runtime", "sdb", "sns", "sqs"),
    "transcribe",
}
FROM_EACH = 14  # services of every way to write requests
OPERATIONS = 12  # of one service


by_protocols = sorted(model_arguments.files(), key=model_arguments.protocols)
some = [
    model_arguments.spread([*names], FROM_EACH)
    for _, names in groupby(by_protocols, key=model_arguments.protocols)
]
SERVICES = sorted(NAMED.union(*some))


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
