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
from support.service_models import described, service_model

ACT = {
    "name": "Act",
    "http": {"method": "POST", "requestUri": "/"},
    "input": {"shape": "ActInput"},
    "output": {"shape": "ActOutput"},
}
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
    return service_model(
        {"Act": ACT},
        {
            "ActInput": {
                "type": "structure",
                "members": {
                    "Value": member,
                    "Elements": {"shape": "Elements"},
                    "Values": {"shape": "Values"},
                },
                "required": ["Value"],
            },
            "ActOutput": {"type": "structure", "members": {"Value": member}},
            "Elements": {"type": "list", "member": element},
            "Key": {"type": "string"},
            "Target": target,
            "Values": {"type": "map", "key": {"shape": "Key"}, "value": value},
        },
    )


def shown(service):
    """Return what callers see of the operation."""
    (operation,) = service.operations
    return (
        operation.parameters,
        operation.request_syntax,
        operation.result_syntax,
        service.results,
        service.inputs,
    )


@every
def test_member_constraint_equals_shape_constraint(kind, constraints):
    own = {"shape": "Target", **constraints}
    on_references = described(
        model_with({"type": kind}, member=own, element=own, value=own)
    )
    on_shape = described(model_with({"type": kind, **constraints}))
    expected = on_shape.shapes["Target"]
    assert shown(on_references) == shown(on_shape)
    for name in (
        "ActInput$Value",
        "ActOutput$Value",
        "Elements$member",
        "Values$value",
    ):
        assert on_references.shapes[name] == expected


@every
def test_moved_constraint_is_not_a_difference(kind, constraints):
    own = {"shape": "Target", **constraints}
    sides = [
        public_api.of(described(model))
        for model in (
            model_with({"type": kind, **constraints}),
            model_with({"type": kind}, member=own, element=own, value=own),
        )
    ]
    assert compare(*sides) == ()


def test_new_member_constraint_is_a_difference():
    sides = [
        public_api.of(described(model_with({"type": "string"}, member=member)))
        for member in ({"shape": "Target"}, {"shape": "Target", "max": 3})
    ]
    assert [
        (one.place, one.aspect, one.new, one.breaking, one.uses)
        for one in compare(*sides)
    ] == [
        ("Target, now ActInput$Value", "max", "3", True, ("example_act(Value)",)),
        ("Target, now ActOutput$Value", "max", "3", False, ('example_act()["Value"]',)),
    ]


def test_reference_replaces_the_limits_of_its_shape():
    """botocore merges a reference over its shape."""
    wider = {"shape": "Target", "max": 9}
    service = described(
        model_with({"type": "string", "min": 1, "max": 3}, member=wider)
    )
    assert service.shapes["ActInput$Value"] == ir.String(min=1, max=9)
    assert service.shapes["Target"] == ir.String(min=1, max=3)


def test_reference_keeps_a_sensitive_shape_sensitive():
    public = {"shape": "Target", "sensitive": False}
    service = described(
        model_with({"type": "string", "sensitive": True}, member=public)
    )
    assert service.shapes["ActInput"].members["Value"].shape == "Target"


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
    secret = {"shape": "Target", "sensitive": True}
    target = structure({"Name": "Key", "Inner": "Target"})
    service = described(model_with(target, member=secret))
    parameter, *_ = service.operations[0].parameters
    assert parameter.annotation == "TargetInput"
    assert [typed.name for typed in service.inputs] == ["TargetInput"]
    assert [typed.name for typed in service.results] == ["Target", "ActOutput"]
    assert service.shapes["ActInput$Value"].sensitive
    assert not service.shapes["Target"].sensitive


def test_derived_shape_keeps_overrides_of_its_target():
    secret = {"shape": "Target", "sensitive": True}
    model = model_with(structure({"Name": "Key", "Id": "Key"}), member=secret)
    group = ("Name", "Id")
    made = shapes.convert(
        shapes.resolve(model),
        whole_match=False,
        exactly_one_of={"Target": (group,)},
        unions={"Target"},
    )
    assert made["ActInput$Value"].exactly_one_of == (group,)
    assert made["ActInput$Value"].union


def test_sensitive_shape_inside_itself_is_derived_once():
    model = model_with(structure({"Name": "Key"}))
    model["shapes"]["Target"]["members"]["Inner"] = {
        "shape": "Target",
        "sensitive": True,
    }
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
            expected["sensitive"] = any(
                each.get("sensitive") for each in (original, own)
            )
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
