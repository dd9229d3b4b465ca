"""The model and botocore decide which bodies a call can contain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from paws.services.sagemakerruntime.interfaces import SHAPES
from paws_common import (
    Api,
    LocalEndpoint,
    Operation,
    ParameterError,
    Service,
    invoke_and_wait,
    method,
    operation,
    shapes,
)
from support import requirements as needs
from support.moto_s3 import answer_uploads


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

    @operation
    def sagemakerruntime_invoke_endpoint_async(**arguments):
        return call.request(arguments)

    class Changed(Service):
        invoke_endpoint_async = method(sagemakerruntime_invoke_endpoint_async)

    return Changed(api, **local.config()).invoke_endpoint_async


@needs.inline_body
def test_limit_is_the_model_s(local, time, client, config) -> None:
    function = calling({"AsyncBodyBlob": shapes.Blob(max=3)}, local)
    given = {
        "upload_to": "s3://local_endpoint/in/",
        "config": config,
        "InferenceId": "id",
    }
    answer_uploads(time, local, client)
    assert invoke_and_wait(function, "demo", b"four", **given) == b"FOUR"
    assert invoke_and_wait(function, "demo", b"abc", **given) == b"FOUR"  # still there
    function.__self__.client.close()

    assert [request.body for request in local.requests] == [b"", b"abc"]


def test_model_without_inline_body_uploads_every_body(
    local, time, client, config
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
        upload_to="s3://local_endpoint/in/",
        config=config,
        InferenceId="id",
    )
    assert result == b"BODY"

    with pytest.raises(ParameterError, match="has no parameter Body"):
        invoke_and_wait(function, "demo", b"body", config=config)
    function.__self__.client.close()


def test_old_botocore_uploads_every_body(svc, local, time, client, config) -> None:
    known = svc.client.meta.service_model.operation_model("InvokeEndpointAsync")
    assert known.input_shape
    known.input_shape.members.pop("Body", None)
    known.input_shape.serialization.pop("payload", None)
    answer_uploads(time, local, client)

    result = invoke_and_wait(
        svc.invoke_endpoint_async,
        "demo",
        b"body",
        upload_to="s3://local_endpoint/in/",
        config=config,
        InferenceId="id",
    )
    assert result == b"BODY"
