"""Models of the user (``~/.aws/models``, AWS_DATA_PATH), which may be stale or broken."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import ConfigError, ParameterError, ServiceError, paws_reset_cache

Model = dict[str, Any]
SERVICE = "sagemaker-runtime"


@pytest.fixture(params=["home", "AWS_DATA_PATH"])
def folder(request, tmp_path, monkeypatch) -> Iterator[Path]:
    """Return a folder whose models botocore reads before its own."""
    if request.param == "AWS_DATA_PATH":
        monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    else:
        monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path))
    paws_reset_cache()
    yield tmp_path
    paws_reset_cache()


@pytest.fixture
def service(local) -> Iterator[SageMakerRuntime]:
    with paws.sagemakerruntime({"max_retries": 0}, **local.config()) as service:
        yield service


def write_model(folder: Path, content: object) -> None:
    file = folder / SERVICE / "2017-05-13" / "service-2.json"
    file.parent.mkdir(parents=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))


def changed_model(change: Callable[[Model], object]) -> Model:
    """Return botocore's model of SageMaker Runtime with a change."""
    model = copy.deepcopy(Loader().load_service_model(SERVICE, "service-2"))
    change(model)
    return model


def test_older_model_lacks_a_parameter(folder, service) -> None:
    def remove(model):
        del model["shapes"]["InvokeEndpointInput"]["members"]["TargetVariant"]

    write_model(folder, changed_model(remove))
    with pytest.raises(ParameterError) as caught:
        service.invoke_endpoint("demo", b"a", TargetVariant="canary")
    (violation,) = caught.value.violations
    assert violation.path == "TargetVariant"
    assert f"the service model in {folder / SERVICE}; remove or" in violation.reason
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"A"


def test_older_model_lacks_an_operation(folder, service) -> None:
    write_model(folder, changed_model(lambda model: model["operations"].clear()))
    with pytest.raises(ConfigError, match="InvokeEndpoint is not supported") as caught:
        service.invoke_endpoint("demo", b"a")
    assert f"the service model in {folder / SERVICE}; remove or" in str(caught.value)


@pytest.mark.parametrize("status", ["success", "error"])
def test_response_a_stale_model_cannot_parse(folder, service, local, status) -> None:
    def fail(body, request):
        raise ValueError("no such column")

    def change_protocol(model):
        model["metadata"] |= {"protocol": "rest-xml", "protocols": ["rest-xml"]}

    write_model(folder, changed_model(change_protocol))
    if status == "error":
        local.predict = fail
        invoke: Callable[[], object] = partial(service.invoke_endpoint, "demo", b"a")
    else:
        location = "s3://bucket/key"
        invoke = partial(service.invoke_endpoint_async, "demo", InputLocation=location)
    with pytest.raises(ServiceError, match="not in the protocol") as caught:
        invoke()
    message = str(caught.value)
    assert f"the service model in {folder / SERVICE}; remove or update it" in message
    assert 'It begins: {"' in message


@pytest.mark.parametrize(
    "content",
    [
        "{ not JSON",
        "[]",
        "{}",
        "\ufeff",
        changed_model(lambda model: model.pop("metadata")),
        changed_model(lambda model: model.pop("shapes")),
        changed_model(lambda model: model.update(metadata={"serviceId": "Example"})),
        changed_model(lambda model: model["shapes"].update(InvokeEndpointInput={})),
        changed_model(lambda model: model["metadata"].update(protocols=["rpcv9"])),
    ],
)
def test_broken_model_is_named(folder, service, content) -> None:
    write_model(folder, content)
    with pytest.raises(ConfigError) as caught:
        service.invoke_endpoint("demo", b"a")
    assert f"cannot use the service model in {folder / SERVICE};" in str(caught.value)


def test_model_with_protocols_only_is_used(folder, service, local) -> None:
    write_model(folder, changed_model(lambda model: model["metadata"].pop("protocol")))
    assert service.invoke_endpoint("demo", b"a")["Body"] == b"A"
    assert local.requests[0].headers["Content-Type"] == "application/json"


def test_invalid_option_is_not_an_error_of_the_model(folder) -> None:
    write_model(folder, changed_model(lambda model: None))
    service = paws.sagemakerruntime(region="us-east-1", endpoint="not a URL")
    with pytest.raises(ConfigError, match="Invalid endpoint") as caught:
        service.invoke_endpoint("demo", b"a")
    assert "service model" not in str(caught.value)
