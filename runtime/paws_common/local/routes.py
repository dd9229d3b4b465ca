"""The routes of Amazon SageMaker Runtime, and the responses of a model to them.

Header fields, statuses and members are those of the service model,
``sagemaker-runtime/2017-05-13/service-2.json`` in botocore.
"""

from __future__ import annotations

import json
import traceback
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import quote

from paws_common.errors import ServiceError
from paws_common.local import event_stream, s3
from paws_common.local.messages import (
    OPERATIONS,
    BytesLike,
    Fields,
    Reply,
    Request,
    Response,
    error_reply,
    json_reply,
)
from paws_common.local.s3 import Objects
from paws_common.sagemaker.s3 import LOCAL_BUCKET, Location, locate

_REGION = "us-east-1"
_ACCOUNT = "123456789012"  # the account of the examples in Amazon's documentation
_CONSOLE = (
    f"https://{_REGION}.console.aws.amazon.com/cloudwatch/home?region={_REGION}"
    "#logEventViewer:group="
)
# The statuses of the service model; throttling is not modelled (RFC 6585, section 4).
_STATUSES = {
    "InternalDependencyException": 530,
    "InternalFailure": 500,
    "ModelError": 424,
    "ModelNotReadyException": 429,
    "ServiceUnavailable": 503,
    "ThrottlingException": 429,
}
_SESSION_LIFETIME = timedelta(minutes=20)

Predict: TypeAlias = Callable[
    [bytes, Request], BytesLike | Iterable[BytesLike] | Response
]
"""A model: returns bytes, the parts of a stream, or a `Response`."""


class ModelFailureError(Exception):
    """A model failed.

    The message is the text of its exception. The status of the model's response is the
    ``status_code`` of the exception if that is an integer, else 500.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(_text(error))
        status_code = getattr(error, "status_code", None)
        self.status_code = int(status_code) if isinstance(status_code, int) else 500
        self.stream_error_code = (
            "ModelInvocationTimeExceeded"
            if isinstance(error, TimeoutError)
            else "StreamBroken"
        )


def _text(error: BaseException) -> str:
    with suppress(Exception):  # the model's own method may fail
        return str(error) or repr(error)
    return "".join(traceback.format_exception_only(error)).strip()


def respond(request: Request, predict: Predict, objects: Objects) -> Reply:
    """Respond to a request as SageMaker Runtime, and for objects as S3, does.

    The response is 424 and ``ModelError`` if the model raises, or the error itself if that
    is a `ServiceError`; 404 for an unknown path; and 405 for a method other than POST.
    Results of asynchronous calls are stored in `objects`.
    """
    try:
        reply = _route(request, predict, objects)
    except ModelFailureError as failure:
        reply = _model_error(request, failure)
    except ServiceError as error:
        status = error.status_code or _STATUSES.get(error.code, 400)
        reply = error_reply(status, error.code, _members(error))
    request_id = ("x-amzn-RequestId", _uuid())
    return replace(reply, fields=(request_id, *reply.fields))


def _route(request: Request, predict: Predict, objects: Objects) -> Reply:
    match request.operation:
        case "" if s3.is_request(request):
            return s3.respond(request, objects)
        case "":
            return _unknown_route(request)
        case _ if request.method != "POST":
            return _wrong_method(request)
        case "InvokeEndpoint":
            return _invoke(request, predict)
        case "InvokeEndpointAsync":
            return _invoke_async(request, predict, objects)
        case _:
            return _invoke_with_response_stream(request, predict)


def _invoke(request: Request, predict: Predict) -> Reply:
    response = _run(request, predict)
    body = b"".join(_parts(response))
    fields = _fields(
        ("Content-Type", _content_type(request, response)),
        *_common_fields(request, response),
        ("X-Amzn-SageMaker-New-Session-Id", response.new_session_id),
        ("X-Amzn-SageMaker-Closed-Session-Id", response.closed_session_id),
    )
    return Reply(200, fields, body)


def _invoke_with_response_stream(request: Request, predict: Predict) -> Reply:
    response = _run(request, predict)
    stream = _EventStream(_events(_parts(response)))
    fields = _fields(
        ("Content-Type", "application/vnd.amazon.eventstream"),
        ("X-Amzn-SageMaker-Content-Type", _content_type(request, response)),
        *_common_fields(request, response),
    )
    return Reply(200, fields, stream)


def _invoke_async(request: Request, predict: Predict, objects: Objects) -> Reply:
    inference_id = request.headers.get("X-Amzn-SageMaker-Inference-Id") or _uuid()
    output, failure = _result_locations(request, inference_id)
    try:
        response = _run(_with_input(request, objects), predict)
        objects.put(output, b"".join(_parts(response)))
    except ModelFailureError as error:
        objects.put(failure, str(error).encode(errors="backslashreplace"))
    locations = (
        ("X-Amzn-SageMaker-OutputLocation", str(output)),
        ("X-Amzn-SageMaker-FailureLocation", str(failure)),
    )
    return json_reply(202, {"InferenceId": inference_id}, *locations)


def _with_input(request: Request, objects: Objects) -> Request:
    """Return an asynchronous request with the object of its InputLocation as the body."""
    text = request.headers.get("X-Amzn-SageMaker-InputLocation")
    if text is None:
        return request
    location = locate(text)
    content = None if location is None else objects.get(location)
    if content is None:
        missing = FileNotFoundError(
            f"{text} is not an object of the local endpoint; upload it to its S3, or "
            "call LocalEndpoint.put_object"
        )
        raise ModelFailureError(missing)
    return replace(request, body=content)


class _EventStream:
    """The body of a stream.

    The first event is created before the status line is sent: a model that fails before
    it is a ``ModelError``, one that fails later a ``ModelStreamError``. This is not a
    generator, because closing a generator that was never started does not run its code,
    and so would not close the model.
    """

    def __init__(self, events: Generator[bytes, None, None]) -> None:
        self._events = events
        self._first = next(events, None)

    def __iter__(self) -> Iterator[bytes]:
        event = self._first
        try:
            while event is not None:
                yield event
                event = next(self._events, None)
        except ModelFailureError as failure:
            members = {"Message": str(failure), "ErrorCode": failure.stream_error_code}
            yield _exception_event("ModelStreamError", members)
        except ServiceError as error:
            yield _exception_event(error.code, _members(error))

    def close(self) -> None:
        self._events.close()


@contextmanager
def _model_failures() -> Iterator[None]:
    """Raise `ModelFailureError` for any exception of a model, including `SystemExit`."""
    try:
        yield
    except (GeneratorExit, ModelFailureError):
        raise
    except ServiceError as error:
        reason = _violation(error)
        if reason is not None:
            raise ModelFailureError(ValueError(f"ServiceError: {reason}")) from error
        raise
    except BaseException as error:
        raise ModelFailureError(error) from error


def _violation(error: ServiceError) -> str | None:
    """Return why the error of a model cannot be sent; None if it can."""
    status: object = error.status_code
    code: object = error.code
    message: object = error.message
    is_status = isinstance(status, int) and 400 <= status <= 599
    if status is not None and not is_status:
        return f"status_code must be an integer from 400 to 599, not {status!r}"
    if not isinstance(code, str) or not (code.isascii() and code.isprintable()):
        return f"code must be printable ASCII text, not {code!r}"
    if not isinstance(message, str):
        return f"message must be text, not {message!r}"
    return None


def _run(request: Request, predict: Predict) -> Response:
    with _model_failures():
        result = predict(request.body, request)
        if isinstance(result, Response):
            return result
        begins = request.headers.get("X-Amzn-SageMaker-Session-Id") == "NEW_SESSION"
        return Response(result, new_session_id=_new_session() if begins else None)


def _parts(response: Response) -> Generator[bytes, None, None]:
    """Yield the parts of a response, and close their iterator at the end."""
    body: object = response.body
    with _model_failures():
        if isinstance(body, BytesLike):
            yield bytes(body)
            return
        # Both are iterables, but not of bytes.
        if isinstance(body, str | Mapping) or not isinstance(body, Iterable):
            raise TypeError(_wrong_type("returned", body))
        items = iter(body)
        try:
            for item in items:
                if not isinstance(item, BytesLike):
                    raise TypeError(_wrong_type("yielded", item))
                yield bytes(item)
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()


def _events(parts: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    headers = {
        ":event-type": "PayloadPart",
        ":content-type": "application/octet-stream",
        ":message-type": "event",
    }
    with closing(parts), _model_failures():
        length = event_stream.MAX_PAYLOAD_BYTES
        for part in parts:
            for start in range(0, len(part) or 1, length):  # an empty part is one event
                yield event_stream.encode(headers, part[start : start + length])


def _wrong_type(verb: str, value: object) -> str:
    return (
        f"the model {verb} {type(value).__name__}; it must return bytes or an "
        "iterable of bytes (text: text.encode(), data: json.dumps(data).encode())"
    )


def _content_type(request: Request, response: Response) -> str:
    if response.content_type is not None:
        return response.content_type
    accepted = request.accept
    names_one_type = accepted and "*" not in accepted and "," not in accepted
    return (
        accepted if names_one_type else request.content_type
    ) or "application/octet-stream"


def _common_fields(
    request: Request, response: Response
) -> tuple[tuple[str, str | None], ...]:
    variant = request.headers.get("X-Amzn-SageMaker-Target-Variant") or "AllTraffic"
    return (
        ("x-Amzn-Invoked-Production-Variant", variant),
        ("X-Amzn-SageMaker-Custom-Attributes", response.custom_attributes),
    )


def _fields(*fields: tuple[str, str | None]) -> Fields:
    return tuple((name, value) for name, value in fields if value)


def _new_session() -> str:
    expires = datetime.now(UTC) + _SESSION_LIFETIME
    return f"{_uuid()}; Expires={expires:%Y-%m-%dT%H:%M:%SZ}"


def _result_locations(request: Request, inference_id: str) -> tuple[Location, Location]:
    headers = request.headers
    extension = headers.get("X-Amzn-SageMaker-S3OutputPathExtension", "").strip("/")
    filename = headers.get("X-Amzn-SageMaker-Filename") or f"{inference_id}.out"
    failure = f"{inference_id}-error.out"
    return (
        _result_location(request.endpoint_name, "output", extension, filename),
        _result_location(request.endpoint_name, "failure", failure),
    )


def _result_location(*names: str) -> Location:
    # The endpoint's name was percent-decoded: unquoted, it could end the header field.
    key = "/".join(quote(name, errors="surrogateescape") for name in names if name)
    return Location(LOCAL_BUCKET, key)


def _model_error(request: Request, failure: ModelFailureError) -> Reply:
    side = "client" if 400 <= failure.status_code < 500 else "server"
    group = f"/aws/sagemaker/Endpoints/{request.endpoint_name}"
    members = {
        "Message": f"Received {side} error ({failure.status_code}) from primary with "
        f'message "{failure}". See {_CONSOLE}{quote(group, errors="surrogateescape")}',
        "OriginalStatusCode": failure.status_code,
        "OriginalMessage": str(failure),
        "LogStreamArn": f"arn:aws:logs:{_REGION}:{_ACCOUNT}:log-group:{group}",
    }
    return error_reply(424, "ModelError", members)


def _members(error: ServiceError) -> Mapping[str, object]:
    """Return the members of an error on the wire: those that its class declares."""
    declared = type(error).__annotations__.keys() - ServiceError.__annotations__.keys()
    values = {name: getattr(error, name, None) for name in sorted(declared)}
    present = {name: value for name, value in values.items() if value is not None}
    return {"Message": error.message, **present}


def _exception_event(code: str, members: Mapping[str, object]) -> bytes:
    headers = {
        ":exception-type": code,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return event_stream.encode(headers, json.dumps(members).encode())


def _unknown_route(request: Request) -> Reply:
    routes = ", ".join(f"POST /endpoints/NAME/{last}" for last in OPERATIONS)
    message = (
        f"{request.method} {request.path} is not a route; the routes are {routes}, "
        "and GET, HEAD and PUT /BUCKET/KEY"
    )
    return error_reply(404, "UnknownOperationException", {"Message": message})


def _wrong_method(request: Request) -> Reply:
    message = f"{request.operation} is a POST, not a {request.method}"
    members = {"Message": message}
    return error_reply(405, "UnknownOperationException", members, ("Allow", "POST"))


def _uuid() -> str:
    return str(uuid.uuid4())
