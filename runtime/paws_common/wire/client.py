"""botocore's client: how it is made, how it is called, and what its errors become.

Serializing, signing, credentials, endpoints and HTTP are botocore's. Hooks on its public
events add what it lacks (`paws_common.wire.hooks`, `paws_common.wire.retries`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import botocore
from botocore import exceptions as raised
from botocore.eventstream import ParserError
from botocore.paginate import TokenDecoder, TokenEncoder
from botocore.parsers import ResponseParserError
from urllib3 import exceptions as raised_below

from paws_common import errors
from paws_common.api import Api, Operation
from paws_common.errors import ConfigError
from paws_common.results.completion import complete
from paws_common.settings import Settings
from paws_common.wire.answers import UNREADABLE
from paws_common.wire.events import Events
from paws_common.wire.failures import connection_error, service_error
from paws_common.wire.hooks import register_hooks
from paws_common.wire.known import method_of
from paws_common.wire.retries import Retries, replace_retries
from paws_common.wire.sessions import create_client, most_retries, shared_session
from paws_common.wire.shortcuts import take_shortcuts

if TYPE_CHECKING:
    from botocore.client import BaseClient
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
    replace_retries(client, retries)
    take_shortcuts(client)
    register_hooks(client, settings)
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
    method = getattr(client, method_of(client, operation, arguments))
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
    # botocore's Stubber answers without.
    attempts = answer.get("ResponseMetadata", {}).get("RetryAttempts", 0) + 1
    for events in answer.values():
        if isinstance(events, Events):
            events.attempts = attempts
    try:
        return complete(operation, answer)
    except (raised.BotoCoreError, raised_below.HTTPError) as error:
        # A body that is read here broke off; botocore has done with it.
        vars(error)["attempts"] = attempts
        raise


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
    paginator = client.get_paginator(method_of(client, operation, arguments))
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
