"""Valid calls; mypy (strict) and pyright (strict) report nothing.

`assert_type` checks the type of each result.
"""

import os
from collections.abc import Coroutine, Generator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, assert_type

import paws
import paws_common as common
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
from paws.services.sagemakerruntime.aio import AsyncSageMakerRuntime
from paws.services.sagemakerruntime.operations import INVOKE_ENDPOINT
from paws_common.local import Request, Response


def plain_functions() -> None:
    result = paws.sagemakerruntime_invoke_endpoint(
        "demo", b"1,2", ContentType="text/csv", Accept=None
    )
    assert_type(result, InvokeEndpointOutput)
    assert_type(result["Body"], bytes)
    assert_type(result["InvokedProductionVariant"], str | None)
    assert_type(result["ResponseMetadata"], common.ResponseMetadata)
    assert_type(result["ResponseMetadata"]["HTTPStatusCode"], int)
    assert_type(result["ResponseMetadata"]["HTTPHeaders"], dict[str, str])

    job = paws.sagemakerruntime_invoke_endpoint_async(
        EndpointName="demo", InputLocation="s3://bucket/in.csv", RequestTTLSeconds=60
    )
    assert_type(job, InvokeEndpointAsyncOutput)
    assert_type(job["OutputLocation"], str | None)


def many_bodies(svc: SageMakerRuntime, rows: list[str]) -> None:
    results = common.map_bodies(
        svc.invoke_endpoint, "demo", rows, ContentType="text/csv"
    )
    assert_type(results, Generator[InvokeEndpointOutput, None, None])
    results.close()

    results_or_errors = common.map_bodies(
        paws.sagemakerruntime_invoke_endpoint_async,
        "demo",
        (row.encode() for row in rows),
        max_in_flight=4,
        return_exceptions=True,
    )
    for result in results_or_errors:
        assert_type(result, InvokeEndpointAsyncOutput | common.PawsError)


def bodies(path: str) -> None:
    with open(path, "rb") as file:
        sendable: list[common.Blob] = [b"", "text", bytearray(), memoryview(b""), file]
        for body in sendable:
            paws.sagemakerruntime_invoke_endpoint("demo", body)


def streams() -> None:
    result = paws.sagemakerruntime_invoke_endpoint_with_response_stream("demo", b"")
    assert_type(result, InvokeEndpointWithResponseStreamOutput)
    assert_type(result["stream"], common.EventStream[ResponseStream])
    with result["Body"] as body:
        assert_type(body, common.EventStream[ResponseStream])
        for event in body:
            assert_type(event, ResponseStream)
            if "PayloadPart" in event:
                assert_type(event["PayloadPart"], PayloadPart)
                assert_type(event["PayloadPart"]["Bytes"], bytes | None)
    assert_type(body.iter_bytes(), Iterator[bytes])
    assert_type(body.iter_text("latin-1"), Iterator[str])
    assert_type(body.iter_lines(), Iterator[str])
    assert_type(body.iter_json(), Iterator[Any])
    for message in body.iter_sse():
        assert_type(message, common.ServerSentEvent)
        assert_type((message.event, message.data, message.id), tuple[str, str, str])
        assert_type(message.retry, int | None)
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


async def coroutines() -> None:
    result = await paws.aio.sagemakerruntime_invoke_endpoint("demo", b"1", Accept=None)
    assert_type(result, InvokeEndpointOutput)
    assert_type(result["Body"], bytes)
    async with paws.sagemakerruntime().with_options(max_retries=0).aio as svc:
        assert_type(svc, AsyncSageMakerRuntime)
        assert_type(svc.service, SageMakerRuntime)
        coroutine: Coroutine[Any, Any, InvokeEndpointAsyncOutput]
        coroutine = svc.invoke_endpoint_async("demo", Body="1")
        assert_type(await coroutine, InvokeEndpointAsyncOutput)
        stream = await svc.invoke_endpoint_with_response_stream("demo", "1")
    async with stream["Body"] as body:
        async for event in body:
            assert_type(event, ResponseStream)
    async for line in body.aiter_lines():
        assert_type(line, str)


@common.operation
def built_by_hand(
    name: str, *, body: common.Blob = b""
) -> common.Request[InvokeEndpointOutput]:
    return INVOKE_ENDPOINT.request({"EndpointName": name, "Body": body})


def requests(svc: SageMakerRuntime) -> None:
    assert_type(INVOKE_ENDPOINT, common.Operation[InvokeEndpointOutput])
    assert_type(INVOKE_ENDPOINT.parameters, Mapping[str, str])
    request = INVOKE_ENDPOINT.request({"EndpointName": "demo", "Body": b"1"})
    assert_type(request, common.Request[InvokeEndpointOutput])
    assert_type(svc.send(request), InvokeEndpointOutput)
    assert_type(built_by_hand("demo", body="1"), InvokeEndpointOutput)


def configuration() -> None:
    key = paws.creds("id", "secret", expiration=datetime.now(tz=UTC))
    assert_type(key, common.Creds)
    who = paws.credentials(creds=key, profile=os.environ.get("PROFILE"))
    assert_type(who, common.Credentials)
    config = paws.config(who, region="eu-west-1", validation="off", read_timeout=1.5)
    assert_type(config, common.Config)
    paws.sagemakerruntime(config)
    paws.sagemakerruntime({"max_retries": 1, "credentials": {"anonymous": True}})
    paws.sagemakerruntime(credentials={"profile": "mine"}, endpoint="http://localhost")


def a_local_endpoint() -> None:
    def predict(body: bytes, request: Request) -> bytes | Iterator[bytes]:
        assert_type(request.endpoint_name, str)
        return body if request.operation == "InvokeEndpoint" else iter([body])

    with common.LocalEndpoint(predict) as local:
        svc = paws.sagemakerruntime(**local.config())
        svc.invoke_endpoint("demo", b"")
        assert_type(local.requests, tuple[Request, ...])
        assert_type(local.outputs, Mapping[str, bytes])

    common.LocalEndpoint(lambda body, request: Response(body, content_type="text/csv"))
    common.LocalEndpoint(container="http://127.0.0.1:8080")
    common.LocalEndpoint(container={"AllTraffic": "http://127.0.0.1:8080"}, port=8081)


def pages() -> None:
    svc = paws.sagemakerruntime()
    found = paws.paginate(svc.invoke_endpoint, "demo", b"", PageSize=1, MaxItems=2)
    assert_type(found, common.Pages[InvokeEndpointOutput])
    for page in found:
        assert_type(page, InvokeEndpointOutput)
    assert_type(found.items("Contents"), Iterator[Any])
    assert_type(found.resume_token, str | None)
    assert_type(found.result_keys, tuple[str, ...])
    assert_type(paws.list_paginators(svc), list[str])
    assert_type(paws.list_waiters(svc), list[common.Waiter])
    reached = paws.wait_until(svc.invoke_endpoint, "ready", "demo", b"", Delay=0.5)
    assert_type(reached, InvokeEndpointOutput | None)


def asynchronous_results() -> None:
    svc = paws.sagemakerruntime()
    job = svc.invoke_endpoint_async("demo", Body=b"")
    assert_type(common.wait_for_result(job, service=svc, timeout=60), bytes)
    function = paws.sagemakerruntime_invoke_endpoint_async
    assert_type(
        common.invoke_and_wait(function, "demo", b"", ContentType="text/csv"), bytes
    )


def stateful_sessions() -> None:
    begun = common.stateful_session(paws.sagemakerruntime_invoke_endpoint("demo", b""))
    assert_type(begun, common.StatefulSession)
    assert_type(begun.id, str)
    assert_type(begun.expires, datetime | None)


def errors() -> None:
    try:
        paws.sagemakerruntime_invoke_endpoint("demo", b"")
    except common.ParameterError as error:
        assert_type(error.violations, tuple[common.Violation, ...])
        assert_type(error.violations[0].reason, str)
    except ModelError as error:
        assert_type(error.OriginalStatusCode, int | None)
        assert_type(error.code, str)
        assert_type(error.status_code, int | None)
        assert_type(error.hint, str | None)
    except ModelStreamError as error:
        assert_type(error.ErrorCode, str | None)
    except common.AsyncInferenceError as error:
        assert_type(error.content, bytes)
    except common.ServiceError as error:
        assert_type(error.retryable, bool)
    except common.ResultTimeoutError as error:
        assert_type(error.timeout, float)
    except (common.EndpointConnectionError, common.ResponseTimeoutError) as error:
        assert_type(error.attempts, int)
    except (common.ConfigError, common.PaginationError, common.StreamError):
        raise
    except common.PawsError:
        raise


def errors_of_a_service(svc: SageMakerRuntime) -> None:
    try:
        svc.invoke_endpoint("demo", b"")
    except svc.errors.ModelError as error:
        assert_type(error.LogStreamArn, str | None)
    except SageMakerRuntime.errors.ModelStreamError as error:
        assert_type(error.ErrorCode, str | None)


def points_in_time() -> list[common.Timestamp]:
    now = datetime.now(tz=UTC)
    return [now, now.date(), "2026-01-01", 0, 0.5]
