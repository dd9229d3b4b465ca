"""The transport and botocore's own, which send the same request."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from urllib3.exceptions import HTTPError

from paws_common import PawsError
from paws_common.client.connections import Progress, progress_of
from paws_common.client.transport import Transport, TransportOptions

Sender = Any  # `Transport`, or a `URLLib3Session`

# botocore's sender passes on errors of urllib3, and of the encoding of a password.
_ERRORS = (BotoCoreError, PawsError, HTTPError, OSError, ValueError)


class Outcome(NamedTuple):
    """A response, or the name of the class of an error."""

    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: bytes | None = None
    error: str | None = None


def prepared(
    url: str,
    body: Any = b"1,2",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    *,
    stream: bool = False,
) -> AWSPreparedRequest:
    """Return a request; the body of its response is left unread if `stream` is set."""
    request = AWSRequest(method, url, dict(headers or {}), body)
    request.stream_output = stream
    return request.prepare()


@contextmanager
def transport(**options: Any) -> Iterator[Transport]:
    """Create a transport, and close it in the end."""
    timeouts = {"connect_timeout": 5, "read_timeout": 5}
    options = {**timeouts, "max_connections": 10, "verify": True, **options}
    with closing(Transport(TransportOptions(**options))) as created:
        yield created


@contextmanager
def botocore_session(**options: Any) -> Iterator[URLLib3Session]:
    """Create botocore's sender with the options of a transport."""
    connect_timeout = options.pop("connect_timeout", 5)
    timeout = connect_timeout, options.pop("read_timeout", 5)
    options["max_pool_connections"] = options.pop("max_connections", 10)
    with closing(URLLib3Session(timeout=timeout, **options)) as created:
        yield created


def send(sender: Sender, request: AWSPreparedRequest) -> Outcome:
    """Send a request."""
    try:
        response = sender.send(request)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Outcome(response.status_code, headers, response.content)
    except _ERRORS as error:
        return Outcome(error=type(error).__name__)


def compare(url: str, **options: Any) -> tuple[Outcome, Outcome]:
    """Send the same request with the transport and with botocore's sender."""
    with transport(**options) as ours, botocore_session(**options) as theirs:
        return send(ours, prepared(url)), send(theirs, prepared(url))


def failure(sender: Sender, request: AWSPreparedRequest) -> tuple[Exception, Progress]:
    """Return the error of a request, and how far it came."""
    try:
        sender.send(request)
    except _ERRORS as error:
        return error, progress_of(error)
    raise AssertionError("the request succeeded")
