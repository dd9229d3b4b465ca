"""The text of an HTTP example states the request that botocore serializes."""

import json
import re
from collections import namedtuple
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from botocore.model import ServiceModel
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import create_serializer

from make_paws import overrides, spec
from make_paws.pages import http_request, placeholders
from make_paws.parse import RAW, parse
from make_paws.spec import Spec
from support import model_arguments
from support import requirements as needs
from support.model_changes import structure
from support.service_models import service_model

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


Message = namedtuple("Message", ["method", "target", "headers", "body"])


def message(text):
    """Read a request from its text; the body starts after the first empty line."""
    head, _, body = text.partition("\n\n")
    start, *headers = head.split("\n")
    method, target, version = start.split(" ")
    assert version == "HTTP/1.1"
    return Message(method, target, dict(line.split(": ", 1) for line in headers), body)


def requests(loaded):
    """Yield the name of each operation, the protocol, our request, and botocore's."""
    described = parse(loaded, overrides.load(), RAW)
    theirs = ServiceModel(loaded.merged, loaded.service)
    serializer = create_serializer(theirs.resolved_protocol)
    for operation in described.operations:
        arguments = placeholders.arguments(operation, described.shapes)
        if arguments is not None:
            model = theirs.operation_model(operation.name)
            # botocore's client does not send these, such as `SourceRegion` of rds.
            added = loaded.extras.get("shapes", {}).get(operation.input, {})
            for name in added.get("members", {}):
                del arguments[name]
            made = serializer.serialize_to_request(arguments, model)
            ours = message(http_request.of(operation.name, arguments, loaded.merged))
            yield operation.name, theirs.resolved_protocol, ours, made


def target(path, query=()):
    """Return a path, and the pairs of its query, decoded."""
    split = urlsplit(path)
    pairs = [*parse_qsl(split.query, keep_blank_values=True)]
    for key, value in query:
        values = value if isinstance(value, list) else [value]
        pairs += [(key, str(each)) for each in values]
    return split.path, sorted(pairs)


def document(text):
    """Return the elements of an XML document, without the whitespace between them."""

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
    """Return the value of CBOR's diagnostic notation, for texts without its syntax."""
    plain = re.sub("h'([0-9a-f]*)'", r'"h:\1"', text)
    return json.loads(re.sub(r"\b1\(([0-9]+)\)", r"\1", plain)) if text else None


def read(body, protocol):
    """Return the content of a body, independent of its layout."""
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
        return text  # a blob


def compare(loaded):
    """Compare every request of a service with botocore's, and return how many."""
    compared = 0
    for name, protocol, ours, theirs in requests(loaded):
        headers = {key: ours.headers[key] for key in ours.headers.keys() - ADDED}
        query = theirs["query_string"] or {}
        assert ours.method == theirs["method"], name
        expected = target(theirs["url_path"], query.items())
        assert target(ours.target) == expected, name
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
    types = "Text List Flat Map FlatMap Time Data Flag Share"
    members = {name[0].lower() + name[1:]: {"shape": name} for name in types.split()}
    if protocol != CBOR:  # RPC v2 CBOR has no other names (Smithy 2.0)
        members["text"] |= {"locationName": "theText", "queryName": "QueryText"}
        members["list"] |= {"locationName": "theList"}
    text = {"shape": "Text"}
    shapes = {
        "Data": {"type": "blob"},
        "Flag": {"type": "boolean"},
        "Flat": {"type": "list", "member": text, "flattened": True},
        "FlatMap": {"type": "map", "key": text, "value": text, "flattened": True},
        "In": structure({"Inner": "Inner"}, ["Inner"]),
        "Inner": {"type": "structure", "members": members, "required": [*members]},
        "List": {"type": "list", "member": {**text, "locationName": "item"}},
        "Map": {
            "type": "map",
            "key": {**text, "locationName": "theKey"},
            "value": {**text, "locationName": "theValue"},
        },
        "Out": structure({"Stream": "Stream"}),
        "Share": {"type": "double"},
        "Stream": {**structure({}), "eventstream": True},
        "Text": {"type": "string"},
        "Time": {"type": "timestamp"},
    }
    rest = {"name": "Rest", "http": {"method": "POST", "requestUri": "/"}}
    act = {
        **rest,
        "name": "Act",
        "input": {"shape": "In", "locationName": "Request"},
        "output": {"shape": "Out"},
    }
    metadata |= {"protocol": protocol, "targetPrefix": "Target", "jsonVersion": "1.1"}
    return service_model({"Act": act, "Rest": rest}, shapes, **metadata)


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
def test_nested_members_equal_botocores_request(protocol, metadata):
    model = inside_model(protocol, **metadata)
    assert compare(Spec("example", model, {}, "0123456789ab")) == 2


@pytest.mark.parametrize(
    ("service", "operation", "scheme"),
    [
        ("dynamodb", "ListTables", "AWS4-HMAC-SHA256 "),
        ("cognito-identity", "GetId", None),
        ("codecatalyst", "VerifySession", "Bearer "),
    ],
)
def test_authorization_is_of_operation(service, operation, scheme):
    made = http_request.of(operation, {}, spec.load(service).model)
    found = message(made).headers.get("Authorization")
    assert found is None if scheme is None else found.startswith(scheme)


def test_xml_is_laid_out_to_be_read():
    s3 = spec.load("s3").model
    tagging = {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "<v>"}]}}
    assert http_request.of("PutBucketTagging", tagging, s3).endswith("""

<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <TagSet>
    <Tag>
      <Key>k</Key>
      <Value>&lt;v&gt;</Value>
    </Tag>
  </TagSet>
</Tagging>""")


def test_unexpected_error_of_botocore_is_not_raised(monkeypatch):
    def fail(*_, **__):
        raise KeyError("string")

    monkeypatch.setattr(http_request, "create_serializer", fail)
    assert http_request.of("Act", {}, service_model({"Act": {"name": "Act"}}, {})) == ""
