"""Forward requests to containers, as Amazon SageMaker does.

A container serves ``GET /ping`` and ``POST /invocations`` (SageMaker Developer Guide, "Use
your own inference code with hosting services").
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from paws_common.errors import ServiceError
from paws_common.local.messages import Request, Response
from paws_common.loopback import is_loopback

DEFAULT_MODEL = "AllTraffic"  # SageMaker's name of the only production variant

_PING_SECONDS = 2.0  # SageMaker's own limit
_POLL_SECONDS = 0.2
_READ_BYTES = 64 * 1024
_MAX_ERROR_BYTES = 64 * 1024

_CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
_NEW_SESSION = "X-Amzn-SageMaker-New-Session-Id"
_CLOSED_SESSION = "X-Amzn-SageMaker-Closed-Session-Id"

# "SageMaker strips all POST headers except those supported by InvokeEndpoint" (same guide).
_FORWARDED = (
    _CUSTOM_ATTRIBUTES,
    "X-Amzn-SageMaker-Enable-Explanations",
    "X-Amzn-SageMaker-Inference-Component",
    "X-Amzn-SageMaker-Inference-Id",
    "X-Amzn-SageMaker-Prefix-Aware-Id",
    "X-Amzn-SageMaker-Session-Id",
    "X-Amzn-SageMaker-Target-Container-Hostname",
    "X-Amzn-SageMaker-Target-Model",
    "X-Amzn-SageMaker-Target-Variant",
)
# The most specific name first.
_NAMES = (
    "X-Amzn-SageMaker-Target-Model",
    "X-Amzn-SageMaker-Inference-Component",
    "X-Amzn-SageMaker-Target-Variant",
)
_FOLD = re.compile(r"\r?\n[ \t]+")


class ContainerError(Exception):
    """A container responded with an error; the message is the beginning of the body."""

    def __init__(self, status_code: int, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code


class Containers:
    """A model that forwards each request to a container.

    The URL is that of one container for all requests; or the URLs are those of several by
    the TargetModel, InferenceComponentName or TargetVariant of the requests. A request
    without any of these is forwarded to ``"AllTraffic"``.

    Raises
    ------
    TypeError
        `urls` has another type.
    ValueError
        A URL is not an ``http`` URL on the loopback interface, or has a user, a query or
        a fragment; or the mapping or a name is empty.
    """

    def __init__(self, urls: str | Mapping[str, str]) -> None:
        self._is_one = isinstance(urls, str)
        by_name = {DEFAULT_MODEL: urls} if isinstance(urls, str) else urls
        _check_types(by_name)
        if not by_name:
            raise ValueError("container: the mapping of names to URLs is empty")
        if "" in by_name:
            raise ValueError("container: a name is empty")
        self._containers = MappingProxyType(
            {name: _Container(url) for name, url in by_name.items()}
        )

    def __call__(self, body: bytes, request: Request) -> Response:
        """Forward a request, and return the response of its container.

        Raises
        ------
        ServiceError
            ValidationError: no container has the requested name.
            ModelNotReadyException: ``/ping`` of the container does not return 200.
        ContainerError
            The container responded with an error.
        OSError, http.client.HTTPException
            The connection to the container failed.
        """
        container = self._select(request)
        reason = container.ping()
        if reason is not None:
            raise ServiceError("predict", "ModelNotReadyException", reason, 429)
        return container.invoke(body, request)

    def wait_until_ready(self, timeout: float) -> None:
        """Wait until ``/ping`` of every container returns 200.

        A TimeoutError is raised if a container is not ready after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        for container in self._containers.values():
            while (reason := container.ping()) is not None:
                if time.monotonic() >= deadline:
                    raise TimeoutError(f"{reason}, {timeout:g} s after the first ping")
                time.sleep(_POLL_SECONDS)

    def _select(self, request: Request) -> _Container:
        if self._is_one:
            return self._containers[DEFAULT_MODEL]
        named = [request.headers[name] for name in _NAMES if name in request.headers]
        for name in named or [DEFAULT_MODEL]:
            if name in self._containers:
                return self._containers[name]
        requested = " and ".join(map(repr, named)) or "a request that names no model"
        raise ServiceError(
            "predict",
            "ValidationError",
            f"no container is configured for {requested}; the configured names are "
            f"{', '.join(map(repr, self._containers))}",
            400,
        )


class _Container:
    def __init__(self, url: str) -> None:
        parts = _split(url)
        self._url = url.rstrip("/")
        self._path = parts.path.rstrip("/")
        self._port = parts.port or 80
        # "localhost" is not resolved: its address may be configured otherwise.
        host = str(parts.hostname)
        self._hosts = ("127.0.0.1", "::1") if host == "localhost" else (host,)
        self._was_ready = False

    def ping(self) -> str | None:
        """Return why the container is not ready; None if it is."""
        try:
            with closing(self._connect(_PING_SECONDS)) as connection:
                connection.request("GET", f"{self._path}/ping")
                status = connection.getresponse().status
        except TimeoutError:
            # A server with a single thread cannot respond while its model runs.
            if self._was_ready:
                return None
            return f"{self._url}/ping did not respond in {_PING_SECONDS:g} s"
        except (OSError, HTTPException) as error:
            self._was_ready = False
            return f"{self._url}/ping failed ({type(error).__name__}: {error})"
        self._was_ready = status == 200
        return None if status == 200 else f"{self._url}/ping returned {status}"

    def invoke(self, body: bytes, request: Request) -> Response:
        """Send a request to ``/invocations``, and return the response as it arrives."""
        connection = self._connect(None)
        try:
            path = f"{self._path}/invocations"
            connection.request("POST", path, body, _forwarded(request))
            response = connection.getresponse()
            if not 200 <= response.status < 300:
                message = response.read(_MAX_ERROR_BYTES).decode(errors="replace")
                raise ContainerError(response.status, message or response.reason)
            return Response(
                _parts(connection, response),
                content_type=_field(response, "Content-Type") or "",
                custom_attributes=_field(response, _CUSTOM_ATTRIBUTES),
                new_session_id=_field(response, _NEW_SESSION),
                closed_session_id=_field(response, _CLOSED_SESSION),
            )
        except BaseException:
            connection.close()
            raise

    def _connect(self, timeout: float | None) -> HTTPConnection:
        for host in self._hosts[:-1]:
            connection = HTTPConnection(host, self._port, timeout=timeout)
            try:
                connection.connect()
            except OSError:
                continue
            return connection
        connection = HTTPConnection(self._hosts[-1], self._port, timeout=timeout)
        connection.connect()
        return connection


def _check_types(by_name: object) -> None:
    if not isinstance(by_name, Mapping):
        raise TypeError(
            "container: must be a URL, or a mapping of names to URLs, not "
            f"{type(by_name).__name__}"
        )
    for text in (*by_name, *by_name.values()):
        if not isinstance(text, str):
            raise TypeError(
                f"container: names and URLs must be str, not {type(text).__name__}"
            )


def _split(url: str) -> SplitResult:
    """Return the parts of the URL of a container, which is on the loopback interface."""
    reason = ""
    try:
        parts = urlsplit(url)
        other = "@" in parts.netloc or parts.query or parts.fragment
        if parts.scheme == "http" and is_loopback(parts.hostname) and not other:
            _ = parts.port
            return parts
    except ValueError as error:
        reason = f": {error}"
    shown = re.sub("//[^/]*@", "//…@", url)  # without a password
    raise ValueError(
        f"container: {shown!r} is not the http URL of a server on the loopback interface, "
        f"such as 'http://127.0.0.1:8080', without user, query and fragment{reason}"
    )


def _forwarded(request: Request) -> dict[str, bytes]:
    """Return the header fields that SageMaker sends to a container."""
    fields = {
        "Content-Type": request.content_type,
        "Accept": request.accept,
        **{name: request.headers.get(name, "") for name in _FORWARDED},
    }
    return {
        name: value.encode("utf-8", "surrogateescape")
        for name, value in fields.items()
        if value
    }


def _field(response: HTTPResponse, name: str) -> str | None:
    """Return the value of a header field; http.client decodes it as Latin-1."""
    value = response.getheader(name)
    if value is None:
        return None
    unfolded = _FOLD.sub(" ", value)  # RFC 9112, section 5.2
    return unfolded.encode("latin-1").decode(errors="surrogateescape")


def _parts(connection: HTTPConnection, response: HTTPResponse) -> Iterator[bytes]:
    """Yield the body as it arrives."""
    with closing(connection):
        received = 0
        while part := response.read1(_READ_BYTES):
            received += len(part)
            yield part
        if response.getheader("Transfer-Encoding"):
            return  # it has precedence over a Content-Length (RFC 9112, section 6.3)
        # http.client does not report a body that ends before its Content-Length.
        length = int(response.getheader("Content-Length") or received)
        if received < length:
            raise IncompleteRead(b"", length - received)
