"""``service-2.sdk-extras.json``, which botocore merges into the model of its clients."""

import copy
import json
import zipfile

import pytest
from botocore.loaders import Loader
from botocore.utils import deep_merge
from hypothesis import given
from hypothesis import strategies as st

from make_paws import spec
from make_paws.errors import ModelError
from make_paws.overrides import Overrides
from make_paws.pages.page import functions
from make_paws.pages.r_comparison import RComparison
from make_paws.parse import parse
from support.help_pages import page, write_facts
from support.service_models import greeting_model, write_model, write_wheel

FROM = {"shape": "Name", "documentation": "<p>By whom.</p>"}
SHAPES = {
    "Count": {"type": "long", "max": 20},
    "GreetInput": {"members": {"From": FROM}},
}
EXTRAS = {"version": 1.0, "merge": {"shapes": SHAPES}}
NAME = "service-2.sdk-extras.json"


def write_extras(data, extras):
    (folder,) = data.glob("*/*")
    (folder / NAME).write_text(json.dumps(extras))


@pytest.fixture
def data(tmp_path):
    write_model(tmp_path / "data", greeting_model())
    write_extras(tmp_path / "data", EXTRAS)
    return tmp_path / "data"


def test_merged_model_is_that_of_botocore(data):
    loader = Loader(extra_search_paths=[str(data)])
    theirs = loader.load_service_model("example", "service-2")
    loaded = spec.load("example", data)
    assert loaded.merged == theirs
    assert loaded.model == greeting_model()


def test_wheel_has_the_extras_of_its_data_folder(data, tmp_path):
    wheel = write_wheel(tmp_path / "botocore.whl", {"example": greeting_model()})
    with zipfile.ZipFile(wheel, "a") as archive:
        path = f"botocore/data/example/2020-01-02/{NAME}"
        archive.writestr(path, json.dumps(EXTRAS))
    assert spec.load("example", wheel) == spec.load("example", data)


def test_content_has_the_extras(data):
    content = spec.contents(data)["example"]
    loaded = spec.load("example", data)
    assert spec.decode("example", content) == loaded
    (path,) = data.glob(f"*/*/{NAME}")
    path.unlink()
    assert spec.contents(data)["example"] != content
    assert spec.load("example", data).model_hash != loaded.model_hash


def test_generated_function_has_the_extras(data):
    service = parse(spec.load("example", data), Overrides())
    (greet,) = service.operations
    assert [each.name for each in greet.parameters] == ["Name", "Times", "From"]
    assert greet.parameters[1].limits == "1 to 20"
    assert greet.parameters[2].documentation == "By whom."


def test_page_shows_extras_in_python_only(data):
    """R has no such argument, and botocore does not send it."""
    loaded = spec.load("example", data)
    service = parse(loaded, Overrides())
    r_comparison = {"Greet": RComparison("R", True, ("Name", "Times"))}
    none = {"earlier": (), "rules": ()}
    (shown,) = functions(service, loaded, r_comparison=r_comparison, **none)
    assert "From: str" in shown.signature
    assert 'From="string"' in shown.example.python
    for text in (shown.r_usage, shown.example.r, shown.example.http):
        assert "Times" in text
        assert "From" not in text


def test_parity_ignores_extras(run, data, tmp_path):
    pages = {"example": {"example_greet": page()}}
    facts = write_facts(tmp_path / "facts.json", pages)
    code, output, _ = run("parity", facts, "--botocore", data)
    assert code == 0, output


@pytest.mark.parametrize("extras", [{"merge": []}, {"merge": "shapes"}])
def test_malformed_extras_are_an_error(data, extras):
    write_extras(data, extras)
    error = r"sdk-extras\.json: merge is not a JSON object"
    with pytest.raises(ModelError, match=error):
        spec.load("example", data)


@pytest.mark.parametrize("extras", [{}, {"merge": {}}, {"version": 1.0}])
def test_extras_without_content_change_nothing(data, extras):
    write_extras(data, extras)
    assert spec.load("example", data).merged == greeting_model()


trees = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from("abc"), trees, max_size=3)


@given(objects, objects)
def test_any_extras_are_merged_as_botocore_merges_them(model, extras):
    expected = copy.deepcopy(model)
    deep_merge(expected, copy.deepcopy(extras))
    merged = spec.Spec("example", model, {}, "0123456789ab", extras).merged
    assert merged == expected
    assert list(merged) == list(expected)
