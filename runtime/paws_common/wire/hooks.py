"""Hooks on botocore's public events: what its clients lack, and R's has.

R's header defaults, `close_connection` and `expiration`, a reader of streams, answers that
nobody can read, and a log. The retries register themselves (`paws_common.wire.retries`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime, timezone
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from botocore import exceptions as raised

from paws_common.settings import Settings
from paws_common.wire.answers import keep_unreadable
from paws_common.wire.events import Events
from paws_common.wire.logs import log_calls

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient
    from botocore.model import OperationModel


def register_hooks(client: BaseClient, settings: Settings) -> None:
    """Register all of them at a client."""
    events = client.meta.events
    events.register_last("before-call", _default_headers)
    events.register_first("before-parse", partial(_refuse_interim, client.close))
    events.register_last("before-parse", _read_events)
    events.register_last("before-parse", keep_unreadable)
    log_calls(client)
    if settings.expiration is not None:
        refuse_expired = partial(_refuse_expired, settings.expiration)
        events.register_first("before-call", refuse_expired)
    if settings.close_connection:
        events.register_last("before-send", _close_connection)


def _refuse_expired(expiration: float, **_: object) -> None:
    """Say that the credentials have expired, which else AWS would, and less clearly."""
    if expiration <= time.time():
        when = datetime.fromtimestamp(expiration, timezone.utc).isoformat()
        raise raised.CredentialRetrievalError(
            provider="credentials.creds",
            error_msg=f"they expired at {when}; give new ones",
        )


def _refuse_interim(
    close: Callable[[], None], response_dict: Mapping[str, Any], **_: object
) -> None:
    """Refuse an answer that another follows: `http.client` passes over none but HTTP 100.

    The one that follows would be taken for the answer to the next request, so that all
    connections of the client are given up (RFC 9110, section 15.2).
    """
    status = response_dict["status_code"]
    if status < 200:
        body = response_dict["body"]
        if hasattr(body, "close"):
            body.close()
        close()
        reason = HTTPException(f"HTTP {status} is no final answer")
        raise raised.HTTPClientError(error=reason) from reason


def _close_connection(request: AWSPreparedRequest, **_: object) -> None:
    """Ask for the end of the connection, as R does; a proxy may change it: unsigned."""
    request.headers["Connection"] = "close"


def _default_headers(
    model: OperationModel, params: MutableMapping[str, Any], **_: object
) -> None:
    """Send JSON, and ask for it, where the caller does not say, as R does.

    R: ``restjson_build`` in ``paws.common/R/handlers_restjson.R``; boto3 sends neither.
    """
    shape = model.input_shape
    if shape is None or model.metadata["protocol"] != "rest-json":
        return
    payload = shape.members.get(shape.serialization.get("payload", ""))
    if (
        payload is not None
        and payload.type_name == "blob"
        and not _is_empty(params["body"])
    ):
        given = {name.lower() for name in params["headers"]}
        for name in ("Content-Type", "Accept"):
            if name.lower() not in given:
                params["headers"][name] = "application/json"


def _is_empty(body: Any) -> bool:
    if not hasattr(body, "seek"):
        return not body
    position = body.tell()
    nothing = not body.read(1)
    body.seek(position)
    return nothing


def _read_events(
    operation_model: OperationModel,
    response_dict: MutableMapping[str, Any],
    customized_response_dict: MutableMapping[str, Any],
    **_: object,
) -> None:
    """Put our reader of a stream in the place of botocore's."""
    shape = operation_model.output_shape
    name = shape.event_stream_name if shape else None
    if name and response_dict["status_code"] < 300:
        answer = response_dict["headers"], response_dict["body"]
        events = Events(*answer, operation_model)
        response_dict["body"] = events
        customized_response_dict[name] = events
