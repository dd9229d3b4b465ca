"""What changed in the API: each change is told as what it is, and what it breaks."""

from dataclasses import replace

import pytest

from compared_models import (
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
from make_paws.overrides import ExactlyOneOf, Overrides

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
        [("shape", "Id", "", "pattern", CHANGED, True)],
    ),
    "a first pattern of an argument": (
        shape("Mode", pattern="[A-Z]"),
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
def test_every_change_is_told_as_what_it_is_and_what_it_breaks(name):
    change, forwards, backwards = TABLE[name]
    old, new = base_model(), base_model()
    change(new)
    assert differences(old, new) == set(forwards)
    assert differences(new, old) == set(backwards)


def test_a_minimum_of_zero_is_narrower_for_numbers():
    old, new = base_model(), base_model()
    del old["shapes"]["Count"]["min"]
    new["shapes"]["Count"]["min"] = 0
    assert differences(old, new) == {("shape", "Count", "", "min", ADDED, True)}


def test_what_breaks_says_what_to_do_and_what_does_not_seldom_does():
    """Only a new value or event asks something of callers whose calls stay right."""
    for change, _, _ in TABLE.values():
        old, new = base_model(), base_model()
        change(new)
        for one in compared(old, new):
            is_new_value = one.aspect == "enum" and one.place == "State"
            assert bool(one.action) == (one.breaking or is_new_value), one


def test_a_shape_is_told_once_with_all_that_callers_meet_it_in():
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


def test_exactly_one_of_breaks_nothing_where_the_one_that_was_had_to_be_given():
    found = differences(*with_a_group(["Id", "Size"]), ONE_OF)
    assert (*GROUP, ADDED, False) in found


def test_exactly_one_of_breaks_calls_that_could_leave_it_out():
    old, new = with_a_group(["Id"])
    assert (*GROUP, ADDED, True) in differences(old, new, ONE_OF)
    assert (*GROUP, REMOVED, False) in differences(new, old, ONE_OF)


def test_exactly_one_of_breaks_calls_that_could_give_two():
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


def test_a_new_event_breaks_nothing_but_has_to_be_expected():
    (found,) = compared(streaming_model("One"), streaming_model("One", "Two"))
    assert (found.kind, found.place, found.name) == ("member", "Stream", "Two")
    assert (found.breaking, found.action[:6]) == (False, "expect")


def test_an_error_inside_of_a_stream_is_told_as_an_error_only():
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


def test_a_function_of_another_name_breaks_its_callers():
    old, new = base_model(), base_model()
    new["operations"] = {"ACT": {"name": "ACT", "http": {}}, **new["operations"]}
    found = {one.place: one for one in compared(old, new)}
    assert (found["Act"].aspect, found["Act"].breaking) == ("function", True)
    assert found["Act"].action == f"call it {found['Act'].new}"
