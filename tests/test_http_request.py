"""The HTTP request of a page is what botocore's own serializer makes of the arguments."""

import json
import re
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from botocore.model import ServiceModel
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import create_serializer

import model_arguments
import needs
from make_paws import overrides, spec
from make_paws.pages import http_request, placeholders
from make_paws.pages.message import Request
from make_paws.parse import RAW, parse
from make_paws.spec import Spec
from service_models import service_model

# Every protocol, every place of a parameter, and every way to sign.
SERVICES = (
    *("cloudformation", "cloudfront", "cloudwatch", "dynamodb", "ec2", "iam"),
    *("importexport", "iot", "kinesis", "lambda", "lexv2-runtime", "logs", "rds"),
    *("route53", "s3", "s3control", "sagemaker-runtime", "sdb", "sns", "sqs", "sts"),
    *("codecatalyst", "cognito-identity", "polly", "quicksight", "apigateway"),
    *("acm", "bedrock-runtime", "mediastore-data", "glacier", "ssm", "events"),
)
CBOR = "smithy-rpc-v2-cbor"
PROTOCOLS = ("ec2", "json", "query", "rest-json", "rest-xml", CBOR)
ADDED = {"Host", "Authorization"}


def requests(loaded):
    """Yield the name of each operation, the protocol, our request, and botocore's."""
    described = parse(loaded, overrides.load(), RAW)
    theirs = ServiceModel(loaded.model, loaded.service)
    serializer = create_serializer(theirs.resolved_protocol)
    for operation in described.operations:
        arguments = placeholders.arguments(operation, described.shapes)
        if arguments is not None:
            model = theirs.operation_model(operation.name)
            made = serializer.serialize_to_request(arguments, model)
            ours = http_request.of(operation.name, arguments, loaded.model)
            yield operation.name, theirs.resolved_protocol, ours, made


def target(path, query):
    """Return a path, and the pairs of its query, decoded."""
    split = urlsplit(path)
    pairs = [*parse_qsl(split.query, keep_blank_values=True)]
    for key, value in query:
        values = value if isinstance(value, list) else [value]
        pairs += [(key, str(each)) for each in values]
    return split.path, sorted(pairs)


def document(text):
    """Return an XML document as what its elements are, without the space between."""

    def tree(element):
        text = (element.text or "").strip()
        return element.tag, element.attrib, text, [tree(each) for each in element]

    return tree(ElementTree.fromstring(text))


def cbor(body):
    """Return what botocore's own parser reads; bytes as the text of their digits."""
    if not body:
        return None
    parser = RpcV2CBORParser(timestamp_parser=lambda value: value)
    stream = parser.get_peekable_stream_from_bytes(body)
    found = parser.parse_data_item(stream)
    return json.loads(json.dumps(found, default=lambda value: f"h:{value.hex()}"))


def diagnostic(text):
    """Return what CBOR's diagnostic notation says, where no text holds any of it."""
    plain = re.sub("h'([0-9a-f]*)'", r'"h:\1"', text)
    return json.loads(re.sub(r"\b1\(([0-9]+)\)", r"\1", plain)) if text else None


def read(body, protocol):
    """Return a body as what it says, whatever its layout."""
    if protocol == CBOR:
        return cbor(body) if isinstance(body, bytes) else diagnostic(body)
    text = body.decode() if isinstance(body, (bytes, bytearray)) else body
    if protocol in ("query", "ec2"):
        if isinstance(body, dict):
            return [(key, str(value)) for key, value in body.items()]
        return parse_qsl(text.replace("\n", ""), keep_blank_values=True)
    if protocol == "rest-xml":
        return document(text) if text.startswith("<") else text
    try:
        return json.loads(text)
    except ValueError:
        return text  # a blob, which has no form of its own


def compare(loaded):
    """Compare every request of a service with botocore's, and return how many."""
    compared = 0
    for name, protocol, ours, theirs in requests(loaded):
        headers = {key: ours.headers[key] for key in ours.headers.keys() - ADDED}
        query = theirs["query_string"] or {}
        assert ours.method == theirs["method"], name
        assert target(ours.path, ours.query) == target(
            theirs["url_path"], query.items()
        ), name
        assert headers == {k: str(v) for k, v in theirs["headers"].items()}, name
        prefix = ours.headers["Host"].removesuffix("<endpoint>")
        assert prefix == theirs.get("host_prefix", ""), name
        assert read(ours.body, protocol) == read(theirs["body"], protocol), name
        compared += 1
    return compared


@pytest.mark.parametrize("service", SERVICES)
def test_method_target_headers_and_body_are_botocore_s(service):
    if service not in model_arguments.files():
        pytest.skip(f"this botocore has no {service}")
    assert compare(spec.load(service))


def inside_model(protocol, **metadata):
    """Return a model with every shape inside of a required structure."""
    names = {
        "text": "Text",
        "list": "List",
        "flat": "Flat",
        "map": "Map",
        "flatMap": "FlatMap",
        "time": "Time",
        "data": "Data",
        "flag": "Flag",
        "share": "Share",
    }
    members = {name: {"shape": shape} for name, shape in names.items()}
    members["text"] |= {"locationName": "theText", "queryName": "QueryText"}
    members["list"] |= {"locationName": "theList"}
    text = {"shape": "Text"}
    shapes = {
        "Data": {"type": "blob"},
        "Flag": {"type": "boolean"},
        "Flat": {"type": "list", "member": text, "flattened": True},
        "FlatMap": {"type": "map", "key": text, "value": text, "flattened": True},
        "In": {
            "type": "structure",
            "members": {"Inner": {"shape": "Inner"}},
            "required": ["Inner"],
        },
        "Inner": {"type": "structure", "members": members, "required": [*members]},
        "List": {"type": "list", "member": {**text, "locationName": "item"}},
        "Map": {
            "type": "map",
            "key": {**text, "locationName": "theKey"},
            "value": {**text, "locationName": "theValue"},
        },
        "Out": {"type": "structure", "members": {"Stream": {"shape": "Stream"}}},
        "Share": {"type": "double"},
        "Stream": {"type": "structure", "members": {}, "eventstream": True},
        "Text": {"type": "string"},
        "Time": {"type": "timestamp"},
    }
    act = {
        "name": "Act",
        "http": {"method": "POST", "requestUri": "/"},
        "input": {"shape": "In", "locationName": "Request"},
        "output": {"shape": "Out"},
    }
    rest = {**act, "name": "Rest"}
    del rest["input"], rest["output"]
    return service_model(
        {"Act": act, "Rest": rest},
        shapes,
        protocol=protocol,
        targetPrefix="Target",
        jsonVersion="1.1",
        **metadata,
    )


@pytest.mark.parametrize(
    ("protocol", "metadata"),
    [
        *((each, {}) for each in PROTOCOLS if each != CBOR),
        pytest.param(CBOR, {}, marks=needs.cbor_type),
        pytest.param(CBOR, {"awsQueryCompatible": {}}, marks=needs.cbor_type),
        (CBOR, {"protocols": [CBOR, "json"]}),
        ("json", {"awsQueryCompatible": {}}),
    ],
)
def test_what_is_inside_of_structures_is_sent_as_botocore_sends_it(protocol, metadata):
    model = inside_model(protocol, **metadata)

    assert compare(Spec("example", model, {}, "0123456789ab")) == 2


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "path"),
    [
        ("s3", "GetObject", {"Bucket": "b", "Key": "a/b c+é"}, "a/b%20c%2B%C3%A9"),
        (
            "sagemaker-runtime",
            "InvokeEndpoint",
            {"EndpointName": "a/b c~"},
            "/endpoints/a%2Fb%20c~/invocations",
        ),
    ],
)
def test_only_a_greedy_label_keeps_its_slashes(service, operation, arguments, path):
    made = http_request.of(operation, arguments, spec.load(service).model)

    assert made.path.endswith(path)


@pytest.mark.parametrize(
    ("service", "operation", "scheme"),
    [
        ("sagemaker-runtime", "InvokeEndpoint", "AWS4-HMAC-SHA256 "),
        ("cognito-identity", "GetId", None),
        ("codecatalyst", "VerifySession", "Bearer "),
    ],
)
def test_the_authorization_is_that_of_the_operation(service, operation, scheme):
    made = http_request.of(operation, {}, spec.load(service).model)
    found = made.headers.get("Authorization")

    assert found is None if scheme is None else found.startswith(scheme)


def test_a_request_is_written_as_http_1_1_has_it():
    made = Request(
        method="POST",
        path="/a?b",
        query=(("c", "d e"), ("f", "&")),
        headers={"Host": "<endpoint>", "Accept": "*/*"},
        body="x\ny",
    )

    assert made.text == (
        "POST /a?b&c=d%20e&f=%26 HTTP/1.1\nHost: <endpoint>\nAccept: */*\n\nx\ny"
    )
