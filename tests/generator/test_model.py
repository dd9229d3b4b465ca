"""A service model that is broken, or says something unknown, raises with the place."""

import copy
import functools
import json
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from example_counts import examples
from make_paws import ir, spec
from make_paws.errors import ModelError
from make_paws.model import check, check_examples
from service_models import described, greeting_model

GONE = object()

EXAMPLES = {
    "version": "1.0",
    "examples": {
        "Greet": [
            {
                "id": "greet-1",
                "title": "To greet",
                "description": "Somebody is greeted.",
                "input": {"Name": "ada"},
                "output": {"Greeting": "hello"},
                "comments": {"input": {}, "output": {}},
            }
        ]
    },
}


def sound_model():
    """Return a model with a shape of every kind."""
    model = greeting_model()
    shapes = model["shapes"]
    shapes.update(
        {
            "Blob": {"type": "blob", "max": 9},
            "Boolean": {"type": "boolean"},
            "Date": {"type": "timestamp", "timestampFormat": "iso8601"},
            "Document": {"type": "structure", "members": {}, "document": True},
            "Double": {"type": "double", "min": 0.5},
            "Event": {
                "type": "structure",
                "members": {"Bytes": {"shape": "Blob", "eventpayload": True}},
                "event": True,
            },
            "Float": {"type": "float", "min": 0},
            "List": {"type": "list", "member": {"shape": "Tree"}, "min": 1},
            "Long": {"type": "long"},
            "Map": {
                "type": "map",
                "key": {"shape": "Name"},
                "value": {"shape": "Double"},
                "sparse": True,
            },
            "Stream": {
                "type": "structure",
                "members": {"Event": {"shape": "Event"}, "Busy": {"shape": "Busy"}},
                "eventstream": True,
            },
            "Tree": {
                "type": "structure",
                "members": {
                    "Blob": {"shape": "Blob"},
                    "Branches": {"shape": "List"},
                    "Boolean": {"shape": "Boolean"},
                    "Date": {"shape": "Date"},
                    "Document": {"shape": "Document"},
                    "Float": {"shape": "Float"},
                    "Long": {"shape": "Long"},
                    "Map": {"shape": "Map"},
                },
                "union": True,
            },
        }
    )
    shapes["GreetInput"]["members"]["Tree"] = {"shape": "Tree"}
    shapes["GreetInput"]["payload"] = "Tree"
    shapes["GreetOutput"]["members"]["Tree"] = {"shape": "Tree"}
    shapes["GreetOutput"]["members"]["Stream"] = {"shape": "Stream"}
    return model


def places(value, path=()):
    """Return the path of everything inside of a JSON value, itself included."""
    found = [path]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += places(inner, (*path, number))
    return found


def changed(value, path, new):
    """Return a copy of a JSON value with something else, or nothing, at `path`."""
    result = copy.deepcopy(value)
    *steps, last = path
    around = functools.reduce(operator.getitem, steps, result)
    if new is GONE:
        del around[last]
    else:
        around[last] = new
    return result


def is_described_or_refused(model, examples=()):
    """Return whether a model becomes a service, or an error that names its own."""
    try:
        return isinstance(described(model, examples), ir.Service)
    except ModelError as error:
        return error.service == "example" and bool(error.reason)


PLACES = places(sound_model())
WORDS = sorted(
    {str(step) for path in PLACES for step in path}
    | {"structure", "string", "list", "map", "query", "ec2", "../x", "a b", "\ud800"}
)
words = st.sampled_from(WORDS)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | words
    | st.builds(lambda name: {"shape": name}, words),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def test_a_sound_model_passes_and_becomes_a_service():
    check(sound_model())
    check_examples(EXAMPLES)
    service = described(sound_model(), EXAMPLES)
    kinds = {type(shape) for shape in service.shapes.values()}
    assert kinds >= set(ir.Shape.__args__)


def test_every_model_of_the_installed_botocore_passes():
    faults = []
    for service in spec.services():
        loaded = spec.load(service)
        try:
            check(loaded.model)
            check_examples(loaded.examples)
        except ModelError as error:
            faults.append(f"{service}: {error}")
    assert faults == []


@examples(400)
@given(st.data())
def test_a_model_that_is_broken_anywhere_raises_a_model_error_or_is_sound(data):
    model = sound_model()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(model)[1:]))
        model = changed(model, path, data.draw(json_values | st.just(GONE)))
    assert is_described_or_refused(model)


@given(st.data())
def test_examples_that_are_broken_anywhere_raise_a_model_error_or_are_sound(data):
    path = data.draw(st.sampled_from(places(EXAMPLES)[1:]))
    examples = changed(EXAMPLES, path, data.draw(json_values | st.just(GONE)))
    assert is_described_or_refused(sound_model(), examples)


def test_null_stands_nowhere_in_a_model():
    # What `http` holds is for botocore alone.
    for path in [path for path in PLACES[1:] if "http" not in path[:-1]]:
        with pytest.raises(ModelError) as caught:
            check(changed(sound_model(), path, None))
        named = caught.value.path
        assert named == tuple(map(str, path))[: len(named)]


@pytest.mark.parametrize(
    ("path", "new", "said"),
    [
        (("shapes",), GONE, "has no 'shapes'"),
        (("metadata", "protocol"), GONE, "metadata: has no 'protocol'"),
        (
            ("metadata", "protocol"),
            "soap",
            "metadata/protocol: unknown protocol 'soap'",
        ),
        (
            ("metadata", "apiVersion"),
            "2020-01-01\nimport os",
            r"metadata/apiVersion: '2020-01-01\nimport os' is no date",
        ),
        (("traits",), {}, "unknown key 'traits'; make_paws/model.py must learn it"),
        (
            ("shapes", "Count", "unique"),
            True,
            "shapes/Count: unknown key 'unique'; make_paws/model.py must learn it",
        ),
        (
            ("shapes", "Count", "type"),
            "bigInteger",
            "shapes/Count/type: unknown type 'bigInteger'",
        ),
        (("shapes", "Count", "type"), GONE, "shapes/Count/type: unknown type None"),
        (("shapes", "Count", "max"), True, "shapes/Count/max: True cannot be a max"),
        (("shapes", "Count", "max"), 1.5, "shapes/Count/max: 1.5 cannot be a max"),
        (
            ("shapes", "Float", "min"),
            float("inf"),
            "shapes/Float/min: inf cannot be a min",
        ),
        (
            ("shapes", "GreetInput", "members", "Name", "shape"),
            "Nome",
            "shapes/GreetInput/members/Name/shape: there is no shape 'Nome'",
        ),
        (
            ("shapes", "List", "member", "shape"),
            "Leaf",
            "shapes/List/member/shape: there is no shape 'Leaf'",
        ),
        (
            ("shapes", "Map", "key"),
            GONE,
            "shapes/Map/key: is no JSON object",
        ),
        (
            ("shapes", "GreetInput", "required"),
            ["Nome"],
            "shapes/GreetInput/required: there is no member 'Nome'",
        ),
        (
            ("shapes", "GreetInput", "payload"),
            "Body",
            "shapes/GreetInput/payload: there is no member 'Body'",
        ),
        (
            ("shapes", "Name", "enum"),
            [1],
            "shapes/Name/enum: 1 is no text",
        ),
        (
            ("shapes", "Busy", "error", "httpStatusCode"),
            "429",
            "shapes/Busy/error/httpStatusCode: '429' cannot be a httpStatusCode",
        ),
        (
            ("shapes", "GreetInput", "members", "x: int = exit()"),
            {"shape": "Count"},
            "shapes/GreetInput/members/x: int = exit(): 'x: int = exit()' is no name",
        ),
        (
            ("operations", "Greet", "input", "shape"),
            "Count",
            "operations/Greet/input/shape: 'Count' is no structure",
        ),
        (
            ("operations", "Greet", "output", "shape"),
            "Document",
            "operations/Greet/output/shape: 'Document' is no structure",
        ),
        (
            ("operations", "Greet", "errors"),
            [{"shape": "Bored"}],
            "operations/Greet/errors/0/shape: there is no shape 'Bored'",
        ),
        (
            ("operations", "Greet", "documentation"),
            "<blink>Greets.</blink>",
            "operations/Greet/documentation: unknown HTML tag <blink>",
        ),
    ],
)
def test_what_is_broken_raises_with_the_service_and_the_place(path, new, said):
    with pytest.raises(ModelError) as caught:
        described(changed(sound_model(), path, new))
    assert str(caught.value).startswith(f"example: {said}")
    assert caught.value.service == "example"


def test_a_list_of_nothing_but_itself_raises_and_names_it():
    model = sound_model()
    model["shapes"]["List"]["member"]["shape"] = "List"
    with pytest.raises(ModelError, match="List holds nothing but itself"):
        described(model)


@pytest.mark.parametrize("kind", ["list", "structure"])
def test_a_model_that_is_nested_too_deep_raises(kind):
    model = sound_model()
    part = {"list": "member", "structure": "members"}[kind]
    for number in range(5000):
        inner = {"shape": f"Deep{number + 1}"}
        holds = inner if kind == "list" else {"Inner": inner}
        model["shapes"][f"Deep{number}"] = {"type": kind, part: holds}
    model["shapes"]["Deep5000"] = {"type": "string"}
    model["shapes"]["GreetInput"]["members"]["Deep"] = {"shape": "Deep0"}
    with pytest.raises(ModelError, match="is nested too deep"):
        described(model)


def test_a_value_in_a_message_is_cut_short():
    model = changed(sound_model(), ("shapes", "Count", "min"), "x" * 10_000)
    with pytest.raises(ModelError) as caught:
        check(model)
    assert len(str(caught.value)) < 200


def test_an_example_of_another_version_of_the_operation_is_passed_over():
    examples = json.loads(json.dumps(EXAMPLES).replace('"Name"', '"Surname"'))
    (operation,) = described(sound_model(), examples).operations
    assert operation.examples == ()
    (operation,) = described(sound_model(), EXAMPLES).operations
    assert len(operation.examples) == 1
