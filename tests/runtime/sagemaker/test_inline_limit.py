"""The model and botocore decide which bodies a call can contain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from paws.services.sagemakerruntime.interfaces import SHAPES
from paws_common import (
    LocalEndpoint,
    ParameterError,
    Request,
    Service,
    method,
    operation,
    shapes,
)
from support import requirements as needs
from support.example_services import operation_of


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
