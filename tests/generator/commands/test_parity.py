"""`make-paws parity` finds, names and counts every difference from R's help pages."""

import copy
import json
import re
from dataclasses import asdict, replace

import pytest

from make_paws.cli import main
from make_paws.parity import comparison, report
from make_paws.parity.facts import Page, Parameter
from make_paws.parity.r_errata import Erratum
from support.service_models import described, greeting_model, service_model, write_model

MARK = "&#91;required&#93;"
VALUE = 'A list with the following syntax:\n```\nlist(\n  Greeting = "string"\n)\n```'
REQUEST = '```\nsvc$greet(\n  Name = "string",\n  Times = 123\n)\n```'
COMMIT = "77115fa70d1e344866774e3c13ed9cc3f9c480ba"
# The name of a service that entries of r_errata.toml refer to.
COGNITO = "Amazon Cognito Identity Provider"


def page(**changes):
    """Return R's page of the operation in `greeting_model`, other than it should be."""
    same = Page(
        title="Greets somebody",
        description="Greets *somebody*.",
        params=(
            Parameter("Name", True, f"{MARK} Of\nwhom."),
            Parameter("Times", False, ""),
        ),
        value=VALUE,
        request=REQUEST,
        examples="",
    )
    return replace(same, **changes)


def compared(pages, *rows, model=None):
    """Return how the greeting service compares with R's pages."""
    return comparison.compare(described(model or greeting_model()), pages, rows)


def erratum(pattern, instead="", **where):
    return Erratum(
        paws_commit=COMMIT,
        known_in=("example",),
        pattern=re.compile(pattern),
        instead=instead,
        reason="R wrote\nit so.",
        **where,
    )


def in_file(page):
    """Return a page as a facts file has it."""
    params = [[each.name, each.required, each.text] for each in page.params]
    return {**asdict(page), "params": params}


@pytest.fixture
def data(tmp_path):
    """Return a data folder with two services, of which R has the first."""
    write_model(tmp_path / "data", greeting_model())
    other = service_model(serviceFullName="Amazon Other Thing")
    write_model(tmp_path / "data", other, service="other-thing")
    return tmp_path / "data"


@pytest.fixture
def run(data, tmp_path, capsys):
    """Return the command on facts with one page or more: code, output and errors."""

    def run(*arguments, services=None, commit=None, botocore=data):
        path = tmp_path / "facts.json"
        pages = {"example": {"example_greet": in_file(page())}}
        content = {"paws_commit": commit, "botocore": None}
        path.write_text(json.dumps({**content, "services": services or pages}))
        places = ["--botocore", str(botocore)] if botocore else []
        code = main(["parity", str(path), *arguments, *places])
        return code, *capsys.readouterr()

    return run


def test_equal_pages_have_no_difference():
    found = compared({"example_greet": page()})

    assert found.differences == ()
    assert found.more_than_r == 0
    assert {what: count.equal for what, count in found.counts.items()} == {
        "function": 1,
        "parameter": 2,
        "signature": 1,
        "title": 1,
        "description": 1,
        "parameter text": 1,
        "result": 1,
        "request": 1,
    }
    assert all(count.compared == count.equal for count in found.counts.values())


@pytest.mark.parametrize(
    ("changes", "what", "parameter", "ours", "theirs"),
    [
        ({"title": "Greets"}, "title", "", "Greets somebody", "Greets"),
        ({"description": "Greet."}, "description", "", "Greets somebody.", "Greet."),
        (
            {"params": (Parameter("Name", True, f"{MARK} Who."), page().params[1])},
            "parameter text",
            "Name",
            "Of whom.",
            "Who.",
        ),
        (
            {"params": page().params[::-1]},
            "signature",
            "",
            "Name (required), Times",
            "Times, Name (required)",
        ),
        (
            {"params": (Parameter("Name", False, "Of whom."), page().params[1])},
            "signature",
            "",
            "Name (required), Times",
            "Name, Times",
        ),
        (
            {"params": page().params[:1]},
            "signature",
            "",
            "Name (required), Times",
            "Name (required)",
        ),
        (
            {"value": "An empty list."},
            "result",
            "",
            '{\n    "Greeting": "string",\n}',
            "An empty list.",
        ),
        (
            {"request": "```\nsvc$greet(\n  Times = 123\n)\n```"},
            "request",
            "",
            'svc.greet(\n    Name="string",\n    Times=123,\n)',
            "```\nsvc$greet(\n  Times = 123\n)\n```",
        ),
    ],
)
def test_difference_has_a_path_and_both_texts(changes, what, parameter, ours, theirs):
    found = compared({"example_greet": page(**changes)})

    assert found.differences == (
        comparison.Difference(
            "example", "example_greet", what, parameter, ours, theirs
        ),
    )
    assert found.counts[what] == comparison.Count(compared=1, equal=0)


def test_parameters_compare_name_order_requiredness():
    name, times = page().params
    other = Parameter("Times", True, "")

    def equal(*params):
        count = compared({"example_greet": page(params=params)}).counts
        return count["parameter"].equal, count["parameter"].compared

    assert equal(name, times) == (2, 2)
    assert equal(times, name) == (0, 2)
    assert equal(name, other) == (1, 2)
    assert equal(name) == (1, 2)
    assert equal(name, times, Parameter("Tone", False, "")) == (2, 3)


def test_function_on_one_side_only_is_a_difference():
    found = compared({"example_wave": page()})

    assert found.differences == (
        comparison.Difference(
            "example", "example_wave", "function", "", "", "example_wave"
        ),
        comparison.Difference(
            "example", "example_greet", "function", "", "example_greet", ""
        ),
    )
    assert found.counts["function"] == comparison.Count(compared=2, equal=0)
    assert found.counts["title"].compared == 0


def test_text_that_r_lost_counts_apart():
    params = (Parameter("Name", True, MARK), page().params[1])

    found = compared({"example_greet": page(params=params)})

    assert found.more_than_r == 1
    assert found.counts["parameter text"].compared == 0
    assert found.differences == ()


def test_parameter_that_python_renames_is_that_of_r():
    model = copy.deepcopy(greeting_model())
    members = model["shapes"]["GreetInput"]["members"]
    members["from"] = members.pop("Times")
    params = (page().params[0], Parameter("from", False, ""))
    theirs = page(params=params, request=REQUEST.replace("Times", "from"))

    found = compared({"example_greet": theirs}, model=model)

    assert found.differences == ()
    assert compared({"example_greet": page(params=params)}, model=model).differences


def test_links_within_the_service_compare_by_text():
    theirs = page(description="[Greets][example_greet] somebody.")

    assert compared({"example_greet": theirs}).differences == ()


def test_erratum_explains_a_difference():
    theirs = page(description=r"Greets \emph{somebody}.")
    row = erratum(r"\\emph\{([^{}]*)\}", r"\1")

    found = compared({"example_greet": theirs}, row)

    assert [each.reason for each in found.differences] == ["R wrote it so."]
    assert found.counts["description"] == comparison.Count(
        compared=1, equal=0, errata=1
    )
    assert list(comparison.unused([row], [found], COMMIT)) == []


def test_erratum_does_not_explain_another_difference():
    theirs = page(description=r"Greets \emph{everybody}.")
    row = erratum(r"\\emph\{([^{}]*)\}", r"\1")

    found = compared({"example_greet": theirs}, row)

    assert [each.reason for each in found.differences] == [""]
    assert found.counts["description"].errata == 0


def test_two_errata_explain_one_text_together():
    theirs = page(description="Greats nobody.")

    found = compared(
        {"example_greet": theirs},
        erratum("Greats", "Greets"),
        erratum("nobody", "somebody"),
    )

    assert [each.reason for each in found.differences] == [
        "R wrote it so. R wrote it so."
    ]


@pytest.mark.parametrize(
    "where",
    [
        {"service": "other"},
        {"function": "example_wave"},
        {"what": "title"},
        {"parameter": "Name"},
    ],
)
def test_erratum_applies_only_at_its_path(where):
    theirs = page(description="Greats somebody.")

    assert compared({"example_greet": theirs}, erratum("Greats", "Greets")).counts[
        "description"
    ] == comparison.Count(compared=1, errata=1)
    assert compared(
        {"example_greet": theirs}, erratum("Greats", "Greets", **where)
    ).counts["description"] == comparison.Count(compared=1)


def test_obsolete_erratum_is_unused():
    row = erratum("Greats", "Greets")
    found = compared({"example_greet": page()}, row)

    assert list(comparison.unused([row], [found], COMMIT)) == [(row, "example")]
    assert list(comparison.unused([row], [found], None)) == []
    assert list(comparison.unused([row], [], COMMIT)) == []


def test_table_counts_are_never_rounded_up():
    counts = {what: comparison.Count(10_000, 10_000) for what in comparison.MEASURES}
    counts["title"] = comparison.Count(100_000, 99_999, 1)
    found = comparison.Comparison("example", counts, 7, (), frozenset())

    lines = report.totals([found, found]).splitlines()

    assert lines[0] == "| 2 services | compared | equal | share | errors in R |"
    assert "| functions | 20,000 | 20,000 | 100.00 % | 0 |" in lines
    assert "| titles | 200,000 | 199,998 | 99.99 % | 2 |" in lines
    assert lines[-1] == "| parameter texts more than R | 14 |  |  |  |"
    assert "| 99,999 of 100,000 |" in report.services([found])


def test_command_is_content_with_equal_pages(run):
    code, output, errors = run()

    assert (code, errors) == (0, "")
    assert output.startswith("| 1 service | compared | equal | share | errors in R |\n")
    assert "| requests | 1 | 1 | 100.00 % | 0 |\n" in output


def test_difference_is_printed_and_exits_with_1(run):
    pages = {"example_greet": in_file(page(title="Greets\nyou"))}

    code, output, _ = run(services={"example": pages})

    assert code == 1
    assert output.startswith(
        "example: example_greet: title\n"
        "  ours:\n    Greets somebody\n"
        "  R's:\n    Greets\n    you\n\n"
        "| 1 service |"
    )


def test_several_services_have_a_line_each(run):
    services = {"otherthing": {}, "example": {"example_greet": in_file(page())}}

    code, output, _ = run(services=services)

    assert code == 0
    lines = output.splitlines()
    assert lines[2].startswith("| otherthing | 0 | 0 |")
    assert lines[3].startswith("| example | 1 | 2 |")
    assert "| 2 services |" in output


@pytest.mark.parametrize("name", ["example", "other-thing", "otherthing"])
def test_service_is_named_as_r_or_as_botocore_does(run, name):
    services = {"otherthing": {}, "example": {"example_greet": in_file(page())}}

    code, output, _ = run("--json", "--service", name, services=services)

    assert code == 0
    assert list(json.loads(output)["services"]) == [name.replace("-", "")]


def test_data_has_every_count_and_every_difference(run):
    pages = {"example_greet": in_file(page(title="Greets"))}

    code, output, _ = run("--json", services={"example": pages}, commit="c")

    found = json.loads(output)
    assert code == 1
    assert found["paws_commit"] == "c"
    assert found["total"] == found["services"]["example"]
    assert found["total"]["titles"] == {"compared": 1, "equal": 0, "errata": 0}
    assert found["total"]["parameter_texts"]["equal"] == 1
    assert found["total"]["more_than_R"] == 0
    assert found["differences"] == [
        {
            "service": "example",
            "function": "example_greet",
            "what": "title",
            "parameter": "",
            "ours": "Greets somebody",
            "theirs": "Greets",
            "reason": "",
        }
    ]


def test_known_erratum_is_shown_with_its_reason(run, tmp_path):
    model = greeting_model(serviceFullName=COGNITO)
    write_model(tmp_path / "cognito", model, service="cognito-idp")
    description = r"Greets \href{https://example.com}{somebody}."
    name = "cognitoidentityprovider"
    pages = {f"{name}_greet": in_file(page(description=description))}

    code, output, errors = run(
        services={name: pages}, commit=COMMIT, botocore=tmp_path / "cognito"
    )

    assert (code, errors) == (0, "")
    assert "\n  R's error: A link in italics is Rd code" in output
    assert "| descriptions | 1 | 0 | 0.00 % | 1 |" in output


def test_obsolete_erratum_is_reported_in_one_line(run, tmp_path):
    model = greeting_model(serviceFullName=COGNITO)
    write_model(tmp_path / "cognito", model, service="cognito-idp")
    name = "cognitoidentityprovider"
    pages = {f"{name}_greet": in_file(page())}

    code, output, errors = run(
        services={name: pages}, commit=COMMIT, botocore=tmp_path / "cognito"
    )

    assert (code, output) == (2, "")
    assert errors == (
        f"make-paws: r_errata.toml: no text of {name} that differs has "
        r"\\href\{[^{}]*\}\{([^{}]*)\}: change or remove the entry" + "\n"
    )


def test_service_missing_in_facts_is_reported(run):
    assert run("--service", "exampel") == (
        2,
        "",
        "make-paws: the facts have no service 'exampel'; did you mean example?\n",
    )


def test_service_missing_in_botocore_is_reported(run):
    services = {"example": {"example_greet": in_file(page())}, "gone": {}}

    code, output, errors = run(services=services)

    assert (code, output) == (2, "")
    assert errors == (
        "make-paws: botocore has no service that R calls gone; use --service to "
        "compare only some services\n"
    )
    assert run("--service", "example", services=services)[0] == 0


def test_missing_file_is_reported_in_one_line(tmp_path, capsys):
    assert main(["parity", str(tmp_path / "facts.json")]) == 2
    assert capsys.readouterr().err == (
        f"make-paws: {tmp_path}/facts.json: cannot be read: No such file or directory\n"
    )
