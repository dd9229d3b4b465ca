"""`make-paws parity` finds, names and counts every difference from R's help pages."""

import json
import re
from dataclasses import asdict, replace

import pytest

from make_paws.parity import comparison, report
from make_paws.parity.comparison import Count, Difference
from make_paws.parity.facts import Parameter
from make_paws.parity.r_errata import Erratum
from support.help_pages import COMMIT, MARK, NAME, TIMES, page, write_facts
from support.service_models import described, greeting_model, write_model

# The name of a service that entries of r_errata.toml refer to.
COGNITO = "Amazon Cognito Identity Provider"


def compared(theirs, *rows, model=None):
    """Return how the greeting service compares with R's page."""
    ours = described(model or greeting_model())
    return comparison.compare(ours, {"example_greet": theirs}, rows)


def erratum(pattern, instead="", **where):
    return Erratum(
        paws_commit=COMMIT,
        known_in=("example",),
        pattern=re.compile(pattern),
        instead=instead,
        reason="R wrote\nit so.",
        **where,
    )


@pytest.fixture
def parity(run, data, tmp_path):
    def parity(services, *arguments, commit=None, botocore=data):
        path = write_facts(tmp_path / "facts.json", services, commit)
        return run("parity", path, *arguments, "--botocore", botocore)

    return parity


SAME = {"example": {"example_greet": page()}}


@pytest.fixture
def cognito(tmp_path, parity):
    """Return the command for the description of a function of Cognito."""
    model = greeting_model(serviceFullName=COGNITO)
    write_model(tmp_path / "cognito", model, service="cognito-idp")
    name = "cognitoidentityprovider"

    def cognito(description):
        services = {name: {f"{name}_greet": page(description=description)}}
        return parity(services, commit=COMMIT, botocore=tmp_path / "cognito")

    return cognito


def test_equal_pages_have_no_difference():
    found = compared(page())
    assert found.differences == ()
    assert found.more_than_r == 0
    assert {what: count.equal for what, count in found.counts.items()} == {
        **dict.fromkeys(["function", "signature", "title", "description"], 1),
        **dict.fromkeys(["parameter text", "result", "request"], 1),
        "parameter": 2,
    }
    assert all(count.compared == count.equal for count in found.counts.values())


@pytest.mark.parametrize(
    ("changes", "what", "ours", "theirs"),
    [
        ({"title": "Greets"}, "title", "Greets somebody", "Greets"),
        ({"description": "Greet."}, "description", "Greets somebody.", "Greet."),
        (
            {"params": (Parameter("Name", True, f"{MARK} Who."), TIMES)},
            *("parameter text", "Of whom.", "Who."),
        ),
        (
            {"params": (TIMES, NAME)},
            *("signature", "Name (required), Times", "Times, Name (required)"),
        ),
        (
            {"params": (Parameter("Name", False, "Of whom."), TIMES)},
            *("signature", "Name (required), Times", "Name, Times"),
        ),
        (
            {"params": (NAME,)},
            *("signature", "Name (required), Times", "Name (required)"),
        ),
        (
            {"value": "An empty list."},
            *("result", '{\n    "Greeting": "string",\n}', "An empty list."),
        ),
        (
            {"request": "svc$greet(\n  Times = 123\n)"},
            *("request", 'svc.greet(\n    Name="string",\n    Times=123,\n)'),
            "svc$greet(\n  Times = 123\n)",
        ),
    ],
)
def test_difference_has_a_path_and_both_texts(changes, what, ours, theirs):
    found = compared(page(**changes))
    parameter = "Name" if what == "parameter text" else ""
    expected = Difference("example", "example_greet", what, parameter, ours, theirs)
    assert found.differences == (expected,)
    assert found.counts[what] == Count(compared=1, equal=0)


@pytest.mark.parametrize(
    ("params", "equal", "count"),
    [
        ((NAME, TIMES), 2, 2),
        ((TIMES, NAME), 0, 2),
        ((NAME, Parameter("Times", True, "")), 1, 2),
        ((NAME,), 1, 2),
        ((NAME, TIMES, Parameter("Tone", False, "")), 2, 3),
    ],
)
def test_parameters_compare_name_order_requiredness(params, equal, count):
    expected = Count(compared=count, equal=equal)
    assert compared(page(params=params)).counts["parameter"] == expected


def test_function_on_one_side_only_is_a_difference():
    found = comparison.compare(described(greeting_model()), {"example_wave": page()})
    assert found.differences == (
        Difference("example", "example_wave", "function", "", "", "example_wave"),
        Difference("example", "example_greet", "function", "", "example_greet", ""),
    )
    assert found.counts["function"] == Count(compared=2, equal=0)
    assert found.counts["title"].compared == 0


def test_text_that_r_lost_counts_apart():
    found = compared(page(params=(Parameter("Name", True, MARK), TIMES)))
    assert found.more_than_r == 1
    assert found.counts["parameter text"].compared == 0
    assert found.differences == ()


def test_parameter_that_python_renames_is_that_of_r():
    model = greeting_model()
    members = model["shapes"]["GreetInput"]["members"]
    members["from"] = members.pop("Times")
    theirs = page(params=(NAME, Parameter("from", False, "")))
    renamed = replace(theirs, request=theirs.request.replace("Times", "from"))
    assert compared(renamed, model=model).differences == ()
    assert compared(theirs, model=model).differences


EMPHASIS = erratum(r"\\emph\{([^{}]*)\}", r"\1")
TYPOS = (erratum("Greats", "Greets"), erratum("nobody", "somebody"))


@pytest.mark.parametrize(
    ("description", "rows", "reason"),
    [
        (r"Greets \emph{somebody}.", [EMPHASIS], "R wrote it so."),
        (r"Greets \emph{everybody}.", [EMPHASIS], ""),
        ("Greats nobody.", TYPOS, "R wrote it so. R wrote it so."),
    ],
)
def test_errata_explain_a_difference_together(description, rows, reason):
    found = compared(page(description=description), *rows)
    assert [each.reason for each in found.differences] == [reason]
    assert found.counts["description"] == Count(compared=1, errata=int(bool(reason)))
    if reason:
        assert list(comparison.unused(rows, [found], COMMIT)) == []


@pytest.mark.parametrize(
    ("where", "errata"),
    [
        ({}, 1),
        ({"service": "other"}, 0),
        ({"function": "example_wave"}, 0),
        ({"what": "title"}, 0),
        ({"parameter": "Name"}, 0),
    ],
)
def test_erratum_applies_only_at_its_path(where, errata):
    row = erratum("Greats", "Greets", **where)
    found = compared(page(description="Greats somebody."), row)
    assert found.counts["description"] == Count(compared=1, errata=errata)


def test_obsolete_erratum_is_unused():
    row = erratum("Greats", "Greets")
    found = compared(page(), row)
    assert list(comparison.unused([row], [found], COMMIT)) == [(row, "example")]
    assert list(comparison.unused([row], [found], None)) == []
    assert list(comparison.unused([row], [], COMMIT)) == []


def test_table_counts_are_never_rounded_up():
    counts = {what: Count(10_000, 10_000) for what in comparison.MEASURES}
    counts["title"] = Count(100_000, 99_999, 1)
    found = comparison.Comparison("example", counts, 7, (), frozenset())
    lines = report.totals([found, found]).splitlines()
    assert lines[0] == "| 2 services | compared | equal | share | errors in R |"
    assert "| functions | 20,000 | 20,000 | 100.00 % | 0 |" in lines
    assert "| titles | 200,000 | 199,998 | 99.99 % | 2 |" in lines
    assert lines[-1] == "| parameter texts more than R | 14 |  |  |  |"
    assert "| 99,999 of 100,000 |" in report.services([found])


def test_command_is_content_with_equal_pages(parity):
    code, output, errors = parity(SAME)
    assert (code, errors) == (0, "")
    assert output.startswith("| 1 service | compared | equal | share | errors in R |\n")
    assert "| requests | 1 | 1 | 100.00 % | 0 |\n" in output
    code, output, _ = parity({"otherthing": {}, **SAME})
    lines = output.splitlines()
    assert code == 0
    assert lines[2].startswith("| otherthing | 0 | 0 |")
    assert lines[3].startswith("| example | 1 | 2 |")
    assert "| 2 services |" in output


def test_difference_is_printed_and_exits_with_1(parity):
    code, output, _ = parity({"example": {"example_greet": page(title="Greets\nyou")}})
    assert code == 1
    assert output.startswith(
        "example: example_greet: title\n"
        "  ours:\n    Greets somebody\n"
        "  R's:\n    Greets\n    you\n\n"
        "| 1 service |"
    )


@pytest.mark.parametrize("name", ["example", "other-thing", "otherthing"])
def test_service_is_named_as_r_or_as_botocore_does(parity, name):
    services = {"otherthing": {}, **SAME}
    code, output, _ = parity(services, "--json", "--service", name)
    assert code == 0
    assert list(json.loads(output)["services"]) == [name.replace("-", "")]


def test_data_has_every_count_and_every_difference(parity):
    pages = {"example_greet": page(title="Greets")}
    code, output, _ = parity({"example": pages}, "--json", commit="c")
    found = json.loads(output)
    assert (code, found["paws_commit"]) == (1, "c")
    assert found["total"] == found["services"]["example"]
    assert found["total"]["titles"] == {"compared": 1, "equal": 0, "errata": 0}
    assert found["total"]["parameter_texts"]["equal"] == 1
    assert found["total"]["more_than_R"] == 0
    (difference,) = found["differences"]
    names = ("example", "example_greet", "title")
    assert difference == asdict(Difference(*names, "", "Greets somebody", "Greets"))


def test_known_erratum_is_shown_with_its_reason(cognito):
    code, output, errors = cognito(r"Greets \href{https://example.com}{somebody}.")
    assert (code, errors) == (0, "")
    assert "\n  R's error: A link in italics is Rd code" in output
    assert "| descriptions | 1 | 0 | 0.00 % | 1 |" in output


def test_obsolete_erratum_is_reported_in_one_line(cognito):
    code, output, errors = cognito("Greets *somebody*.")
    assert (code, output) == (2, "")
    assert errors == (
        "make-paws: r_errata.toml: no text of cognitoidentityprovider that differs has "
        r"\\href\{[^{}]*\}\{([^{}]*)\}: change or remove the entry" + "\n"
    )


def test_service_missing_in_facts_is_reported(parity):
    error = "make-paws: the facts have no service 'exampel'; did you mean example?\n"
    assert parity(SAME, "--service", "exampel") == (2, "", error)


def test_service_missing_in_botocore_is_reported(parity):
    services = {**SAME, "gone": {}}
    code, output, errors = parity(services)
    assert (code, output) == (2, "")
    assert errors == (
        "make-paws: botocore has no service that R calls gone; use --service to "
        "compare only some services\n"
    )
    assert parity(services, "--service", "example")[0] == 0


def test_missing_file_is_reported_in_one_line(run, tmp_path):
    path = tmp_path / "facts.json"
    error = f"make-paws: {path}: cannot be read: No such file or directory\n"
    assert run("parity", path) == (2, "", error)
