"""botocore's client: how it is made, how it is called, and what its errors become.

Serializing, signing, credentials, endpoints and HTTP are botocore's. Hooks on its public
events add what it lacks: R's header defaults, R's `close_connection` and `expiration`,
retries that never pay twice, a reader of streams, and a log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, cast

import botocore
from botocore import exceptions as raised
from botocore.eventstream import ParserError
from botocore.model import ListShape, MapShape, StructureShape
from botocore.paginate import TokenDecoder, TokenEncoder
from botocore.parsers import ResponseParserError
from urllib3 import exceptions as raised_below

from paws_common import errors
from paws_common.api import Api, Operation
from paws_common.errors import ConfigError, Fault, ParameterError
from paws_common.results.completion import complete
from paws_common.settings import Settings
from paws_common.wire.answers import UNREADABLE, keep_unreadable
from paws_common.wire.events import Events
from paws_common.wire.failures import connection_error, service_error
from paws_common.wire.logs import log_calls
from paws_common.wire.retries import Retries
from paws_common.wire.sessions import create_client, most_retries, shared_session

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient
    from botocore.model import OperationModel
    from botocore.model import Shape as BotocoreShape
    from botocore.paginate import PageIterator

_NO_REGION = (
    "there is no region: give region=… to the service, set the environment variable "
    "AWS_DEFAULT_REGION, or a region in the profile of ~/.aws/config"
)
_NO_PROFILE = (
    'make it in ~/.aws/config, or name another: credentials={"profile": …} of the '
    "service, or the environment variable AWS_PROFILE"
)
_NO_CREDENTIALS = (
    "there are no credentials: give credentials=… to the service (creds or profile), set "
    "the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a "
    "profile in ~/.aws/credentials"
)


def make_client(api: Api, settings: Settings) -> BaseClient:
    """Return a client of botocore with the settings of a service.

    Raises
    ------
    ConfigError
        There is no region, no such profile, a token where the service takes none, or
        the installed botocore does not know the service.
    """
    with _configuring(api):
        client = create_client(api, settings)
        retries = Retries(most_retries(settings), settings.retry_timeouts)
    service_id = client.meta.service_model.service_id.hyphenize()
    # Behind botocore's own, which stand at the same name of the event.
    # The stubs know of no handler that gives anything back.
    client.meta.events.register_last(f"needs-retry.{service_id}", cast(Any, retries))
    client.meta.events.register_last(f"request-created.{service_id}", retries.announce)
    client.meta.events.register_last("before-call", _default_headers)
    refuse_interim = partial(_refuse_interim, client.close)
    client.meta.events.register_first("before-parse", refuse_interim)
    client.meta.events.register_last("before-parse", _read_events)
    client.meta.events.register_last("before-parse", keep_unreadable)
    log_calls(client)
    if settings.expiration is not None:
        refuse = partial(_refuse_expired, settings.expiration)
        client.meta.events.register_first("before-call", refuse)
    if settings.close_connection:
        client.meta.events.register_last("before-send", _close_connection)
    return client


@contextmanager
def _configuring(api: Api) -> Iterator[None]:
    """Raise a `ConfigError` for what botocore has to say of a configuration."""
    try:
        yield
    except raised.NoRegionError as error:
        raise ConfigError(f"{api.service}: {_NO_REGION}") from error
    except raised.ProfileNotFound as error:
        raise ConfigError(f"{api.service}: {error}; {_NO_PROFILE}") from error
    except raised.UnknownServiceError as error:
        raise ConfigError(
            f"botocore {botocore.__version__} does not know the service {api.service}; "
            "install a newer one"
        ) from error
    except ConfigError:
        raise
    except (raised.BotoCoreError, ValueError) as error:
        raise ConfigError(f"{api.service}: {error}") from error


def call(
    client: BaseClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Send a request whose arguments have been checked, and return the whole result.

    Raises
    ------
    PawsError
        As `answering` does.
    """
    _known(client, operation, arguments)
    method = getattr(client, _method(client, operation))
    with answering(operation):
        try:
            answer = method(**arguments)
        # What botocore's parsers break at is none of their documented errors.
        except (AttributeError, LookupError, TypeError) as error:
            raise errors.PawsError(
                f"{operation.function}: the answer is not what botocore's service model "
                f"says ({type(error).__name__}); install a newer botocore, or look at "
                "what the endpoint sends"
            ) from error
        return _whole(operation, answer)


def _whole(operation: Operation[Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    if UNREADABLE in answer:
        raise service_error(operation, answer)
    attempts = answer["ResponseMetadata"].get("RetryAttempts", 0) + 1
    for events in answer.values():
        if isinstance(events, Events):
            events.attempts = attempts
    try:
        return complete(operation, answer)
    except (raised.BotoCoreError, raised_below.HTTPError) as error:
        # A body that is read here broke off; botocore has done with it.
        vars(error)["attempts"] = attempts
        raise


def _method(client: BaseClient, operation: Operation[Any]) -> str:
    names = client.meta.method_to_api_mapping
    return next(name for name, api_name in names.items() if api_name == operation.name)


def paginators(api: Api, settings: Settings) -> Mapping[str, Any]:
    """Return botocore's definition of every operation's paginator, by AWS's name.

    Raises
    ------
    ConfigError
        There is no such profile.
    """
    with _configuring(api), shared_session(settings) as session:
        loader = session.get_component("data_loader")
        try:
            data = loader.load_service_model(api.service, "paginators-1")
        except raised.DataNotFoundError:
            return {}
    return cast("Mapping[str, Any]", data["pagination"])


def page_iterator(
    client: BaseClient,
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    most: int | None,
    token: str | None,
) -> PageIterator[Any]:
    """Return botocore's iterator of the pages of a call whose arguments have been checked.

    Parameters
    ----------
    most : int or None
        The number of elements after which it ends.
    token : str or None
        Where in a page it begins, as `write_token` writes it.

    Raises
    ------
    ConfigError, ParameterError
        The installed botocore does not know the operation, or an argument.
    """
    _known(client, operation, arguments)
    paginator = client.get_paginator(_method(client, operation))
    config = {"MaxItems": most, "StartingToken": token}
    return paginator.paginate(**arguments, PaginationConfig=config)


def whole_pages(
    operation: Operation[Any], pages: PageIterator[Any], stop_on_same_token: bool
) -> Iterator[dict[str, Any]]:
    """Give the whole results of a pagination; each is asked for when it is wanted.

    botocore follows its own results and cuts its own lists, and what comes of it is
    completed: a whole result may hold None where botocore looks for a structure.

    Raises
    ------
    PawsError
        As `answering` does; or a token came twice in a row, and that is no end.
    """
    with answering(operation):
        try:
            for page in pages:
                yield _whole(operation, page)
        except raised.PaginationError:
            if not stop_on_same_token:
                raise


def read_token(token: str) -> dict[str, Any] | None:
    """Return what a token of botocore's pagination holds; None where it is none."""
    try:
        held: object = TokenDecoder().decode(token)
    # Any text may be given, and botocore looks into whatever JSON it decodes to.
    except (AttributeError, LookupError, TypeError, ValueError):
        return None
    return held if isinstance(held, dict) else None


def write_token(held: Mapping[str, Any]) -> str:
    """Return the token of botocore's pagination that holds the service's tokens."""
    return TokenEncoder().encode(dict(held))


@contextmanager
def answering(operation: Operation[Any]) -> Iterator[None]:
    """Raise this package's errors instead of botocore's.

    Raises
    ------
    ConfigError
        There are no credentials, or they cannot be had.
    EndpointConnectionError, ResponseTimeoutError
        There is no answer, or not all of it.
    StreamError
        A stream is cut off inside of an event, or an event is broken.
    ServiceError
        The service answered with an error.
    PawsError
        Anything else that botocore has to say.
    """
    try:
        yield
    except raised.ClientError as error:
        raise service_error(operation, error.response) from error
    except raised.NoCredentialsError as error:
        raise ConfigError(f"{operation.function}: {_NO_CREDENTIALS}") from error
    except (
        raised.PartialCredentialsError,
        raised.CredentialRetrievalError,
        raised.NoAuthTokenError,
        raised.TokenRetrievalError,
    ) as error:
        raise ConfigError(f"{operation.function}: {error}") from error
    except (
        raised.ConnectionError,
        raised.HTTPClientError,
        raised.IncompleteReadError,
        raised_below.HTTPError,
    ) as error:
        raise connection_error(operation, error) from error
    except ParserError as error:
        raise errors.StreamError(
            f"{operation.function}: {error}; the events before it were given"
        ) from error
    # What botocore's serializers raise for S3's Expires, a string of the model and a
    # timestamp of its own, and its parsers for an answer that they cannot read.
    except (raised.BotoCoreError, ResponseParserError, ValueError) as error:
        raise errors.PawsError(f"{operation.function}: {error}") from error


def knows(client: BaseClient, operation: Operation[Any], argument: str) -> bool:
    """Tell whether the installed botocore knows an argument of an operation."""
    model = client.meta.service_model
    shape = model.operation_model(operation.name).input_shape
    return shape is not None and argument in shape.members


def _known(
    client: BaseClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> None:
    """Make sure that botocore knows what is to be sent, and has what it needs for it.

    Without a validation of its own, it would drop in silence what it does not know, or
    break at it.
    """
    model = client.meta.service_model
    if operation.name not in model.operation_names:
        raise ConfigError(
            f"{operation.function}: botocore {botocore.__version__} does not know "
            f"{operation.name}; install a newer one"
        )
    shape = model.operation_model(operation.name).input_shape
    if shape is None:
        return
    reason = (
        f"is unknown to botocore {botocore.__version__}; install a newer one, or "
        "leave it out"
    )
    faults = [Fault(path, reason, False) for path in _unknown(shape, arguments)]
    faults += [
        Fault(name, "is required: it is a part of the host's name", False)
        for name, member in shape.members.items()
        if member.serialization.get("hostLabel") and name not in arguments
    ]
    if faults:
        raise ParameterError(operation.function, tuple(faults), operation.api.version)


def _unknown(shape: BotocoreShape, value: Any, path: str = "") -> Iterator[str]:
    """Give the paths of what is no member of botocore's shape."""
    if value is None:
        return
    match shape:
        case StructureShape(is_document_type=False):
            for name, item in value.items():
                place = f"{path}.{name}" if path else name
                if name in shape.members:
                    yield from _unknown(shape.members[name], item, place)
                else:
                    yield place
        case ListShape(member=StructureShape() | ListShape() | MapShape() as inner):
            for index, item in enumerate(value):
                yield from _unknown(inner, item, f"{path}[{index}]")
        case MapShape(value=StructureShape() | ListShape() | MapShape() as inner):
            for key, item in value.items():
                yield from _unknown(inner, item, f"{path}[{key!r}]")


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
