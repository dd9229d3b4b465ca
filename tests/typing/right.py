"""Right calls, as people write them; mypy (strict) and pyright (strict) find no fault.

What a result is stands beside every call: `assert_type` is an error where it is not so.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from typing_extensions import assert_type

import paws
from paws.services.sagemakerruntime import (
    InvokeEndpointAsyncOutput,
    InvokeEndpointOutput,
    InvokeEndpointWithResponseStreamOutput,
    ModelError,
    ModelStreamError,
    PayloadPart,
    ResponseStream,
    SageMakerRuntime,
)
from paws_common import (
    AsyncInferenceError,
    Blob,
    Config,
    ConfigError,
    Credentials,
    Creds,
    EndpointConnectionError,
    EventStream,
    Fault,
    LocalEndpoint,
    Pages,
    PaginationError,
    ParameterError,
    PawsError,
    ResponseMetadata,
    ResponseTimeoutError,
    ResultTimeoutError,
    ServiceError,
    Session,
    StreamError,
    Timestamp,
    invoke_and_wait,
    session,
    wait_for_result,
)
from paws_common.local import Request


def plain_functions() -> None:
    result = paws.sagemakerruntime_invoke_endpoint(
        "demo", b"1,2", ContentType="text/csv", Accept=None
    )
    assert_type(result, InvokeEndpointOutput)
    assert_type(result["Body"], bytes)
    assert_type(result["InvokedProductionVariant"], str | None)
    assert_type(result["ResponseMetadata"], ResponseMetadata)
    assert_type(result["ResponseMetadata"]["HTTPStatusCode"], int)
    assert_type(result["ResponseMetadata"]["HTTPHeaders"], dict[str, str])

    job = paws.sagemakerruntime_invoke_endpoint_async(
        EndpointName="demo", InputLocation="s3://bucket/in.csv", RequestTTLSeconds=60
    )
    assert_type(job, InvokeEndpointAsyncOutput)
    assert_type(job["OutputLocation"], str | None)


def bodies(path: str) -> None:
    with open(path, "rb") as file:
        sendable: list[Blob] = [b"", "text", bytearray(), memoryview(b""), file]
        for body in sendable:
            paws.sagemakerruntime_invoke_endpoint("demo", body)


def streams() -> None:
    result = paws.sagemakerruntime_invoke_endpoint_with_response_stream("demo", b"")
    assert_type(result, InvokeEndpointWithResponseStreamOutput)
    assert_type(result["stream"], EventStream[ResponseStream])
    with result["Body"] as body:
        assert_type(body, EventStream[ResponseStream])
        for event in body:
            assert_type(event, ResponseStream)
            if "PayloadPart" in event:
                assert_type(event["PayloadPart"], PayloadPart)
                assert_type(event["PayloadPart"]["Bytes"], bytes | None)
    assert_type(body.iter_bytes(), Iterator[bytes])
    assert_type(body.iter_text("latin-1"), Iterator[str])
    assert_type(body.iter_lines(), Iterator[str])
    assert_type(body.iter_json(), Iterator[Any])
    assert_type(body(lambda event: len(event)), list[int])
    body.close()


def services() -> None:
    svc = paws.sagemakerruntime()
    assert_type(svc, SageMakerRuntime)
    assert_type(svc.invoke_endpoint("demo", Body="1"), InvokeEndpointOutput)
    assert_type(svc.invoke_endpoint_async("demo", Body="1"), InvokeEndpointAsyncOutput)
    assert_type(
        svc.invoke_endpoint_with_response_stream("demo", "1"),
        InvokeEndpointWithResponseStreamOutput,
    )
    paws.paws_reset_cache()


def configuration() -> None:
    key = paws.creds("id", "secret", expiration=datetime.now(tz=timezone.utc))
    assert_type(key, Creds)
    who = paws.credentials(creds=key, profile=os.environ.get("PROFILE"))
    assert_type(who, Credentials)
    config = paws.config(who, region="eu-west-1", validation="off", read_timeout=1.5)
    assert_type(config, Config)
    paws.sagemakerruntime(config)
    paws.sagemakerruntime({"max_retries": 1, "credentials": {"anonymous": True}})
    paws.sagemakerruntime(credentials={"profile": "mine"}, endpoint="http://localhost")


def a_local_endpoint() -> None:
    def predict(body: bytes, request: Request) -> bytes | Iterator[bytes]:
        assert_type(request.endpoint_name, str)
        return body if request.operation == "InvokeEndpoint" else iter([body])

    with LocalEndpoint(predict) as local:
        svc = paws.sagemakerruntime(**local.config())
        svc.invoke_endpoint("demo", b"")
        assert_type(local.requests, tuple[Request, ...])


def pages() -> None:
    svc = paws.sagemakerruntime()
    found = paws.paginate(svc.invoke_endpoint, "demo", b"", PageSize=1, MaxItems=2)
    assert_type(found, Pages[InvokeEndpointOutput])
    for page in found:
        assert_type(page, InvokeEndpointOutput)
    assert_type(found.items("Contents"), Iterator[Any])
    assert_type(found.resume_token, str | None)
    assert_type(found.result_keys, tuple[str, ...])
    assert_type(paws.list_paginators(svc), list[str])


def asynchronous_results() -> None:
    svc = paws.sagemakerruntime()
    job = svc.invoke_endpoint_async("demo", Body=b"")
    assert_type(wait_for_result(job, service=svc, timeout=60), bytes)
    function = paws.sagemakerruntime_invoke_endpoint_async
    assert_type(invoke_and_wait(function, "demo", b"", ContentType="text/csv"), bytes)


def stateful_sessions() -> None:
    begun = session(paws.sagemakerruntime_invoke_endpoint("demo", b""))
    assert_type(begun, Session)
    assert_type(begun.id, str)
    assert_type(begun.expires, datetime | None)


def errors() -> None:
    try:
        paws.sagemakerruntime_invoke_endpoint("demo", b"")
    except ParameterError as error:
        assert_type(error.faults, tuple[Fault, ...])
        assert_type(error.faults[0].reason, str)
    except ModelError as error:
        assert_type(error.OriginalStatusCode, int | None)
        assert_type(error.code, str)
        assert_type(error.status_code, int | None)
        assert_type(error.hint, str | None)
    except ModelStreamError as error:
        assert_type(error.ErrorCode, str | None)
    except AsyncInferenceError as error:
        assert_type(error.content, bytes)
    except ServiceError as error:
        assert_type(error.retryable, bool)
    except ResultTimeoutError as error:
        assert_type(error.timeout, float)
    except (EndpointConnectionError, ResponseTimeoutError) as error:
        assert_type(error.attempts, int)
    except (ConfigError, PaginationError, StreamError, PawsError):
        raise


def errors_of_a_service(svc: SageMakerRuntime) -> None:
    try:
        svc.invoke_endpoint("demo", b"")
    except svc.errors.ModelError as error:
        assert_type(error.LogStreamArn, str | None)
    except SageMakerRuntime.errors.ModelStreamError as error:
        assert_type(error.ErrorCode, str | None)


def points_in_time() -> list[Timestamp]:
    now = datetime.now(tz=timezone.utc)
    return [now, now.date(), "2026-01-01", 0, 0.5]
