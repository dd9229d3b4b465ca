"""Results of asynchronous calls, which the service writes to Amazon S3."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import uuid4

from paws_common.aliases import Blob, Config
from paws_common.api import Operation
from paws_common.errors import (
    AsyncInferenceError,
    EndpointConnectionError,
    Fault,
    ParameterError,
    PawsError,
    ResponseTimeoutError,
    ResultTimeoutError,
    ServiceError,
)
from paws_common.sagemaker import s3
from paws_common.sagemaker.polling import SYSTEM, rounds
from paws_common.sagemaker.s3 import Location
from paws_common.service import Service, Target, target
from paws_common.settings import Settings, settings
from paws_common.shapes import Blob as BlobShape
from paws_common.shapes import Double, Structure
from paws_common.validation.requests import validate
from paws_common.validation.rewinding import Rest
from paws_common.validation.scalars import Faults, describe, scalar

if TYPE_CHECKING:
    from botocore.client import BaseClient

# The service gives up on a model after so long where a call does not say
# InvocationTimeoutSeconds; the time in the queue comes on top of it.
_TIMEOUT = 900.0
_POLL = 1.0
_LEAST_POLL = 0.1  # every round is two requests, and each of them is paid

_CLOCK = SYSTEM
_NO_INPUT_LOCATION = (
    "is where the Body is uploaded to; for an input that is in S3, call "
    "invoke_endpoint_async, and wait_for_result with its result"
)

# What a service was configured with that is of no use to another.
_NOT_OF_S3: Mapping[str, Any] = {"endpoint": None, "signature_version": None}

_number = scalar(Double(), limits=False, sensitive=False)
_body = scalar(BlobShape(), limits=False, sensitive=True, payload=True)


def wait_for_result(
    response: Mapping[str, Any],
    *,
    timeout: float = _TIMEOUT,
    poll: float = _POLL,
    service: Service | None = None,
    config: Config | None = None,
) -> bytes:
    """Wait until the result of an asynchronous call is there, and return it.

    OutputLocation and FailureLocation are read from S3, at once and then at intervals
    that grow by a random factor of 1.2 to 1.8 up to 30 seconds, until one of them is
    there or the time is up.

    To who may not list a bucket, S3 denies access to an object that is not there yet,
    so that such a denial is waited out; where S3 says that another permission lacks, it
    is an error at once. Without permission for the failures' bucket, leave
    FailureLocation out of `response`. Once the first round was answered, a connection
    that fails and an internal error of S3 are waited out, too.

    Parameters
    ----------
    response : mapping
        The result of ``invoke_endpoint_async``. Without a FailureLocation, a call that
        fails is one whose time runs out.
    timeout : float
        Seconds after which S3 is asked for the last time, 0 or more; 900 by default,
        as long as the service lets a model run where the call does not say. What S3
        takes to answer comes on top of it.
    poll : float
        Seconds between the first two rounds, 0.1 or more.
    service : Service, optional
        The service that was called: S3 is called with its region and credentials. By
        default, with those of the environment.
    config : Config, optional
        The configuration of S3, in the shape of a service's. What is not in it is that
        of `service`, except for the endpoint and the signature version; credentials are
        taken whole from one of the two.

    Returns
    -------
    bytes
        The result.

    Raises
    ------
    AsyncInferenceError
        There is a failure instead of a result; `content` is what the service wrote.
    ResultTimeoutError
        There is neither. The same call can be made again.
    TypeError
        `response` is no result.
    ParameterError
        A location, `timeout` or `poll` cannot be used.
    ConfigError
        `config` is wrong, or credentials are missing.
    EndpointConnectionError, ResponseTimeoutError
        S3 does not answer.
    ServiceError
        S3 answered with another error than that an object is not there, for instance
        that the bucket is not.

    Notes
    -----
    Botocore follows a bucket to its region.
    """
    if not isinstance(response, Mapping):
        raise TypeError(
            "wait_for_result takes the result of invoke_endpoint_async: "
            f"wait_for_result(response); not a {type(response).__name__}"
        )
    timeout = _seconds("wait_for_result", "timeout", timeout, 0)
    poll = _seconds("wait_for_result", "poll", poll, _LEAST_POLL)
    locations = _locations("wait_for_result", response)
    with s3.connect(_s3_settings(service, config)) as client:
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
    """Call a model asynchronously, and return its result when it is there.

    A body that is larger than the model of the service lets a call carry is uploaded
    first, to an object of its own under `upload_to`, and named as InputLocation; so is
    every body where the service or the installed botocore knows no inline body. The
    object is not deleted: where the time runs out or the connection is lost, the model
    is still to read it, and to delete is a permission of its own. A lifecycle rule of
    the bucket can do it.

    Nothing is uploaded for a call that cannot be made. Where a result must not be lost
    if waiting for it breaks off, make the call, keep what it returns, and use
    `wait_for_result`.

    Parameters
    ----------
    function : callable
        ``svc.invoke_endpoint_async``, or ``paws.sagemakerruntime_invoke_endpoint_async``.
    EndpointName : str
        The endpoint.
    Body : Blob
        The input: bytes, text, or a binary file, which is uploaded piece by piece from
        where it stands; only what cannot be rewound is read whole.
    upload_to : str, optional
        Where in S3 a large body goes to: ``s3://bucket/prefix/``.
    timeout, poll : float
        As of `wait_for_result`; counted from when the call was accepted.
    config : Config, optional
        The configuration of S3, as of `wait_for_result`, for the upload too.
    **arguments
        The other arguments of the call: ContentType, InferenceId …

    Returns
    -------
    bytes
        The result.

    Raises
    ------
    TypeError
        `function` is neither, or an argument is unknown.
    ParameterError
        An argument cannot be sent, or `upload_to` is needed; nothing was sent.
    PawsError
        As the call, `wait_for_result`, or S3's upload raises it.
    """
    called = _called(function)
    timeout = _seconds("invoke_and_wait", "timeout", timeout, 0)
    poll = _seconds("invoke_and_wait", "poll", poll, _LEAST_POLL)
    if arguments.get("InputLocation") is not None:
        raise _refusal("invoke_and_wait", "InputLocation", _NO_INPUT_LOCATION)
    folder = None if upload_to is None else _folder(upload_to)
    body = _sendable(Body)
    service, operation, ask, _ = called
    given = {"EndpointName": EndpointName, **arguments}
    with s3.connect(_s3_settings(service, config)) as client:
        reason = _not_inline(service, operation, body)
        if reason is None:
            request = ask(**given, Body=body)
        else:
            place = _new_object(folder, reason)
            request = ask(**given, InputLocation=str(place))
            validate(request, limits=service.settings.validation)
            s3.write(client, place, body)
        response = service.send(request)
        locations = _locations(operation.function, response)
        return _wait(client, locations, timeout, poll)


class _Locations(NamedTuple):
    """Where the result of a call appears; and its failure, if that has a place."""

    output: Location
    failure: Location | None


def _locations(function: str, response: Mapping[str, Any]) -> _Locations:
    failure = response.get("FailureLocation")
    return _Locations(
        _object(function, "OutputLocation", response.get("OutputLocation")),
        _object(function, "FailureLocation", failure) if failure else None,
    )


def _object(function: str, name: str, value: object) -> Location:
    location = s3.locate(value)
    if location is None or not location.key:
        raise _refusal(function, name, f"{describe(value, False)} is no {s3.FORMS}")
    return location


def _folder(value: object) -> Location:
    location = s3.locate(value)
    if location is None:
        reason = f"{describe(value, False)} is no s3://bucket/prefix/"
        raise _refusal("invoke_and_wait", "upload_to", reason)
    return location


def _sendable(body: object) -> bytes | Rest:
    """Return bytes, or a file that can be rewound to where it stands."""
    faults: Faults = []
    sent = _body(body, "Body", faults)
    if faults:
        raise _refusal("invoke_and_wait", "Body", faults[0].reason)
    return cast("bytes | Rest", sent)


def _seconds(function: str, name: str, value: object, least: float) -> float:
    number: float | None = _number(value, name, [])
    # NaN is not less than anything, either.
    if number is None or not least <= number < math.inf:
        reason = f"{describe(value, False)} is no number of seconds from {least} on"
        raise _refusal(function, name, reason)
    return number


def _refusal(function: str, name: str, reason: str) -> ParameterError:
    """Return the error of an argument; the version is of no model: none sets limits."""
    return ParameterError(function, (Fault(name, reason, False),), "")


def _s3_settings(service: Service | None, config: Config | None) -> Settings:
    """Return the settings of S3: those of `config`, and for the rest the service's."""
    given = settings(config)
    if service is None:
        return given
    if (config or {}).get("credentials"):  # never half a login of each
        return replace(given, region=given.region or service.settings.region)
    unset = settings()
    own = {
        field.name: getattr(given, field.name)
        for field in fields(given)
        if getattr(given, field.name) != getattr(unset, field.name)
    }
    return replace(service.settings, **{**_NOT_OF_S3, **own})


def _called(function: object) -> Target:
    """Return what `function` would call, and by whom.

    Raises
    ------
    TypeError
        It is not the asynchronous call of a model.
    """
    called = target(function)
    if called is None or called.operation.name != "InvokeEndpointAsync":
        raise TypeError(
            "invoke_and_wait takes the function or the method that calls a model "
            'asynchronously: invoke_and_wait(svc.invoke_endpoint_async, "endpoint", …)'
        )
    return called


def _not_inline(service: Service, operation: Operation[Any], body: Any) -> str | None:
    """Return why a body cannot be sent in the call itself; None if it can."""
    structure = operation.api.shapes[str(operation.input)]
    assert isinstance(structure, Structure)
    member = structure.members.get("Body")
    if member is None:
        return f"the service model {operation.api.version} has no inline body"

    from paws_common.wire.known import knows

    if not knows(service.client, operation, "Body"):
        return "the installed botocore knows no inline body"
    shape = operation.api.shapes[member.shape]
    assert isinstance(shape, BlobShape)
    length = _length(body)
    if shape.max is None or length <= shape.max:
        return None
    return f"the Body has {length:,} bytes, and a call carries {shape.max:,}"


def _length(body: bytes | Rest) -> int:
    """Return the number of bytes of a body; a file is at its beginning before and after."""
    if isinstance(body, bytes):
        return len(body)
    end = body.seek(0, io.SEEK_END)
    body.seek(0)
    return end


def _new_object(folder: Location | None, reason: str) -> Location:
    """Return a location of its own for what is uploaded.

    Raises
    ------
    ParameterError
        Nobody said where to.
    """
    if folder is None:
        needed = f'is required: {reason}; give upload_to="s3://bucket/prefix/"'
        raise _refusal("invoke_and_wait", "upload_to", needed)
    prefix = f"{folder.key.rstrip('/')}/" if folder.key else ""
    return Location(folder.bucket, f"{prefix}{uuid4()}")


def _wait(
    client: BaseClient, locations: _Locations, timeout: float, poll: float
) -> bytes:
    output, failure = locations
    doubt: PawsError | None = None  # why a round could not tell what is there
    for number in rounds(timeout, poll, _CLOCK):
        doubt = None
        for location in filter(None, locations):
            try:
                content = s3.read(client, location)
            except PawsError as error:
                if not _may_pass(error, was_answered=number > 0):
                    raise
                doubt = doubt if s3.is_missing(error) else error
            else:
                if location is output:
                    return content
                raise AsyncInferenceError("wait_for_result", str(location), content)
    raise ResultTimeoutError(
        "wait_for_result",
        timeout,
        str(output),
        None if failure is None else str(failure),
        "" if doubt is None else str(doubt),
    ) from doubt


def _may_pass(error: PawsError, was_answered: bool) -> bool:
    """Tell whether to ask again; `was_answered` tells whether S3 was within reach."""
    match error:
        case EndpointConnectionError() | ResponseTimeoutError():
            return was_answered
        case ServiceError():
            broken = (error.status_code or 0) >= 500
            return s3.may_be_missing(error) or (was_answered and broken)
        case _:
            return False
