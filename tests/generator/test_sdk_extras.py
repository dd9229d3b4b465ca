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
from make_paws.cli import main
from make_paws.errors import ModelError
from make_paws.overrides import Overrides
from make_paws.pages.page import functions
from make_paws.pages.r_comparison import RComparison
from make_paws.parse import parse
from support.service_models import greeting_model, write_model, write_wheel

EXTRAS = {
    "version": 1.0,
    "merge": {
        "shapes": {
            "Count": {"type": "long", "max": 20},
            "GreetInput": {
                "members": {
                    "From": {"shape": "Name", "documentation": "<p>By whom.</p>"}
                }
            },
        }
    },
}
NAME = "service-2.sdk-extras.json"


@pytest.fixture
def data(tmp_path):
    """Return a data folder with one service that has extras."""
    folder = write_model(tmp_path / "data", greeting_model())
    (folder / NAME).write_text(json.dumps(EXTRAS))
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
    (page,) = functions(
        service, loaded, earlier=(), rules=(), r_comparison=r_comparison
    )
    assert "From: str" in page.signature
    assert 'From="string"' in page.example.python
    for shown in (page.r_usage, page.example.r, page.example.http):
        assert "Times" in shown
        assert "From" not in shown


def test_parity_ignores_extras(data, tmp_path, capsys):
    page = {
        "title": "Greets somebody",
        "description": "Greets somebody.",
        "params": [["Name", True, "Of whom."], ["Times", False, ""]],
        "value": 'list(\n  Greeting = "string"\n)',
        "request": 'svc$greet(\n  Name = "string",\n  Times = 123\n)',
        "examples": "",
    }
    facts = {
        "paws_commit": None,
        "botocore": None,
        "services": {"example": {"example_greet": page}},
    }
    (tmp_path / "facts.json").write_text(json.dumps(facts))
    command = ["parity", str(tmp_path / "facts.json"), "--botocore", str(data)]
    assert main(command) == 0, capsys.readouterr().out


@pytest.mark.parametrize("extras", [{"merge": []}, {"merge": "shapes"}])
def test_malformed_extras_are_an_error(data, extras):
    (path,) = data.glob(f"*/*/{NAME}")
    path.write_text(json.dumps(extras))
    with pytest.raises(
        ModelError, match=r"sdk-extras\.json: merge is not a JSON object"
    ):
        spec.load("example", data)


@pytest.mark.parametrize("extras", [{}, {"merge": {}}, {"version": 1.0}])
def test_extras_without_content_change_nothing(data, extras):
    (path,) = data.glob(f"*/*/{NAME}")
    path.write_text(json.dumps(extras))
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
