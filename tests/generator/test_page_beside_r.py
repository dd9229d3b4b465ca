"""What differs from R: everything that does, and nothing where there is no page of R."""

import json
from dataclasses import asdict

import pytest
from test_parity_command import COMMIT, MARK, page

import rendered
from make_paws.cli import main
from make_paws.parity.facts import Parameter
from service_models import greeting_model, write_model

ORIGIN = "R's paws (at 77115fa7, from botocore 1.2.3)"
STANDING = "None stands for NULL"


@pytest.fixture
def beside_r(tmp_path, capsys):
    """Return what the page tells, given R's pages of the service."""

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


def test_a_page_like_r_s_differs_in_nothing_else(beside_r):
    section = beside_r({"example_greet": page()})

    assert STANDING in rendered.words(section)
    assert f"Otherwise it says what the page of {ORIGIN} says." in rendered.words(
        section
    )
    assert remarks(section) == []


@pytest.mark.parametrize(
    "pages", [{}, {"example_leave": page()}], ids=["service", "function"]
)
def test_where_r_has_no_page_nothing_is_said_to_differ(beside_r, pages):
    section = beside_r(pages)

    assert STANDING in rendered.words(section)
    assert f"{ORIGIN} has no page of this function to compare with." in (
        rendered.words(section)
    )
    assert "Otherwise" not in rendered.words(section)
    assert remarks(section) == []


def test_parameters_of_one_side_and_a_changed_requiredness_are_told(beside_r):
    params = (
        Parameter("Name", False, "Of whom."),
        Parameter("Gone", False, ""),
    )
    section = beside_r({"example_greet": page(params=params)})

    assert f"Beside the page of {ORIGIN}:" in rendered.words(section)
    assert remarks(section) == [
        "Name: It is optional in R, and required here.",
        "Times: R does not have it.",
        "Gone: Only R has it.",
    ]


def test_another_order_is_told(beside_r):
    params = tuple(reversed(page().params))

    assert remarks(beside_r({"example_greet": page(params=params)})) == [
        "The parameters have another order in R."
    ]


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"title": "Other"}, "The title is not R's."),
        ({"description": "Other."}, "The description is not R's."),
        ({"value": "An empty list."}, "The syntax of the result is not R's."),
        ({"request": "```\nsvc$greet()\n```"}, "The syntax of the request is not R's."),
        (
            {
                "params": (
                    Parameter("Name", True, f"{MARK} Other."),
                    Parameter("Times", False, ""),
                )
            },
            "Name: The text is not R's.",
        ),
    ],
)
def test_a_text_that_is_not_r_s_is_told(beside_r, changes, remark):
    assert remarks(beside_r({"example_greet": page(**changes)})) == [remark]


def test_a_fault_of_r_is_told_with_its_reason(beside_r):
    changed = page(description=r"Greets \emph{somebody}.")
    (remark,) = remarks(beside_r({"example_greet": changed}))

    assert remark.startswith("The description is not R's. Italics stand there as Rd")
