"""The section "Differences from R" is complete, and omitted without a page of R."""

import pytest

from make_paws.parity.facts import Parameter
from support import rendered_pages as rendered
from support.help_pages import COMMIT, MARK, NAME, TIMES, page, write_facts
from support.service_models import greeting_model, write_model

ORIGIN = "R's paws (at 77115fa7, from botocore 1.2.3)"


@pytest.fixture
def r_comparison(run, tmp_path, output):
    """Return the section of a page, for these help pages of R."""

    def r_comparison(pages):
        write_model(tmp_path / "data", greeting_model())
        services = {"example": pages} if pages else {}
        facts = write_facts(tmp_path / "facts.json", services, COMMIT, "1.2.3")
        places = ["--botocore", tmp_path / "data", "--output", output]
        assert run("docs", "example", "--facts", facts, *places)[0] == 0
        page = (output / "example" / "example_greet.md").read_text()
        return rendered.section(rendered.tree(page), "r")

    return r_comparison


def remarks(section):
    return [rendered.words(each) for each in section.xpath(".//li")]


def test_page_like_r_s_differs_in_nothing_else(r_comparison):
    section = r_comparison({"example_greet": page()})
    assert rendered.words(section) == f"Names, order and texts are those of {ORIGIN}."
    assert remarks(section) == []


@pytest.mark.parametrize(
    "pages", [{}, {"example_leave": page()}], ids=["service", "function"]
)
def test_page_without_r_counterpart_has_no_section(r_comparison, pages):
    section = r_comparison(pages)
    assert rendered.words(section) == f"{ORIGIN} has no page for this function."
    assert remarks(section) == []


def test_parameter_differences_are_listed(r_comparison):
    params = (Parameter("Name", False, "Of whom."), Parameter("Gone", False, ""))
    section = r_comparison({"example_greet": page(params=params)})
    assert f"Compared with {ORIGIN}:" in rendered.words(section)
    assert remarks(section) == [
        "Name: It is optional in R, and required here.",
        "Times: R does not have it.",
        "Gone: Only R has it.",
    ]


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"params": (TIMES, NAME)}, "The parameters have another order in R."),
        ({"title": "Other"}, "The title differs from R's."),
        ({"description": "Other."}, "The description differs from R's."),
        ({"value": "An empty list."}, "The structure of the result differs from R's."),
        (
            {"request": "```\nsvc$greet()\n```"},
            "The structure of the arguments differs from R's.",
        ),
        (
            {"params": (Parameter("Name", True, f"{MARK} Other."), TIMES)},
            "Name: The text differs from R's.",
        ),
    ],
)
def test_different_text_is_listed(r_comparison, changes, remark):
    assert remarks(r_comparison({"example_greet": page(**changes)})) == [remark]


def test_erratum_of_r_is_listed_with_its_reason(r_comparison):
    changed = page(description=r"Greets \emph{somebody}.")
    (remark,) = remarks(r_comparison({"example_greet": changed}))
    assert remark.startswith("The description differs from R's. Italics are Rd")
