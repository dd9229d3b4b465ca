"""The exceptions to the rules: entries that fit apply, others are warnings or errors."""

import copy
import dataclasses
import functools
import importlib
import operator
import re
from importlib.metadata import version

import pytest

from make_paws import ir, overrides, spec, summary
from make_paws.errors import OverrideError
from make_paws.overrides import ExactlyOneOf, Overrides, PatternMatch
from make_paws.parse import RAW, parse
from make_paws.spec import Spec
from support import pins
from support.model_changes import structure
from support.service_models import described, greeting_model, write_model, write_service


def entry(table, *lines):
    head = [f"[[{table}]]", 'service = "example"', 'reason = "It says so."']
    return "\n".join([*head, *lines, ""])


GREET_INPUT = 'shape = "GreetInput"'
MATCH = entry("pattern_match", 'match = "whole"')
MEMBERS = ('members = ["Name", "Nickname"]', 'since = "Nickname"')
GROUP = entry("exactly_one_of", GREET_INPUT, *MEMBERS)
WAIT = entry("read_timeout", "seconds = 70")
NAME = entry("service_name", 'name = "sample"')
UNION = entry("union", 'shape = "Choice"')
VALUE = (r"value = 'Mr\.? .+'", 'hint = "pass the name alone"')
HINT = entry("value_hint", GREET_INPUT, 'member = "Name"', *VALUE)
PATTERN = r"pattern = '(?P<count>\d+) guests'"
BRACES = 'hint = "expect {count} guests; braces: {{}}"'
ERROR_HINT = entry("error_hint", 'error = "Busy"', PATTERN, BRACES)
NOT_READY = entry("not_ready", 'error = "Busy"')


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


def pattern(rows):
    return described(greeting_model(), overrides=rows).shapes["Name"].regex


# --- Rows that fit


def test_entries_are_read_unchanged(load):
    names = ("example", "GreetInput", ("Name", "Nickname"), "Nickname", "It says so.")
    expected = PatternMatch("example", "whole", "It says so.")
    assert load(MATCH + GROUP) == Overrides((expected,), (ExactlyOneOf(*names),))


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


def test_service_name_entry_applies_and_page_keeps_rs(load):
    entry = NAME.replace('"example"', '"sts"')  # R has pages of this one
    service = described(greeting_model(), overrides=load(entry), service="sts")
    (operation,) = service.operations
    assert (service.name, service.constructor) == ("sample", "sample")
    assert operation.function == "sample_greet"
    assert operation.help_page.endswith("/example_greet/")
    other = described(greeting_model(), overrides=load(entry), service="other")
    assert other.name == "example"


def test_read_timeout_entry_applies(load):
    model = greeting_model()
    text = "<p>The timeout should be set to be 70 seconds.</p>"
    model["operations"]["Greet"]["documentation"] = text
    service = described(model, overrides=load(WAIT))
    assert (service.read_timeout, service.override_problems) == (70, ())
    assert described(model, overrides=load(WAIT), service="other").read_timeout is None
    assert described(model).read_timeout is None


def model_with_a_union():
    """Return a model whose output has a structure of two members."""
    model = model_with_a_choice()
    model["shapes"] |= {
        "Choice": structure({"Name": "Name", "Number": "Number"}),
        "Number": {"type": "integer"},
        "GreetOutput": structure({"Choice": "Choice"}),
    }
    return model


def test_union_entry_makes_keys_optional(load):
    service = described(model_with_a_union(), overrides=load(UNION))
    assert service.shapes["Choice"].union
    (typed,) = (each for each in service.results if each.name == "Choice")
    assert not typed.total
    fields = [(field.name, field.annotation) for field in typed.fields]
    assert fields == [("Name", "str"), ("Number", "int")]


def test_hint_entry_adds_the_hint_to_the_string(load):
    service = described(greeting_model(), overrides=load(HINT))
    assert service.shapes["Name"].hint == ir.Hint(r"Mr\.? .+", "pass the name alone")


@pytest.mark.parametrize(
    ("text", "found", "gone"),
    [
        (HINT, '"Name"', '"Nickname"'),
        (GROUP, "unchanged", ""),
        (ERROR_HINT + NOT_READY, '"Busy"', '"GreetInput"'),
    ],
)
def test_entry_waits_for_what_a_newer_model_has(load, text, found, gone):
    service = described(greeting_model(), overrides=load(text.replace(found, gone)))
    assert service == described(greeting_model())


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


def test_facts_about_errors_are_generated(load, tmp_path, monkeypatch):
    """The generated service has them, and imports what they need."""
    rows = load(ERROR_HINT + NOT_READY)
    service = described(greeting_model(), overrides=rows)
    (tmp_path / "hinted").mkdir()
    write_service(tmp_path / "hinted", service)
    monkeypatch.syspath_prepend(tmp_path)
    api = importlib.import_module("hinted.operations").API
    (hint,) = service.error_hints
    assert [tuple(each) for each in api.error_hints] == [dataclasses.astuple(hint)]
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
    ("text", "found", "instead", "error"),
    [
        (MATCH, "]]", "", "overrides.toml"),
        (MATCH, "[[pattern_match]]", "[[matches]]", "unknown tables: matches"),
        (MATCH, MATCH, "pattern_match = 1", "pattern_match is not a list"),
        (MATCH, MATCH, "pattern_match = [1]", "pattern_match is not a list"),
        (MATCH, 'match = "whole"', "", "has missing or unknown keys: match"),
        (MATCH, "match =", "extra = 1\nmatch =", "has missing or unknown keys: extra"),
        (MATCH, '"example"', "1", "1 is not a valid service"),
        (MATCH, '"It says so."', '""', "'' is not a valid reason"),
        (MATCH, "whole", "half", "pattern_match of example: match must be"),
        (MATCH, '"whole"', "1", "1 is not a valid match"),
        (GROUP, "since", "until", "missing or unknown keys: since, until"),
        (GROUP, '["Name", "Nickname"]', '"Name"', "'Name' is not a valid members"),
        (GROUP, '["Name", "Nickname"]', '["Name"]', "members must be two or more"),
        (GROUP, '"Name", ', "1, ", "1 is not a valid member"),
        (NAME, "sample", "a_b", "lowercase letters and digits, not 'a_b'"),
        (WAIT, "70", '"70"', "'70' is not a valid seconds"),
        (WAIT, "70", "true", "True is not a valid seconds"),
        (WAIT, "70", "0", "read_timeout of example: seconds must be positive"),
        (WAIT, '"It says so."', "70", "70 is not a valid reason"),
        (HINT, ".+", "(", "value_hint of example: value is not a regular expression"),
        (UNION, '"Choice"', "1", "1 is not a valid shape"),
        (ERROR_HINT, "guests'", "('", "pattern is not a regular expression"),
        (ERROR_HINT, "{count}", "{number}", "not groups of the pattern: number"),
        (ERROR_HINT, "{count}", "{}", "fields that are not groups of the pattern"),
        (ERROR_HINT, "{count}", "{count", "error_hint of example: hint is not a"),
        (NOT_READY, '"Busy"', "1", "1 is not a valid error"),
    ],
)
def test_malformed_entry_raises_with_the_reason(load, text, found, instead, error):
    assert found in text
    with pytest.raises(OverrideError) as caught:
        load(text.replace(found, instead))
    assert error in str(caught.value)


def test_missing_file_raises_with_its_name(tmp_path):
    with pytest.raises(OverrideError, match=r"nowhere\.toml"):
        overrides.load(tmp_path / "nowhere.toml")


STRING = {"type": "string"}
# An entry, a path of the model with its new value (None: deleted), and the reason.
MISFITS = [
    (GROUP, "shapes/GreetInput", STRING, "the model has no structure GreetInput"),
    (
        *(GROUP, "shapes/GreetInput/members/Name", None),
        r"GreetInput\.Name does not exist or is",
    ),
    (
        *(GROUP, "shapes/GreetInput/required", ["Nickname"]),
        r"GreetInput\.Nickname does not exist",
    ),
    (MATCH, "shapes/Name/pattern", None, "the model has no pattern"),
    (
        *(NAME, "metadata/serviceFullName", "Sample"),
        "R's rule already results in the name s",
    ),
    (UNION, "shapes/Choice/union", True, "Choice is marked as a union or has requi"),
    (UNION, "shapes/Choice/required", ["Name"], "Choice is marked as a union or has"),
    (UNION, "shapes/Choice", STRING, "the model has no structure Choice"),
    (HINT, "shapes/GreetInput", STRING, "the model has no structure GreetInput"),
    (HINT, "shapes/Name/pattern", None, r"GreetInput\.Name has no pattern"),
]


@pytest.mark.parametrize(("text", "path", "value", "reason"), MISFITS)
def test_unused_entry_is_a_warning_or_an_error(load, text, path, value, reason):
    model = model_with_a_union()
    *outer, last = path.split("/")
    parent = functools.reduce(operator.getitem, outer, model)
    parent[last] = value
    if value is None:
        del parent[last]
    if path == "shapes/GreetInput":
        model["operations"]["Greet"].pop("input")
    entries = load(text)
    service = described(model, overrides=entries)
    (problem,) = service.override_problems
    assert re.search(f"of example: {reason}.*; the entry is not applied", str(problem))
    assert dataclasses.replace(service, override_problems=()) == described(model)
    with pytest.raises(OverrideError, match=f"{reason}.*; change or remove it"):
        parse(Spec("example", model, {}, "0" * 12), entries, strict=True)
    other = described(model, overrides=entries, service="other")
    assert other == described(model, service="other")


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


def test_model_before_2021_is_generated_and_compared(run, tmp_path):
    """Without asynchronous endpoints and streams."""
    model = copy.deepcopy(spec.load("sagemaker-runtime").model)
    for operation in ("InvokeEndpointAsync", "InvokeEndpointWithResponseStream"):
        del model["operations"][operation]
        del model["shapes"][f"{operation}Input"], model["shapes"][f"{operation}Output"]
    folder = write_model(tmp_path, model, service="sagemaker-runtime", packed=False)
    old = folder / "service-2.json"
    places = ["--botocore", old, "--output", tmp_path / "output"]
    code, out, err = run("generate", *places)
    assert (code, err) == (0, "")
    assert "has no structure InvokeEndpointAsyncInput; the entry is not applied" in out
    code, _, err = run("generate", "--strict", *places)
    assert code == 2
    assert "change or remove it" in err
    code, out, err = run("diff", old, spec.installed())
    assert (code, err) == (0, "")
    assert "sagemaker-runtime: 4 differences, none breaking" in out
