"""Results of asynchronous calls, which the service writes to Amazon S3."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from paws_common.api import Operation
from paws_common.errors import (
    AsyncInferenceError,
    ConfigError,
    EndpointConnectionError,
    ParameterError,
    PawsError,
    ResponseTimeoutError,
    ResultTimeoutError,
    ServiceError,
    Violation,
)
from paws_common.loopback import is_loopback
from paws_common.sagemaker import s3
from paws_common.sagemaker.polling import SYSTEM, rounds
from paws_common.sagemaker.s3 import Location
from paws_common.service import Service, resolve_operation
from paws_common.settings import Settings, settings
from paws_common.shapes import Blob as BlobShape
from paws_common.shapes import structure_of
from paws_common.types import Blob, Config
from paws_common.validation.files import FileSlice
from paws_common.validation.scalars import Violations, check_number, describe, scalar
from paws_common.validation.validator import validate

if TYPE_CHECKING:
    from paws_common.client.service_client import ServiceClient
    from paws_common.client.sessions import SharedSession

# The service's default of InvocationTimeoutSeconds, the time that a model may run. The
# time in the queue is not part of it.
_TIMEOUT = 900.0
_POLL = 1.0
_MIN_POLL = 0.1  # each round sends two requests, and AWS charges for each

_CLOCK = SYSTEM
_NO_INPUT_LOCATION = (
    "is set by invoke_and_wait when it uploads the Body; for an input that is already in "
    "S3, call invoke_endpoint_async, and pass its result to wait_for_result"
)

# The members of the response with the locations of the result and of the failure.
_OUTPUT, _FAILURE = "OutputLocation", "FailureLocation"

# Settings of SageMaker Runtime that are not valid for S3.
_RESET_FOR_S3: Mapping[str, Any] = {"endpoint": None, "signature_version": None}

_body = scalar(BlobShape(), limits=False, sensitive=True, payload=True)


def wait_for_result(
    response: Mapping[str, Any],
    *,
    timeout: float = _TIMEOUT,
    poll: float = _POLL,
    service: Service | None = None,
    config: Config | None = None,
) -> bytes:
    """Wait for the result of an asynchronous call, and return it.

    Read the objects at OutputLocation and FailureLocation from S3 until one of them
    exists or the time is up. The first read is at once; each interval is longer than the
    one before by a random factor of 1.2 to 1.8, up to 30 seconds.

    Without the permission s3:ListBucket, S3 responds with AccessDenied for an object that
    does not exist yet, so polling continues. If S3 reports that another permission is
    missing, the error is raised. If you may not read the bucket of failures, remove
    FailureLocation from `response`. After S3 has responded once, polling also continues
    after failed connections and internal errors of S3.

    Parameters
    ----------
    response : mapping
        The result of ``invoke_endpoint_async``. Without a FailureLocation, a failed call
        ends in a `ResultTimeoutError`.
    timeout : float
        The seconds until the last read of S3 begins, 0 or more. The default, 900, is the
        service's default of ``InvocationTimeoutSeconds``.
    poll : float
        The seconds between the first two reads, 0.1 or more.
    service : Service, optional
        The service that was called. S3 is called with its region and credentials; by
        default with those of the environment.
    config : Config, optional
        The configuration of S3, with the keys of `paws.config`. Omitted keys have the
        values of `service`, except for ``endpoint`` and ``signature_version``.
        Credentials are not merged: they are those of `config`, or those of `service`.
        With the service of a `LocalEndpoint`, S3 is its own, without other credentials,
        unless `config` has another ``endpoint`` on the loopback interface.

    Returns
    -------
    bytes
        The result.

    Raises
    ------
    AsyncInferenceError
        The call failed; `content` is the failure that the service wrote.
    ResultTimeoutError
        Neither a result nor a failure exists yet. Call this function again.
    TypeError
        `response` is not a mapping, or `service` is not a service.
    ParameterError
        A location, `timeout` or `poll` is invalid; or the result of a `LocalEndpoint`
        would be read from another machine.
    ConfigError
        `config` is invalid, or credentials are missing.
    EndpointConnectionError, ResponseTimeoutError
        S3 did not respond.
    ServiceError
        S3 responded with an error other than a missing object, such as a missing bucket.

    Notes
    -----
    botocore redirects requests to the region of a bucket.
    """
    if not isinstance(response, Mapping):
        raise TypeError(
            "wait_for_result takes the result of invoke_endpoint_async: "
            f"wait_for_result(response); not a {type(response).__name__}"
        )
    if service is not None and not isinstance(service, Service):
        raise TypeError(
            "wait_for_result takes the service that was called: "
            "wait_for_result(response, service=svc), where svc is a "
            f"paws.sagemakerruntime(…); not an object of {type(service)}"
        )
    timeout = _seconds("wait_for_result", "timeout", timeout, 0)
    poll = _seconds("wait_for_result", "poll", poll, _MIN_POLL)
    locations = _locations("wait_for_result", response)
    with _connect_s3("wait_for_result", service, config) as client:
        _refuse_remote(client, locations)
        return _wait(client, locations, timeout, poll)


def invoke_and_wait(
    function: Callable[..., Any],
    EndpointName: str,
    Body: Blob,
    *,
    upload_to: str | None = None,
    timeout: float = _TIMEOUT,
    poll: float = _POLL,
    config: Config | None = None,
    **arguments: Any,
) -> bytes:
    """Call a model asynchronously, wait for its result, and return it.

    A body that is too large for a request is uploaded to a new object under `upload_to`,
    and its location is sent as InputLocation. If the service or the installed botocore
    does not support a body in the request, every body is uploaded. The object is not
    deleted, because the model may read it after this function has raised an error, and
    because that needs another permission. Use a lifecycle rule of the bucket to delete
    such objects.

    Arguments are validated before anything is uploaded. If you must not lose a result
    when waiting for it fails, call ``invoke_endpoint_async``, store its result, and pass
    it to `wait_for_result`.

    Parameters
    ----------
    function : callable
        ``svc.invoke_endpoint_async``, or ``paws.sagemakerruntime_invoke_endpoint_async``.
    EndpointName : str
        The endpoint.
    Body : Blob
        The input: bytes, text, or a binary file. A file is uploaded in parts, from its
        current position; a file that is not seekable is read into memory.
    upload_to : str, optional
        The prefix in S3 for the objects of large bodies: ``s3://bucket/prefix/``.
    timeout, poll : float
        See `wait_for_result`; the time begins when the service has accepted the call.
    config : Config, optional
        The configuration of S3 for the upload and the result; see `wait_for_result`.
    **arguments
        The other arguments of the call: ContentType, InferenceId …

    Returns
    -------
    bytes
        The result.

    Raises
    ------
    TypeError
        `function` is not one of the two functions, or an argument is unknown.
    ParameterError
        An argument is invalid, or `upload_to` is missing; nothing was sent.
    PawsError
        The call, the upload or `wait_for_result` failed.
    """
    called = resolve_operation(function)
    if called is None or called.operation.name != "InvokeEndpointAsync":
        raise TypeError(
            "invoke_and_wait takes the function or the method that calls a model "
            'asynchronously: invoke_and_wait(svc.invoke_endpoint_async, "endpoint", …)'
        )
    service, operation, build = called
    timeout = _seconds("invoke_and_wait", "timeout", timeout, 0)
    poll = _seconds("invoke_and_wait", "poll", poll, _MIN_POLL)
    if arguments.get("InputLocation") is not None:
        raise _refusal("invoke_and_wait", "InputLocation", _NO_INPUT_LOCATION)
    folder = None if upload_to is None else _folder(upload_to)
    body = _sendable(Body)
    arguments = {"EndpointName": EndpointName, **arguments}
    with _connect_s3("invoke_and_wait", service, config) as client:
        reason = _not_inline(service, operation, body)
        if reason is None:
            request = build(**arguments, Body=body)
        else:
            location = _new_object(folder, reason)
            request = build(**arguments, InputLocation=str(location))
            validate(request, limits=service.settings.validation)
            s3.write(client, location, body)
        response = service.send(request)
        locations = _locations(operation.function, response)
        _refuse_remote(client, locations)
        return _wait(client, locations, timeout, poll)


def _locations(function: str, response: Mapping[str, Any]) -> dict[str, Location]:
    """Return the location of the result of a call, and that of its failure, if any."""
    names = [_OUTPUT, _FAILURE] if response.get(_FAILURE) else [_OUTPUT]
    return {name: _object(function, name, response.get(name)) for name in names}


def _object(function: str, name: str, value: object) -> Location:
    location = s3.locate(value)
    if location is None or not location.key:
        raise _refusal(function, name, f"{describe(value, False)} is not {s3.FORMS}")
    return location


def _folder(value: object) -> Location:
    location = s3.locate(value)
    if location is None:
        reason = f"{describe(value, False)} is not of the form s3://bucket/prefix/"
        raise _refusal("invoke_and_wait", "upload_to", reason)
    return location


def _sendable(body: object) -> bytes | FileSlice:
    """Return the body as bytes, or as a file that can be rewound to its position."""
    violations = Violations()
    sent = _body(body, "Body", violations)
    if violations:
        raise _refusal("invoke_and_wait", "Body", violations[0].reason)
    return cast("bytes | FileSlice", sent)


def _seconds(function: str, name: str, value: object, minimum: float) -> float:
    number: float | None = check_number(value, name, Violations())
    # Comparisons with NaN are False, so `not` refuses it.
    if number is None or not minimum <= number < math.inf:
        reason = (
            f"{describe(value, False)} is not a number of seconds, {minimum} or more"
        )
        raise _refusal(function, name, reason)
    return number


def _refusal(function: str, name: str, reason: str) -> ParameterError:
    """Return the error of an argument that no service model limits."""
    return ParameterError(function, (Violation(name, reason, False),), "")


@contextmanager
def _connect_s3(
    function: str, service: Service | None, config: Config | None
) -> Iterator[ServiceClient]:
    """Yield a client of S3 for the objects of a service's calls.

    For a service that calls a `LocalEndpoint`, it must be on the loopback interface.
    """
    # Credentials that are not used are validated, too.
    configured = settings(config)
    is_local = service is not None and service.settings.is_local
    if config and is_local and not configured.endpoint:
        # A `LocalEndpoint` does not check credentials.
        kept = {key: value for key, value in config.items() if key != "credentials"}
        config = cast(Config, kept)
    s3_settings = _s3_settings(service, config)
    with s3.connect(s3_settings, _session(service, config), is_local) as client:
        host = _host(client)
        if is_local and not is_loopback(host):
            reason = (
                f"{host} is not on the loopback interface, which the objects of a "
                "LocalEndpoint must not leave"
            )
            raise _refusal(function, "config.endpoint", reason)
        yield client


def _s3_settings(service: Service | None, config: Config | None) -> Settings:
    """Return the settings of S3: those in `config`, and for other keys the service's."""
    configured = settings(config)
    if service is None:
        return configured
    if (config or {}).get("credentials"):  # credentials are not merged
        return replace(configured, region=configured.region or service.settings.region)
    defaults = settings()
    own = {
        field.name: getattr(configured, field.name)
        for field in fields(configured)
        if getattr(configured, field.name) != getattr(defaults, field.name)
    }
    # A `LocalEndpoint` also serves the objects of S3.
    unset = {} if service.settings.is_local else _RESET_FOR_S3
    return replace(service.settings, **{**unset, **own})


def _session(service: Service | None, config: Config | None) -> SharedSession | None:
    """Return the session of a service, which has loaded its credentials.

    None if the credentials of S3 are those of `config` or of the environment.
    """
    own = config or {}
    if service is None or own.get("credentials") or own.get("session"):
        return None
    try:
        return service.connect().session
    except ConfigError:  # `config` may have the region that the service lacks
        return None


def _host(client: ServiceClient) -> str | None:
    return urlsplit(client.client.meta.endpoint_url).hostname


def _refuse_remote(client: ServiceClient, locations: Mapping[str, Location]) -> None:
    """Refuse to read the result of a `LocalEndpoint` from another machine."""
    host = _host(client)
    if is_loopback(host):
        return
    for name, location in locations.items():
        if location.bucket == s3.LOCAL_BUCKET:
            raise _refusal(
                "wait_for_result",
                name,
                f"{str(location)!r} is a location of a LocalEndpoint, but would be read "
                f"from {host}; pass the service that was called: "
                "wait_for_result(response, service=svc)",
            )


def _not_inline(
    service: Service, operation: Operation[Any], body: bytes | FileSlice
) -> str | None:
    """Return why a body cannot be sent in the request; None if it can."""
    member = structure_of(operation.api.shapes, operation.input).members.get("Body")
    if member is None:
        return f"the service model {operation.api.version} has no parameter Body"
    if not service.connect().support(operation).supports("Body"):
        return "the installed botocore does not support the parameter Body"
    shape = operation.api.shapes[member.shape]
    assert isinstance(shape, BlobShape)
    length = len(body) if isinstance(body, bytes) else body.length
    if shape.max is None or length <= shape.max:
        return None
    return f"the Body has {length:,} bytes, and a request can have {shape.max:,}"


def _new_object(folder: Location | None, reason: str) -> Location:
    """Return the location of a new object in a folder, which the caller must pass."""
    if folder is None:
        required = f'is required: {reason}; pass upload_to="s3://bucket/prefix/"'
        raise _refusal("invoke_and_wait", "upload_to", required)
    prefix = f"{folder.key.rstrip('/')}/" if folder.key else ""
    return Location(folder.bucket, f"{prefix}{uuid4()}")


def _wait(
    client: ServiceClient,
    locations: Mapping[str, Location],
    timeout: float,
    poll: float,
) -> bytes:
    unclear: PawsError | None = None  # an error that hides whether an object exists
    for number in rounds(timeout, poll, _CLOCK):
        unclear = None
        for name, location in locations.items():
            try:
                content = s3.read(client, location)
            except PawsError as error:
                if not _is_retryable(error, has_responded=number > 0):
                    raise
                unclear = unclear if s3.is_missing(error) else error
            else:
                if name == _OUTPUT:
                    return content
                raise AsyncInferenceError("wait_for_result", str(location), content)
    raise ResultTimeoutError(
        "wait_for_result",
        timeout,
        str(locations[_OUTPUT]),
        str(locations[_FAILURE]) if _FAILURE in locations else None,
        "" if unclear is None else str(unclear),
    ) from unclear


def _is_retryable(error: PawsError, has_responded: bool) -> bool:
    """Return whether to poll again; `has_responded` is whether S3 responded before."""
    match error:
        case EndpointConnectionError() | ResponseTimeoutError():
            return has_responded
        case ServiceError():
            broken = (error.status_code or 0) >= 500
            return s3.may_be_missing(error) or (has_responded and broken)
        case _:
            return False
