"""The exceptions to the rules: entries that fit apply, others are warnings or errors."""

import copy
import dataclasses
import functools
import importlib
import operator
import re
from importlib.metadata import version
from pathlib import Path

import botocore
import pytest

from make_paws import ir, overrides, render, spec, summary
from make_paws.cli import main
from make_paws.errors import OverrideError
from make_paws.overrides import ExactlyOneOf, Overrides, PatternMatch
from make_paws.parse import RAW, parse
from make_paws.spec import Spec
from support import pins
from support.service_models import described, greeting_model, write_model

MATCH = """
[[pattern_match]]
service = "example"
match = "whole"
reason = "It says so."
"""
GROUP = """
[[exactly_one_of]]
service = "example"
shape = "GreetInput"
members = ["Name", "Nickname"]
since = "Nickname"
reason = "It says so."
"""
WAIT = """
[[read_timeout]]
service = "example"
seconds = 70
reason = "It says so."
"""
NAME = """
[[service_name]]
service = "example"
name = "sample"
reason = "It says so."
"""
UNION = """
[[union]]
service = "example"
shape = "Choice"
reason = "It says so."
"""
HINT = """
[[value_hint]]
service = "example"
shape = "GreetInput"
member = "Name"
value = 'Mr\\.? .+'
hint = "pass the name alone"
reason = "It says so."
"""
ERROR_HINT = """
[[error_hint]]
service = "example"
error = "Busy"
pattern = '(?P<count>\\d+) guests'
hint = "expect {count} guests; braces: {{}}"
reason = "It says so."
"""
NOT_READY = """
[[not_ready]]
service = "example"
error = "Busy"
reason = "It says so."
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "overrides.toml"
        path.write_text(text)
        return overrides.load(path)

    return load


def model_with_a_choice():
    """Return a model whose operation takes a name or a nickname."""
    model = greeting_model()
    structure = model["shapes"]["GreetInput"]
    structure["members"]["Nickname"] = {"shape": "Name"}
    structure["required"] = []
    return model


def groups(rows, model):
    return rows.resolve("example", model).exactly_one_of_groups


def pattern(rows):
    return described(greeting_model(), overrides=rows).shapes["Name"].regex


# --- Rows that fit


def test_entries_are_read_unchanged(load):
    assert load(MATCH + GROUP) == Overrides(
        (PatternMatch("example", "whole", "It says so."),),
        (
            ExactlyOneOf(
                "example", "GreetInput", ("Name", "Nickname"), "Nickname", "It says so."
            ),
        ),
    )


def test_file_without_rows_changes_nothing(load):
    assert load("# no row") == Overrides()


def test_full_match_entry_anchors_the_pattern(load):
    assert pattern(load(MATCH)) == r"\A[a-z]+\Z"
    assert pattern(load(MATCH.replace("whole", "search"))) == "[a-z]+"
    assert pattern(load(MATCH.replace("example", "another"))) == "[a-z]+"


def test_exactly_one_of_members_form_a_marked_group(load):
    service = described(model_with_a_choice(), overrides=load(GROUP))
    shape = service.shapes["GreetInput"]
    assert isinstance(shape, ir.Structure)
    assert shape.exactly_one_of == (("Name", "Nickname"),)
    (operation,) = service.operations
    assert [parameter.mark for parameter in operation.parameters] == [
        "[required unless Nickname is given]",
        "",
        "[required unless Name is given]",
    ]


def test_row_of_another_service_is_not_looked_at(load):
    row = GROUP.replace('"example"', '"another"').replace("GreetInput", "Gone")
    assert groups(load(row), model_with_a_choice()) == {}


def test_model_older_than_the_rule_is_left_alone(load):
    service = described(greeting_model(), overrides=load(GROUP))
    (operation,) = service.operations
    assert service.shapes["GreetInput"].exactly_one_of == ()
    assert [parameter.mark for parameter in operation.parameters] == ["[required]", ""]


def test_service_name_entry_applies_and_page_keeps_rs(load):
    entry = NAME.replace('"example"', '"sts"')  # R has pages of this one
    service = described(greeting_model(), overrides=load(entry), service="sts")
    (operation,) = service.operations
    assert (service.name, service.constructor) == ("sample", "sample")
    assert operation.function == "sample_greet"
    assert operation.help_page.endswith("/example_greet/")
    other = described(greeting_model(), overrides=load(entry), service="other")
    assert other.name == "example"


def model_of_patience():
    """Return a model whose documentation mentions the 70 seconds."""
    model = greeting_model()
    text = "<p>The timeout should be set to be 70 seconds.</p>"
    model["operations"]["Greet"]["documentation"] = text
    return model


def test_read_timeout_entry_applies(load):
    model = model_of_patience()
    assert described(model, overrides=load(WAIT)).read_timeout == 70
    assert described(model, overrides=load(WAIT), service="other").read_timeout is None
    assert described(model).read_timeout is None


def model_with_a_union(**traits):
    """Return a model whose output has a structure of two members."""
    model = greeting_model()
    members = {"Name": {"shape": "Name"}, "Number": {"shape": "Number"}}
    choice = {"type": "structure", "members": members, **traits}
    result = {"type": "structure", "members": {"Choice": {"shape": "Choice"}}}
    model["shapes"] |= {
        "Choice": choice,
        "Number": {"type": "integer"},
        "GreetOutput": result,
    }
    model["operations"]["Greet"]["output"] = {"shape": "GreetOutput"}
    return model


def test_union_entry_makes_keys_optional(load):
    service = described(model_with_a_union(), overrides=load(UNION))
    assert service.shapes["Choice"].union
    (typed,) = (each for each in service.results if each.name == "Choice")
    assert not typed.total
    fields = [(field.name, field.annotation) for field in typed.fields]
    assert fields == [("Name", "str"), ("Number", "int")]
    other = described(model_with_a_union(), overrides=load(UNION), service="other")
    assert not other.shapes["Choice"].union


def test_hint_entry_adds_the_hint_to_the_string(load):
    service = described(greeting_model(), overrides=load(HINT))
    assert service.shapes["Name"].hint == ir.Hint(r"Mr\.? .+", "pass the name alone")
    other = described(greeting_model(), overrides=load(HINT), service="other")
    assert other.shapes["Name"].hint is None


def test_hint_entry_waits_for_its_member(load):
    rows = load(HINT.replace('"Name"', '"Nickname"'))
    assert described(greeting_model(), overrides=rows).shapes["Name"].hint is None


def test_entries_about_errors_are_facts_of_the_service(load):
    rows = load(ERROR_HINT + NOT_READY)
    service = described(greeting_model(), overrides=rows)
    hint = ir.ErrorHint(r"(?P<count>\d+) guests", "expect {count} guests; braces: {{}}")
    assert (service.error_hints, service.not_ready_errors) == ((hint,), ("Busy",))
    other = described(greeting_model(), overrides=rows, service="other")
    assert (other.error_hints, other.not_ready_errors) == ((), ())


def test_error_entry_uses_the_code_of_the_model(load):
    model = greeting_model()
    model["shapes"]["Busy"]["error"]["code"] = "TooBusy"
    rows = load((ERROR_HINT + NOT_READY).replace('"Busy"', '"TooBusy"'))
    service = described(model, overrides=rows)
    assert len(service.error_hints) == 1
    assert service.not_ready_errors == ("TooBusy",)


def test_entries_about_errors_wait_for_the_error(load):
    rows = load((ERROR_HINT + NOT_READY).replace('"Busy"', '"GreetInput"'))
    service = described(greeting_model(), overrides=rows)
    assert (service.error_hints, service.not_ready_errors) == ((), ())
    assert service.override_problems == ()


def test_facts_about_errors_are_generated(load, tmp_path, monkeypatch):
    """The generated service has them, and imports what they need."""
    rows = load(ERROR_HINT + NOT_READY)
    service = described(greeting_model(), overrides=rows)
    package = tmp_path / "hinted"
    package.mkdir()
    for path, source in render.service(service, "paws").items():
        (package / path.name).write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    api = importlib.import_module("hinted.operations").API
    assert [tuple(hint) for hint in api.error_hints] == [
        dataclasses.astuple(hint) for hint in service.error_hints
    ]
    assert api.not_ready_errors == ("Busy",)


def test_services_of_botocore_have_distinct_names():
    rows = overrides.load()
    services = spec.services()
    names = {rows.service_name(name, services[name]) for name in services}
    assert len(names) == len(services) > 400


def test_shipped_entries_apply_to_the_pinned_botocore():
    """None of them is only waiting for a newer model."""
    rows = overrides.load()
    tables = [getattr(rows, field.name) for field in dataclasses.fields(rows)]
    shipped = [entry for table in tables for entry in table]
    assert all(tables)
    for entry in shipped:
        loaded = spec.load(entry.service)
        parse(loaded, rows, RAW, strict=True)
        if version("botocore") == pins.pinned_botocore():
            assert not entry.waits(loaded.model), entry
        assert entry.reason.strip()


# --- Rows that do not


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[pattern_match", "overrides.toml"),
        ("[[pattern_matches]]", "unknown tables: pattern_matches"),
        (MATCH.replace('match = "whole"', ""), "has missing or unknown keys: match"),
        (MATCH + 'extra = "x"', "has missing or unknown keys: extra"),
        (GROUP.replace("since", "until"), "missing or unknown keys: since, until"),
        (MATCH.replace("whole", "half"), "pattern_match of example: match must be"),
        (MATCH.replace('"whole"', "1"), "1 is not a valid match"),
        (MATCH.replace('"It says so."', '""'), "'' is not a valid reason"),
        (MATCH.replace('"example"', "1"), "1 is not a valid service"),
        (
            GROUP.replace('["Name", "Nickname"]', '"Name"'),
            "'Name' is not a valid members",
        ),
        (
            GROUP.replace('["Name", "Nickname"]', '["Name"]'),
            "members must be two or more",
        ),
        (GROUP.replace('"Name", ', "1, "), "1 is not a valid member"),
        (NAME.replace("sample", "a_b"), "lowercase letters and digits, not 'a_b'"),
        (WAIT.replace("70", '"70"'), "'70' is not a valid seconds"),
        (WAIT.replace("70", "true"), "True is not a valid seconds"),
        (WAIT.replace("70", "0"), "read_timeout of example: seconds must be positive"),
        (WAIT.replace('"It says so."', "70"), "70 is not a valid reason"),
        (HINT.replace(".+", "("), "value_hint of example: value is not a regular exp"),
        (UNION.replace('"Choice"', "1"), "1 is not a valid shape"),
        (ERROR_HINT.replace("guests'", "('"), "pattern is not a regular expression"),
        (
            ERROR_HINT.replace("{count}", "{number}"),
            "not groups of the pattern: number",
        ),
        (ERROR_HINT.replace("{count}", "{}"), "fields that are not groups of the pat"),
        (
            ERROR_HINT.replace("{count}", "{count"),
            "error_hint of example: hint is not a",
        ),
        (NOT_READY.replace('"Busy"', "1"), "1 is not a valid error"),
        ("pattern_match = 1", "pattern_match is not a list"),
        ("pattern_match = [1]", "pattern_match is not a list"),
    ],
)
def test_malformed_entry_raises_with_the_reason(load, text, said):
    with pytest.raises(OverrideError) as caught:
        load(text)
    assert said in str(caught.value)


def test_missing_file_raises_with_its_name(tmp_path):
    with pytest.raises(OverrideError, match=r"nowhere\.toml"):
        overrides.load(tmp_path / "nowhere.toml")


GREET = ("shapes", "GreetInput")
CHOICE = ("shapes", "Choice")
# An entry, a path of the model with its new value (None: deleted), and the reason.
MISFITS = [
    (GROUP, GREET, {"type": "string"}, "the model has no structure GreetInput"),
    (
        GROUP,
        (*GREET, "members", "Name"),
        None,
        r"GreetInput\.Name does not exist or is",
    ),
    (GROUP, (*GREET, "required"), ["Nickname"], r"GreetInput\.Nickname does not exist"),
    (MATCH, ("shapes", "Name", "pattern"), None, "the model has no pattern"),
    (
        NAME,
        ("metadata", "serviceFullName"),
        "Sample",
        "R's rule already results in the name s",
    ),
    (UNION, (*CHOICE, "union"), True, "Choice is marked as a union or has required"),
    (
        UNION,
        (*CHOICE, "required"),
        ["Name"],
        "Choice is marked as a union or has requi",
    ),
    (UNION, CHOICE, {"type": "string"}, "the model has no structure Choice"),
    (HINT, GREET, {"type": "string"}, "the model has no structure GreetInput"),
    (HINT, ("shapes", "Name", "pattern"), None, r"GreetInput\.Name has no pattern"),
]


@pytest.mark.parametrize(("text", "path", "value", "reason"), MISFITS)
def test_unused_entry_is_a_warning_or_an_error(load, text, path, value, reason):
    model = model_with_a_union()
    model["shapes"]["GreetInput"] = model_with_a_choice()["shapes"]["GreetInput"]
    *outer, last = path
    parent = functools.reduce(operator.getitem, outer, model)
    if value is None:
        del parent[last]
    else:
        parent[last] = value
    if value == {"type": "string"} and path == GREET:
        model["operations"]["Greet"].pop("input")
    entries = load(text)
    service = described(model, overrides=entries)
    (problem,) = service.override_problems
    assert re.search(f"of example: {reason}.*; the entry is not applied", str(problem))
    assert dataclasses.replace(service, override_problems=()) == described(model)
    with pytest.raises(OverrideError, match=f"{reason}.*; change or remove it"):
        parse(Spec("example", model, {}, "0" * 12), entries, strict=True)
    other = described(model, overrides=entries, service="other")
    assert other.override_problems == ()


def test_reworded_documentation_keeps_the_read_timeout(load):
    """AWS may change a sentence that an entry quotes."""
    loaded = Spec("example", greeting_model(), {}, "0" * 12)
    service = parse(loaded, load(WAIT), strict=True)
    assert service.read_timeout == 70
    (problem,) = service.override_problems
    assert problem.reason == 'no operation mentions "70 seconds"'
    assert str(problem).endswith(
        f"read_timeout of example: {problem.reason}; the entry is still applied"
    )


def test_problems_of_entries_are_in_the_summary(load):
    service = described(greeting_model(), overrides=load(WAIT + UNION))
    lines = list(summary.lines([summary.counts(service)]))
    assert lines == [f"warning: {problem}" for problem in service.override_problems]
    assert len(lines) == 2


# --- Models that are older than the entries


def before_2021(model):
    """Return a model of sagemaker-runtime without asynchronous endpoints."""
    old = copy.deepcopy(model)
    for operation in ("InvokeEndpointAsync", "InvokeEndpointWithResponseStream"):
        del old["operations"][operation]
        for part in ("Input", "Output"):
            del old["shapes"][f"{operation}{part}"]
    return old


def test_model_before_2021_is_generated_and_compared(tmp_path, capsys):
    folder = write_model(
        tmp_path / "data",
        before_2021(spec.load("sagemaker-runtime").model),
        service="sagemaker-runtime",
        version="2017-05-13",
        packed=False,
    )
    old, output = str(folder / "service-2.json"), str(tmp_path / "output")
    assert main(["generate", "--botocore", old, "--output", output]) == 0
    out, err = capsys.readouterr()
    assert "has no structure InvokeEndpointAsyncInput; the entry is not applied" in out
    assert err == ""
    assert main(["generate", "--strict", "--botocore", old, "--output", output]) == 2
    assert "change or remove it" in capsys.readouterr().err
    new = str(Path(botocore.__file__).with_name("data"))
    assert main(["diff", old, new]) == 0
    out, err = capsys.readouterr()
    assert "sagemaker-runtime: 4 differences, none breaking" in out
    assert err == ""
