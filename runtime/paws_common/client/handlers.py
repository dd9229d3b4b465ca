"""Handlers of botocore's public events that make its requests the same as R's.

They add R's default headers, ``close_connection`` and ``expiration``, and refuse headers
that contain control characters.
"""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from paws_common.errors import ConfigError
from paws_common.header_values import find_control_character
from paws_common.settings import Settings

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient
    from botocore.model import OperationModel


# Headers whose values are not arguments, which are validated, but from the configuration.
_HEADER_ORIGINS = {
    "Authorization": "the credentials",
    "User-Agent": "AWS_EXECUTION_ENV, and user_agent_extra of botocore.config.Config",
    "X-Amz-Security-Token": "the credentials",
}


def register_handlers(client: BaseClient, settings: Settings) -> None:
    """Register the handlers with a client."""
    events = client.meta.events
    events.register_last("before-call", _add_default_headers)
    if settings.expiration is not None:
        refuse_expired = partial(_refuse_expired, settings.expiration)
        events.register_first("before-call", refuse_expired)
    if settings.close_connection:
        events.register_last("before-send", _close_connection)
    events.register_last("before-send", _refuse_control_characters)


def _refuse_expired(expiration: float, **_: object) -> None:
    """Raise for expired keys, with a clearer error than that of AWS."""
    if expiration <= time.time():
        when = datetime.fromtimestamp(expiration, UTC).isoformat()
        raise ConfigError(
            f"credentials.creds expired at {when}: create a service with new ones; "
            "nothing was sent"
        )


def _close_connection(request: AWSPreparedRequest, **_: object) -> None:
    """Request that the server closes the connection, as R does.

    The header is added after signing, because a proxy may change it.
    """
    request.headers["Connection"] = "close"


def _refuse_control_characters(request: AWSPreparedRequest, **_: object) -> None:
    """Raise for a header that http.client would send, or would show in a ValueError."""
    for name, value in request.headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        if found := find_control_character(f"{name}{text}"):
            origin = _HEADER_ORIGINS.get(name, "the event handlers")
            raise ConfigError(
                f"the header {name!r} contains {found}: check {origin}; nothing was sent"
            )


def _add_default_headers(
    model: OperationModel, params: MutableMapping[str, Any], **_: object
) -> None:
    """Set Content-Type and Accept to JSON, unless the caller sets them.

    R: ``restjson_build`` in ``paws.common/R/handlers_restjson.R``; boto3 sends neither.
    """
    shape = model.input_shape
    if shape is None or model.service_model.resolved_protocol != "rest-json":
        return
    payload = shape.members.get(shape.serialization.get("payload", ""))
    if payload is None or payload.type_name != "blob" or _is_empty(params["body"]):
        return
    names = {name.lower() for name in params["headers"]}
    for name in ("Content-Type", "Accept"):
        if name.lower() not in names:
            params["headers"][name] = "application/json"


def _is_empty(body: Any) -> bool:
    if not hasattr(body, "seek"):
        return not body
    position = body.tell()
    is_empty = not body.read(1)
    body.seek(position)
    return is_empty
