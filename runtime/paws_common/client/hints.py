"""Find hints for errors whose messages do not explain the remedy."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from paws_common.api import Api, ErrorHint

# Codes of other AWS SDKs for a wrong clock (aws-sdk-go-v2, aws/retry/retryable_error.go).
_CLOCK_CODES = frozenset(
    {"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"}
)
# In InvalidSignatureException, and SignatureDoesNotMatch of the query protocol.
_CLOCK_MESSAGES = re.compile("Signature expired|Signature not yet current")
_MAX_SKEW = timedelta(minutes=1)  # of synchronized clocks; AWS accepts five minutes
_EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException"})
_EXPIRED = (
    "The credentials have expired. After paws_reset_cache(), plain functions and new "
    "services read current ones; a service with its own keys must be created again."
)


def find_hint(
    api: Api,
    code: str,
    message: str,
    members: Mapping[str, Any],
    headers: Mapping[str, str],
) -> str | None:
    """Return the hint for an error; None if there is no hint for it.

    The names of the headers of the response are in lower case.
    """
    texts = [code, message, *map(str, members.values())]
    if text := _service_hint(api.error_hints, texts):
        return text
    if code in _CLOCK_CODES or _CLOCK_MESSAGES.search(message):
        return _clock_hint(headers.get("date", ""))
    return _EXPIRED if code in _EXPIRED_CODES else None


def _service_hint(hints: Iterable[ErrorHint], texts: Iterable[str]) -> str | None:
    """Return the text of the first hint that matches.

    Values from the service are quoted, because the text may be a command.
    """
    for hint in hints:
        for text in texts:
            if match := re.search(hint.regex, text):
                groups = match.groupdict("")
                quoted = {name: shlex.quote(groups[name]) for name in groups}
                return hint.text.format(**quoted)
    return None


def _clock_hint(date: str) -> str:
    """Compare the clock of this machine with the time at which a response was sent."""
    try:
        difference = datetime.now(UTC) - parsedate_to_datetime(date)
    except (OverflowError, TypeError, ValueError):  # TypeError: it has no time zone
        return (
            "The clock of this machine may be wrong: compare it with the current time, "
            "and synchronize it (NTP)."
        )
    seconds = timedelta(seconds=round(abs(difference).total_seconds()))
    if seconds <= _MAX_SKEW:
        return (
            f"The clock of this machine agrees with that of the service ({date}); the "
            "request was delayed after it was signed, or its credentials have expired."
        )
    direction = "ahead of" if difference > timedelta() else "behind"
    return (
        f"The clock of this machine is {seconds} (h:mm:ss) {direction} that of the "
        f"service ({date}): synchronize it (NTP)."
    )
