"""Sensitive values are in no error, and request contents are in no log."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws_common import ConfigError, ParameterError, PawsError, shapes
from paws_common.local.server import client_config
from support.example_services import sent, taking, violations_of
from support.servers import (
    HANG_UP,
    RESET,
    error_response,
    response,
    scripted,
    truncated,
)

SECRET, NUMBER = "correct horse battery staple", 73_590_462_817
HIDDEN: Mapping[str, shapes.Shape] = {
    "length": shapes.String(max=1, sensitive=True),
    "pattern": shapes.String(pattern="a", regex="a", sensitive=True),
    "small enumeration": shapes.String(enum=("a", "b"), sensitive=True),
    "large enumeration": shapes.String(enum=tuple("abcdefghij"), sensitive=True),
    "blob": shapes.Blob(max=1, sensitive=True),
    "integer": shapes.Integer(max=1, sensitive=True),
    "long": shapes.Long(min=2**62, sensitive=True),
    "float": shapes.Float(max=1, sensitive=True),
    "double": shapes.Double(min=2.0**62, sensitive=True),
    "boolean": shapes.Boolean(sensitive=True),
    "timestamp": shapes.Timestamp(sensitive=True),
    "list": shapes.List("Text", max=0, sensitive=True),
    "map": shapes.Map("Text", "Number", max=0, sensitive=True),
    "structure": shapes.Structure({"A": shapes.Member("Text")}, sensitive=True),
    "union": shapes.Structure(
        {"A": shapes.Member("List"), "B": shapes.Member("Text")},
        union=True,
        sensitive=True,
    ),
}
SECRETS = st.recursive(
    st.sampled_from([SECRET, SECRET.encode(), f"{SECRET}\x00", f"{SECRET}\ud800"])
    | st.sampled_from([NUMBER, float(NUMBER), NUMBER**20]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["A", "B", SECRET, NUMBER]), inner, max_size=2),
    max_leaves=4,
)


def error_text(
    shape: shapes.Shape, value: Any, location: str | None, limits: bool
) -> str:
    """Return the text of the error for a value, or an empty text."""
    operation = taking(
        shape,
        location=location,
        Text=shapes.String(max=1),
        Number=shapes.Integer(max=1),
        List=shapes.List("Text"),
        Secret=shapes.String(max=1, sensitive=True),
    )
    try:
        sent(operation, value, limits=limits)
    except ParameterError as error:
        return f"{error} {error!r}"
    return ""


places = st.sampled_from([None, "header", "headers", "uri"])


@pytest.mark.parametrize("shape", HIDDEN.values(), ids=HIDDEN)
@given(SECRETS, places, st.booleans())
def test_secret_is_in_no_error(shape, value, location, limits) -> None:
    text = error_text(shape, value, location, limits)
    assert SECRET not in text
    assert str(NUMBER) not in text


@given(SECRETS, places, st.booleans())
def test_secret_key_or_value_of_a_map_is_in_no_error(value, location, limits) -> None:
    text = error_text(shapes.Map("Secret", "Number"), {str(value): 2}, location, limits)
    text += error_text(shapes.Map("Text", "Secret"), {"a": value}, location, limits)
    assert SECRET not in text
    assert str(NUMBER) not in text


@pytest.mark.parametrize(
    ("shape", "value", "reason"),
    [
        (HIDDEN["length"], "ab", "2 characters are more than 1"),
        (HIDDEN["pattern"], "b", "<1 character> does not match a"),
        (HIDDEN["small enumeration"], "dog", "<3 characters> is not one of a, b"),
        (
            HIDDEN["large enumeration"],
            "hh",
            "<2 characters> is not one of 10 values, such as a, b, c",
        ),
        (HIDDEN["blob"], "é", "2 bytes are more than 1"),
        (HIDDEN["integer"], 2, "a value of type int is more than 1"),
        (HIDDEN["list"], "abc", "<3 characters> is not a list"),
        (HIDDEN["structure"], {"AB": 1}, "<2 characters> is not a member; members: A"),
    ],
)
def test_secret_is_described_by_its_length(shape, value, reason) -> None:
    (violation,) = violations_of(taking(shape, Text=shapes.String()), value)
    assert violation.reason == reason


# --- What is planted in a call

PLANTED = {
    "access_key_id": "AKIAPLANTEDPLANTEDID",
    "secret_access_key": "planted/secret/access/key",
    "session_token": "planted-session-token",
}
PRIVATE = "planted-body"
HEADER = "planted-header"
OUTCOMES = [
    response(200, b"3"),
    response(200, b"<html>", {"Content-Type": "text/html"}),
    error_response(424, "ModelError"),
    error_response(400, "ValidationError"),
    error_response(503, "ServiceUnavailable"),
    response(502, b"<html>bad gateway</html>"),
    HANG_UP,
    RESET,
    truncated(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1,2"),
    b"nonsense\r\n\r\n",
]


def told_of(service: Any) -> str:
    """Return everything that describes a call, except its result."""
    told = [repr(service), str(service), repr(service.settings)]
    for call in (service.invoke_endpoint, service.invoke_endpoint_with_response_stream):
        try:
            call("demo", PRIVATE.encode(), CustomAttributes=HEADER)
        except PawsError as error:
            told += [str(error), repr(error), repr(vars(error))]
            told += traceback.format_exception(error)
    return "\n".join(told)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: repr(outcome)[:60])
@pytest.mark.parametrize("validation", ["on", "off"])
def test_what_is_sent_is_in_no_log_error_or_repr(
    caplog, monkeypatch, outcome, validation
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with caplog.at_level(logging.DEBUG, logger="paws"), scripted(outcome) as server:
        service = paws.sagemakerruntime(
            {"endpoint": server.url, "region": "eu-west-1", "validation": validation},
            credentials={"creds": PLANTED},
        )
        with closing(service.client):
            told = told_of(service)
        requests = repr(server.requests)
    records = [record for record in caplog.records if record.name == "paws"]
    told += "\n".join(f"{record.getMessage()} {record.__dict__}" for record in records)
    assert len(records) >= 4
    assert PRIVATE in requests
    assert HEADER in requests
    assert PLANTED["session_token"] in requests
    for secret in (*PLANTED.values(), PRIVATE, HEADER, "AWS4-HMAC-SHA256"):
        assert secret not in told


@pytest.mark.parametrize("url", ["http://u:{}@exa mple:80", "http://u:a/{}@b"])
def test_password_of_an_endpoint_is_in_no_error(url) -> None:
    password = SECRET.replace(" ", "-")
    service = paws.sagemakerruntime(endpoint=url.format(password), region="us-east-1")
    with pytest.raises(ConfigError, match="endpoint") as caught:
        service.invoke_endpoint("demo", b"1")
    assert password not in "".join(traceback.format_exception(caught.value))


def test_password_of_a_proxy_is_in_no_error() -> None:
    password = SECRET.replace(" ", "-")
    with scripted(HANG_UP) as server:
        host = server.host
    proxies = {"http": f"http://user:{password}@{host}"}
    config = {"botocore": Config(proxies=proxies), "max_retries": 0}
    service = paws.sagemakerruntime({**client_config("http://demo.invalid"), **config})
    with closing(service.client):
        told = told_of(service)
    assert f"could not connect to the proxy http://{host}" in told
    assert password not in told
