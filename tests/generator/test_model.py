"""An invalid or unsupported service model raises an error with the path."""

import copy
import functools
import json
import operator
from dataclasses import replace

import pytest
from botocore.exceptions import UnsupportedServiceProtocolsError
from botocore.model import ServiceModel, Shape
from botocore.utils import PRIORITY_ORDERED_SUPPORTED_PROTOCOLS
from hypothesis import given
from hypothesis import strategies as st

from make_paws import ir, model_keys, spec
from make_paws.errors import ModelError
from make_paws.model import check, protocol
from make_paws.overrides import Overrides
from make_paws.parse import parse
from make_paws.services import attempt
from support.hypothesis_settings import examples
from support.service_models import described, greeting_model, loaded

GONE = object()

EXAMPLE = {
    "id": "greet-1",
    "title": "To greet",
    "description": "Somebody is greeted.",
    "input": {"Name": "ada"},
    "output": {"Greeting": "hello"},
    "comments": {"input": {}, "output": {}},
}
EXAMPLES = {"version": "1.0", "examples": {"Greet": [EXAMPLE]}}


def structure(*shapes, **traits):
    """Return a structure whose members have the names of their shapes."""
    members = {name: {"shape": name} for name in shapes}
    return {"type": "structure", "members": members, **traits}


def sound_model():
    """Return a model with a shape of every kind."""
    model = greeting_model()
    shapes = model["shapes"]
    shapes |= {
        "Blob": {"type": "blob", "max": 9},
        "Boolean": {"type": "boolean"},
        "Date": {"type": "timestamp", "timestampFormat": "iso8601"},
        "Document": structure(document=True),
        "Double": {"type": "double", "min": 0.5},
        "Event": structure("Blob", event=True),
        "Float": {"type": "float", "min": 0},
        "List": {"type": "list", "member": {"shape": "Tree"}, "min": 1},
        "Long": {"type": "long"},
        "Map": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Double"}},
        "Stream": structure("Event", "Busy", eventstream=True),
        "Tree": structure(
            *("Blob", "Boolean", "Date", "Document", "Float", "List", "Long", "Map"),
            union=True,
        ),
    }
    shapes["Event"]["members"]["Blob"]["eventpayload"] = True
    shapes["Map"]["sparse"] = True
    shapes["GreetInput"]["members"]["Tree"] = {"shape": "Tree"}
    shapes["GreetInput"]["payload"] = "Tree"
    shapes["GreetOutput"]["members"]["Tree"] = {"shape": "Tree"}
    shapes["GreetOutput"]["members"]["Stream"] = {"shape": "Stream"}
    return model


def places(value, path=()):
    """Return the path of everything inside of a JSON value, itself included."""
    found = [path]
    if isinstance(value, dict | list):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in steps:
            found += places(inner, (*path, step))
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


PLACES = places(sound_model())
WORDS = sorted(
    {str(step) for path in PLACES for step in path}
    | {"structure", "string", "list", "map", "query", "ec2", "../x", "a b", "\ud800"}
)
words = st.sampled_from(WORDS)
scalars = (
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), words),
    st.builds(lambda name: {"shape": name}, words),
)
json_values = st.recursive(
    st.one_of(scalars),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(words | st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
SCHEME = "unknown authentication scheme"
NAME = "shapes/GreetInput/members/Name"


def test_sound_model_passes_and_becomes_a_service():
    check(sound_model())
    service = described(sound_model(), EXAMPLES)
    kinds = {type(shape) for shape in service.shapes.values()}
    assert kinds >= set(ir.Shape.__args__)


@pytest.mark.slow
def test_installed_models_have_no_unknown_keys():
    errors = []
    for service in spec.names():
        try:
            check(spec.load(service).model)
        except ModelError as error:
            errors.append(f"{service}: {error}")
    assert errors == []


@examples(400)
@given(st.data())
def test_mutated_model_is_sound_or_raises_model_error(data):
    model = sound_model()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(model)[1:]))
        model = changed(model, path, data.draw(json_values | st.just(GONE)))
    found = attempt(described, model)
    if not isinstance(found, ir.Service):
        assert (type(found), found.service) == (ModelError, "example")
        assert found.reason


@given(st.data())
def test_malformed_examples_do_not_stop_a_service(data):
    path = data.draw(st.sampled_from(places(EXAMPLES)[1:]))
    examples = changed(EXAMPLES, path, data.draw(json_values | st.just(GONE)))
    (operation,) = described(sound_model(), examples).operations
    assert len(operation.examples) <= 1


def test_null_in_a_model_raises():
    for path in (path for path in PLACES[1:] if path[-1] not in model_keys.TEXTS):
        with pytest.raises(ModelError) as caught:
            check(changed(sound_model(), path, None))
        named = caught.value.path
        assert named == tuple(map(str, path))[: len(named)]


@pytest.mark.parametrize(
    ("place", "value", "error"),
    [
        *(
            ("metadata/apiVersion", each, f"{each!r} cannot be the name of a folder")
            for each in ("", ".", "..", "a/b", "a\\b", "a\0", "a\nb")
        ),
        ("metadata/auth", ["aws.auth#sigv5"], f"{SCHEME} 'aws.auth#sigv5'"),
        ("metadata/auth", ["aws.auth#sigv4a", "sigv5"], f"{SCHEME} 'sigv5'"),
        (
            "metadata/protocol",
            "soap",
            "unknown protocol 'soap'; a newer paws-py may su",
        ),
        ("metadata/protocols", ["soap", "x"], "unknown protocol ['soap', 'x']"),
        ("metadata/signatureVersion", "v5", "unknown signatureVersion 'v5'"),
        ("operations/Greet/auth", ["sigv5", "aws.auth#sigv4"], f"{SCHEME} 'sigv5'"),
        ("operations/Greet/authtype", "v9", "unknown authtype 'v9'"),
        ("operations/Greet/http/method", 5, "5 cannot be a method"),
        ("operations/Greet/input/shape", "Count", "'Count' is not a structure"),
        ("operations/Greet/output/shape", "Document", "'Document' is not a structure"),
        ("shapes/Busy/error/httpStatusCode", "429", "'429' cannot be a httpStatusCode"),
        ("shapes/Count/max", True, "True cannot be a max"),
        ("shapes/Count/max", 1.5, "1.5 cannot be a max"),
        ("shapes/Count/type", "bigInteger", "unknown type 'bigInteger'"),
        ("shapes/Count/type", GONE, "unknown type None"),
        ("shapes/Date/timestampFormat", "iso9999", "unknown timestampFormat 'iso9999'"),
        ("shapes/Float/min", float("inf"), "inf cannot be a min"),
        ("shapes/GreetInput/members/x: int = exit()", {}, "'x: int = exit()' is not a"),
        (f"{NAME}/location", "trailer", "unknown location 'trailer'"),
        (f"{NAME}/shape", "Nome", "unknown shape 'Nome'"),
        (f"{NAME}/timestampFormat", "julian", "unknown timestampFormat 'julian'"),
        ("shapes/GreetInput/payload", "Body", "unknown member 'Body'"),
        ("shapes/GreetInput/required", ["Nome"], "unknown member 'Nome'"),
        ("shapes/List/member/shape", "Leaf", "unknown shape 'Leaf'"),
        ("shapes/Map/key", GONE, "is not a JSON object"),
        ("shapes/Name/enum", [1], "1 is not a string"),
    ],
)
def test_invalid_value_is_an_error_with_its_path(place, value, error):
    model = changed(sound_model(), place.split("/"), value)
    for read in (described, functools.partial(check, allow_unknown=True)):
        with pytest.raises(ModelError) as caught:
            read(model)
        assert (
            str(caught.value).removeprefix("example: ").startswith(f"{place}: {error}")
        )
        assert caught.value.service == ("example" if read is described else "")


@pytest.mark.parametrize(
    ("place", "value", "error"),
    [
        ("shapes", GONE, "has no 'shapes'"),
        ("metadata/protocol", GONE, "metadata: has no 'protocol'"),
        ("traits", {}, "unknown key 'traits'; a newer paws-py may support it, "),
        ("shapes/Count/unique", True, "shapes/Count: unknown key 'unique'; a newer "),
        (
            *("operations/Greet/errors", [{"shape": "Bored"}]),
            "operations/Greet/errors/0/shape: unknown shape 'Bored'",
        ),
    ],
)
def test_missing_or_unknown_key_is_an_error(place, value, error):
    with pytest.raises(ModelError) as caught:
        described(changed(sound_model(), place.split("/"), value))
    assert str(caught.value).startswith(f"example: {error}")


def test_unknown_tags_are_recorded_with_their_paths():
    model = sound_model()
    model["documentation"] = "<p>Of <any> service.</p>"
    model["operations"]["Greet"]["documentation"] = "<p>Greets <who>, <who>.</p>"
    model["shapes"]["Count"]["documentation"] = "<p>Up to <N></N>.</p>"
    model["shapes"]["GreetInput"]["members"]["Name"]["documentation"] = "<ip>"
    service = described(model)
    assert [(found.tag, found.path) for found in service.unknown_tags] == [
        ("<any>", ()),
        ("<who>", ("operations", "Greet")),
        ("<N>", ("shapes", "Count")),
        ("<ip>", ("shapes", "GreetInput", "members", "Name")),
    ]
    assert service.documentation == "Of \\<any> service."


GREET, MEMBER = ("operations", "Greet"), ("shapes", "GreetInput", "members", "Name")
DOCUMENTED = [
    *((), GREET, (*GREET, "input"), (*GREET, "errors", 0), ("shapes", "Count"), MEMBER),
    ("shapes", "List", "member"),
]


@given(
    st.sampled_from(DOCUMENTED),
    st.sampled_from(sorted(model_keys.TEXTS)),
    json_values.filter(lambda value: not isinstance(value, str)),
)
def test_malformed_text_is_omitted_and_listed(path, key, value):
    """Documentation never stops code."""
    sound = sound_model()
    functools.reduce(operator.getitem, path, sound).pop(key, None)
    expected = described(sound)
    service = described(changed(sound, (*path, key), value))
    listed = replace(expected.unused_keys, malformed=[(*map(str, path), key)])
    assert service == replace(
        expected, unused_keys=listed, model_hash=service.model_hash
    )


def test_list_of_itself_raises_with_its_name():
    model = sound_model()
    model["shapes"]["List"]["member"]["shape"] = "List"
    with pytest.raises(ModelError, match="List contains only itself"):
        described(model)


@pytest.mark.parametrize("kind", ["list", "structure"])
def test_model_that_is_nested_too_deep_raises(kind):
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


def test_value_in_a_message_is_cut_short():
    model = changed(sound_model(), ("shapes", "Count", "min"), "x" * 10_000)
    with pytest.raises(ModelError) as caught:
        check(model)
    assert len(str(caught.value)) < 200


# --- Unknown keys

OBJECTS = [
    *(*DOCUMENTED, ("metadata",), (*GREET, "http"), ("shapes", "Busy", "error")),
    ("shapes", "Map", "value"),
]


@pytest.mark.parametrize("value", [True, {}, [], None, "x", {"shape": "Nome"}])
@pytest.mark.parametrize("path", OBJECTS)
def test_unknown_key_is_an_error_unless_allowed(path, value):
    model = changed(sound_model(), (*path, "future"), value)
    place = tuple(map(str, path))
    with pytest.raises(ModelError, match="unknown key 'future'") as caught:
        check(model)
    assert caught.value.path == place
    assert check(model, allow_unknown=True).unknown == {"future": [place]}
    parsed = parse(loaded(model), Overrides(), allow_unknown=True)
    expected = replace(described(sound_model()), unused_keys=parsed.unused_keys)
    assert parsed == expected


def test_unknown_keys_are_counted_in_the_message():
    model = sound_model()
    for shape in ("Count", "Name"):
        model["shapes"][shape]["future"] = model["shapes"][shape]["other"] = 1
    with pytest.raises(ModelError) as caught:
        check(model)
    assert str(caught.value).startswith(
        "shapes/Count: unknown key 'future' (2 occurrences), and 1 other unknown keys; "
    )


def test_malformed_value_precedes_unknown_key():
    model = changed({**sound_model(), "future": 1}, ("shapes", "Count", "max"), "9")
    with pytest.raises(ModelError, match="'9' cannot be a max"):
        check(model)


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ("model", ()),
        ("metadata", ("metadata",)),
        ("operation", GREET),
        ("shape", ("shapes", "Count")),
        ("reference", MEMBER),
        ("error", ("shapes", "Busy", "error")),
        ("http", (*GREET, "http")),
    ],
)
def test_keys_without_effect_are_ignored_and_counted(where, path):
    assert model_keys.IGNORED[where]
    for key, reason in model_keys.IGNORED[where].items():
        for value in (True, {"a": 1}, "x"):
            model = changed(sound_model(), (*path, key), value)
            keys = check(model)
            assert keys.ignored[f"{where}.{key}"] >= 1, (key, reason)
            assert keys.unknown == {}


# Attributes of a structure or of the service in every model of AWS.
NOT_OF_MEMBERS = {"clientContextParams", "document", "required", "union"}


@pytest.mark.parametrize(
    "key", sorted({*Shape.METADATA_ATTRS, "documentation"} - NOT_OF_MEMBERS)
)
def test_member_has_what_botocore_reads_from_it(key):
    values = {"contextParam": {"name": "A"}, "error": {}, "retryable": {}}
    values |= {"documentation": "A", "enum": ["a"], "max": 9, "min": 1, "pattern": "a"}
    model = changed(sound_model(), (*MEMBER, key), values.get(key, True))
    assert check(model).unknown == {}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("metadata/auth", ["aws.auth#sigv4", "aws.auth#sigv5"]),
        ("metadata/auth", []),
        ("metadata/protocols", ["soap", "json"]),
        ("metadata/apiVersion", "v1"),
        ("metadata/apiVersion", "2020-01-02-beta.1"),
        ("shapes/Date/timestampFormat", "unixTimestamp"),
    ],
)
def test_value_that_botocore_accepts_is_accepted(place, value):
    check(changed(sound_model(), place.split("/"), value))


def test_legacy_signature_is_ignored_beside_auth():
    model = changed(sound_model(), ("metadata", "auth"), ["aws.auth#sigv4"])
    check(changed(model, ("metadata", "signatureVersion"), "v5"))


LISTED = st.lists(st.sampled_from([*PRIORITY_ORDERED_SUPPORTED_PROTOCOLS, "soap"]))


@given(LISTED, st.sampled_from(["query", "json", "soap"]))
def test_protocol_is_the_one_that_botocore_uses(listed, legacy):
    metadata = {"protocol": legacy, "protocols": listed, "serviceId": "Example"}
    try:
        expected = ServiceModel({"metadata": metadata}, "example").resolved_protocol
    except UnsupportedServiceProtocolsError:
        expected = None
    if expected in ("soap", None):
        with pytest.raises(ModelError, match="unknown protocol"):
            protocol(metadata)
    else:
        assert protocol(metadata) == expected


REFERENCES = {
    "member": MEMBER,
    "element": ("shapes", "List", "member"),
    "key": ("shapes", "Map", "key"),
    "input": (*GREET, "input"),
    "output": (*GREET, "output"),
    "error": (*GREET, "errors", 0),
}
TEXTS = {"member", "element", "key"}
KEYS = {
    "location": ("header", {"member"}),
    "idempotencyToken": (True, {"member"}),
    "hostLabel": (True, {"member"}),
    "pattern": ("a+", TEXTS),
    "enum": (["a"], TEXTS),
    "jsonvalue": (True, TEXTS),
    "locationName": ("x", {*TEXTS, "input"}),
    "resultWrapper": ("x", {"output"}),
    "members": ({}, set()),
    "required": ([], set()),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", REFERENCES)
def test_each_reference_has_its_own_keys(kind, key):
    value, kinds = KEYS[key]
    model = changed(sound_model(), (*REFERENCES[kind], key), value)
    keys = check(model, allow_unknown=True)
    assert (keys.unknown == {}) == (kind in kinds)


def test_example_of_an_older_operation_is_ignored():
    examples = json.loads(json.dumps(EXAMPLES).replace('"Name"', '"Surname"'))
    (operation,) = described(sound_model(), examples).operations
    assert operation.examples == ()
    (operation,) = described(sound_model(), EXAMPLES).operations
    assert len(operation.examples) == 1
