"""Values that are not allowed in headers and paths, and the encoding of the others."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import UserDict, UserList, deque
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import paws
from paws_common import Violation
from paws_common.local import LocalEndpoint, Request
from paws_common.shapes import Integer, List, Map, String
from support.example_services import mandatory_violation_of, sent, taking, violation_of

CONTROLS = "".join(chr(code) for code in (*range(0x09), *range(0x0A, 0x20), 0x7F))


@pytest.fixture(scope="module")
def local() -> Iterator[LocalEndpoint]:
    with LocalEndpoint(lambda body, request: body) as local:
        yield local


@pytest.fixture(scope="module")
def service(local) -> Iterator[Any]:
    with paws.sagemakerruntime({"validation": "off"}, **local.config()) as service:
        yield service


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_control_character_is_named(control) -> None:
    operation = taking(List("Text"), location="header", Text=String())
    reason = f"contains the control character U+{ord(control):04X}"
    for value in ([control], ["a", 1, f"a{control}b", "\0"]):
        assert violation_of(operation, value) == Violation("Value", reason, False)


@pytest.mark.parametrize(
    "shape", [String(), String(min=1000), String(pattern="a", regex="a"), Integer()]
)
@given(st.text(), st.sampled_from(CONTROLS), st.text())
def test_no_text_hides_a_control_character(shape, before, control, after) -> None:
    operation = taking(shape, location="header")
    violation = mandatory_violation_of(operation, before + control + after)
    assert violation.reason.startswith("contains the control character U+00")


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
def test_control_character_in_header_list_is_refused(shape, location, value) -> None:
    operation = taking(shape, location=location, Text=String())
    expected = Violation("Value", "contains the control character U+000D", False)
    assert mandatory_violation_of(operation, value) == expected


@pytest.mark.parametrize(
    ("location", "text"),
    [(None, "a\r\nb"), ("querystring", "a\r\nb"), ("header", "a\tb")],
)
def test_other_control_characters_are_sent(location, text) -> None:
    assert sent(taking(String(), location=location), text) == text


@given(st.sampled_from(["", ".", ".."]) | st.text("./a") | st.integers(-1, 1))
@example(1)
@example("...")
def test_label_is_refused_iff_not_a_path_segment(value) -> None:
    shape = String() if isinstance(value, str) else Integer()
    operation = taking(shape, location="uri")
    if value in ("", ".", ".."):
        reason = f"{value!r} is not valid in the path of a URI"
        violation = mandatory_violation_of(operation, value)
        assert violation == Violation("Value", reason, False)
    else:
        assert sent(operation, value) == value


# botocore normalizes whitespace for signatures, which is not tested here.
WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1
)
HEADERS = {
    "EnableExplanations": "X-Amzn-SageMaker-Enable-Explanations",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
}


@given(st.dictionaries(st.sampled_from(sorted(HEADERS)), WORDS, min_size=1))
def test_non_ascii_header_is_sent_and_signed_as_utf_8(local, service, values) -> None:
    service.invoke_endpoint("demo", b"1,2", **values)
    request = local.requests[-1]
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
    key = b"AWS4local"
    for message in (*scope.split("/"), text):
        key = hmac.digest(key, message.encode(), "sha256")
    return key.hex()
