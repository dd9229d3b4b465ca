"""The names of services and operations: R's rules, and Python's reserved names.

The names in the tables are those of R's paws (its help pages, and `make_names.R`).
"""

import keyword

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from make_paws import naming
from make_paws.errors import ModelError
from paws_common.aio import AsyncService
from paws_common.errors import ServiceError
from paws_common.service import Service

# The name in R, serviceFullName, serviceAbbreviation.
SERVICES = [
    ("configservice", "AWS Config", None),
    ("configservice", "AWS Config", "Config Service"),
    ("costandusagereportservice", "AWS Cost and Usage Report Service", None),
    ("bedrockagent", "Agents for Amazon Bedrock", None),
    ("elb", "Elastic Load Balancing", None),
    ("elbv2", "Elastic Load Balancing", "Elastic Load Balancing v2"),
    ("iam", "AWS Identity and Access Management", "IAM"),
    ("lambda", "AWS Lambda", None),
    ("pinpointsmsvoicev2", "Amazon Pinpoint SMS Voice V2", None),
    ("route53", "Amazon Route 53", "Route 53"),
    ("s3", "Amazon Simple Storage Service", "Amazon S3"),
    ("sagemakerruntime", "Amazon SageMaker Runtime", None),
]
OPERATIONS = [
    ("AddClientIDToOpenIDConnectProvider", "add_client_id_to_open_id_connect_provider"),
    ("CreateAutoMLJobV2", "create_auto_ml_job_v2"),
    ("CreateTLSInspectionConfiguration", "create_tls_inspection_configuration"),
    ("DescribeICD10CMInferenceJob", "describe_icd10cm_inference_job"),
    ("DetachAndDeleteS3AccessPoint", "detach_and_delete_s3_access_point"),
    ("DetectPHI", "detect_phi"),
    ("InvokeEndpointAsync", "invoke_endpoint_async"),
    ("ListEntitiesDetectionV2Jobs", "list_entities_detection_v2_jobs"),
]

identifiers = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True) | (
    st.sampled_from([*keyword.kwlist, "__debug__"])
)


@pytest.mark.parametrize(("name", "full_name", "abbreviation"), SERVICES)
def test_service_has_the_name_that_it_has_in_r(name, full_name, abbreviation):
    metadata = {"serviceFullName": full_name}
    if abbreviation:
        metadata["serviceAbbreviation"] = abbreviation
    assert naming.service_name(metadata) == name


@pytest.mark.parametrize(("operation", "name"), OPERATIONS)
def test_operation_has_the_name_that_it_has_in_r(operation, name):
    assert naming.snake_case(operation) == name


def test_name_has_other_forms():
    assert naming.constant("InvokeEndpointAsync") == "INVOKE_ENDPOINT_ASYNC"
    assert naming.title("InvokeEndpointAsync") == "Invoke endpoint async"
    metadata = {"serviceFullName": "Amazon Runtime", "serviceId": "SageMaker Runtime"}
    assert naming.botocore_name(metadata) == "sagemaker-runtime"
    assert naming.public("__type") == "type"
    assert naming.public("a__b_") == "a__b_"


@pytest.mark.parametrize("name", ["lambda", "aio", "config", "paginate", "services"])
def test_constructor_hides_no_keyword_or_name_of_paws(name):
    assert naming.constructor(name) == f"{name}_"
    assert naming.constructor("s3") == "s3"


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"serviceId": "pinpoint SMS-Voice"}, "PinpointSMSVoice"),
        ({"serviceId": "Config"}, "Config_"),  # an import has this name
        ({}, "AmazonSNS"),
    ],
)
def test_service_class_keeps_capitals_of_the_id(metadata, name):
    assert naming.class_name({"serviceFullName": "Amazon SNS", **metadata}) == name


@pytest.mark.parametrize("full_name", ["Amazon", "AWS !", "Amazon 3D Scanner", " "])
def test_service_of_which_no_name_can_be_made_raises(full_name):
    with pytest.raises(ModelError, match="cannot be a name in Python and R"):
        naming.service_name({"serviceFullName": full_name})


@given(identifiers, st.sets(identifiers))
@example("__debug__", set())
@example("class", {"class_"})
def test_identifier_is_valid_and_not_reserved(name, taken):
    result = naming.identifier(name, taken)
    compile(f"def function({result}): {result} = 1", "", "exec")
    assert result not in taken
    assert result.rstrip("_") == name.rstrip("_")
    if name not in taken and not keyword.iskeyword(name) and name != "__debug__":
        assert result == name


@given(st.text())
@example("\N{LATIN SMALL LIGATURE FI}le")  # to Python it is "file"
def test_invalid_identifier_raises_with_the_name(text):
    if text.isidentifier() and text.isascii():
        assert naming.identifier(text).startswith(text)
    else:
        with pytest.raises(ModelError) as caught:
            naming.identifier(text)
        assert repr(text) in str(caught.value)


@given(st.lists(identifiers, unique=True), st.lists(identifiers), st.sets(identifiers))
def test_identifiers_are_unique(keys, wishes, taken):
    wished = dict(zip(keys, wishes, strict=False))
    result = naming.identifiers(wished, taken)
    assert list(result) == list(wished)
    assert len(set(result.values())) == len(result)
    assert taken.isdisjoint(result.values())


def test_first_of_two_equal_names_keeps_it():
    found = naming.identifiers({"A": "x", "B": "x", "C": "x_"}, ())
    assert found == {"A": "x", "B": "x_", "C": "x__"}


def public_names(value):
    return {name for name in dir(value) if not name.startswith("_")}


def test_no_operation_hides_what_every_service_has():
    service = Service.__new__(Service)
    assert public_names(service) | {"api", "settings"} <= naming.RESERVED_METHODS
    assert public_names(AsyncService(service)) <= naming.RESERVED_METHODS
    # What the modules import that call `async_method` and `async_operation`, and those
    # of a service "async".
    imports = {"async_method", "operations", "method", "operation"}
    assert imports <= naming.RESERVED_METHODS


def test_error_member_never_shadows_an_attribute():
    error = ServiceError("function", "Code", "message")
    assert public_names(error) <= naming.RESERVED_ATTRIBUTES
