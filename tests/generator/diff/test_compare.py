"""Each change of an API has a category, and is breaking or not."""

from dataclasses import replace

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

OPERATION = ("operation", "Act", "")
TABLE = {
    "an operation": (
        put("operations", "Wave", value={"name": "Wave", "http": {}}),
        [("operation", "Wave", "", "", ADDED, False)],
        [("operation", "Wave", "", "", REMOVED, True)],
    ),
    "an optional parameter": (
        member("ActInput", "Extra", "Key"),
        [("parameter", "Act", "Extra", "", ADDED, False)],
        [("parameter", "Act", "Extra", "", REMOVED, True)],
    ),
    "a required parameter": (
        all_of(
            member("ActInput", "Extra", "Key"),
            shape("ActInput", required=["Id", "Size", "Extra"]),
        ),
        [("parameter", "Act", "Extra", "", ADDED, True)],
        [("parameter", "Act", "Extra", "", REMOVED, True)],
    ),
    "the requiredness of a parameter that is given by keyword": (
        shape("ActInput", required=["Id", "Size", "Plan"]),
        [("parameter", "Act", "Plan", "requiredness", CHANGED, True)],
        [("parameter", "Act", "Plan", "requiredness", CHANGED, False)],
    ),
    "the requiredness of a parameter that is given by position": (
        shape("ActInput", required=["Id"]),
        [
            ("parameter", "Act", "Size", "requiredness", CHANGED, False),
            ("parameter", "Act", "Size", "position", CHANGED, True),
        ],
        [("parameter", "Act", "Size", "requiredness", CHANGED, True)],
    ),
    "the order of parameters": (
        shape(
            "ActInput",
            members=structure(
                {"Size": "Count", "Id": "Id", "Mode": "Mode", "Plan": "Plan"}
            )["members"],
        ),
        [
            ("parameter", "Act", "Id", "position", CHANGED, True),
            ("parameter", "Act", "Size", "position", CHANGED, True),
        ],
        [
            ("parameter", "Act", "Id", "position", CHANGED, True),
            ("parameter", "Act", "Size", "position", CHANGED, True),
        ],
    ),
    "the order of parameters that are given by keyword": (
        shape(
            "ActInput",
            members=structure(
                {"Id": "Id", "Size": "Count", "Plan": "Plan", "Mode": "Mode"}
            )["members"],
        ),
        [],
        [],
    ),
    "a member inside of an argument": (
        member("Plan", "Extra", "Key"),
        [("member", "Plan", "Extra", "", ADDED, False)],
        [("member", "Plan", "Extra", "", REMOVED, True)],
    ),
    "a required member inside of an argument": (
        all_of(
            member("Plan", "Extra", "Key"), shape("Plan", required=["Data", "Extra"])
        ),
        [("member", "Plan", "Extra", "", ADDED, True)],
        [("member", "Plan", "Extra", "", REMOVED, True)],
    ),
    "the requiredness of a member inside of an argument": (
        shape("Plan", required=["Data", "Steps"]),
        [("member", "Plan", "Steps", "requiredness", CHANGED, True)],
        [("member", "Plan", "Steps", "requiredness", CHANGED, False)],
    ),
    "that an argument is a union": (
        shape("Plan", union=True),
        [("shape", "Plan", "", "union", ADDED, True)],
        [("shape", "Plan", "", "union", REMOVED, False)],
    ),
    "a new structure inside of an argument": (
        all_of(
            put("shapes", "New", value=structure({"Key": "Key"})),
            member("Plan", "Extra", "New"),
        ),
        [
            ("member", "Plan", "Extra", "", ADDED, False),
            ("shape", "New", "", "", ADDED, False),
        ],
        [
            ("member", "Plan", "Extra", "", REMOVED, True),
            ("type", "NewInput", "", "", REMOVED, True),
        ],
    ),
    "a higher maximum of an argument": (
        shape("Id", max=9),
        [("shape", "Id", "", "max", CHANGED, False)],
        [("shape", "Id", "", "max", CHANGED, True)],
    ),
    "a higher minimum of an argument": (
        shape("Id", min=3),
        [("shape", "Id", "", "min", CHANGED, True)],
        [("shape", "Id", "", "min", CHANGED, False)],
    ),
    "a first minimum of an argument": (
        shape("Key", min=1),
        [("shape", "Key", "", "min", ADDED, True)],
        [("shape", "Key", "", "min", REMOVED, False)],
    ),
    "a minimum that every text has": (
        shape("Key", min=0),
        [("shape", "Key", "", "min", ADDED, False)],
        [("shape", "Key", "", "min", REMOVED, False)],
    ),
    "a lower maximum inside of an argument": (
        shape("Steps", max=2),
        [("shape", "Steps", "", "max", CHANGED, True)],
        [("shape", "Steps", "", "max", CHANGED, False)],
    ),
    "a limit of a result": (
        shape("Length", max=5),
        [("shape", "Length", "", "max", ADDED, False)],
        [("shape", "Length", "", "max", REMOVED, False)],
    ),
    "a pattern of an argument": (
        shape("Id", pattern="^[a-y]+$"),
        [("shape", "Id", "", "pattern", CHANGED, True)],
        [("shape", "Id", "", "pattern", CHANGED, False)],
    ),
    "a first pattern that an argument's values match": (
        shape("Mode", pattern="[A-Z]"),
        [("shape", "Mode", "", "pattern", ADDED, False)],
        [("shape", "Mode", "", "pattern", REMOVED, False)],
    ),
    "a first pattern that one of an argument's values does not match": (
        shape("Mode", pattern="^F"),
        [("shape", "Mode", "", "pattern", ADDED, True)],
        [("shape", "Mode", "", "pattern", REMOVED, False)],
    ),
    "a pattern that is not enforced": (
        shape("Mode", pattern="(?<!a+)b"),
        [("shape", "Mode", "", "pattern", ADDED, False)],
        [("shape", "Mode", "", "pattern", REMOVED, False)],
    ),
    "a pattern of a result": (
        shape("State", pattern="[A-Z]"),
        [("shape", "State", "", "pattern", ADDED, False)],
        [("shape", "State", "", "pattern", REMOVED, False)],
    ),
    "a value of an argument": (
        shape("Mode", enum=["FAST", "SLOW", "IDLE"]),
        [("shape", "Mode", "", "enum", ADDED, False)],
        [("shape", "Mode", "", "enum", REMOVED, True)],
    ),
    "all values of an argument": (
        shape("Mode", enum=[]),
        [("shape", "Mode", "", "enum", REMOVED, False)],
        [("shape", "Mode", "", "enum", ADDED, True)],
    ),
    "a value of a result": (
        shape("State", enum=["DONE", "LATER", "NEVER"]),
        [("shape", "State", "", "enum", ADDED, False)],
        [("shape", "State", "", "enum", REMOVED, False)],
    ),
    "a type of an argument that takes more": (
        shape("Count", type="double"),
        [
            ("shape", "Count", "", "type", CHANGED, False),
            ("attribute", "Busy", "Seconds", "type", CHANGED, True),
        ],
        [
            ("shape", "Count", "", "type", CHANGED, True),
            ("attribute", "Busy", "Seconds", "type", CHANGED, True),
        ],
    ),
    "a type of an argument": (
        put("shapes", "Mode", value={"type": "boolean"}),
        [("shape", "Mode", "", "type", CHANGED, True)],
        [("shape", "Mode", "", "type", CHANGED, True)],
    ),
    "a type of a result": (
        shape("Time", type="string"),
        [("shape", "Time", "", "type", CHANGED, True)],
        [("shape", "Time", "", "type", CHANGED, True)],
    ),
    "the width of an integer of a result": (
        shape("Length", type="integer"),
        [("shape", "Length", "", "type", CHANGED, False)],
        [("shape", "Length", "", "type", CHANGED, False)],
    ),
    "the elements of a list in an argument": (
        shape("Steps", sparse=True),
        [("shape", "Steps", "", "elements", CHANGED, False)],
        [("shape", "Steps", "", "elements", CHANGED, True)],
    ),
    "the elements of a list in a result": (
        shape("Parts", sparse=True),
        [("shape", "Parts", "", "elements", CHANGED, True)],
        [("shape", "Parts", "", "elements", CHANGED, False)],
    ),
    "a member of a result": (
        member("ActOutput", "Extra", "Key"),
        [("result", "Act", "Extra", "", ADDED, False)],
        [("result", "Act", "Extra", "", REMOVED, True)],
    ),
    "a member inside of a result": (
        member("Part", "Extra", "Key"),
        [("member", "Part", "Extra", "", ADDED, False)],
        [("member", "Part", "Extra", "", REMOVED, True)],
    ),
    "that a member of a result is always there": (
        shape("ActOutput", required=["State", "Parts"]),
        [("result", "Act", "Parts", "requiredness", CHANGED, False)],
        [("result", "Act", "Parts", "requiredness", CHANGED, True)],
    ),
    "a whole result": (
        put("operations", "Rest", "output", value={"shape": "Part"}),
        [
            ("result", "Rest", "Name", "", ADDED, False),
            ("result", "Rest", "Length", "", ADDED, False),
        ],
        [
            ("result", "Rest", "Name", "", REMOVED, True),
            ("result", "Rest", "Length", "", REMOVED, True),
        ],
    ),
    "an error": (
        all_of(
            put("shapes", "Late", value={**structure({}), "exception": True}),
            put("operations", "Rest", "errors", value=[{"shape": "Busy"}]),
            lambda model: model["operations"]["Act"]["errors"].append(
                {"shape": "Late"}
            ),
        ),
        [("error", "Late", "", "", ADDED, False)],
        [("error", "Late", "", "", REMOVED, True)],
    ),
    "an error that others raise already": (
        lambda model: model["operations"]["Rest"]["errors"].append({"shape": "Gone"}),
        [("operation", "Rest", "", "error", ADDED, False)],
        [("operation", "Rest", "", "error", REMOVED, False)],
    ),
    "an attribute of an error": (
        member("Gone", "Since", "Time"),
        [("attribute", "Gone", "Since", "", ADDED, False)],
        [("attribute", "Gone", "Since", "", REMOVED, True)],
    ),
    "the text of an operation": (
        put("operations", "Act", "documentation", value="<p>Acts well.</p>"),
        [(*OPERATION, "documentation", CHANGED, False)],
        [(*OPERATION, "documentation", CHANGED, False)],
    ),
    "the text of a parameter": (
        put(
            "shapes", "ActInput", "members", "Id", "documentation", value="<p>Who.</p>"
        ),
        [("parameter", "Act", "Id", "documentation", ADDED, False)],
        [("parameter", "Act", "Id", "documentation", REMOVED, False)],
    ),
    "the text of an error": (
        put("shapes", "Busy", "documentation", value="<p>Wait.</p>"),
        [("error", "Busy", "", "documentation", CHANGED, False)],
        [("error", "Busy", "", "documentation", CHANGED, False)],
    ),
    "the text of the service": (
        put("documentation", value="<p>Acts for you.</p>"),
        [("service", "example", "", "documentation", CHANGED, False)],
        [("service", "example", "", "documentation", CHANGED, False)],
    ),
    "the version of the API": (
        put("metadata", "apiVersion", value="2021-01-01"),
        [("service", "example", "", "API version", CHANGED, False)],
        [("service", "example", "", "API version", CHANGED, False)],
    ),
    "the class of the service": (
        put("metadata", "serviceId", value="Sample"),
        [("service", "example", "", "class", CHANGED, True)],
        [("service", "example", "", "class", CHANGED, True)],
    ),
    "deprecation of an operation": (
        lambda model: model["operations"]["Act"].update(
            deprecated=True, deprecatedSince="2025", deprecatedMessage="Rest"
        ),
        [(*OPERATION, "deprecated", ADDED, False)],
        [(*OPERATION, "deprecated", REMOVED, False)],
    ),
    "deprecation of a parameter": (
        put("shapes", "ActInput", "members", "Id", "deprecated", value=True),
        [("parameter", "Act", "Id", "deprecated", ADDED, False)],
        [("parameter", "Act", "Id", "deprecated", REMOVED, False)],
    ),
    "deprecation of a member of a result": (
        put("shapes", "ActOutput", "members", "Made", "deprecated", value=True),
        [
            ("result", "Act", "Made", "deprecated", ADDED, False),
            ("result", "Act", "Made", "documentation", ADDED, False),
        ],
        [
            ("result", "Act", "Made", "deprecated", REMOVED, False),
            ("result", "Act", "Made", "documentation", REMOVED, False),
        ],
    ),
    "deprecation of a member inside of a result": (
        put("shapes", "Part", "members", "Length", "deprecated", value=True),
        [("member", "Part", "Length", "deprecated", ADDED, False)],
        [("member", "Part", "Length", "deprecated", REMOVED, False)],
    ),
    "deprecation of a shape": (
        shape("Time", deprecated=True),
        [
            ("shape", "Time", "", "deprecated", ADDED, False),
            ("result", "Act", "Made", "documentation", ADDED, False),
        ],
        [
            ("shape", "Time", "", "deprecated", REMOVED, False),
            ("result", "Act", "Made", "documentation", REMOVED, False),
        ],
    ),
    "a sensitive shape": (
        shape("Time", sensitive=True),
        [("shape", "Time", "", "sensitive", ADDED, False)],
        [("shape", "Time", "", "sensitive", REMOVED, False)],
    ),
    "a sensitive member": (
        put("shapes", "Part", "members", "Name", "sensitive", value=True),
        [("shape", "Key, now Part$Name", "", "sensitive", ADDED, False)],
        [("shape", "Part$Name, now Key", "", "sensitive", REMOVED, False)],
    ),
    "values of a member": (
        put("shapes", "Plan", "members", "Note", value={"shape": "Key"}),
        [("member", "Plan", "Note", "", ADDED, False)],
        [("member", "Plan", "Note", "", REMOVED, True)],
    ),
    "values of a member that was there": (
        put("shapes", "Steps", "member", "enum", value=["GO", "STOP"]),
        [("shape", "Key, now Steps$member", "", "enum", ADDED, True)],
        [("shape", "Steps$member, now Key", "", "enum", REMOVED, False)],
    ),
    "an idempotency token that is optional": (
        put("shapes", "ActInput", "members", "Mode", "idempotencyToken", value=True),
        [("parameter", "Act", "Mode", "idempotency token", ADDED, False)],
        [("parameter", "Act", "Mode", "idempotency token", REMOVED, False)],
    ),
    "an idempotency token that is required": (
        put("shapes", "ActInput", "members", "Id", "idempotencyToken", value=True),
        [("parameter", "Act", "Id", "idempotency token", ADDED, False)],
        [("parameter", "Act", "Id", "idempotency token", REMOVED, True)],
    ),
    "the code of an error": (
        shape("Busy", error={"code": "Overload"}),
        [("error", "Busy", "", "code", CHANGED, True)],
        [("error", "Busy", "", "code", CHANGED, True)],
    ),
    "the status of an error": (
        shape("Busy", error={"httpStatusCode": 429}),
        [("error", "Busy", "", "status", ADDED, False)],
        [("error", "Busy", "", "status", REMOVED, False)],
    ),
    "an idempotent operation": (
        put("operations", "Act", "idempotent", value=True),
        [(*OPERATION, "idempotent", ADDED, False)],
        [(*OPERATION, "idempotent", REMOVED, False)],
    ),
    "a streaming shape": (
        all_of(
            put("shapes", "ActInput", "members", "Body", value={"shape": "Data"}),
            shape("Data", streaming=True),
        ),
        [("parameter", "Act", "Body", "", ADDED, False)],
        [("parameter", "Act", "Body", "", REMOVED, True)],
    ),
    "a streaming parameter": (
        put("shapes", "ActInput", "members", "Mode", "streaming", value=True),
        [("parameter", "Act", "Mode", "streaming", ADDED, False)],
        [("parameter", "Act", "Mode", "streaming", REMOVED, False)],
    ),
    "a streaming result": (
        put("shapes", "ActOutput", "members", "Made", "streaming", value=True),
        [("result", "Act", "Made", "streaming", ADDED, False)],
        [("result", "Act", "Made", "streaming", REMOVED, False)],
    ),
    "the first authentication of a service": (
        put("metadata", "auth", value=["smithy.api#httpBearerAuth"]),
        [("service", "example", "", "authentication", ADDED, True)],
        [("service", "example", "", "authentication", REMOVED, False)],
    ),
    "an operation without authentication": (
        put("operations", "Act", "auth", value=["smithy.api#noAuth"]),
        [(*OPERATION, "authentication", ADDED, False)],
        [(*OPERATION, "authentication", REMOVED, False)],
    ),
    "the name of a shape that callers never see": (
        all_of(
            put("shapes", "Handle", value=dict(base_model()["shapes"]["Id"])),
            member("ActInput", "Id", "Handle"),
        ),
        [],
        [],
    ),
    "the name of a shape, and its limit": (
        all_of(
            put("shapes", "Handle", value={**base_model()["shapes"]["Id"], "max": 7}),
            member("ActInput", "Id", "Handle"),
        ),
        [("shape", "Id, now Handle", "", "max", CHANGED, True)],
        [("shape", "Handle, now Id", "", "max", CHANGED, False)],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_change_has_its_category_and_effect(name):
    change, forwards, backwards = TABLE[name]
    old, new = base_model(), base_model()
    change(new)
    assert differences(old, new) == set(forwards)
    assert differences(new, old) == set(backwards)


def test_minimum_of_zero_is_narrower_for_numbers():
    old, new = base_model(), base_model()
    del old["shapes"]["Count"]["min"]
    new["shapes"]["Count"]["min"] = 0
    assert differences(old, new) == {("shape", "Count", "", "min", ADDED, True)}


def test_breaking_change_has_a_remedy():
    """Only a new value or event asks something of callers whose calls stay right."""
    for change, _, _ in TABLE.values():
        old, new = base_model(), base_model()
        change(new)
        for one in compared(old, new):
            is_new_value = one.aspect == "enum" and one.place == "State"
            assert bool(one.action) == (one.breaking or is_new_value), one


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


ONE_OF = Overrides(
    exactly_one_of=(ExactlyOneOf("example", "ActInput", ("Size", "Body"), "Body", "x"),)
)
GROUP = ("operation", "Act", "", "exactly one of")


def with_a_group(required):
    """Return a model before and after Body, of which or Size one is to be given."""
    old, new = base_model(), base_model()
    new["shapes"]["ActInput"]["members"]["Body"] = {"shape": "Data"}
    new["shapes"]["ActInput"]["required"] = ["Id"]
    old["shapes"]["ActInput"]["required"] = required
    return old, new


def test_exactly_one_of_for_required_is_compatible():
    """A member that had to be sent satisfies the new rule."""
    found = differences(*with_a_group(["Id", "Size"]), ONE_OF)
    assert (*GROUP, ADDED, False) in found


def test_exactly_one_of_breaks_calls_without_a_member():
    old, new = with_a_group(["Id"])
    assert (*GROUP, ADDED, True) in differences(old, new, ONE_OF)
    assert (*GROUP, REMOVED, False) in differences(new, old, ONE_OF)


def test_exactly_one_of_breaks_calls_with_two_members():
    row = replace(ONE_OF.exactly_one_of[0], members=("Size", "Mode", "Body"))
    found = differences(*with_a_group(["Id", "Size"]), Overrides(exactly_one_of=(row,)))
    assert (*GROUP, ADDED, True) in found


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
    """Return the difference of two strings that are sent."""
    pair = [ir.String(**one) for one in (old, new)]
    (found,) = shape_rules._pattern("Id", *pair, shape_rules.SENT)
    return found


def enforced(pattern, **limits):
    return {"pattern": pattern, "regex": translate(pattern, whole=False), **limits}


@pytest.mark.parametrize(
    ("old", "new", "is_breaking", "note"),
    [
        (enforced("^a"), enforced("a"), False, "wider"),
        (enforced("^a"), {}, False, ""),
        (enforced("^a"), {"pattern": r"\p{L}"}, False, "not enforced"),
        (
            {"pattern": r"\p{L}"},
            enforced("a"),
            True,
            "the old pattern was not enforced",
        ),
        (enforced("a"), enforced("^a"), True, "narrower: '0a' no longer matches"),
        ({}, enforced("^a"), True, "narrower: '' no longer matches"),
        ({"min": 1}, enforced(r"[\s\S]"), False, "wider"),
        (enforced("a"), enforced("(?<!b)a"), True, "cannot be compared: a lookbehind"),
        (enforced("a+"), enforced("a{1,9}", max=3), False, "wider"),
        (enforced("a"), enforced("b", min=4, max=3), False, ""),
        (enforced("^a*$"), enforced("^a{0,8}$", regex_max=8), False, "wider"),
        (
            enforced("^a*$"),
            enforced("^a{0,50}$"),
            True,
            f"narrower: '{40 * 'a'}…' no longer matches",
        ),
        (
            enforced("[A-Z]", enum=("ON", "OFF")),
            enforced("O[NF]", enum=("ON", "OFF")),
            False,
            "wider",
        ),
        (
            enforced("[A-Z]", enum=("ON", "OFF", "IDLE")),
            enforced("OFF", enum=("ON", "OFF")),
            True,
            "narrower: 'ON' no longer matches",
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


@pytest.mark.parametrize(
    ("old", "new", "is_breaking"),
    [
        ({"signatureVersion": "v4"}, {"auth": ["aws.auth#sigv4"]}, None),
        ({"auth": ["aws.auth#sigv4"]}, {"auth": ["smithy.api#httpBearerAuth"]}, True),
        (
            {"auth": ["aws.auth#sigv4"]},
            {"auth": ["aws.auth#sigv4", "smithy.api#httpBearerAuth"]},
            False,
        ),
        (
            {"auth": ["aws.auth#sigv4", "smithy.api#httpBearerAuth"]},
            {"auth": ["aws.auth#sigv4"]},
            True,
        ),
        ({"auth": ["aws.auth#sigv4"]}, {"auth": ["smithy.api#noAuth"]}, False),
        ({"auth": ["smithy.api#noAuth"]}, {"auth": ["aws.auth#sigv4"]}, True),
    ],
)
def test_other_credentials_make_auth_breaking(old, new, is_breaking):
    models = [base_model(), base_model()]
    for model, metadata in zip(models, (old, new), strict=True):
        model["metadata"].update(metadata)
    found = compared(*models)
    assert [one.breaking for one in found] == [is_breaking] * (is_breaking is not None)


def test_flag_is_reported_once_in_text():
    old, new = base_model(), base_model()
    new["shapes"]["Time"]["sensitive"] = True
    assert report.text(compared(old, new))[-1] == "    + sensitive"


@pytest.mark.parametrize(
    ("old", "new", "is_breaking"),
    [
        ([], ["smithy.api#noAuth"], False),
        (["smithy.api#noAuth"], [], True),
        ([], ["aws.auth#sigv4", "smithy.api#httpBearerAuth"], False),
        ([], ["smithy.api#httpBearerAuth"], True),
        (["smithy.api#httpBearerAuth"], [], True),
    ],
)
def test_operation_is_authenticated_like_its_service(old, new, is_breaking):
    models = [base_model(), base_model()]
    for model, auth in zip(models, (old, new), strict=True):
        model["metadata"]["auth"] = ["aws.auth#sigv4"]
        model["operations"]["Act"]["auth"] = auth
    (found,) = compared(*models)
    assert (found.kind, found.place, found.breaking) == (
        "operation",
        "Act",
        is_breaking,
    )
