"""Hints for errors whose messages do not suggest a remedy."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paws.services.sagemakerruntime.operations import API
from paws_common import Api, ErrorHint
from paws_common.client.hints import find_hint
from support.error_responses import scripted_service
from support.servers import response

NAMES = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters=":"), min_size=1
)
REGIONS = st.from_regex(r"[a-z]{2}-[a-z]{4,9}-\d", fullmatch=True)


def api_with(*hints: ErrorHint) -> Api:
    return replace(API, error_hints=hints)


def hint_of(
    code: str, message: str = "", api: Api = API, date: str = "", **members: Any
) -> str | None:
    headers = {"date": date} if date else {}
    return find_hint(api, code, message, members, headers)


@pytest.mark.parametrize(
    ("code", "message", "members"),
    [
        ("LimitReached", "", {}),
        ("Error", "LimitReached: 5", {}),
        ("Error", "", {"Reason": "LimitReached"}),
    ],
)
def test_hint_is_found_in_each_text(code, message, members) -> None:
    api = api_with(ErrorHint("Reached", "wait"), ErrorHint("Limit", "not this one"))
    assert hint_of(code, message, api, **members) == "wait"
    assert hint_of("Other", "", api, Reason=None, Number=5) is None


@given(st.text(), st.text())
def test_groups_are_quoted_for_a_shell(name, other) -> None:
    """They come from the service, and the hint may be a command."""
    hint = ErrorHint("(?s)^(?P<name>.*)\0(?P<other>.*)$", "run {other} {name}")
    text = hint_of("Error", f"{name}\0{other}", api_with(hint))
    if "\0" not in name:
        assert shlex.split(str(text)) == ["run", other, name]


@given(
    REGIONS, NAMES, st.none() | NAMES, st.sampled_from(["aws", "aws-cn", "aws-us-gov"])
)
def test_log_of_a_container_is_a_command(region, group, stream, partition) -> None:
    """Amazon CloudWatch Logs User Guide, "Log group ARN": it may end with ``:*``."""
    arn = f"arn:{partition}:logs:{region}:123456789012:log-group:{group}"
    arn += ":*" if stream is None else f":log-stream:{stream}"
    text = str(hint_of("ModelError", LogStreamArn=arn))
    assert text.startswith("Read the log of the container: aws logs tail ")
    options = [] if stream is None else ["--log-stream-names", stream]
    assert shlex.split(text.partition(": ")[2]) == [
        *["aws", "logs", "tail", group, "--region", region, "--since", "1h"],
        *options,
    ]


@pytest.mark.parametrize("arn", [None, "", "arn:aws:s3:::bucket", "a\nb", 5])
def test_other_members_are_not_shown_as_a_log(arn) -> None:
    assert hint_of("ModelError", "died", LogStreamArn=arn) is None


MISSING = "INFERENCE_COMPONENT_NAME_MISSING"
# The text of SageMaker Developer Guide, "Scale an endpoint to zero instances".
NO_CAPACITY = "Inference Component has no capacity to process this request. …"
EXPIRED = "The security token included in the request is expired"


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        (MISSING, "no", "pass InferenceComponentName"),
        ("ValidationError", f"{MISSING}: no", "pass InferenceComponentName"),
        (
            "ValidationError",
            "Inference Component Name header is required for …",
            "pass InferenceComponentName",
        ),
        ("ValidationError", NO_CAPACITY, "scaled to zero"),
        ("ExpiredToken", EXPIRED, "paws_reset_cache()"),
        ("ExpiredTokenException", EXPIRED, "paws_reset_cache()"),
    ],
)
def test_error_with_a_remedy_has_a_hint(code, message, hint) -> None:
    assert hint in str(hint_of(code, message))


CLOCK_ERRORS = [
    ("RequestTimeTooSkewed", "The difference between the request time and …"),
    ("RequestExpired", "Request has expired."),
    ("RequestInTheFuture", ""),
    (
        "InvalidSignatureException",
        "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z …",
    ),
    (
        "SignatureDoesNotMatch",
        "Signature not yet current: 20260101T001000Z is still later than …",
    ),
]


def at(difference: timedelta) -> str:
    """Return the Date of a service whose clock differs from this machine's."""
    return format_datetime(datetime.now(UTC) + difference, usegmt=True)


@pytest.mark.parametrize(("code", "message"), CLOCK_ERRORS)
def test_wrong_clock_is_compared_with_the_response(code, message) -> None:
    fields = {"x-amzn-ErrorType": code, "Date": at(timedelta(minutes=17))}
    with scripted_service() as service:
        body = json.dumps({"message": message}).encode()
        error: Any = service.raised(response(403, body, fields))
    assert re.search(r"is 0:(17:0[01]|16:59) \(h:mm:ss\) behind that of", error.hint)
    assert "synchronize it" in error.hint
    assert str(error).endswith(f"\n{error.hint}")


@given(st.integers(62, 10**8), st.booleans())
def test_difference_of_the_clocks_is_shown(seconds, is_behind) -> None:
    difference = timedelta(seconds=seconds)
    text = hint_of("RequestExpired", date=at(difference if is_behind else -difference))
    shown = re.search(
        r"machine is (.+) \(h:mm:ss\) (behind|ahead of) that of", str(text)
    )
    assert shown
    assert shown[2] == ("behind" if is_behind else "ahead of")
    days, _, time = shown[1].rpartition(" ")
    hours, minutes, remainder = map(int, time.split(":"))
    total = int(days.split()[0] if days else 0) * 86400 + hours * 3600 + minutes * 60
    assert abs(total + remainder - seconds) <= 2


@given(st.integers(-57, 57))
def test_clocks_that_agree_are_not_the_cause(seconds) -> None:
    text = hint_of("RequestExpired", date=at(timedelta(seconds=seconds)))
    assert "agrees with that of the service" in str(text)


@pytest.mark.parametrize("date", ["", "today", "Thu, 01 Jan 2026 00:00:00 -0000", "0"])
def test_clock_without_a_date_is_to_be_checked(date) -> None:
    assert "compare it with the current time" in str(
        hint_of("RequestTimeTooSkewed", date=date)
    )


@pytest.mark.parametrize("code", ["InvalidSignatureException", "AccessDenied", "404"])
def test_other_errors_have_no_hint(code) -> None:
    message = "The request signature we calculated does not match …"
    assert hint_of(code, message, date=at(timedelta(hours=1))) is None
