"""Any two models can be compared, and generated code can be read back as a model."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import overrides, parse, spec
from make_paws.diff import generated, public_api, report
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
