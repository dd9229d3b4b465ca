"""The calls on a page: Python that gives its arguments back, and R that R can read."""

import ast
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timezone
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import ir, overrides, spec
from make_paws.pages import calls, page, placeholders
from make_paws.pages.r_comparison import RComparison
from make_paws.parse import RAW, parse
from support.service_models import described, greeting_model

# R's own page at 77115fa7: paws/R/sagemakerruntime_operations.R.
USAGE_OF_R = """\
sagemakerruntime_invoke_endpoint(EndpointName, Body, ContentType,
  Accept, CustomAttributes, TargetModel, TargetVariant,
  TargetContainerHostname, InferenceId, EnableExplanations,
  InferenceComponentName, SessionId)"""
SERVICES = ("sagemaker-runtime", "s3", "dynamodb", "lambda", "sqs", "route53")

texts = st.text(max_size=6)
values = st.recursive(
    texts
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.text(max_size=6).map(str.encode)
    | st.just(placeholders.MOMENT),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@cache
def functions(service):
    loaded = spec.load(service)
    parsed = parse(loaded, overrides.load(), RAW)
    names = {
        each.name: tuple(members(loaded.model, each)) for each in parsed.operations
    }
    r_comparison = {
        name: RComparison("R", True, given) for name, given in names.items()
    }
    none = {"earlier": (), "rules": ()}
    return page.functions(parsed, loaded, r_comparison=r_comparison, **none)


def members(model, operation):
    return model["shapes"].get(operation.input, {}).get("members", {})


def called(source):
    """Return what is called in the last line of Python, and with which values."""
    call = ast.parse(source).body[-1].value
    names = {"datetime": datetime, "timezone": timezone}
    return ast.unparse(call.func), {
        each.arg: eval(ast.unparse(each.value), names) for each in call.keywords
    }


@given(st.dictionaries(st.from_regex("[A-Z][a-z_]{0,5}", fullmatch=True), values))
def test_python_call_gives_its_arguments_back(arguments):
    source = calls.in_python("paws", "example_act", arguments)
    assert called(source) == ("paws.example_act", arguments)


@pytest.mark.parametrize("service", SERVICES)
def test_calls_have_the_arguments_of_the_model(service):
    model = spec.load(service).model
    for each in functions(service):
        function, given_ = called(each.example.python)
        parameters = {one.name: one.required for one in each.operation.parameters}
        assert function == f"paws.{each.operation.function}"
        assert parameters.keys() >= given_.keys()
        assert {name for name in parameters if parameters[name]} <= given_.keys()
        names = ", ".join(members(model, each.operation))
        usage = " ".join(each.r_usage.split()).replace("( ", "(")
        # test_parity compares with R's own pages, which need R's botocore.
        assert usage == f"{each.operation.function}({names})"


def test_of_two_that_exclude_each_other_one_is_given():
    pages = {each.operation.method: each for each in functions("sagemaker-runtime")}
    _, arguments = called(pages["invoke_endpoint_async"].example.python)
    assert len({"InputLocation", "Body"} & set(arguments)) == 1


def test_usage_of_r_is_broken_as_r_breaks_it():
    function, _, parameters = USAGE_OF_R.rstrip(")").partition("(")
    names = " ".join(parameters.split()).split(", ")
    assert calls.r_usage(function, names) == USAGE_OF_R
    assert calls.r_usage("sts_get_caller_identity", []) == "sts_get_caller_identity()"


R_READS = """
file <- commandArgs(TRUE)
for (call in parse(file, encoding = "UTF-8")) cat(names(as.list(call)), "\\n")
"""


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_r_reads_the_calls_of_pages(tmp_path):
    pages = [each for service in SERVICES for each in functions(service)]
    file = tmp_path / "calls.R"
    bodies = [each.example.r.partition("\n")[2] for each in pages]
    file.write_text("\n".join(bodies), encoding="utf-8")
    script = tmp_path / "read.R"
    script.write_text(R_READS)
    command = ["Rscript", "--vanilla", str(script), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [line.split() for line in done.stdout.splitlines()]
    members = [
        {one.name: one.member for one in each.operation.parameters} for each in pages
    ]
    expected = [
        [names[name] for name in called(each.example.python)[1]]
        for names, each in zip(members, pages, strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Name", "Name"),
        ("next", "`next`"),
        ("_x", "`_x`"),
        ("a b", "`a b`"),
        ("a`b", "`a\\`b`"),
        (".2", "`.2`"),
        ("", "``"),
    ],
)
def test_name_invalid_in_r_is_quoted_with_backticks(name, written):
    assert calls.in_r("example", "act", {"Tags": {name: True}}) == (
        f"svc <- paws::example()\nsvc$act(\n  Tags = list(\n    {written} = TRUE\n  )\n)"
    )


def test_values_are_written_as_r_writes_them():
    arguments = {
        "Text": 'a"b\\',
        "Count": 123,
        "Share": 0.5,
        "Data": b"bytes",
        "Time": placeholders.MOMENT,
        "Flag": False,
        "None": [],
        "Items": ["x", "y"],
    }
    lines = calls.in_r("example", "act", arguments).splitlines()
    assert lines[2:] == [
        r'  Text = "a\"b\\",',
        *("  Count = 123,", "  Share = 0.5,", '  Data = charToRaw("bytes"),'),
        '  Time = as.POSIXct("2015-01-01", tz = "UTC"),',
        *("  Flag = FALSE,", "  None = list(),"),
        *("  Items = list(", '    "x",', '    "y"', "  )", ")"),
    ]


def placed(shape, **others):
    """Return the placeholder of the only argument of an operation."""
    given_ = ir.Structure({"Given": ir.Member("Shape")})
    shapes = {"In": given_, "Shape": shape, **others}
    (operation,) = described(greeting_model()).operations
    return placeholders.arguments(replace(operation, input="In"), shapes)["Given"]


def test_placeholder_of_a_map_of_itself_is_finite():
    assert placed(ir.Map("Key", "Shape"), Key=ir.String()) == {"string": {}}


bounds = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


@given(bounds, st.booleans(), st.booleans())
def test_placeholder_is_within_its_limits(both, has_least, has_most):
    least = both[0] if has_least else None
    most = both[1] if has_most else None
    low, high = least or 0, 10**6 if most is None else most
    assert low <= len(placed(ir.String(least, most))) <= high
    assert low <= len(placed(ir.Blob(least, most))) <= high
    assert low <= placed(ir.Integer(least, most)) <= high
    assert low <= placed(ir.Double(least, most)) <= high
    assert low <= len(placed(ir.List("Item", least, most), Item=ir.Boolean())) <= high
    keys = ir.Map("Key", "Item", least, most)
    assert low <= len(placed(keys, Key=ir.String(1, 9), Item=ir.Boolean())) <= high
    assert placed(ir.String(enum=("A", "B"))) == "A"
