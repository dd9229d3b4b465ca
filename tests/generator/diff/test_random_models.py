"""Any two models can be compared, and generated code can be read back as a model."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import overrides, parse, spec
from make_paws.diff import generated, public_api, report
from make_paws.diff.compare import compare
from support.hypothesis_settings import examples
from support.model_changes import ADDED, CHANGED, REMOVED, compared
from support.random_models import examples_of, service_models
from support.service_models import described, write_service


@pytest.mark.slow
@examples(25)
@given(service_models(), service_models())
def test_random_models_can_be_compared(old, new):
    assert compared(old, copy.deepcopy(old)) == ()
    found = compared(old, new)
    assert found == tuple(dict.fromkeys(found))
    assert {one.change for one in found} <= {ADDED, REMOVED, CHANGED}
    for lines in (report.text(found), report.markdown(found)):
        assert all(line.isprintable() for line in lines)
    json.dumps(report.data("a", "b", found))


@pytest.mark.slow
@examples(25)
@given(st.data())
def test_generated_code_is_read_back_as_its_model(tmp_path_factory, data):
    model = data.draw(service_models())
    service = described(model, data.draw(examples_of(model)))
    folder = write_service(tmp_path_factory.mktemp("generated"), service)
    assert generated.read(folder) == public_api.of(service)
    assert generated.model_hash(folder) == service.model_hash


@pytest.mark.parametrize("name", ["sagemaker-runtime", "dynamodbstreams"])
def test_generated_overrides_are_read_back(tmp_path, name):
    """Hints and unions come from overrides.toml; models of Hypothesis have none."""
    service = parse.parse(spec.load(name), overrides.load())
    assert generated.read(write_service(tmp_path, service)) == public_api.of(service)


def before_prefix_aware_id(model):
    """Return the model of sagemaker-runtime of botocore 1.43.6."""
    old = copy.deepcopy(model)
    for name in ("InvokeEndpoint", "InvokeEndpointWithResponseStream"):
        del old["shapes"][f"{name}Input"]["members"]["PrefixAwareId"]
    given = old["shapes"]["InvokeEndpointAsyncInput"]
    del given["members"]["Body"], given["payload"]
    given["required"] = ["EndpointName", "InputLocation"]
    return old


@pytest.fixture(scope="module")
def runtime():
    """Return the models of sagemaker-runtime of botocore 1.43.6 and of the installed one."""
    new = spec.load("sagemaker-runtime")
    if "PrefixAwareId" not in new.model["shapes"]["InvokeEndpointInput"]["members"]:
        pytest.skip("the installed botocore is older than PrefixAwareId")
    old = spec.Spec(new.service, before_prefix_aware_id(new.model), {}, "0")
    return old, new


@pytest.mark.parametrize("renderers", [parse.FULL, parse.RAW], ids=["full", "raw"])
def test_additions_of_sagemaker_runtime_are_compatible(runtime, renderers):
    rows = overrides.load()
    found = compare(
        *(public_api.of(parse.parse(model, rows, renderers)) for model in runtime)
    )
    told = [one for one in found if one.aspect != "documentation"]
    assert not any(one.breaking or one.action for one in found)
    assert [(one.place, one.name, one.aspect, one.change) for one in told] == [
        ("InvokeEndpoint", "PrefixAwareId", "", ADDED),
        ("InvokeEndpointAsync", "", "exactly one of", ADDED),
        ("InvokeEndpointAsync", "Body", "", ADDED),
        ("InvokeEndpointAsync", "InputLocation", "requiredness", CHANGED),
        ("InvokeEndpointWithResponseStream", "PrefixAwareId", "", ADDED),
    ]
    limits = {one.name: one.new for one in told}
    assert "1 to 64 characters" in limits["PrefixAwareId"]
    assert "at most 128,000 bytes" in limits["Body"]
