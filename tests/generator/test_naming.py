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

SERVICES = [
    ("configservice", {"serviceFullName": "AWS Config"}),
    (
        "configservice",
        {"serviceFullName": "AWS Config", "serviceAbbreviation": "Config Service"},
    ),
    (
        "costandusagereportservice",
        {"serviceFullName": "AWS Cost and Usage Report Service"},
    ),
    ("bedrockagent", {"serviceFullName": "Agents for Amazon Bedrock"}),
    ("elb", {"serviceFullName": "Elastic Load Balancing"}),
    (
        "elbv2",
        {
            "serviceFullName": "Elastic Load Balancing",
            "serviceAbbreviation": "Elastic Load Balancing v2",
        },
    ),
    (
        "iam",
        {
            "serviceFullName": "AWS Identity and Access Management",
            "serviceAbbreviation": "IAM",
        },
    ),
    ("lambda", {"serviceFullName": "AWS Lambda"}),
    ("pinpointsmsvoicev2", {"serviceFullName": "Amazon Pinpoint SMS Voice V2"}),
    (
        "route53",
        {"serviceFullName": "Amazon Route 53", "serviceAbbreviation": "Route 53"},
    ),
    (
        "s3",
        {
            "serviceFullName": "Amazon Simple Storage Service",
            "serviceAbbreviation": "Amazon S3",
        },
    ),
    ("sagemakerruntime", {"serviceFullName": "Amazon SageMaker Runtime"}),
]
OPERATIONS = [
    ("AddClientIDToOpenIDConnectProvider", "add_client_id_to_open_id_connect_provider"),
    ("AssociateDistributionWebACL", "associate_distribution_web_acl"),
    ("CreateAutoMLJobV2", "create_auto_ml_job_v2"),
    ("CreateTLSInspectionConfiguration", "create_tls_inspection_configuration"),
    ("DescribeICD10CMInferenceJob", "describe_icd10cm_inference_job"),
    ("DetachAndDeleteS3AccessPoint", "detach_and_delete_s3_access_point"),
    ("DetectPHI", "detect_phi"),
    ("EnableLDAPS", "enable_ldaps"),
    ("Invoke", "invoke"),
    ("InvokeEndpointAsync", "invoke_endpoint_async"),
    ("ListEntitiesDetectionV2Jobs", "list_entities_detection_v2_jobs"),
    ("ListMFADeviceTags", "list_mfa_device_tags"),
]

identifiers = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True) | (
    st.sampled_from([*keyword.kwlist, "__debug__"])
)


@pytest.mark.parametrize(("name", "metadata"), SERVICES)
def test_service_has_the_name_that_it_has_in_r(name, metadata):
    assert naming.service_name(metadata) == name


@pytest.mark.parametrize(("operation", "name"), OPERATIONS)
def test_operation_has_the_name_that_it_has_in_r(operation, name):
    assert naming.snake_case(operation) == name


def test_operation_constant_is_the_name_in_capitals():
    assert naming.constant("InvokeEndpointAsync") == "INVOKE_ENDPOINT_ASYNC"


def test_undocumented_operation_has_its_name_as_title():
    assert naming.title("InvokeEndpointAsync") == "Invoke endpoint async"


def test_keyword_service_has_a_constructor():
    assert naming.constructor("lambda") == "lambda_"
    assert naming.constructor("s3") == "s3"


@pytest.mark.parametrize("name", ["aio", "config", "paginate", "services"])
def test_constructor_does_not_hide_a_name_of_the_package(name):
    assert naming.constructor(name) == f"{name}_"


def test_service_class_keeps_capitals_of_the_id():
    metadata = {"serviceFullName": "Amazon SNS", "serviceId": "pinpoint SMS-Voice"}
    assert naming.class_name(metadata) == "PinpointSMSVoice"
    assert naming.class_name({"serviceFullName": "Amazon SNS"}) == "AmazonSNS"


def test_service_class_never_shadows_an_import():
    assert naming.class_name({"serviceFullName": "x", "serviceId": "Config"}) == (
        "Config_"
    )


def test_botocores_service_name_is_the_hyphenated_id():
    metadata = {"serviceFullName": "Amazon Runtime", "serviceId": "SageMaker Runtime"}
    assert naming.botocore_name(metadata) == "sagemaker-runtime"


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
def test_invalid_identifier_raises_with_the_name(text):
    if text.isidentifier() and text.isascii():
        assert naming.identifier(text).startswith(text)
    else:
        with pytest.raises(ModelError) as caught:
            naming.identifier(text)
        assert repr(text) in str(caught.value)


def test_letters_that_python_takes_for_others_raise():
    assert "\N{LATIN SMALL LIGATURE FI}le".isidentifier()  # to Python it is "file"
    with pytest.raises(ModelError):
        naming.identifier("\N{LATIN SMALL LIGATURE FI}le")


@given(st.lists(identifiers, unique=True), st.lists(identifiers), st.sets(identifiers))
def test_identifiers_are_unique(keys, wishes, taken):
    wished = dict(zip(keys, wishes, strict=False))
    result = naming.identifiers(wished, taken)
    assert list(result) == list(wished)
    assert len(set(result.values())) == len(result)
    assert taken.isdisjoint(result.values())


def test_first_of_two_equal_names_keeps_it():
    assert naming.identifiers({"A": "x", "B": "x", "C": "x_"}, ()) == {
        "A": "x",
        "B": "x_",
        "C": "x__",
    }


def test_public_name_begins_with_no_underscore():
    assert naming.public("__type") == "type"
    assert naming.public("a__b_") == "a__b_"


def test_no_operation_hides_what_every_service_has():
    service = Service.__new__(Service)
    inherited = {name for name in dir(service) if not name.startswith("_")}
    assert inherited | {"api", "settings"} <= naming.RESERVED_METHODS


def test_operation_never_shadows_an_async_member():
    members = dir(AsyncService(Service.__new__(Service)))
    assert {name for name in members if name[0] != "_"} <= naming.RESERVED_METHODS


def test_operation_never_shadows_an_import_of_aio():
    """They are assigned in the module that calls `async_method`, `async_operation`."""
    assert {"async_method", "operations"} <= naming.RESERVED_METHODS
    assert {"method", "operation"} <= naming.RESERVED_METHODS  # of a service "async"


def test_error_member_never_shadows_an_attribute():
    error = ServiceError("function", "Code", "message")
    inherited = {name for name in dir(error) if not name.startswith("_")}
    assert inherited <= naming.RESERVED_ATTRIBUTES
