"""
The three routes of Amazon SageMaker Runtime, answered by a Python function.

Names of header fields, statuses and members are those of the service model,
``sagemaker-runtime/2017-05-13/service-2.json`` in botocore.
"""

import json
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import quote, unquote

from paws_common.local import frames
from paws_common.local.http1 import Head, Headers, Response

_REGION = "us-east-1"
_ACCOUNT = "123456789012"  # the account of the examples in Amazon's documentation
_CONSOLE = (
    f"https://{_REGION}.console.aws.amazon.com/cloudwatch/home?region={_REGION}"
    "#logEventViewer:group="
)
_SESSION_LIFETIME = timedelta(minutes=20)

_OPERATIONS = {
    "invocations": "InvokeEndpoint",
    "async-invocations": "InvokeEndpointAsync",
    "invocations-response-stream": "InvokeEndpointWithResponseStream",
}

_Fields: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request(Head):
    """
    A request that a local endpoint saw.

    Parameters
    ----------
    method, path, headers
        As they were on the wire, see `Head` and `Headers`.
    body : bytes
        The body, without any transfer coding.
    operation : str
        The operation of the route, for example ``"InvokeEndpoint"``; empty where
        the path is no route of SageMaker Runtime.
    endpoint_name : str
        The name of the endpoint, percent-decoded; empty like `operation`.
    """

    body: bytes
    operation: str
    endpoint_name: str


BytesLike: TypeAlias = bytes | bytearray | memoryview

Predict: TypeAlias = Callable[[bytes, Request], BytesLike | Iterable[BytesLike]]
"""A model: the body and the request to the bytes of the answer, or to its parts."""

Keep: TypeAlias = Callable[[str, bytes], object]
"""What is done with the location and the content of an asynchronous result."""


class ModelFailureError(Exception):
    """
    The failure of a model, as its client is told of it.

    Parameters
    ----------
    error : BaseException
        What the model raised. Its text is the message; an integer
        ``status_code`` of it is the status that the model answered with, else 500.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error) or repr(error))
        status_code = getattr(error, "status_code", None)
        self.status_code = int(status_code) if isinstance(status_code, int) else 500
        self.stream_error_code = (
            "ModelInvocationTimeExceeded"
            if isinstance(error, TimeoutError)
            else "StreamBroken"
        )


def to_request(head: Head, body: bytes) -> Request:
    """
    Find the operation and the endpoint that a request names.

    Parameters
    ----------
    head : Head
        The request without its body.
    body : bytes
        The body.

    Returns
    -------
    Request
        The same request with `operation` and `endpoint_name`.
    """
    match head.path.partition("?")[0].split("/"):
        case ["", "endpoints", name, suffix] if name and suffix in _OPERATIONS:
            operation = _OPERATIONS[suffix]
            endpoint_name = unquote(name, errors="surrogateescape")
        case _:
            operation = endpoint_name = ""
    return Request(head.method, head.path, head.headers, body, operation, endpoint_name)


def answer(request: Request, predict: Predict, keep: Keep) -> Response:
    """
    Answer a request as SageMaker Runtime does.

    Parameters
    ----------
    request : Request
        The request.
    predict : Predict
        The model.
    keep : Keep
        Called with the location and the content of an asynchronous result, which
        the service would write to Amazon S3.

    Returns
    -------
    Response
        The answer. A model that raises is answered with 424 and ``ModelError``,
        an unknown path with 404, a method other than POST with 405.
    """
    response = _answer(request, predict, keep)
    request_id = ("x-amzn-RequestId", _uuid())
    return replace(response, fields=(request_id, *response.fields))


def _answer(request: Request, predict: Predict, keep: Keep) -> Response:
    if not request.operation:
        return _unknown_route(request)
    if request.method != "POST":
        return _wrong_method(request)
    if request.operation == "InvokeEndpointAsync":
        return _invoke_async(request, predict, keep)
    try:
        if request.operation == "InvokeEndpoint":
            return _invoke(request, predict)
        return _invoke_with_response_stream(request, predict)
    except ModelFailureError as failure:
        return _model_error(request, failure)


def _invoke(request: Request, predict: Predict) -> Response:
    body = b"".join(_guarded(_parts(request, predict)))
    session = (
        (("X-Amzn-SageMaker-New-Session-Id", _new_session()),)
        if request.headers.get("X-Amzn-SageMaker-Session-Id") == "NEW_SESSION"
        else ()
    )
    fields = (
        ("Content-Type", _content_type(request.headers, accept="Accept")),
        *_common_fields(request.headers),
        *session,
    )
    return Response(HTTPStatus.OK, fields, body)


def _invoke_with_response_stream(request: Request, predict: Predict) -> Response:
    stream = _EventStream(_guarded(_events(_parts(request, predict))))
    content_type = _content_type(request.headers, accept="X-Amzn-SageMaker-Accept")
    fields = (
        ("Content-Type", "application/vnd.amazon.eventstream"),
        ("X-Amzn-SageMaker-Content-Type", content_type),
        *_common_fields(request.headers),
    )
    return Response(HTTPStatus.OK, fields, stream)


def _invoke_async(request: Request, predict: Predict, keep: Keep) -> Response:
    inference_id = request.headers.get("X-Amzn-SageMaker-Inference-Id") or _uuid()
    output, failure = _locations(request, inference_id)
    # What an InputLocation names is in Amazon S3, which does not exist here.
    if "X-Amzn-SageMaker-InputLocation" not in request.headers:
        try:
            result = b"".join(_guarded(_parts(request, predict)))
        except ModelFailureError as error:
            keep(failure, str(error).encode(errors="backslashreplace"))
        else:
            keep(output, result)
    locations = (
        ("X-Amzn-SageMaker-OutputLocation", output),
        ("X-Amzn-SageMaker-FailureLocation", failure),
    )
    return _json(HTTPStatus.ACCEPTED, {"InferenceId": inference_id}, *locations)


class _EventStream:
    """
    The body of a stream.

    The first event is made before the status line is sent, so that a model that
    fails earlier is a ``ModelError``; one that fails later is a
    ``ModelStreamError``. This is no generator, because closing a generator that
    nobody has started runs none of its code and would leave the model open.
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
            yield _model_stream_error(failure)

    def close(self) -> None:
        self._events.close()


def _guarded(items: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """Turn whatever ends a model, `SystemExit` included, into its failure."""
    try:
        yield from items
    except GeneratorExit:  # the client has gone; the model did not fail
        raise
    except BaseException as error:
        raise ModelFailureError(error) from error


def _events(parts: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    headers = {
        ":event-type": "PayloadPart",
        ":content-type": "application/octet-stream",
        ":message-type": "event",
    }
    with closing(parts):
        for part in parts:
            yield frames.encode(headers, part)


def _parts(request: Request, predict: Predict) -> Generator[bytes, None, None]:
    """Run a model and give what it returns part by part; close it in the end."""
    result: object = predict(request.body, request)
    if isinstance(result, BytesLike):
        yield bytes(result)
        return
    # One can iterate over both, and neither gives what the author of it means.
    if isinstance(result, str | Mapping) or not isinstance(result, Iterable):
        raise TypeError(_wrong_type("returned", result))
    items = iter(result)
    try:
        for item in items:
            if not isinstance(item, BytesLike):
                raise TypeError(_wrong_type("yielded", item))
            yield bytes(item)
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


def _wrong_type(verb: str, value: object) -> str:
    return (
        f"the model {verb} {type(value).__name__}; it must return bytes or an "
        "iterable of bytes (text: text.encode(), data: json.dumps(data).encode())"
    )


def _content_type(headers: Headers, *, accept: str) -> str:
    accepted = headers.get(accept, "")
    names_one_type = accepted and "*" not in accepted and "," not in accepted
    declared = headers.get("Content-Type", "")
    return (accepted if names_one_type else declared) or "application/octet-stream"


def _common_fields(headers: Headers) -> _Fields:
    variant = headers.get("X-Amzn-SageMaker-Target-Variant") or "AllTraffic"
    attributes = "X-Amzn-SageMaker-Custom-Attributes"
    return (
        ("x-Amzn-Invoked-Production-Variant", variant),
        *(((attributes, headers[attributes]),) if attributes in headers else ()),
    )


def _new_session() -> str:
    expires = datetime.now(timezone.utc) + _SESSION_LIFETIME
    return f"{_uuid()}; Expires={expires:%Y-%m-%dT%H:%M:%SZ}"


def _locations(request: Request, inference_id: str) -> tuple[str, str]:
    headers = request.headers
    extension = headers.get("X-Amzn-SageMaker-S3OutputPathExtension", "").strip("/")
    filename = headers.get("X-Amzn-SageMaker-Filename")
    output = (extension, filename or f"{inference_id}.out")
    failure = f"{inference_id}-error.out"
    return (
        _location(request.endpoint_name, "output", *output),
        _location(request.endpoint_name, "failure", failure),
    )


def _location(*names: str) -> str:
    # An endpoint's name was percent-decoded: unquoted, it could end the header field.
    key = "/".join(quote(name, errors="surrogateescape") for name in names if name)
    return f"s3://local-endpoint/{key}"


def _model_error(request: Request, failure: ModelFailureError) -> Response:
    side = "client" if 400 <= failure.status_code < 500 else "server"
    group = f"/aws/sagemaker/Endpoints/{request.endpoint_name}"
    members = {
        "Message": f"Received {side} error ({failure.status_code}) from primary with "
        f'message "{failure}". See {_CONSOLE}{quote(group, errors="surrogateescape")}',
        "OriginalStatusCode": failure.status_code,
        "OriginalMessage": str(failure),
        "LogStreamArn": f"arn:aws:logs:{_REGION}:{_ACCOUNT}:log-group:{group}",
    }
    return _error(HTTPStatus.FAILED_DEPENDENCY, "ModelError", members)


def _model_stream_error(failure: ModelFailureError) -> bytes:
    headers = {
        ":exception-type": "ModelStreamError",
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    members = {"Message": str(failure), "ErrorCode": failure.stream_error_code}
    return frames.encode(headers, json.dumps(members).encode())


def _unknown_route(request: Request) -> Response:
    routes = ", ".join(f"POST /endpoints/NAME/{suffix}" for suffix in _OPERATIONS)
    message = f"{request.method} {request.path} is no route; the routes are {routes}"
    return _error(
        HTTPStatus.NOT_FOUND, "UnknownOperationException", {"Message": message}
    )


def _wrong_method(request: Request) -> Response:
    message = f"{request.operation} is a POST, not a {request.method}"
    return _error(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "UnknownOperationException",
        {"Message": message},
        ("Allow", "POST"),
    )


def _error(
    status: HTTPStatus,
    error_type: str,
    members: Mapping[str, object],
    *fields: tuple[str, str],
) -> Response:
    return _json(status, members, ("x-amzn-ErrorType", error_type), *fields)


def _json(
    status: HTTPStatus, members: Mapping[str, object], *fields: tuple[str, str]
) -> Response:
    content_type = ("Content-Type", "application/json")
    return Response(status, (content_type, *fields), json.dumps(members).encode())


def _uuid() -> str:
    return str(uuid.uuid4())
