"""What changed in the API: the comparison, what it asks of callers, and the command."""

import copy
import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import overrides, parse, render, spec
from make_paws.cli import main
from make_paws.diff import generated, report, surface
from make_paws.diff.compare import compare
from make_paws.errors import SourceError
from make_paws.overrides import ExactlyOneOf, Overrides
from profiles import examples
from random_models import examples_of, service_models
from service_models import (
    described,
    greeting_model,
    service_model,
    write_model,
    write_wheel,
)

OTHER = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


def base_model():
    """Return a model with one operation, and every kind of thing around it."""
    return service_model(
        {
            "Act": {
                "name": "Act",
                "http": {"method": "POST", "requestUri": "/"},
                "input": {"shape": "ActInput"},
                "output": {"shape": "ActOutput"},
                "errors": [{"shape": "Busy"}, {"shape": "Gone"}],
                "documentation": "<p>Acts.</p>",
            },
            "Rest": {
                "name": "Rest",
                "http": {"method": "POST", "requestUri": "/"},
                "errors": [{"shape": "Busy"}],
            },
        },
        {
            "ActInput": structure(
                {"Id": "Id", "Size": "Count", "Mode": "Mode", "Plan": "Plan"},
                required=["Id", "Size"],
            ),
            "ActOutput": structure(
                {"State": "State", "Parts": "Parts", "Made": "Time"},
                required=["State"],
            ),
            "Busy": {**structure({"Seconds": "Count"}), "exception": True},
            "Count": {"type": "integer", "min": 1, "max": 10},
            "Data": {"type": "blob", "max": 100},
            "Gone": {**structure({}), "exception": True},
            "Id": {"type": "string", "min": 2, "max": 8, "pattern": "^[a-z]+$"},
            "Key": {"type": "string"},
            "Mode": {"type": "string", "enum": ["FAST", "SLOW"]},
            "Part": structure({"Name": "Key", "Length": "Length"}, required=["Name"]),
            "Parts": {"type": "list", "member": {"shape": "Part"}},
            "Plan": structure({"Data": "Data", "Steps": "Steps"}, required=["Data"]),
            "Length": {"type": "long"},
            "State": {"type": "string", "enum": ["DONE", "LATER"]},
            "Steps": {"type": "list", "member": {"shape": "Key"}, "max": 3},
            "Time": {"type": "timestamp"},
        },
    )


def structure(members, required=()):
    return {
        "type": "structure",
        "members": {name: {"shape": shape} for name, shape in members.items()},
        "required": list(required),
    }


def put(*path, value):
    """Return a change of a model: `value` stands at `path`."""

    def change(model):
        *folders, last = path
        for folder in folders:
            model = model[folder]
        model[last] = value

    return change


def shape(name, **traits):
    return lambda model: model["shapes"][name].update(traits)


def member(name, key, target):
    return put("shapes", name, "members", key, value={"shape": target})


def all_of(*changes):
    def change(model):
        for part in changes:
            part(model)

    return change


def compared(old, new, rows=None):
    return compare(*(surface.of(described(model, (), rows)) for model in (old, new)))


def differences(old, new, rows=None):
    """Return what differs between two models, as the table below has it."""
    return {
        (one.kind, one.place, one.name, one.aspect, one.change, one.breaking)
        for one in compared(old, new, rows)
    }


# A change of the model, what it is called, and what it is called backwards.
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


# --- models, and what was generated of them


@examples(25)
@given(service_models())
def test_nothing_differs_from_itself(model):
    whole = surface.of(described(model))
    assert compare(whole, surface.of(described(copy.deepcopy(model)))) == ()


@examples(25)
@given(service_models(), service_models())
def test_any_two_models_can_be_compared_and_told(old, new):
    found = compared(old, new)
    assert found == tuple(dict.fromkeys(found))
    assert {one.change for one in found} <= {ADDED, REMOVED, CHANGED}
    for lines in (report.text(found), report.markdown(found)):
        assert all(line.isprintable() for line in lines)
    json.dumps(report.data("a", "b", found))


@examples(25)
@given(st.data())
def test_what_was_generated_is_read_back_as_it_was(tmp_path_factory, data):
    model = data.draw(service_models())
    service = described(model, data.draw(examples_of(model)))
    folder = tmp_path_factory.mktemp("generated")
    for path, content in render.service(service, "paws").items():
        (folder / path.name).write_bytes(content.encode())
    assert generated.read(folder) == surface.of(service)
    assert generated.model_hash(folder) == service.model_hash


def before_prefix_aware_id(model):
    """Return the model of sagemaker-runtime as it was up to botocore 1.43.6."""
    old = copy.deepcopy(model)
    for name in ("InvokeEndpoint", "InvokeEndpointWithResponseStream"):
        del old["shapes"][f"{name}Input"]["members"]["PrefixAwareId"]
    given = old["shapes"]["InvokeEndpointAsyncInput"]
    del given["members"]["Body"], given["payload"]
    given["required"] = ["EndpointName", "InputLocation"]
    return old


@pytest.fixture(scope="module")
def runtime():
    """Return sagemaker-runtime as it was up to 1.43.6, and as it is installed."""
    new = spec.load("sagemaker-runtime")
    if "PrefixAwareId" not in new.model["shapes"]["InvokeEndpointInput"]["members"]:
        pytest.skip("the installed botocore is older than PrefixAwareId")
    old = spec.Spec(new.service, before_prefix_aware_id(new.model), {}, "0")
    return old, new


@pytest.mark.parametrize("texts", [parse.WHOLE, parse.RAW], ids=["whole", "raw"])
def test_nothing_that_sagemaker_runtime_added_breaks_its_callers(runtime, texts):
    rows = overrides.load()
    found = compare(*(surface.of(parse.parse(model, rows, texts)) for model in runtime))
    told = [one for one in found if one.aspect != "documentation"]
    assert not any(one.breaking or one.action for one in found)
    assert [(one.place, one.name, one.aspect, one.change) for one in told] == [
        ("InvokeEndpoint", "PrefixAwareId", "", ADDED),
        ("InvokeEndpointAsync", "", "exactly one of", ADDED),
        ("InvokeEndpointAsync", "Body", "", ADDED),
        ("InvokeEndpointAsync", "InputLocation", "requiredness", CHANGED),
        ("InvokeEndpointWithResponseStream", "PrefixAwareId", "", ADDED),
    ]
    limits = {one.name: one.new for one in told}
    assert "1 to 64 characters" in limits["PrefixAwareId"]
    assert "at most 128,000 bytes" in limits["Body"]


# --- the pages


@pytest.fixture
def page():
    old, new = base_model(), base_model()
    new["shapes"]["Mode"]["enum"] = ["FAST", "EVIL\x1b[2J", "`", "IDLE"]
    new["shapes"]["ActInput"]["members"]["Id"]["documentation"] = "<p>Who.</p>"
    new["operations"]["Act"]["documentation"] = "<p>Acts well.</p>"
    new["shapes"]["Id"]["max"] = 7
    return compared(old, new)


def test_the_text_marks_what_breaks_and_says_what_to_do(page):
    assert report.text(page) == [
        "1 service differs: 7 differences, 2 breaking (example 2)",
        "",
        "example: 7 differences, 2 breaking",
        "  operation Act",
        "    ~ documentation",
        "    + documentation: parameter Id",
        "  shape Id, in example_act(Id)",
        "  ! ~ max: 8 -> 7; callers must: keep within the new limit",
        "  shape Mode, in example_act(Mode)",
        "    + enum: EVIL\\x1b[2J, IDLE, `",
        "  ! - enum: SLOW; callers must: do not give it any more",
    ]


def test_the_markdown_is_a_list_for_every_place(page):
    lines = report.markdown(page)
    assert lines[2] == "### `example`"
    assert "shape `Id`, in `example_act(Id)`:" in lines
    assert (
        "- **breaking**, changed max: `8` -> `7`; **callers must** keep within the "
        "new limit" in lines
    )
    assert "- added enum: `EVIL\\x1b[2J`, `IDLE`, `` ` ``" in lines


def test_the_data_hold_everything(page):
    data = json.loads(json.dumps(report.data("OLD", "NEW", page)))
    assert (data["old"], data["new"], data["breaking"]) == ("OLD", "NEW", 2)
    (found,) = (one for one in data["differences"] if one["aspect"] == "max")
    assert found == {
        "service": "example",
        "kind": "shape",
        "place": "Id",
        "name": "",
        "aspect": "max",
        "change": "changed",
        "old": "8",
        "new": "7",
        "breaking": True,
        "must_act": True,
        "action": "keep within the new limit",
        "uses": ["example_act(Id)"],
    }


def test_many_values_do_not_fill_the_page():
    old, new = base_model(), base_model()
    new["shapes"]["Mode"]["enum"] += [f"MODE{number:02}" for number in range(50)]
    assert report.text(compared(old, new))[-1].endswith("MODE07 and 42 more")


# --- the command


@pytest.fixture
def diff(capsys):
    """Return the command, which gives its exit code, its output and its errors."""

    def run(*arguments):
        code = main(["diff", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


def write_models(folder, **models):
    """Write models where botocore would; the name of each is its service's."""
    for service, model in models.items():
        write_model(folder, model, service.replace("_", "-"))
    return folder


@pytest.fixture
def old(tmp_path):
    return write_models(
        tmp_path / "old", example=base_model(), other_thing=service_model(**OTHER)
    )


@pytest.fixture
def new(tmp_path):
    model = base_model()
    model["shapes"]["Id"]["max"] = 7
    return write_models(tmp_path / "new", example=model, greeting=greeting_model())


def told(page):
    """Return what a page of JSON tells, shortly."""
    return [
        (one["service"], one["kind"], one["place"], one["aspect"], one["change"])
        for one in json.loads(page)["differences"]
    ]


EXAMPLE = ("example", "shape", "Id", "max", CHANGED)


def test_two_releases_are_compared_whole(diff, old, new):
    code, page, errors = diff(old, new, "--format", "json")
    assert (code, errors) == (0, "")
    assert told(page) == [
        EXAMPLE,
        ("greeting", "service", "greeting", "", ADDED),
        ("other-thing", "service", "other-thing", "", REMOVED),
    ]


@pytest.mark.parametrize("name", ["other-thing", "otherthing"])
def test_a_service_can_be_named_as_botocore_or_r_does(diff, old, new, name):
    page = diff(old, new, "--format", "json", "--service", name)[1]
    assert told(page) == [("other-thing", "service", "other-thing", "", REMOVED)]


def test_a_model_that_was_packed_at_another_time_is_the_same(tmp_path):
    packed = []
    for time in (1, 2):
        folder = write_model(tmp_path / str(time), base_model())
        content = json.dumps(base_model()).encode()
        (folder / "service-2.json.gz").write_bytes(gzip.compress(content, mtime=time))
        packed.append(spec.contents(tmp_path / str(time)))
    assert packed[0] == packed[1]
    assert spec.decode("example", packed[0]["example"]).model == base_model()


def test_wheels_and_single_models_can_be_compared(diff, old, new, tmp_path):
    wheel = write_wheel(tmp_path / "botocore.whl", {"example": base_model()})
    single = new / "example" / "2020-01-02" / "service-2.json.gz"
    assert told(diff(wheel, single, "--format", "json")[1]) == [EXAMPLE]
    assert diff(wheel, old, "--service", "example")[1] == "no differences\n"


def test_a_single_model_says_nothing_of_other_services(diff, old, new):
    single = new / "example" / "2020-01-02" / "service-2.json.gz"
    assert told(diff(old, single, "--format", "json")[1]) == [EXAMPLE]


def test_what_was_generated_is_compared_with_a_model(diff, old, new, tmp_path):
    places = ["--output", str(tmp_path / "output"), "--package", "clouds"]
    main(["generate", "example", "--botocore", str(old), *places, "--quiet"])
    assert diff("generated", old, *places)[:2] == (0, "no differences\n")
    for sides in (("generated", new), (new, "generated")):
        page = diff(*sides, *places, "--format", "json", "--service", "example")[1]
        assert told(page) == [EXAMPLE]


def test_files_that_were_edited_by_hand_are_named(diff, old, new, tmp_path):
    output = tmp_path / "output"
    main(["generate", "example", "--botocore", str(old), "--output", str(output)])
    file = output / "paws" / "services" / "example" / "interfaces.py"
    file.write_text(file.read_text() + "<<<<<<< HEAD\n")
    code, page, errors = diff("generated", new, "--output", output)
    assert (code, page.count("diff")) == (2, 0)
    assert errors.startswith(f"make-paws: {file} is not as make-paws wrote it (")
    assert errors.count("\n") == 1


def test_what_generate_is_about_to_change_is_told_before_it_does(tmp_path):
    service = described(base_model())
    changed = base_model()
    changed["shapes"]["Id"]["max"] = 7
    later = replace(described(changed), model_hash="fedcba987654")
    assert generated.differences(tmp_path, later) == ()
    for path, source in render.service(service, "paws").items():
        (tmp_path / path.name).write_text(source)
    assert generated.differences(tmp_path, service) == ()
    (found,) = generated.differences(tmp_path, later)
    assert (found.place, found.aspect, found.breaking) == ("Id", "max", True)
    (tmp_path / "operations.py").write_text("<<<<<<< HEAD\n")
    assert generated.differences(tmp_path, later) == ()


@pytest.mark.parametrize("module", ["interfaces", "operations", "service"])
@pytest.mark.parametrize(
    "content", ["", "import os\n", "x = (\n", "API = SHAPES = 1\n"]
)
def test_any_other_file_in_the_place_of_a_module_is_an_error(tmp_path, module, content):
    for path, source in render.service(described(base_model()), "paws").items():
        (tmp_path / path.name).write_text(source)
    (tmp_path / f"{module}.py").write_text(content)
    with pytest.raises(SourceError, match="is not as make-paws wrote it"):
        generated.read(tmp_path)


def bad_sources(folder):
    """Write what cannot be compared: of what it is to how the error begins."""
    (folder / "no.whl").write_text("no wheel")
    (folder / "empty").mkdir()
    write_wheel(folder / "other.whl", {})
    (folder / "broken.json").write_text('{"metadata": ')
    return {
        "missing": "{}: there is no such file or folder",
        "no.whl": "{} is no wheel",
        "other.whl": "{}: holds no service-2.json",
        "empty": "{}: holds no service-2.json",
        "broken.json": "broken.json: {} is not JSON",
    }


@pytest.mark.parametrize(
    "name", ["missing", "no.whl", "other.whl", "empty", "broken.json"]
)
def test_a_source_that_is_none_ends_in_one_line(diff, old, tmp_path, name):
    expected = bad_sources(tmp_path)[name].format(tmp_path / name)
    for sides in ((old, tmp_path / name), (tmp_path / name, old)):
        code, page, errors = diff(*sides)
        assert (code, page, errors.count("\n")) == (2, "", 1)
        assert errors.startswith(f"make-paws: {expected}")


def test_nothing_generated_is_an_error(diff, old, tmp_path):
    code, _, errors = diff("generated", old, "--output", tmp_path / "nowhere")
    assert (code, errors.count("\n")) == (2, 1)
    assert f"{Path(tmp_path, 'nowhere', 'paws', 'services')}: nothing" in errors


def test_a_service_of_neither_side_is_named_with_the_nearest(diff, old, new):
    code, _, errors = diff(old, new, "--service", "exampel")
    assert (code, errors.count("\n")) == (2, 1)
    assert "there is no service 'exampel'" in errors
    assert "did you mean example?" in errors


def test_a_model_that_is_broken_is_named_with_its_place(diff, old, new):
    broken = base_model()
    broken["shapes"]["Id"]["type"] = "riddle"
    path = new / "example" / "2020-01-02" / "service-2.json.gz"
    path.unlink()
    path.with_suffix("").write_text(json.dumps(broken))
    code, _, errors = diff(old, new)
    assert code == 2
    assert errors == "make-paws: example: shapes/Id/type: unknown type 'riddle'\n"
