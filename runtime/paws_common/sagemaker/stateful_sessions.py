"""Stateful sessions of SageMaker Runtime: what the service says of a new one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from paws_common.errors import Fault, ParameterError

# The pattern of the model's NewSessionResponseHeader; an id alone is accepted too.
_SESSION = re.compile(r"([^\s;]+)(?:;\s*Expires=(\S+))?")
_EXPIRES = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_HINT = (
    "; it tells when the session expires, too: give the id alone, "
    "paws_common.session(response).id"
)


@dataclass(frozen=True, slots=True)
class Session:
    """A session: its `id`, to be given as SessionId, and when it `expires`, in UTC."""

    id: str
    expires: datetime | None


def session(response: Mapping[str, Any] | str) -> Session:
    """Return the session that a call has begun.

    The service tells the id and the expiration in one text, ``id; Expires=…Z``, and
    refuses that text as a SessionId.

    Parameters
    ----------
    response : mapping or str
        The result of ``invoke_endpoint`` with ``SessionId="NEW_SESSION"``; or its
        ``NewSessionId`` alone.

    Returns
    -------
    Session
        Frozen; `expires` is an aware datetime, or None where the text has none.

    Raises
    ------
    TypeError
        `response` is neither.
    ParameterError
        There is no session in it, or its text cannot be read.

    Notes
    -----
    The form of the text: ``NewSessionResponseHeader`` in
    ``botocore/data/sagemaker-runtime/2017-05-13/service-2.json``.
    """
    text: object = response
    if isinstance(response, Mapping):
        text = response.get("NewSessionId")
        if text is None:
            raise _refusal(
                "is not in the response; a call begins a session with "
                'SessionId="NEW_SESSION"'
            )
    if not isinstance(text, str):
        raise TypeError(
            "session takes the result of invoke_endpoint, or its NewSessionId: "
            f"session(response); not a {type(text).__name__}"
        )
    match = _SESSION.fullmatch(text)
    if match is None:
        raise _refusal("is not of the form id; Expires=…")
    return Session(match[1], None if match[2] is None else _moment(match[2]))


def session_hint(value: str) -> str:
    """Return what to say of a value that was refused, if it is a session's whole text."""
    match = _SESSION.fullmatch(value)
    return _HINT if match and match[2] is not None else ""


def _moment(text: str) -> datetime:
    try:
        if _EXPIRES.fullmatch(text):
            return datetime.fromisoformat(text[:-1]).replace(tzinfo=timezone.utc)
    except ValueError:  # no such day, or no such hour
        pass
    raise _refusal("has an Expires= that is no YYYY-MM-DDThh:mm:ssZ")


def _refusal(reason: str) -> ParameterError:
    # No model limits this; the id stays out of the error, for it opens the session.
    return ParameterError("session", (Fault("NewSessionId", reason, False),), "")
