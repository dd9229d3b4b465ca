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
from make_paws import overrides, spec
from make_paws.pages import http_request, placeholders
from make_paws.parse import RAW, parse

# Every protocol, every place of a parameter, and every way to sign.
SERVICES = (
    *("cloudformation", "cloudfront", "cloudwatch", "dynamodb", "ec2", "iam"),
    *("importexport", "iot", "kinesis", "lambda", "lexv2-runtime", "logs", "rds"),
    *("route53", "s3", "s3control", "sagemaker-runtime", "sdb", "sns", "sqs", "sts"),
    *("codecatalyst", "cognito-identity", "polly", "quicksight", "apigateway"),
    *("bedrock-runtime", "mediastore-data", "glacier", "ssm", "events"),
)
ADDED = {"Host", "Authorization"}


def requests(service):
    """Yield the name of each operation, our request, and what botocore makes of it."""
    loaded = spec.load(service)
    described = parse(loaded, overrides.load(), RAW)
    theirs = ServiceModel(loaded.model, service)
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
    if protocol == "smithy-rpc-v2-cbor":
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


@pytest.mark.parametrize("service", SERVICES)
def test_method_target_headers_and_body_are_botocore_s(service):
    if service not in model_arguments.files():
        pytest.skip(f"this botocore has no {service}")
    compared = 0
    for name, protocol, ours, theirs in requests(service):
        compared += 1
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
    assert compared
