"""Each change of an API has a category, and is breaking or not."""

import pytest

from make_paws import ir
from make_paws.diff import patterns, report, shape_rules
from make_paws.overrides import ExactlyOneOf, Overrides
from make_paws.regex.inclusion import Inclusion
from make_paws.regex.java import translate
from support.model_changes import (
    ADDED,
    CHANGED,
    REMOVED,
    all_of,
    base_model,
    compared,
    differences,
    member,
    put,
    shape,
    structure,
)

OPPOSITES = {ADDED: REMOVED, REMOVED: ADDED, CHANGED: CHANGED}
# The shape whose members are the parameters, or the members of the result, of Act.
SHAPES = {"parameter": "ActInput", "result": "ActOutput"}


def check(change, *expected):
    """Compare a model with a changed one, and the other way round.

    An expected difference ends with two flags: whether it is breaking if the change is
    made, and if it is undone; None if it is not reported.
    """
    old, new = base_model(), base_model()
    change(new)
    assert differences(old, new) == {
        (*where, kind, made) for *where, kind, made, _ in expected if made is not None
    }
    assert differences(new, old) == {
        (*where, OPPOSITES[kind], undone)
        for *where, kind, _, undone in expected
        if undone is not None
    }
    for one in compared(old, new):
        # Only a new value asks something of callers whose calls stay right.
        is_new_value = one.aspect == "enum" and one.place == "State"
        assert bool(one.action) == (one.breaking or is_new_value), one


@pytest.mark.parametrize(
    ("name", "traits", "aspect", "change", "made", "undone"),
    [
        ("Id", {"max": 9}, "max", CHANGED, False, True),
        ("Id", {"min": 3}, "min", CHANGED, True, False),
        ("Id", {"pattern": "^[a-y]+$"}, "pattern", CHANGED, True, False),
        ("Key", {"min": 1}, "min", ADDED, True, False),
        ("Key", {"min": 0}, "min", ADDED, False, False),  # which every text has
        ("Length", {"max": 5}, "max", ADDED, False, False),
        ("Length", {"type": "integer"}, "type", CHANGED, False, False),
        ("Mode", {"enum": ["FAST", "SLOW", "IDLE"]}, "enum", ADDED, False, True),
        ("Mode", {"enum": []}, "enum", REMOVED, False, True),
        ("Mode", {"pattern": "[A-Z]"}, "pattern", ADDED, False, False),
        ("Mode", {"pattern": "^F"}, "pattern", ADDED, True, False),
        ("Mode", {"pattern": "(?<!a+)b"}, "pattern", ADDED, False, False),
        ("Parts", {"sparse": True}, "elements", CHANGED, True, False),
        ("Plan", {"union": True}, "union", ADDED, True, False),
        ("State", {"enum": ["DONE", "LATER", "NO"]}, "enum", ADDED, False, False),
        ("State", {"pattern": "[A-Z]"}, "pattern", ADDED, False, False),
        ("Steps", {"max": 2}, "max", CHANGED, True, False),
        ("Steps", {"sparse": True}, "elements", CHANGED, False, True),
        ("Time", {"sensitive": True}, "sensitive", ADDED, False, False),
        ("Time", {"type": "string"}, "type", CHANGED, True, True),
    ],
)
def test_shape_change_has_its_effect(name, traits, aspect, change, made, undone):
    check(shape(name, **traits), ("shape", name, "", aspect, change, made, undone))


@pytest.mark.parametrize(
    ("kind", "place", "name", "trait", "aspect", "undone"),
    [
        ("parameter", "Act", "Id", "deprecated", "deprecated", False),
        ("parameter", "Act", "Id", "idempotencyToken", "idempotency token", True),
        ("parameter", "Act", "Mode", "idempotencyToken", "idempotency token", False),
        ("parameter", "Act", "Mode", "streaming", "streaming", False),
        ("result", "Act", "Made", "streaming", "streaming", False),
        ("member", "Part", "Length", "deprecated", "deprecated", False),
    ],
)
def test_trait_of_a_member_has_its_effect(kind, place, name, trait, aspect, undone):
    change = put("shapes", SHAPES.get(kind, place), "members", name, trait, value=True)
    check(change, (kind, place, name, aspect, ADDED, False, undone))


@pytest.mark.parametrize(
    ("kind", "place", "is_required", "made"),
    [
        ("parameter", "Act", False, False),
        ("parameter", "Act", True, True),
        ("result", "Act", False, False),
        ("member", "Plan", False, False),
        ("member", "Plan", True, True),
        ("member", "Part", False, False),
        ("attribute", "Gone", False, False),
    ],
)
def test_new_member_has_its_effect(kind, place, is_required, made):
    def change(model):
        structure = model["shapes"][SHAPES.get(kind, place)]
        structure["members"]["Extra"] = {"shape": "Key"}
        structure["required"] += ["Extra"] * is_required

    check(change, (kind, place, "Extra", "", ADDED, made, True))


@pytest.mark.parametrize(
    ("kind", "place", "name", "required", "made", "undone"),
    [
        ("parameter", "Act", "Plan", ["Id", "Size", "Plan"], True, False),
        ("member", "Plan", "Steps", ["Data", "Steps"], True, False),
        ("result", "Act", "Parts", ["State", "Parts"], False, True),
    ],
)
def test_requiredness_has_its_effect(kind, place, name, required, made, undone):
    change = shape(SHAPES.get(kind, place), required=required)
    check(change, (kind, place, name, "requiredness", CHANGED, made, undone))


def renamed_id(**traits):
    return all_of(
        put("shapes", "Handle", value={**base_model()["shapes"]["Id"], **traits}),
        member("ActInput", "Id", "Handle"),
    )


def ordered(**members):
    return shape("ActInput", members=structure(members)["members"])


OTHERS = {
    "operation": (
        put("operations", "Wave", value={"name": "Wave", "http": {}}),
        ("operation", "Wave", "", "", ADDED, False, True),
    ),
    "text of an operation": (
        put("operations", "Act", "documentation", value="<p>Acts well.</p>"),
        ("operation", "Act", "", "documentation", CHANGED, False, False),
    ),
    "idempotent operation": (
        put("operations", "Act", "idempotent", value=True),
        ("operation", "Act", "", "idempotent", ADDED, False, False),
    ),
    "operation without authentication": (
        put("operations", "Act", "auth", value=["smithy.api#noAuth"]),
        ("operation", "Act", "", "authentication", ADDED, False, False),
    ),
    "error that others raise already": (
        lambda model: model["operations"]["Rest"]["errors"].append({"shape": "Gone"}),
        ("operation", "Rest", "", "error", ADDED, False, False),
    ),
    "text of a parameter": (
        put("shapes", "ActInput", "members", "Id", "documentation", value="<p>A.</p>"),
        ("parameter", "Act", "Id", "documentation", ADDED, False, False),
    ),
    "text of an error": (
        put("shapes", "Busy", "documentation", value="<p>Wait.</p>"),
        ("error", "Busy", "", "documentation", CHANGED, False, False),
    ),
    "code of an error": (
        shape("Busy", error={"code": "Overload"}),
        ("error", "Busy", "", "code", CHANGED, True, True),
    ),
    "status of an error": (
        shape("Busy", error={"httpStatusCode": 429}),
        ("error", "Busy", "", "status", ADDED, False, False),
    ),
    "text of the service": (
        put("documentation", value="<p>Acts for you.</p>"),
        ("service", "example", "", "documentation", CHANGED, False, False),
    ),
    "version of the API": (
        put("metadata", "apiVersion", value="2021-01-01"),
        ("service", "example", "", "API version", CHANGED, False, False),
    ),
    "class of the service": (
        put("metadata", "serviceId", value="Sample"),
        ("service", "example", "", "class", CHANGED, True, True),
    ),
    "authentication of the service": (
        put("metadata", "auth", value=["smithy.api#httpBearerAuth"]),
        ("service", "example", "", "authentication", ADDED, True, False),
    ),
    "requiredness of a positional parameter": (
        shape("ActInput", required=["Id"]),
        ("parameter", "Act", "Size", "requiredness", CHANGED, False, True),
        ("parameter", "Act", "Size", "position", CHANGED, True, None),
    ),
    "order of positional parameters": (
        ordered(Size="Count", Id="Id", Mode="Mode", Plan="Plan"),
        ("parameter", "Act", "Id", "position", CHANGED, True, True),
        ("parameter", "Act", "Size", "position", CHANGED, True, True),
    ),
    "order of keyword parameters": (
        ordered(Id="Id", Size="Count", Plan="Plan", Mode="Mode"),
    ),
    "structure inside of an argument": (
        all_of(
            put("shapes", "New", value=structure({"Key": "Key"})),
            member("Plan", "Extra", "New"),
        ),
        ("member", "Plan", "Extra", "", ADDED, False, True),
        ("shape", "New", "", "", ADDED, False, None),
        ("type", "NewInput", "", "", ADDED, None, True),
    ),
    "type": (
        put("shapes", "Mode", value={"type": "boolean"}),
        ("shape", "Mode", "", "type", CHANGED, True, True),
    ),
    "type that takes more": (
        shape("Count", type="double"),
        ("shape", "Count", "", "type", CHANGED, False, True),
        ("attribute", "Busy", "Seconds", "type", CHANGED, True, True),
    ),
    "result": (
        put("operations", "Rest", "output", value={"shape": "Part"}),
        ("result", "Rest", "Name", "", ADDED, False, True),
        ("result", "Rest", "Length", "", ADDED, False, True),
    ),
    "error": (
        all_of(
            put("shapes", "Late", value={**structure({}), "exception": True}),
            lambda model: model["operations"]["Act"]["errors"].append(
                {"shape": "Late"}
            ),
        ),
        ("error", "Late", "", "", ADDED, False, True),
    ),
    "deprecated operation": (
        lambda model: model["operations"]["Act"].update(
            deprecated=True, deprecatedSince="2025", deprecatedMessage="Rest"
        ),
        ("operation", "Act", "", "deprecated", ADDED, False, False),
    ),
    "deprecated member of a result": (
        put("shapes", "ActOutput", "members", "Made", "deprecated", value=True),
        ("result", "Act", "Made", "deprecated", ADDED, False, False),
        ("result", "Act", "Made", "documentation", ADDED, False, False),
    ),
    "deprecated shape": (
        shape("Time", deprecated=True),
        ("shape", "Time", "", "deprecated", ADDED, False, False),
        ("result", "Act", "Made", "documentation", ADDED, False, False),
    ),
    "sensitive member": (
        put("shapes", "Part", "members", "Name", "sensitive", value=True),
        ("shape", "Key, now Part$Name", "", "sensitive", ADDED, False, None),
        ("shape", "Part$Name, now Key", "", "sensitive", ADDED, None, False),
    ),
    "enum of an element": (
        put("shapes", "Steps", "member", "enum", value=["GO", "STOP"]),
        ("shape", "Key, now Steps$member", "", "enum", ADDED, True, None),
        ("shape", "Steps$member, now Key", "", "enum", ADDED, None, False),
    ),
    "streaming shape": (
        all_of(member("ActInput", "Body", "Data"), shape("Data", streaming=True)),
        ("parameter", "Act", "Body", "", ADDED, False, True),
    ),
    "name of a shape that callers never see": (renamed_id(),),
    "name of a shape, and its limit": (
        renamed_id(max=7),
        ("shape", "Id, now Handle", "", "max", CHANGED, True, None),
        ("shape", "Handle, now Id", "", "max", CHANGED, None, False),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_change_has_its_effect(name):
    check(*OTHERS[name])


def test_minimum_of_zero_is_narrower_for_numbers():
    old, new = base_model(), base_model()
    del old["shapes"]["Count"]["min"]
    new["shapes"]["Count"]["min"] = 0
    assert differences(old, new) == {("shape", "Count", "", "min", ADDED, True)}


def test_shape_change_is_reported_once_with_its_users():
    old, new = base_model(), base_model()
    for model in (old, new):
        model["operations"]["Rest"]["output"] = {"shape": "Plan"}
    new["shapes"]["Key"]["max"] = 5
    (found,) = compared(old, new)
    assert found.uses == (
        'example_act()["Parts"]',
        "example_act(Plan)",
        'example_rest()["Steps"]',
    )
    assert (found.service, found.action) == ("example", "keep within the new limit")


@pytest.mark.parametrize(
    ("required", "members", "is_breaking"),
    [
        (["Id", "Size"], ("Size", "Body"), False),  # what had to be sent satisfies it
        (["Id"], ("Size", "Body"), True),
        (["Id", "Size"], ("Size", "Mode", "Body"), True),
    ],
)
def test_exactly_one_of_breaks_other_calls(required, members, is_breaking):
    old, new = base_model(), base_model()
    new["shapes"]["ActInput"]["members"]["Body"] = {"shape": "Data"}
    new["shapes"]["ActInput"]["required"] = ["Id"]
    old["shapes"]["ActInput"]["required"] = required
    rule = ExactlyOneOf("example", "ActInput", members, "Body", "x")
    rules = Overrides(exactly_one_of=(rule,))
    group = ("operation", "Act", "", "exactly one of")
    assert (*group, ADDED, is_breaking) in differences(old, new, rules)
    assert (*group, REMOVED, False) in differences(new, old, rules)


def streaming_model(*events):
    """Return a model whose result is a stream of events, and of one error."""
    model = base_model()
    model["shapes"]["Stream"] = {
        **structure({**dict.fromkeys(events, "Part"), "Busy": "Busy"}),
        "eventstream": True,
    }
    model["shapes"]["ActOutput"]["members"]["Stream"] = {"shape": "Stream"}
    return model


def test_new_stream_event_is_compatible_and_reported():
    (found,) = compared(streaming_model("One"), streaming_model("One", "Two"))
    assert (found.kind, found.place, found.name) == ("member", "Stream", "Two")
    assert (found.breaking, found.action[:6]) == (False, "handle")


def test_stream_error_is_reported_only_as_an_error():
    old, new = streaming_model("One"), streaming_model("One")
    new["shapes"]["Busy"]["members"]["Why"] = {"shape": "Key"}
    assert differences(old, new) == {("attribute", "Busy", "Why", "", ADDED, False)}


def test_what_an_error_holds_is_compared_too():
    old, new = base_model(), base_model()
    for model in (old, new):
        model["shapes"]["Gone"]["members"]["Rest"] = {"shape": "Part"}
    del new["shapes"]["Part"]["members"]["Length"]
    (found,) = compared(old, new)
    assert (found.place, found.name, found.breaking) == ("Part", "Length", True)
    assert "Gone.Rest" in found.uses


def test_function_of_another_name_breaks_its_callers():
    old, new = base_model(), base_model()
    new["operations"] = {"ACT": {"name": "ACT", "http": {}}, **new["operations"]}
    found = {one.place: one for one in compared(old, new)}
    assert (found["Act"].aspect, found["Act"].breaking) == ("function", True)
    assert found["Act"].action == f"call it {found['Act'].new}"


def pattern_change(old, new):
    pair = [ir.String(**one) for one in (old, new)]
    (found,) = shape_rules._pattern("Id", *pair, shape_rules.SENT)
    return found


def enforced(pattern, **limits):
    return {"pattern": pattern, "regex": translate(pattern, whole=False), **limits}


UNENFORCED = {"pattern": r"\p{L}"}


@pytest.mark.parametrize(
    ("old", "new", "is_breaking", "note"),
    [
        (enforced("^a"), enforced("a"), False, "wider"),
        (enforced("^a"), {}, False, ""),
        (enforced("^a"), UNENFORCED, False, "not enforced"),
        (UNENFORCED, enforced("a"), True, "the old pattern was not enforced"),
        (enforced("a"), enforced("^a"), True, "narrower: '0a' no longer matches"),
        ({}, enforced("^a"), True, "narrower: '' no longer matches"),
        ({"min": 1}, enforced(r"[\s\S]"), False, "wider"),
        (enforced("a"), enforced("(?<!b)a"), True, "cannot be compared: a lookbehind"),
        (enforced("a+"), enforced("a{1,9}", max=3), False, "wider"),
        (enforced("a"), enforced("b", min=4, max=3), False, ""),
        (enforced("^a*$"), enforced("^a{0,8}$", regex_max=8), False, "wider"),
        (
            *(enforced("^a*$"), enforced("^a{0,50}$")),
            *(True, f"narrower: '{40 * 'a'}…' no longer matches"),
        ),
        (enforced("[A-Z]", enum=("ON",)), enforced("ON", enum=("ON",)), False, "wider"),
        (
            enforced("[A-Z]", enum=("ON", "OFF", "IDLE")),
            enforced("OFF", enum=("ON", "OFF")),
            *(True, "narrower: 'ON' no longer matches"),
        ),
    ],
)
def test_pattern_breaks_if_it_is_narrower(old, new, is_breaking, note):
    found = pattern_change(old, new)
    assert (found.breaking, found.note) == (is_breaking, note)
    assert bool(found.action) == is_breaking


def test_pattern_that_only_looks_wider_is_not_breaking(monkeypatch):
    monkeypatch.setattr(patterns, "includes", lambda *_, **__: Inclusion(None, False))
    found = pattern_change(enforced("a"), enforced("b"))
    assert (found.breaking, found.note) == (False, "looks wider")


SIGV4, BEARER, NONE = "aws.auth#sigv4", "smithy.api#httpBearerAuth", "smithy.api#noAuth"


@pytest.mark.parametrize(
    ("kind", "old", "new", "is_breaking"),
    [
        ("service", {"signatureVersion": "v4"}, {"auth": [SIGV4]}, None),
        ("service", {"auth": [SIGV4]}, {"auth": [BEARER]}, True),
        ("service", {"auth": [SIGV4]}, {"auth": [SIGV4, BEARER]}, False),
        ("service", {"auth": [SIGV4, BEARER]}, {"auth": [SIGV4]}, True),
        ("service", {"auth": [SIGV4]}, {"auth": [NONE]}, False),
        ("service", {"auth": [NONE]}, {"auth": [SIGV4]}, True),
        # of a service with SIGV4
        ("operation", {}, {"auth": [NONE]}, False),
        ("operation", {"auth": [NONE]}, {}, True),
        ("operation", {}, {"auth": [SIGV4, BEARER]}, False),
        ("operation", {}, {"auth": [BEARER]}, True),
        ("operation", {"auth": [BEARER]}, {}, True),
    ],
)
def test_other_credentials_make_auth_breaking(kind, old, new, is_breaking):
    models = [base_model(), base_model()]
    for model, traits in zip(models, (old, new), strict=True):
        if kind == "service":
            model["metadata"] |= traits
        else:
            model["metadata"]["auth"] = [SIGV4]
            model["operations"]["Act"] |= traits
    found = [(one.kind, one.breaking) for one in compared(*models)]
    assert found == ([] if is_breaking is None else [(kind, is_breaking)])


def test_flag_is_reported_once_in_text():
    old, new = base_model(), base_model()
    new["shapes"]["Time"]["sensitive"] = True
    assert report.text(compared(old, new))[-1] == "    + sensitive"
