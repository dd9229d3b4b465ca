"""The section "Differences from R" is complete, and omitted without a page of R."""

import json
from dataclasses import asdict

import pytest

from generator.commands.test_parity import COMMIT, MARK, page
from make_paws.cli import main
from make_paws.parity.facts import Parameter
from support import rendered_pages as rendered
from support.service_models import greeting_model, write_model

ORIGIN = "R's paws (at 77115fa7, from botocore 1.2.3)"


@pytest.fixture
def r_comparison(tmp_path, capsys):
    """Return the section of a page, for these help pages of R."""

    def run(pages, model=None, service="example"):
        write_model(tmp_path / "data", model or greeting_model())
        in_file = {
            name: {
                **asdict(each),
                "params": [[one.name, one.required, one.text] for one in each.params],
            }
            for name, each in pages.items()
        }
        facts = tmp_path / "facts.json"
        content = {
            "paws_commit": COMMIT,
            "botocore": "1.2.3",
            "services": {service: in_file} if pages else {},
        }
        facts.write_text(json.dumps(content))
        output = tmp_path / "output"
        places = ["--botocore", str(tmp_path / "data"), "--output", str(output)]
        assert main(["docs", "example", "--facts", str(facts), *places]) == 0
        (path,) = output.glob(f"{service}/{service}_greet.md")
        return rendered.section(rendered.tree(path.read_text()), "r")

    return run


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


def test_different_order_is_listed(r_comparison):
    params = tuple(reversed(page().params))

    assert remarks(r_comparison({"example_greet": page(params=params)})) == [
        "The parameters have another order in R."
    ]


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"title": "Other"}, "The title differs from R's."),
        ({"description": "Other."}, "The description differs from R's."),
        ({"value": "An empty list."}, "The structure of the result differs from R's."),
        (
            {"request": "```\nsvc$greet()\n```"},
            "The structure of the arguments differs from R's.",
        ),
        (
            {
                "params": (
                    Parameter("Name", True, f"{MARK} Other."),
                    Parameter("Times", False, ""),
                )
            },
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
