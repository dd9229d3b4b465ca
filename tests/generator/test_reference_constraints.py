"""A constraint of a member, an element, a key or a value counts like one of a shape."""

import copy

import pytest
from hypothesis import Phase, find, given, settings

from make_paws import ir, shapes
from make_paws.diff import public_api
from make_paws.diff.compare import compare
from make_paws.errors import ModelError
from support.model_changes import structure
from support.random_models import service_models
from support.service_models import described, greeting_model

CONSTRAINTS = {
    "enum": ("string", {"enum": ["YAML", "JSON"]}),
    "length": ("string", {"min": 1, "max": 3}),
    "pattern": ("string", {"pattern": "^[a-z]+$"}),
    "sensitive": ("string", {"sensitive": True}),
    "zero": ("integer", {"min": 0}),
    "range": ("double", {"min": 0.5, "max": 1}),
    "bytes": ("blob", {"max": 8}),
    "boolean": ("boolean", {"sensitive": True}),
    "timestamp": ("timestamp", {"sensitive": True}),
}
every = pytest.mark.parametrize(
    ("kind", "constraints"), CONSTRAINTS.values(), ids=CONSTRAINTS
)


def model_with(target, **references):
    """Return a model in which a member, an element, a key and a value refer to shapes."""
    reference = {"shape": "Target"}
    member, element, value = (
        references.get(part, reference) for part in ("member", "element", "value")
    )
    model = greeting_model()
    model["shapes"] |= {
        "GreetInput": structure(
            {"Elements": "Elements", "Values": "Values"}, ["Value"]
        ),
        "GreetOutput": structure({}),
        "Elements": {"type": "list", "member": element},
        "Key": {"type": "string"},
        "Target": target,
        "Values": {"type": "map", "key": {"shape": "Key"}, "value": value},
    }
    for name in ("GreetInput", "GreetOutput"):
        model["shapes"][name]["members"]["Value"] = member
    return model


def shown(service):
    (operation,) = service.operations
    syntax = (operation.request_syntax, operation.result_syntax)
    return operation.parameters, *syntax, service.results, service.inputs


@every
def test_member_constraint_equals_shape_constraint(kind, constraints):
    own = {"shape": "Target", **constraints}
    references = dict.fromkeys(["member", "element", "value"], own)
    on_references = described(model_with({"type": kind}, **references))
    on_shape = described(model_with({"type": kind, **constraints}))
    assert shown(on_references) == shown(on_shape)
    names = ("GreetInput$Value", "GreetOutput$Value", "Elements$member", "Values$value")
    for name in names:
        assert on_references.shapes[name] == on_shape.shapes["Target"]
    assert compare(*map(public_api.of, (on_shape, on_references))) == ()


def test_new_member_constraint_is_a_difference():
    references = ({"shape": "Target"}, {"shape": "Target", "max": 3})
    models = (model_with({"type": "string"}, member=each) for each in references)
    sent, returned = compare(*(public_api.of(described(model)) for model in models))
    assert (sent.place, sent.breaking) == ("Target, now GreetInput$Value", True)
    assert (sent.aspect, sent.new, sent.uses) == ("max", "3", ("example_greet(Value)",))
    place = "Target, now GreetOutput$Value"
    assert (returned.place, returned.breaking) == (place, False)
    assert returned.uses == ('example_greet()["Value"]',)


def test_reference_replaces_the_limits_of_its_shape():
    """botocore merges a reference over its shape."""
    target = {"type": "string", "min": 1, "max": 3}
    service = described(model_with(target, member={"shape": "Target", "max": 9}))
    assert service.shapes["GreetInput$Value"] == ir.String(min=1, max=9)
    assert service.shapes["Target"] == ir.String(min=1, max=3)


SECRET = {"shape": "Target", "sensitive": True}


def test_reference_keeps_a_sensitive_shape_sensitive():
    target = {"type": "string", "sensitive": True}
    service = described(model_with(target, member={**SECRET, "sensitive": False}))
    assert service.shapes["GreetInput"].members["Value"].shape == "Target"


@pytest.mark.parametrize(
    ("target", "constraints"),
    [
        ({"type": "boolean"}, {"min": 1, "enum": ["a"]}),
        ({"type": "integer"}, {"pattern": "a", "enum": ["1"]}),
        ({"type": "string", "max": 3}, {"max": 3}),
        ({"type": "list", "member": {"shape": "Key"}}, {"pattern": "a"}),
    ],
)
def test_constraint_without_effect_derives_no_shape(target, constraints):
    model = model_with(target, member={"shape": "Target", **constraints})
    assert shapes.resolve(model) == model


@pytest.mark.parametrize("key", ["min", "max"])
@pytest.mark.parametrize("kind", ["string", "blob", "integer", "long"])
def test_limit_that_its_shape_cannot_have_is_an_error(kind, key):
    model = model_with({"type": kind}, element={"shape": "Target", key: 1.5})
    with pytest.raises(ModelError) as caught:
        described(model)
    assert caught.value.path == ("shapes", "Elements", "member", key)
    assert caught.value.reason == f"1.5 cannot be the {key} of a {kind}"


def test_sensitive_structure_keeps_its_typed_dict():
    """A structure that one member marks as sensitive is still the same type."""
    target = structure({"Name": "Key", "Inner": "Target"})
    service = described(model_with(target, member=SECRET))
    *_, parameter = service.operations[0].parameters
    assert parameter.annotation == "TargetInput"
    assert [typed.name for typed in service.inputs] == ["TargetInput"]
    assert [typed.name for typed in service.results] == ["Target", "GreetOutput"]
    assert service.shapes["GreetInput$Value"].sensitive
    assert not service.shapes["Target"].sensitive


def test_derived_shape_keeps_overrides_of_its_target():
    model = model_with(structure({"Name": "Key", "Id": "Key"}), member=SECRET)
    group = ("Name", "Id")
    made = shapes.convert(
        shapes.resolve(model),
        whole_match=False,
        exactly_one_of={"Target": (group,)},
        unions={"Target"},
    )
    assert made["GreetInput$Value"].exactly_one_of == (group,)
    assert made["GreetInput$Value"].union


def test_sensitive_shape_inside_itself_is_derived_once():
    model = model_with(structure({"Name": "Key"}))
    model["shapes"]["Target"]["members"]["Inner"] = SECRET
    service = described(model)
    inner = service.shapes["Target$Inner"]
    assert inner.sensitive
    assert inner.members["Inner"].shape == "Target$Inner"


@pytest.mark.slow
@given(service_models())
def test_every_reference_leads_to_its_effective_shape(model):
    """The shape that is left is the one that botocore merges, as far as it applies."""
    before = copy.deepcopy(model)
    resolved = shapes.resolve(model)["shapes"]
    assert model == before
    for name, shape in model["shapes"].items():
        for path, reference in references(shape):
            found = resolved[name]
            for key in path:
                found = found[key]
            original = model["shapes"][reference["shape"]]
            supported = SUPPORTED.get(original["type"], {"min", "max", "sensitive"})
            own = {key: reference[key] for key in supported & reference.keys()}
            expected = {**original, **own}
            secret = [each.get("sensitive", False) for each in (original, own)]
            expected["sensitive"] = any(secret)
            effective = {"sensitive": False, **resolved[found["shape"]]}
            for trait in ("enum", "max", "min", "pattern", "sensitive"):
                assert effective.get(trait) == expected.get(trait)


SUPPORTED = {
    "boolean": {"sensitive"},
    "string": {"enum", "max", "min", "pattern", "sensitive"},
    "structure": {"sensitive"},
    "timestamp": {"sensitive"},
}


def references(shape):
    """Yield the references inside of a shape, and where they are."""
    for part in ("member", "key", "value"):
        if part in shape:
            yield (part,), shape[part]
    for name, member in shape.get("members", {}).items():
        yield ("members", name), member


def test_random_models_have_constraints_of_references():
    find(
        service_models(),
        lambda model: shapes.resolve(model) != model,
        settings=settings(phases=[Phase.generate]),
    )
