"""Which bodies a call can carry is the model's and botocore's to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from moto_s3 import Time, answer_uploads

import needs
from paws.services.sagemakerruntime import SageMakerRuntime
from paws.services.sagemakerruntime.interfaces import SHAPES
from paws_common import (
    Api,
    LocalEndpoint,
    Operation,
    ParameterError,
    Service,
    invoke_and_wait,
    method,
    shapes,
)


def calling(changed: Mapping[str, shapes.Shape], local: LocalEndpoint) -> Any:
    """Return the asynchronous call of a service whose model is another."""
    api = Api(
        name="sagemakerruntime",
        service="sagemaker-runtime",
        version="2017-05-13",
        protocol="rest-json",
        shapes={**SHAPES, **changed},
        errors={},
    )
    call: Operation[Any] = Operation(
        api,
        "InvokeEndpointAsync",
        function="sagemakerruntime_invoke_endpoint_async",
        input="InvokeEndpointAsyncInput",
        output="InvokeEndpointAsyncOutput",
    )

    def sagemakerruntime_invoke_endpoint_async(**arguments: Any) -> Any:
        return call.request(arguments)

    class Changed(Service):
        invoke_endpoint_async = method(sagemakerruntime_invoke_endpoint_async)

    return Changed(api, **local.config()).invoke_endpoint_async


@needs.inline_body
def test_the_limit_is_the_model_s(
    local: LocalEndpoint, time: Time, client: Any, config: Any
) -> None:
    function = calling({"AsyncBodyBlob": shapes.Blob(max=3)}, local)
    given = {
        "upload_to": "s3://local-endpoint/in/",
        "config": config,
        "InferenceId": "id",
    }
    answer_uploads(time, local, client)
    assert invoke_and_wait(function, "demo", b"four", **given) == b"FOUR"
    assert invoke_and_wait(function, "demo", b"abc", **given) == b"FOUR"  # still there
    function.__self__.client.close()

    assert [request.body for request in local.requests] == [b"", b"abc"]


def test_where_the_model_has_no_inline_body_every_body_is_uploaded(
    local: LocalEndpoint, time: Time, client: Any, config: Any
) -> None:
    known = SHAPES["InvokeEndpointAsyncInput"]
    assert isinstance(known, shapes.Structure)
    members = {name: each for name, each in known.members.items() if name != "Body"}
    members["InputLocation"] = shapes.Member(
        "InputLocationHeader", required=True, location="header"
    )
    function = calling({"InvokeEndpointAsyncInput": shapes.Structure(members)}, local)
    answer_uploads(time, local, client)

    result = invoke_and_wait(
        function,
        "demo",
        b"body",
        upload_to="s3://local-endpoint/in/",
        config=config,
        InferenceId="id",
    )
    assert result == b"BODY"

    with pytest.raises(ParameterError, match="has no inline body"):
        invoke_and_wait(function, "demo", b"body", config=config)
    function.__self__.client.close()


def test_where_the_installed_botocore_knows_no_inline_body_every_body_is_uploaded(
    svc: SageMakerRuntime, local: LocalEndpoint, time: Time, client: Any, config: Any
) -> None:
    known = svc.client.meta.service_model.operation_model("InvokeEndpointAsync")
    assert known.input_shape
    known.input_shape.members.pop("Body", None)
    known.input_shape.serialization.pop("payload", None)
    answer_uploads(time, local, client)

    result = invoke_and_wait(
        svc.invoke_endpoint_async,
        "demo",
        b"body",
        upload_to="s3://local-endpoint/in/",
        config=config,
        InferenceId="id",
    )
    assert result == b"BODY"
