"""Send and retry the requests of a client instead of botocore's own sender.

`Pipeline` does what `botocore.endpoint.Endpoint.make_request` does, and emits the same
events in the same order: a handler of ``request-created`` signs, moto and tracers handle
``before-send``, and a handler of ``needs-retry`` follows redirects of S3.

There are three differences. `Transport` sends the requests and records whether they were
written. Event streams are read as they arrive. The body of a response that is not in the
protocol of the service is part of the error.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from botocore import awsrequest
from botocore.awsrequest import AWSResponse
from botocore.compress import maybe_compress_request
from botocore.endpoint import Endpoint, convert_to_response_dict
from botocore.hooks import first_non_none_response
from botocore.httpchecksum import apply_request_checksum, handle_checksum_body
from botocore.httpsession import URLLib3Session

from paws_common.client.cancellation import is_cancelled, sleep
from paws_common.client.event_stream import Events
from paws_common.client.invalid_responses import parse_response

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient
    from botocore.model import OperationModel

    from paws_common.client.transport import Transport

Response: TypeAlias = tuple[AWSResponse, dict[str, Any]]

# Undocumented functions of botocore that are called, with the number of arguments.
CALLED: tuple[tuple[Callable[..., Any], int], ...] = (
    (Endpoint, 5),
    (Endpoint.create_request, 3),
    (apply_request_checksum, 1),
    (convert_to_response_dict, 2),
    (first_non_none_response, 1),
    (handle_checksum_body, 4),
    (maybe_compress_request, 3),
)

_POOLS = (
    (awsrequest.AWSHTTPConnectionPool, awsrequest.AWSHTTPConnection),
    (awsrequest.AWSHTTPSConnectionPool, awsrequest.AWSHTTPSConnection),
)
# The attributes of the classes that send for botocore, with the globals of their modules.
_SENDERS = tuple(
    (vars(sender), vars(sys.modules[sender.__module__]))
    for sender in (
        Endpoint,
        URLLib3Session,
        awsrequest.AWSConnection,
        awsrequest.AWSHTTPConnection,
        awsrequest.AWSHTTPSConnection,
    )
)
# `Pipeline` also calls these: aws-xray-sdk adds its header in `prepare_request`.
_SHARED_METHODS = frozenset({"create_request", "prepare_request"})


class Pipeline:
    """Handler of botocore's event ``before-call`` that returns the response.

    Parameters
    ----------
    client : botocore.client.BaseClient
        The client whose requests are sent.
    transport : Transport
        Sends them.
    parser_factory : botocore.parsers.ResponseParserFactory
        The factory of the client's session.
    """

    def __init__(
        self, client: BaseClient, transport: Transport, parser_factory: Any
    ) -> None:
        service = client.meta.service_model
        self._client = client
        self._events = client.meta.events
        self._service = service.service_id.hyphenize()
        self._transport = transport
        self._parser_factory = parser_factory
        # It only prepares requests: aws-xray-sdk adds its header there.
        self._endpoint = Endpoint(
            client.meta.endpoint_url,
            service.endpoint_prefix,
            self._events,
            parser_factory,
            cast(Any, transport),
        )

    def __call__(
        self, model: OperationModel, params: dict[str, Any], **_: object
    ) -> Response | None:
        """Send a request and return its response; None if botocore must send it.

        Raises
        ------
        botocore.exceptions.BotoCoreError, ConfigError
            No response was received.
        Exception
            A handler of an event raised it.
        """
        is_replaced = is_sender_replaced() or is_client_mocked(self._client)
        if "Expect" in params["headers"] or is_replaced:
            return None
        context = params["context"]
        try:
            maybe_compress_request(context["client_config"], params, model)
            apply_request_checksum(params)
            return self._send(model, params, context)
        except Exception as error:
            self._emit("after-call-error", model, exception=error, context=context)
            raise

    def _send(
        self, model: OperationModel, params: dict[str, Any], context: dict[str, Any]
    ) -> Response:
        attempts = 1
        retries = context.setdefault("retries", {})
        retries["attempt"] = attempts
        retries.setdefault("invocation-id", str(uuid.uuid4()))
        while True:
            request = self._endpoint.create_request(params, model)
            response = None
            try:
                http_response = self._send_once(model, request)
            except Exception as error:
                delay = self._retry_delay(model, params, attempts, error=error)
                if delay is None or is_cancelled():
                    raise
            else:
                response = http_response, self._parse(model, http_response, context)
                delay = self._retry_delay(model, params, attempts, response=response)
                if delay is None:
                    metadata = response[1].setdefault("ResponseMetadata", {})
                    metadata["RetryAttempts"] = attempts - 1
                    return response
            sleep(delay)
            attempts += 1
            retries["attempt"] = attempts
            if response is not None:
                _set_expiry(context, response)
            request.reset_stream()

    def _send_once(
        self, model: OperationModel, request: AWSPreparedRequest
    ) -> AWSResponse:
        responses = self._emit("before-send", model, request=request)
        response: AWSResponse | None = first_non_none_response(responses)
        return self._transport.send(request) if response is None else response

    def _parse(
        self, model: OperationModel, http_response: AWSResponse, context: dict[str, Any]
    ) -> dict[str, Any]:
        response_dict = convert_to_response_dict(http_response, model)
        handle_checksum_body(cast(Any, http_response), response_dict, context, model)
        customized: dict[str, Any] = {}
        if model.has_event_stream_output and http_response.status_code < 300:
            events = Events(http_response.headers, http_response.raw, model)
            response_dict["body"] = customized[_event_stream_name(model)] = events
        self._emit(
            "before-parse",
            model,
            operation_model=model,
            response_dict=response_dict,
            customized_response_dict=customized,
        )
        parser = self._parser_factory.create_parser(
            model.service_model.resolved_protocol
        )
        parsed = parse_response(parser, model, response_dict)
        parsed.update(customized)
        return parsed

    def _retry_delay(
        self,
        model: OperationModel,
        params: dict[str, Any],
        attempts: int,
        *,
        response: Response | None = None,
        error: Exception | None = None,
    ) -> float | None:
        """Return the seconds until a request is retried; None if it is not retried."""
        self._emit(
            "response-received",
            model,
            response_dict=response and convert_to_response_dict(response[0], model),
            parsed_response=response and response[1],
            context=params["context"],
            exception=error,
        )
        delays = self._emit(
            "needs-retry",
            model,
            response=response,
            endpoint=self._endpoint,
            operation=model,
            attempts=attempts,
            caught_exception=error,
            request_dict=params,
        )
        delay: float | None = first_non_none_response(delays)
        return None if delay is False else delay

    def _emit(self, event: str, model: OperationModel, **arguments: Any) -> Any:
        name = f"{event}.{self._service}.{model.name}"
        return self._events.emit(name, **arguments)


def is_sender_replaced() -> bool:
    """Return whether a method or a connection of botocore's own sender is replaced.

    Mocks and tracers replace them, such as VCR.py, New Relic and Sentry, which changes the
    headers that botocore's connections write. They must not be bypassed.
    """
    return any(
        pool.ConnectionCls is not connection for pool, connection in _POOLS
    ) or any(
        _is_replaced(value, namespace) and name not in _SHARED_METHODS
        for attributes, namespace in _SENDERS
        for name, value in attributes.items()
    )


def is_client_mocked(client: BaseClient) -> bool:
    """Return whether the sender of one client, or one of its methods, is replaced.

    ``mock.patch.object(client._endpoint, "make_request")`` is common in tests.
    """
    endpoint = getattr(client, "_endpoint", None)
    session = getattr(endpoint, "http_session", None)
    return any(
        sender is not None
        and (type(sender) is not cls or not vars(cls).keys().isdisjoint(vars(sender)))
        for sender, cls in ((endpoint, Endpoint), (session, URLLib3Session))
    )


def _is_replaced(value: Any, namespace: Mapping[str, Any]) -> bool:
    """Return whether an attribute of a class is not a function of the class's module."""
    if type(value) is FunctionType:
        return value.__globals__ is not namespace
    return callable(value)


def _event_stream_name(model: OperationModel) -> str:
    shape: Any = model.output_shape
    name: str = shape.event_stream_name
    return name


def _set_expiry(context: dict[str, Any], response: Response) -> None:
    """Set the time at which the next attempt expires, for the header ``amz-sdk-request``.

    botocore: ``_set_ttl`` in ``botocore/endpoint.py``.
    """
    date = response[0].headers.get("Date")
    if date:
        read_timeout = context.get("read_timeout")
        if read_timeout is None:
            read_timeout = context["client_config"].read_timeout
        # By the clock of the service: the date of its response, plus the timeout.
        with suppress(OverflowError, TypeError, ValueError):
            expiry = parsedate_to_datetime(date) + timedelta(seconds=read_timeout)
            context["retries"]["ttl"] = expiry.astimezone(UTC).strftime(
                "%Y%m%dT%H%M%SZ"
            )
