"""Values that are not allowed in headers and paths, and the encoding of the others."""

from __future__ import annotations

import hashlib
import hmac
import inspect
import re
from collections import UserDict, UserList, deque
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import paws
from paws_common import ParameterError, Violation
from paws_common.local import LocalEndpoint, Request
from paws_common.shapes import Integer, List, Map, String
from support.example_services import sent, taking, violations_of

CONTROLS = "".join(chr(code) for code in (*range(0x09), *range(0x0A, 0x20), 0x7F))
NO_HEADERS = {"EndpointName", "Body", "RequestTTLSeconds", "InvocationTimeoutSeconds"}
METHODS = [
    "invoke_endpoint",
    "invoke_endpoint_async",
    "invoke_endpoint_with_response_stream",
]
either = pytest.mark.parametrize("validation", ["on", "off"])
every_method = pytest.mark.parametrize("method", METHODS)


class Endpoint:
    """A local endpoint, with a service that checks limits and one that does not."""

    def __init__(self, local: LocalEndpoint) -> None:
        self.local = local
        self.services = {
            setting: paws.sagemakerruntime({"validation": setting}, **local.config())
            for setting in ("on", "off")
        }

    def violations(
        self, validation: str, method: str, arguments: Mapping[str, Any]
    ) -> tuple[Violation, ...]:
        """Return the violations of a call that sends nothing."""
        before = len(self.local.requests)
        with pytest.raises(ParameterError) as caught:
            getattr(self.services[validation], method)(**arguments)
        assert len(self.local.requests) == before
        return caught.value.violations


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with LocalEndpoint(lambda body, request: body) as local:
        made = Endpoint(local)
        yield made
        for service in made.services.values():
            service.client.close()


# --- Control characters


@either
@every_method
def test_control_characters_in_headers_are_refused(
    endpoint, method, validation
) -> None:
    call = getattr(endpoint.services[validation], method)
    headers = inspect.signature(call).parameters.keys() - NO_HEADERS
    assert {"ContentType", "Accept", "CustomAttributes"} < headers
    for name in headers:
        body = {} if name == "InputLocation" else {"Body": b"1,2"}
        for control in CONTROLS:
            arguments = {"EndpointName": "demo", **body, name: f"s3://a{control}b"}
            reason = f"contains the control character U+{ord(control):04X}"
            assert endpoint.violations(validation, method, arguments) == (
                Violation(name, reason, False),
            )


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_control_character_is_named(control) -> None:
    operation = taking(List("Text"), location="header", Text=String())
    reason = f"contains the control character U+{ord(control):04X}"
    for value in ([control], ["a", 1, f"a{control}b", "\0"]):
        assert violations_of(operation, value) == (Violation("Value", reason, False),)


@given(st.text(), st.sampled_from(CONTROLS), st.text(), st.booleans())
def test_no_text_around_it_hides_a_control_character(
    before, control, after, limits
) -> None:
    for shape in (
        String(),
        String(min=1000),
        String(pattern="a", regex="a"),
        Integer(),
    ):
        operation = taking(shape, location="header")
        (violation,) = violations_of(operation, before + control + after, limits=limits)
        assert violation.reason.startswith("contains the control character U+00")
        assert not violation.limit


@either
@pytest.mark.parametrize(
    ("shape", "location", "value"),
    [
        (List("Text"), "header", ["a", "b\r\nEvil: c"]),
        (List("Text"), "header", ("b\r\nEvil: c",)),
        (List("Text"), "header", UserList(["b\r\nEvil: c"])),
        (List("Text"), "header", deque(["b\r\nEvil: c"])),
        (Map("Text", "Text"), "headers", {"a": "b\r\nEvil: c"}),
        (Map("Text", "Text"), "headers", {"a\r\nEvil": "c"}),
        (Map("Text", "Text"), "headers", UserDict({"a\r\nEvil": "c"})),
    ],
)
def test_control_character_in_header_list_is_refused(
    shape, location, value, validation
) -> None:
    operation = taking(shape, location=location, Text=String())
    (violation,) = violations_of(operation, value, limits=validation == "on")
    assert violation == Violation(
        "Value", "contains the control character U+000D", False
    )


@pytest.mark.parametrize("location", [None, "querystring"])
def test_control_characters_outside_headers_are_sent(location) -> None:
    assert sent(taking(String(), location=location), "a\r\nb") == "a\r\nb"


def test_tab_arrives(endpoint) -> None:
    endpoint.services["on"].invoke_endpoint("demo", b"", CustomAttributes="a\tb")
    request = endpoint.local.requests[-1]
    assert request.headers["X-Amzn-SageMaker-Custom-Attributes"] == "a\tb"


# --- The path


@either
@every_method
@pytest.mark.parametrize("name", ["", ".", ".."])
def test_endpoint_name_changing_the_path_is_refused(
    endpoint, method, name, validation
) -> None:
    arguments = {"EndpointName": name, "Body": b"1,2"}
    assert endpoint.violations(validation, method, arguments) == (
        Violation("EndpointName", f"{name!r} is not valid in the path of a URI", False),
    )


@either
@every_method
def test_missing_endpoint_name_is_refused(endpoint, method, validation) -> None:
    arguments = {"EndpointName": None, "Body": b"1,2"}
    assert endpoint.violations(validation, method, arguments) == (
        Violation("EndpointName", "is required", False),
    )


@given(
    st.sampled_from(["", ".", ".."]) | st.text("./a") | st.integers(-1, 1),
    st.booleans(),
)
@example(1, True)
@example("...", True)
def test_label_is_refused_iff_not_a_path_segment(value, limits) -> None:
    shape = String() if isinstance(value, str) else Integer()
    operation = taking(shape, location="uri")
    if value in ("", ".", ".."):
        reason = f"{value!r} is not valid in the path of a URI"
        assert violations_of(operation, value, limits=limits) == (
            Violation("Value", reason, False),
        )
    else:
        assert sent(operation, value, limits=limits) == value


# --- Values that are not ASCII

# botocore normalizes whitespace for signatures, which is not tested here.
WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1
)
HEADERS = {
    "EnableExplanations": "X-Amzn-SageMaker-Enable-Explanations",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
}


@given(st.dictionaries(st.sampled_from(sorted(HEADERS)), WORDS, min_size=1))
def test_non_ascii_header_is_sent_and_signed_as_utf_8(endpoint, values) -> None:
    endpoint.services["off"].invoke_endpoint("demo", b"1,2", **values)

    request = endpoint.local.requests[-1]
    for name, value in values.items():
        assert request.headers.get_all(HEADERS[name]) == (value,)
    assert set(map(str.lower, (HEADERS[name] for name in values))) <= signed(request)
    assert request.headers["Authorization"].endswith(f"Signature={signature(request)}")


def signed(request: Request) -> set[str]:
    """Return the names of the header fields that are signed."""
    (names,) = re.findall("SignedHeaders=([^,]+),", request.headers["Authorization"])
    return set(names.split(";"))


def signature(request: Request) -> str:
    """Return the signature that AWS expects of a request: Signature Version 4.

    From "Create a signed AWS API request" of AWS's documentation, for a path without
    anything to encode and without a query.
    """
    (scope,) = re.findall("Credential=[^/]+/([^,]+),", request.headers["Authorization"])
    names = sorted(signed(request))
    fields = [f"{name}:{request.headers[name]}\n" for name in names]
    canonical = (
        *(request.method, request.path, ""),
        *("".join(fields), ";".join(names), hashlib.sha256(request.body).hexdigest()),
    )
    digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["X-Amz-Date"], scope, digest])
    return reduce(mac, [*scope.split("/"), text], b"AWS4local").hex()


def mac(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode(), "sha256")
