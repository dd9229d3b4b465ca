"""botocore's client: how it is made, how it is called, and what its errors become.

Serializing, signing, credentials, endpoints, retries and HTTP are botocore's. Two hooks
on its public events add what it lacks: R's header defaults, and an error where a stream
of events was cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import botocore
from botocore import UNSIGNED
from botocore import exceptions as raised
from botocore.config import Config
from botocore.eventstream import ParserError
from botocore.model import ListShape, MapShape, StructureShape
from botocore.paginate import TokenDecoder, TokenEncoder
from botocore.parsers import ResponseParserError
from botocore.session import Session
from urllib3 import exceptions as raised_below

from paws_common import errors
from paws_common.api import Api, Operation
from paws_common.config import Settings
from paws_common.errors import ConfigError, Fault, ParameterError
from paws_common.results import complete
from paws_common.version import __version__

if TYPE_CHECKING:
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
        There is no region, no such profile, or the installed botocore does not know
        the service.
    """
    config = Config(
        # Every argument has been checked, and more strictly.
        parameter_validation=False,
        signature_version=UNSIGNED if settings.anonymous else None,
        user_agent_extra=f"paws-py/{__version__}",
    )
    with _configuring(api):
        client = Session(profile=settings.profile).create_client(
            api.service,
            region_name=settings.region,
            endpoint_url=settings.endpoint,
            aws_access_key_id=settings.access_key_id,
            aws_secret_access_key=settings.secret_access_key,
            aws_session_token=settings.session_token,
            config=config,
        )
    client.meta.events.register_last("before-call", _default_headers)
    client.meta.events.register_last("before-parse", _notice_truncation)
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
        return complete(operation, method(**arguments))


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
    with _configuring(api):
        return _paginators(api.service, settings.profile)


@cache
def _paginators(service: str, profile: str | None) -> Mapping[str, Any]:
    loader = Session(profile=profile).get_component("data_loader")
    try:
        definitions = loader.load_service_model(service, "paginators-1")["pagination"]
    except raised.DataNotFoundError:
        return {}
    return cast("Mapping[str, Any]", definitions)


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
                yield complete(operation, page)
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
        There is no answer.
    ServiceError
        The service answered with an error.
    PawsError
        Anything else that botocore has to say.
    """
    try:
        yield
    except raised.ClientError as error:
        raise _service_error(operation, error) from error
    except raised.NoCredentialsError as error:
        raise ConfigError(f"{operation.function}: {_NO_CREDENTIALS}") from error
    except (
        raised.PartialCredentialsError,
        raised.CredentialRetrievalError,
        raised.NoAuthTokenError,
        raised.TokenRetrievalError,
    ) as error:
        raise ConfigError(f"{operation.function}: {error}") from error
    except (raised.ReadTimeoutError, raised_below.ReadTimeoutError) as error:
        raise errors.ResponseTimeoutError(f"{operation.function}: {error}") from error
    except (
        raised.ConnectionError,
        raised.HTTPClientError,
        raised.IncompleteReadError,
        raised_below.HTTPError,
        ParserError,
    ) as error:
        raise errors.EndpointConnectionError(
            f"{operation.function}: {error}"
        ) from error
    # What botocore's serializers raise for S3's Expires, a string of the model and a
    # timestamp of its own, and its parsers for an answer that they cannot read.
    except (raised.BotoCoreError, ResponseParserError, ValueError) as error:
        raise errors.PawsError(f"{operation.function}: {error}") from error


def _service_error(
    operation: Operation[Any], error: raised.ClientError
) -> errors.ServiceError:
    answer: Mapping[str, Any] = error.response
    said, metadata = answer.get("Error", {}), answer.get("ResponseMetadata", {})
    code = said.get("Code") or "unknown error"
    return operation.api.errors.get(code, errors.ServiceError)(
        operation.function,
        code,
        said.get("Message") or "the service sent no message",
        metadata.get("HTTPStatusCode"),
        metadata.get("RequestId"),
        {
            name: value
            for name, value in answer.items()
            if name not in ("Error", "ResponseMetadata")
        },
    )


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


def _notice_truncation(
    operation_model: OperationModel,
    response_dict: MutableMapping[str, Any],
    **_: object,
) -> None:
    """Make it an error that a stream ends inside of an event: botocore says nothing."""
    if operation_model.has_event_stream_output and response_dict["status_code"] < 300:
        response_dict["body"] = _Messages(response_dict["body"])


class _Messages:
    """The body of an answer as botocore reads it: messages, one after the other.

    A message begins with its length, a number of 4 bytes that counts itself (AWS,
    "Event stream encoding").
    """

    def __init__(self, body: Any) -> None:
        self._body = body
        self.close = body.close

    def stream(self) -> Iterator[bytes]:
        """Give the bytes as they come.

        Raises
        ------
        botocore.eventstream.ParserError
            The last message is not whole.
        """
        prefix, left = b"", 0  # what is known, and what is missing, of a message
        for chunk in self._body.stream():
            yield chunk
            while chunk:
                if left:
                    left, chunk = max(left - len(chunk), 0), chunk[left:]
                else:
                    missing = 4 - len(prefix)
                    prefix, chunk = prefix + chunk[:missing], chunk[missing:]
                    if len(prefix) == 4:
                        prefix, left = b"", int.from_bytes(prefix, "big") - 4
        if prefix or left:
            raise ParserError("the stream ended inside of an event")
