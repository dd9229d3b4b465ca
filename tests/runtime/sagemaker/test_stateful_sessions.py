"""Stateful sessions: the id and the expiration in a response."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws.services.sagemakerruntime.interfaces import SHAPES
from paws_common import ParameterError, StatefulSession, shapes, stateful_session

ids = st.from_regex("[a-zA-Z0-9](-*[a-zA-Z0-9])*", fullmatch=True)
moments = st.datetimes(timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


def text_of(identifier: str, moment: datetime) -> str:
    return f"{identifier}; Expires={moment.replace(tzinfo=None).isoformat()}Z"


@given(identifier=ids, moment=moments)
def test_session_is_parsed_from_text_and_result(identifier, moment) -> None:
    text = text_of(identifier, moment)
    shape = SHAPES["NewSessionResponseHeader"]
    assert isinstance(shape, shapes.String)
    assert re.match(str(shape.regex), text)  # as the model has it
    read = stateful_session({"Body": b"", "NewSessionId": text})
    assert read == stateful_session(text) == StatefulSession(identifier, moment)
    assert read.expires is not None
    assert read.expires.utcoffset() == timedelta(0)


@given(identifier=ids)
def test_id_alone_has_an_unknown_expiration(identifier) -> None:
    assert stateful_session(identifier) == StatefulSession(identifier, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "; Expires=2026-11-23T10:20:30Z",
        "abc; Expires=",
        "abc; Expires=tomorrow",
        "abc; Expires=2026-13-23T10:20:30Z",
        "abc; Expires=2026-11-23T10:20:30",
        "abc; Expires=2026-11-23T10:20:30+01:00",
        "abc; Expires=2026-11-23T10:20:30+01:00Z",
        "abc; Until=2026-11-23T10:20:30Z",
        "abc def",
    ],
)
def test_unreadable_text_is_refused_and_not_shown(text) -> None:
    with pytest.raises(ParameterError, match="NewSessionId: ") as caught:
        stateful_session(text)
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("response", "error", "message"),
    [
        ({}, ParameterError, 'SessionId="NEW_SESSION"'),
        ({"NewSessionId": None}, ParameterError, 'SessionId="NEW_SESSION"'),
        (None, TypeError, "NewSessionId"),
        (b"abc", TypeError, "NewSessionId"),
        ({"NewSessionId": 1}, TypeError, "NewSessionId"),
    ],
)
def test_result_without_a_session_is_refused(response, error, message) -> None:
    with pytest.raises(error, match=message):
        stateful_session(response)


def test_full_text_as_session_id_is_refused_with_hint(local, svc) -> None:
    begun = svc.invoke_endpoint("demo", b"1", SessionId="NEW_SESSION")
    svc.invoke_endpoint("demo", b"2", SessionId=stateful_session(begun).id)
    for call in (svc.invoke_endpoint, svc.invoke_endpoint_with_response_stream):
        with pytest.raises(ParameterError) as caught:
            call("demo", b"3", SessionId=begun["NewSessionId"])
        assert "paws_common.stateful_session(response).id" in str(caught.value)
    assert len(local.requests) == 2


@pytest.mark.parametrize("value", ["a b", "a;b", "-", "a; Expires", "Expires=2026"])
def test_other_invalid_session_id_has_no_hint(value) -> None:
    svc = paws.sagemakerruntime(region="us-east-1")
    with pytest.raises(ParameterError, match="SessionId: ") as caught:
        svc.invoke_endpoint("demo", b"1", SessionId=value)
    assert "paws_common.stateful_session" not in str(caught.value)
