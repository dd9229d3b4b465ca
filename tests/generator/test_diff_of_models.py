"""Any two models can be compared, and what was generated is a model as well."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compared_models import ADDED, CHANGED, REMOVED, compared
from example_counts import examples
from make_paws import overrides, parse, render, spec
from make_paws.diff import generated, report, surface
from make_paws.diff.compare import compare
from random_models import examples_of, service_models
from service_models import described


@examples(25)
@given(service_models())
def test_nothing_differs_from_itself(model):
    whole = surface.of(described(model))
    assert compare(whole, surface.of(described(copy.deepcopy(model)))) == ()


@examples(25)
@given(service_models(), service_models())
def test_any_two_models_can_be_compared_and_told(old, new):
    found = compared(old, new)
    assert found == tuple(dict.fromkeys(found))
    assert {one.change for one in found} <= {ADDED, REMOVED, CHANGED}
    for lines in (report.text(found), report.markdown(found)):
        assert all(line.isprintable() for line in lines)
    json.dumps(report.data("a", "b", found))


@examples(25)
@given(st.data())
def test_what_was_generated_is_read_back_as_it_was(tmp_path_factory, data):
    model = data.draw(service_models())
    service = described(model, data.draw(examples_of(model)))
    folder = tmp_path_factory.mktemp("generated")
    for path, content in render.service(service, "paws").items():
        (folder / path.name).write_bytes(content.encode())
    assert generated.read(folder) == surface.of(service)
    assert generated.model_hash(folder) == service.model_hash


def before_prefix_aware_id(model):
    """Return the model of sagemaker-runtime as it was up to botocore 1.43.6."""
    old = copy.deepcopy(model)
    for name in ("InvokeEndpoint", "InvokeEndpointWithResponseStream"):
        del old["shapes"][f"{name}Input"]["members"]["PrefixAwareId"]
    given = old["shapes"]["InvokeEndpointAsyncInput"]
    del given["members"]["Body"], given["payload"]
    given["required"] = ["EndpointName", "InputLocation"]
    return old


@pytest.fixture(scope="module")
def runtime():
    """Return sagemaker-runtime as it was up to 1.43.6, and as it is installed."""
    new = spec.load("sagemaker-runtime")
    if "PrefixAwareId" not in new.model["shapes"]["InvokeEndpointInput"]["members"]:
        pytest.skip("the installed botocore is older than PrefixAwareId")
    old = spec.Spec(new.service, before_prefix_aware_id(new.model), {}, "0")
    return old, new


@pytest.mark.parametrize("texts", [parse.WHOLE, parse.RAW], ids=["whole", "raw"])
def test_nothing_that_sagemaker_runtime_added_breaks_its_callers(runtime, texts):
    rows = overrides.load()
    found = compare(*(surface.of(parse.parse(model, rows, texts)) for model in runtime))
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
