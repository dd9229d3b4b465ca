"""R's names of services and operations, and what Python adds to them.

The names in the tables are those of R's paws (its help pages, and `make_names.R`).
"""

import keyword

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from make_paws import naming
from make_paws.errors import ModelError
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
    (
        "CreateTLSInspectionConfiguration",
        "create_tls_inspection_configuration",
    ),
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
def test_a_service_has_the_name_that_it_has_in_r(name, metadata):
    assert naming.service_name(metadata) == name


@pytest.mark.parametrize(("operation", "name"), OPERATIONS)
def test_an_operation_has_the_name_that_it_has_in_r(operation, name):
    assert naming.snake_case(operation) == name


def test_the_constant_of_an_operation_is_its_name_in_capitals():
    assert naming.constant("InvokeEndpointAsync") == "INVOKE_ENDPOINT_ASYNC"


def test_an_operation_without_documentation_has_its_name_for_a_title():
    assert naming.title("InvokeEndpointAsync") == "Invoke endpoint async"


def test_a_service_with_the_name_of_a_keyword_has_a_constructor_all_the_same():
    assert naming.constructor("lambda") == "lambda_"
    assert naming.constructor("s3") == "s3"


def test_the_class_of_a_service_keeps_the_capitals_of_its_id():
    metadata = {"serviceFullName": "Amazon SNS", "serviceId": "pinpoint SMS-Voice"}
    assert naming.class_name(metadata) == "PinpointSMSVoice"
    assert naming.class_name({"serviceFullName": "Amazon SNS"}) == "AmazonSNS"


def test_no_class_of_a_service_hides_what_its_module_imports():
    assert naming.class_name({"serviceFullName": "x", "serviceId": "Config"}) == (
        "Config_"
    )


def test_botocores_name_of_a_service_is_its_id_with_hyphens():
    metadata = {"serviceFullName": "Amazon Runtime", "serviceId": "SageMaker Runtime"}
    assert naming.botocore_name(metadata) == "sagemaker-runtime"


@pytest.mark.parametrize("full_name", ["Amazon", "AWS !", "Amazon 3D Scanner", " "])
def test_a_service_of_which_no_name_can_be_made_raises(full_name):
    with pytest.raises(ModelError, match="is no name that Python or R could use"):
        naming.service_name({"serviceFullName": full_name})


@given(identifiers, st.sets(identifiers))
@example("__debug__", set())
@example("class", {"class_"})
def test_an_identifier_is_no_keyword_never_taken_and_as_near_as_can_be(name, taken):
    result = naming.identifier(name, taken)
    compile(f"def function({result}): {result} = 1", "", "exec")
    assert result not in taken
    assert result.rstrip("_") == name.rstrip("_")
    if name not in taken and not keyword.iskeyword(name) and name != "__debug__":
        assert result == name


@given(st.text())
def test_what_is_no_identifier_raises_and_names_it(text):
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
def test_identifiers_are_all_different_whatever_is_wished(keys, wishes, taken):
    wished = dict(zip(keys, wishes, strict=False))
    result = naming.identifiers(wished, taken)
    assert list(result) == list(wished)
    assert len(set(result.values())) == len(result)
    assert taken.isdisjoint(result.values())


def test_of_two_that_wish_for_one_name_the_first_gets_it():
    assert naming.identifiers({"A": "x", "B": "x", "C": "x_"}, ()) == {
        "A": "x",
        "B": "x_",
        "C": "x__",
    }


def test_a_public_name_begins_with_no_underscore():
    assert naming.public("__type") == "type"
    assert naming.public("a__b_") == "a__b_"


def test_no_operation_hides_what_every_service_has():
    service = Service.__new__(Service)
    inherited = {name for name in dir(service) if not name.startswith("_")}
    assert inherited | {"api", "settings"} <= naming.RESERVED_METHODS


def test_no_member_of_an_error_hides_what_every_error_has():
    error = ServiceError("function", "Code", "message")
    inherited = {name for name in dir(error) if not name.startswith("_")}
    assert inherited <= naming.RESERVED_ATTRIBUTES
