"""The client of a service: send requests, and read responses and pages."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakValueDictionary

from botocore import exceptions as botocore_errors
from botocore.config import Config
from botocore.paginate import TokenDecoder, TokenEncoder
from botocore.response import StreamingBody

from paws_common.api import Api, Operation
from paws_common.client.capabilities import (
    ModelSource,
    OperationSupport,
    find_source,
    operation_support,
)
from paws_common.client.clients import create_client, max_retries
from paws_common.client.error_translation import (
    service_error,
    translate_config_errors,
    translate_errors,
)
from paws_common.client.handlers import register_handlers
from paws_common.client.invalid_responses import INVALID_BODY
from paws_common.client.logs import log_calls
from paws_common.client.retries import RetryPolicy, register_retries
from paws_common.client.sender import register_sender
from paws_common.client.sessions import SharedSession, builtin_handlers, find_session
from paws_common.errors import PawsError
from paws_common.settings import Settings

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.paginate import PageIterator
    from botocore.session import Session

    from paws_common.client.transport import Transport

_READ_BYTES = 2**20
_MAX_DIGITS = 6  # of the length of a body that is read at once


def connect(
    api: Api,
    settings: Settings,
    base: ServiceClient | None = None,
    session: SharedSession | None = None,
) -> ServiceClient:
    """Return a client with the settings of a service.

    It uses the session, the credentials and the connections of `base`, or the session of
    another service with its credentials.

    Raises
    ------
    ConfigError
        The region is missing, the profile does not exist, botocore does not have the
        service, or an option is invalid.
    """
    with translate_config_errors(api.service):
        shared = session or (base.session if base else find_session(settings))
        with shared.use() as botocore_session:
            transport = base.transport if base else None
            client = _connect(api, settings, shared, botocore_session, transport)
    client.base = base
    while base is not None:
        base.views[id(client.client)] = client.client
        base = base.base
    return client


def _connect(
    api: Api,
    settings: Settings,
    shared: SharedSession,
    session: Session,
    transport: Transport | None,
) -> ServiceClient:
    source = find_source(session, api.service)
    with source.translate_errors(api.service):
        client = create_client(session, api, settings)
    policy = RetryPolicy(
        max_retries(session, settings), settings.retry_timeouts, api.not_ready_errors
    )
    register_retries(client, policy)
    register_handlers(client, settings)
    log_calls(client)
    transport = register_sender(session, client, settings.ca_bundle, transport)
    return ServiceClient(client, shared, transport, source)


def without_proxies(settings: Settings) -> Settings:
    """Return settings with which the proxies of the environment are not used."""
    own = Config(proxies={}).merge(settings.botocore or Config())
    return replace(settings, botocore=own)


def load_definitions(api: Api, settings: Settings, type_name: str) -> Mapping[str, Any]:
    """Return botocore's ``paginators-1`` or ``waiters-2`` of a service; {} without any.

    A `ConfigError` is raised if the profile does not exist.
    """
    with (
        translate_config_errors(api.service),
        find_session(settings).use() as session,
    ):
        loader = session.get_component("data_loader")
        try:
            data = loader.load_service_model(api.service, type_name)
        except botocore_errors.DataNotFoundError:
            return {}
    return cast("Mapping[str, Any]", data)


class ServiceClient:
    """A client of botocore, whose errors are translated.

    The transport is None if botocore's own sender sends the requests.
    """

    def __init__(
        self,
        client: BaseClient,
        session: SharedSession,
        transport: Transport | None,
        source: ModelSource,
    ) -> None:
        self.client = client
        self.session = session
        self.transport = transport
        self._handlers = builtin_handlers()
        self.source = source
        # Of a client that is not used any more, the connections stay open until Python
        # collects it, because clients contain reference cycles.
        self.views: WeakValueDictionary[int, BaseClient] = WeakValueDictionary()
        self.base: ServiceClient | None = None
        self._support: dict[str, OperationSupport] = {}

    def close(self) -> None:
        """Close the idle connections, also those of views; the next call opens new ones."""
        for reference in self.views.valuerefs():
            if (client := reference()) is not None:
                client.close()
        self.client.close()

    def has_builtin_handlers(self) -> bool:
        """Return whether the client has the handlers that a new one would have."""
        return self._handlers == builtin_handlers()

    def support(self, operation: Operation[Any]) -> OperationSupport:
        """Return an operation in the model that botocore uses.

        A `ConfigError` is raised if the model does not have it.
        """
        support = self._support.get(operation.name)
        if support is None:
            with self.source.translate_errors(operation.api.service):
                support = operation_support(self.client, operation, self.source)
            self._support[operation.name] = support
        return support

    def call(
        self, operation: Operation[Any], arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Send a request with validated arguments, and return the parsed response.

        A streaming body in it is read; an event stream is an iterable with a `close`.

        Raises
        ------
        ParameterError
            The installed botocore does not support an argument.
        PawsError
            As `translate_errors` raises.
        """
        support = self.support(operation)
        support.check(operation, arguments)
        with translate_errors(operation, support.source):
            parsed = getattr(self.client, support.method)(**arguments)
            return _read(operation, support, parsed)

    def open(
        self, operation: Operation[Any], arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Send a request as `call` does, but do not read a streaming body.

        `read_chunks` yields its bytes.
        """
        support = self.support(operation)
        support.check(operation, arguments)
        with translate_errors(operation, support.source):
            response: dict[str, Any] = getattr(self.client, support.method)(**arguments)
            return response

    def read_chunks(self, operation: Operation[Any], body: Any) -> Iterator[bytes]:
        """Yield the bytes of a streaming body as they arrive.

        A `PawsError` is raised if the connection breaks, nothing arrives in time, or the bytes
        do not match the length or the checksum in the response.
        """
        with translate_errors(operation, self.support(operation).source):
            yield from _read_chunks(body, 1)

    def paginate(
        self,
        operation: Operation[Any],
        arguments: Mapping[str, Any],
        max_items: int | None,
        token: str | None,
    ) -> PageIterator[Any]:
        """Return botocore's iterator over the pages of a call with validated arguments.

        `token` is that of the first page, as `write_token` returns it.

        A `ConfigError` or `ParameterError` is raised if the installed botocore does not
        support the operation or an argument.
        """
        support = self.support(operation)
        support.check(operation, arguments)
        paginator = self.client.get_paginator(support.method)
        config = {"MaxItems": max_items, "StartingToken": token}
        return paginator.paginate(**arguments, PaginationConfig=config)

    def read_pages(
        self,
        operation: Operation[Any],
        pages: PageIterator[Any],
        stop_on_same_token: bool,
    ) -> Iterator[dict[str, Any]]:
        """Yield the parsed responses of a pagination, each requested when it is needed.

        A `PawsError` is raised if a token is returned twice in a row, unless
        `stop_on_same_token` is true.
        """
        support = self.support(operation)
        with translate_errors(operation, support.source):
            try:
                for page in pages:
                    yield _read(operation, support, page)
            except botocore_errors.PaginationError:
                if not stop_on_same_token:
                    raise


def read_token(token: str) -> dict[str, Any] | None:
    """Return the content of a token of botocore's pagination; None if it is not one."""
    try:
        content: object = TokenDecoder().decode(token)
    # The caller may pass any text, which may decode to any JSON.
    except (AttributeError, LookupError, TypeError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_token(content: Mapping[str, Any]) -> str:
    """Return the token of botocore's pagination that contains the service's tokens."""
    return TokenEncoder().encode(dict(content))


@dataclass(eq=False)
class EventReader:
    """Iterates over events, and raises this package's errors.

    The events are those of `paws_common.client.event_stream`, botocore's `EventStream`, or
    a mock's list. `attempts` is how often the request was sent.
    """

    operation: Operation[Any]
    events: Any
    attempts: int
    source: ModelSource

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        with translate_errors(self.operation, self.source):
            try:
                yield from self.events
            except Exception as error:
                _add_attempts(error, self.attempts)
                raise

    def close(self) -> None:
        """Close the connection, unless all events were read."""
        if hasattr(self.events, "close"):
            self.events.close()


def _read(
    operation: Operation[Any], support: OperationSupport, parsed: Any
) -> dict[str, Any]:
    if not isinstance(parsed, Mapping):  # it comes from a mock without a return value
        raise PawsError(
            f"{operation.function}: botocore's client returned a "
            f"{type(parsed).__name__}, not a dict; is it mocked?"
        )
    if INVALID_BODY in parsed:
        raise service_error(operation, parsed, support.source)
    response = dict(parsed)
    metadata = parsed.get("ResponseMetadata", {})  # mocks omit it
    attempts = metadata.get("RetryAttempts", 0) + 1
    for name in support.event_streams:
        if name in parsed:
            response[name] = EventReader(
                operation, parsed[name], attempts, support.source
            )
    if support.payload and hasattr(body := parsed.get(support.payload), "read"):
        length = metadata.get("HTTPHeaders", {}).get("content-length", "")
        response[support.payload] = _read_body(body, length, attempts)
    return response


def _read_body(body: Any, length: str, attempts: int) -> bytes:
    """Return the bytes of a body; a long body is read in parts.

    http.client allocates the number of bytes in Content-Length before it reads a complete
    body. A `BytesIO` grows as bytes arrive, and returns its buffer without a copy.
    """
    if not isinstance(body, StreamingBody):
        # The body of a mock, which may return the same bytes each time.
        return cast(bytes, body.read())
    if length.isdecimal() and len(length) <= _MAX_DIGITS:
        with _body_errors(attempts):
            return bytes(body.read())
    content = io.BytesIO()
    for chunk in _read_chunks(body, attempts):
        content.write(chunk)
    return content.getvalue()


def _read_chunks(body: Any, attempts: int) -> Iterator[bytes]:
    while True:
        with _body_errors(attempts):
            chunk = body.read(_READ_BYTES)
        if not chunk:
            return
        yield chunk


@contextmanager
def _body_errors(attempts: int) -> Iterator[None]:
    """Raise every error of a body as an error of botocore, with the number of attempts."""
    try:
        yield
    except botocore_errors.BotoCoreError as error:
        _add_attempts(error, attempts)
        raise
    except Exception as error:
        # botocore and http.client raise undocumented exceptions, for example for a length
        # that is not a number.
        broken = botocore_errors.HTTPClientError(error=error)
        _add_attempts(broken, attempts)
        raise broken from error


def _add_attempts(error: Exception, attempts: int) -> None:
    vars(error)["attempts"] = attempts
    if isinstance(error, botocore_errors.ClientError):
        response = cast("dict[str, Any]", error.response)
        response.setdefault("ResponseMetadata", {})["RetryAttempts"] = attempts - 1
