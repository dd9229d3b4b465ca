"""Parse the stateful sessions that SageMaker Runtime returns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paws_common.errors import ParameterError, Violation

# The pattern of the model's NewSessionResponseHeader; an id alone is accepted too.
_SESSION = re.compile(r"([^\s;]+)(?:;\s*Expires=(\S+))?")
_EXPIRES = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class StatefulSession:
    """A session: the `id` to pass as SessionId, and the time when it `expires`, in UTC."""

    id: str
    expires: datetime | None


def stateful_session(response: Mapping[str, Any] | str) -> StatefulSession:
    """Return the session that a call created.

    The service returns the ID and the expiration in one text, ``id; Expires=…Z``, but
    does not accept that text as a SessionId.

    Parameters
    ----------
    response : mapping or str
        The result of ``invoke_endpoint`` with ``SessionId="NEW_SESSION"``; or its
        ``NewSessionId`` alone.

    Returns
    -------
    StatefulSession
        Its `id`; and `expires`, a datetime with a time zone, or None if the text has no
        expiration.

    Raises
    ------
    TypeError
        `response` is neither a mapping nor a str.
    ParameterError
        The response has no NewSessionId, or its text is invalid.

    Notes
    -----
    The format of the text: ``NewSessionResponseHeader`` in
    ``botocore/data/sagemaker-runtime/2017-05-13/service-2.json``.
    """
    text: object = response
    if isinstance(response, Mapping):
        text = response.get("NewSessionId")
        if text is None:
            raise _refusal(
                "is not in the response; to create a session, call invoke_endpoint with "
                'SessionId="NEW_SESSION"'
            )
    if not isinstance(text, str):
        raise TypeError(
            "stateful_session takes the result of invoke_endpoint, or its NewSessionId: "
            f"stateful_session(response); not a {type(text).__name__}"
        )
    match = _SESSION.fullmatch(text)
    if match is None:
        raise _refusal('is not of the form "id; Expires=YYYY-MM-DDThh:mm:ssZ"')
    return StatefulSession(match[1], None if match[2] is None else _timestamp(match[2]))


def _timestamp(text: str) -> datetime:
    try:
        if _EXPIRES.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:  # the day or the hour does not exist
        pass
    raise _refusal("has an Expires that is not of the form YYYY-MM-DDThh:mm:ssZ")


def _refusal(reason: str) -> ParameterError:
    # The error does not contain the ID, because it gives access to the session.
    return ParameterError(
        "stateful_session", (Violation("NewSessionId", reason, False),), ""
    )
