"""Asynchronous calls of a local endpoint, whose results appear in moto's S3."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Mapping
from typing import Any

import pytest

import paws
from paws.services.sagemakerruntime.interfaces import SHAPES
from paws_common import (
    AsyncInferenceError,
    LocalEndpoint,
    ParameterError,
    Request,
    ResultTimeoutError,
    Service,
    ServiceError,
    invoke_and_wait,
    method,
    operation,
    shapes,
    wait_for_result,
)
from support import requirements as needs
from support.example_services import operation_of
from support.moto_s3 import BUCKET, INLINE, LARGE, OUTPUT, error, uploaded


@needs.inline_body
@pytest.mark.usefixtures("delivery")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", b""),
        (b"body", b"body"),
        (bytearray(b"body"), b"body"),
        (memoryview(b"body"), b"body"),
        ("body ä", "body ä".encode()),
        (io.BytesIO(b"body"), b"body"),
        (b"x" * INLINE, b"x" * INLINE),
    ],
    ids=["empty", "bytes", "bytearray", "memoryview", "str", "file", "largest"],
)
def test_small_body_is_sent_in_the_call(wait, local, moto, body, expected) -> None:
    assert wait(body, ContentType="text/csv") == expected.upper()
    (request,) = local.requests
    assert request.body == expected
    assert request.headers["X-Amzn-SageMaker-Content-Type"] == "text/csv"
    assert "X-Amzn-SageMaker-InputLocation" not in request.headers
    assert uploaded(moto) == []


@needs.inline_body
@pytest.mark.usefixtures("delivery")
def test_failure_of_the_model_is_raised(wait) -> None:
    with pytest.raises(AsyncInferenceError, match="the model has no such row"):
        wait(b"fail")


@needs.inline_body
@pytest.mark.usefixtures("delivery")
def test_plain_function_uses_the_default_service(wait, local, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", local.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    function = paws.sagemakerruntime_invoke_endpoint_async
    assert wait("body", function=function) == b"BODY"


@pytest.mark.parametrize(
    ("upload_to", "folder"),
    [
        ("s3://local_endpoint", ""),
        ("s3://local_endpoint/", ""),
        ("s3://local_endpoint/a/b", "a/b/"),
        ("s3://local_endpoint/a b/", "a b/"),
        ("https://local_endpoint.s3.us-east-1.amazonaws.com/a%20b/", "a b/"),
    ],
)
def test_large_body_is_uploaded(upload, local, client, upload_to, folder) -> None:
    for _ in range(2):
        assert upload(LARGE, upload_to=upload_to) == LARGE.upper()
        client.delete_object(**OUTPUT)
    assert [request.body for request in local.requests] == [b"", b""]
    left = [each["Key"] for each in client.list_objects_v2(Bucket=BUCKET)["Contents"]]
    named = [
        request.headers["X-Amzn-SageMaker-InputLocation"] for request in local.requests
    ]
    assert sorted(named) == sorted(f"s3://local_endpoint/{key}" for key in left)
    assert len(left) == 2
    for key in left:
        assert re.fullmatch(f"{folder}[0-9a-f-]{{36}}", key)


class Watched(io.BufferedReader):
    """A file that knows the largest piece that it was read in."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.largest = max(self.largest, len(content))
        return content


def test_file_is_uploaded_in_parts_from_its_position(upload) -> None:
    size = 5 * 2**20
    with tempfile.TemporaryFile("w+b", buffering=0) as raw:
        raw.write(b"head" + b"x" * size)
        raw.seek(0)
        file = Watched(raw)
        file.read(4)
        assert upload(file) == b"X" * size
    assert 4 < file.largest <= 2**20


def test_retried_upload_starts_at_the_files_position(upload, moto) -> None:
    attempts = []

    def refuse_first(environ):
        if environ["REQUEST_METHOD"] != "PUT" or "/in/" not in environ["PATH_INFO"]:
            return None
        attempts.append(environ["PATH_INFO"])
        return error("503 Slow Down", "SlowDown") if len(attempts) == 1 else None

    moto.interfere = refuse_first
    file = io.BytesIO(b"head" + LARGE)
    file.seek(4)
    assert upload(file) == LARGE.upper()
    assert len(attempts) == 2


def test_pipe_is_uploaded_too(upload) -> None:
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    assert upload(Pipe(LARGE)) == LARGE.upper()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param(
            {},
            "upload_to: is required: the Body has 128,001 bytes",
            marks=needs.inline_body,
        ),
        (
            {"upload_to": "bucket/prefix"},
            "upload_to: 'bucket/prefix' is not of the form s3://",
        ),
        ({"upload_to": b"s3://bucket/"}, "upload_to: a value of type bytes"),
        ({"upload_to": "s3://b/", "EndpointName": "a_b"}, "EndpointName: 'a_b'"),
        ({"upload_to": "s3://b/", "RequestTTLSeconds": 1}, "RequestTTLSeconds: 1 is"),
        ({"InputLocation": "s3://b/k"}, "InputLocation: is set by invoke_and_wait"),
        ({"Body": None}, "Body: a value of type NoneType"),
        ({"Body": io.StringIO("x")}, "Body: is a file in text mode"),
        ({"upload_to": "s3://b/", "InferenceId": ""}, "InferenceId: 0 characters"),
        ({"timeout": -1}, "timeout: -1"),
        ({"poll": 0}, "poll: 0"),
    ],
)
def test_invalid_call_sends_nothing(svc, local, moto, config, arguments, named) -> None:
    given = {"EndpointName": "demo", "Body": LARGE, "config": config, **arguments}
    with pytest.raises(ParameterError, match=named):
        invoke_and_wait(svc.invoke_endpoint_async, **given)
    assert local.requests == ()
    assert moto.asked == []


def test_unknown_argument_raises_before_sending(wait, local, moto) -> None:
    with pytest.raises(TypeError, match="'Acept'"):
        wait(LARGE, upload_to="s3://local_endpoint/", Acept="text/csv")
    assert local.requests == ()
    assert moto.asked == []


@pytest.mark.parametrize("function", ["invoke_endpoint", "client", "nothing"])
def test_what_is_not_the_asynchronous_call_is_refused(svc, function) -> None:
    with pytest.raises(TypeError, match="invoke_endpoint_async"):
        invoke_and_wait(getattr(svc, function, print), "demo", b"body")


def test_failed_upload_raises_without_a_call(wait, local) -> None:
    with pytest.raises(ServiceError, match="invoke_and_wait: NoSuchBucket"):
        wait(LARGE, upload_to="s3://no-such-bucket/")
    assert local.requests == ()


@needs.inline_body
@pytest.mark.usefixtures("delivery")
def test_result_can_be_awaited_again_after_a_timeout(wait, svc, config) -> None:
    with pytest.raises(ResultTimeoutError) as caught:
        wait(b"body", timeout=1)
    late = {
        "OutputLocation": caught.value.output_location,
        "FailureLocation": caught.value.failure_location,
    }
    assert wait_for_result(late, service=svc, config=config) == b"BODY"


def calling(changed: Mapping[str, shapes.Shape], local: LocalEndpoint) -> Any:
    """Return the asynchronous call of a service whose model is another."""
    all_shapes = {**SHAPES, **changed}
    call = operation_of(
        {**all_shapes, "Input": all_shapes["InvokeEndpointAsyncInput"]},
        output="InvokeEndpointAsyncOutput",
        service="sagemaker-runtime",
        name="InvokeEndpointAsync",
    )

    @operation
    def sagemakerruntime_invoke_endpoint_async(**arguments: Any) -> Request[Any]:
        return call.request(arguments)

    class Changed(Service):
        invoke_endpoint_async = method(sagemakerruntime_invoke_endpoint_async)

    return Changed(call.api, **local.config()).invoke_endpoint_async


@needs.inline_body
def test_limit_is_the_model_s(upload, local) -> None:
    function = calling({"AsyncBodyBlob": shapes.Blob(max=3)}, local)
    assert upload(b"four", function=function) == b"FOUR"
    assert upload(b"abc", function=function) == b"FOUR"  # the result still exists
    function.__self__.close()
    assert [request.body for request in local.requests] == [b"", b"abc"]


def test_model_without_inline_body_uploads_every_body(upload, wait, local) -> None:
    known = SHAPES["InvokeEndpointAsyncInput"]
    assert isinstance(known, shapes.Structure)
    members = {name: each for name, each in known.members.items() if name != "Body"}
    members["InputLocation"] = shapes.Member(
        "InputLocationHeader", required=True, location="header"
    )
    function = calling({"InvokeEndpointAsyncInput": shapes.Structure(members)}, local)
    assert upload(b"body", function=function) == b"BODY"
    with pytest.raises(ParameterError, match="has no parameter Body"):
        wait(b"body", function=function)
    function.__self__.close()


def test_old_botocore_uploads_every_body(svc, upload) -> None:
    known = svc.client.meta.service_model.operation_model("InvokeEndpointAsync")
    known.input_shape.members.pop("Body", None)
    known.input_shape.serialization.pop("payload", None)
    assert upload(b"body") == b"BODY"
