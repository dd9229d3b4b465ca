"""`make-paws docs`: what is written, and what is left alone."""

import ast
import re

import pytest

import rendered
from make_paws.cli import main
from service_models import files, greeting_model, service_model, write_model

PAGES = {
    "index.md",
    "example/index.md",
    "example/example_greet.md",
    "otherthing/index.md",
}


@pytest.fixture
def docs(data, output, capsys):
    """Return the command, which gives its exit code, its output and its errors."""

    def run(*arguments, output=output):
        places = ["--botocore", str(data), "--output", str(output), "--jobs", "1"]
        code = main(["docs", *arguments, *places])
        return code, *capsys.readouterr()

    return run


def links(page):
    """Return the targets of the links of a page to other pages."""
    return re.findall(r"\]\(([^)]*)\)", page)


def names(output):
    return {path.relative_to(output).as_posix() for path in output.rglob("*.md")}


def test_there_is_a_page_for_every_service_and_every_function(docs, output):
    code, out, err = docs("--all")

    assert (code, err) == (0, "")
    assert names(output) == PAGES
    assert f"create {output.as_posix()}/example/example_greet.md" in out


def test_a_service_can_be_given_by_its_name_in_r(docs, output):
    assert docs("otherthing")[0] == 0
    assert names(output) == {"index.md", "otherthing/index.md"}


def test_every_link_between_pages_leads_to_one(docs, output):
    docs("--all")

    found = [
        (path.parent / link).resolve()
        for path in output.rglob("*.md")
        for link in links(path.read_text())
    ]
    assert len(found) == 4
    for target in found:
        assert target.is_file(), target


def test_the_first_page_lists_the_services_with_their_names(docs, output):
    docs("--all")

    shown = rendered.tree((output / "index.md").read_text())
    rows = [
        [rendered.words(cell) for cell in row] for row in shown.xpath(".//tbody/tr")
    ]
    assert rows == [["example", "Amazon Example"], ["otherthing", "Amazon Other Thing"]]


def test_the_first_page_keeps_the_services_that_stand_there(docs, output):
    docs("--all")
    before = (output / "index.md").read_text()
    docs("example")

    assert (output / "index.md").read_text() == before


def test_without_a_service_those_that_stand_there_are_made_again(docs, output):
    docs("example")
    page = output / "example" / "example_greet.md"
    kept = page.read_text()
    page.write_text(kept.replace("Greets", "Meets"))

    assert docs()[0] == 0
    assert page.read_text() == kept
    assert names(output) == {"index.md", "example/index.md", "example/example_greet.md"}


def test_a_second_time_nothing_changes(docs, output):
    docs("--all")
    before = files(output)
    code, out, _ = docs("--all")

    assert code == 0
    assert f"{output}: 4 files, nothing changed" in out
    assert files(output) == before


def test_the_pages_do_not_depend_on_the_number_of_jobs(docs, tmp_path, data):
    docs("--all")
    places = ["--botocore", str(data), "--output", str(tmp_path / "two")]
    assert main(["docs", "--all", "--jobs", "2", *places]) == 0

    assert files(tmp_path / "two") == files(tmp_path / "output")


def test_a_page_of_somebody_else_is_not_overwritten_and_nothing_is_written(
    docs, output
):
    page = output / "example" / "example_greet.md"
    page.parent.mkdir(parents=True)
    page.write_text("---\ntitle: mine\n---\n")
    code, _, err = docs("--all")

    assert code == 2
    assert f"{page} is in the way: it was not made by make-paws" in err
    assert names(output) == {"example/example_greet.md"}
    assert page.read_text() == "---\ntitle: mine\n---\n"


def test_pages_of_functions_that_are_gone_go_and_those_of_others_stay(
    docs, data, output
):
    docs("--all")
    (output / "example" / "notes.md").write_text("# Mine\n")
    (output / "guide.md").write_text("# Mine, too\n")
    write_model(data, service_model(), version="2021-01-01")
    docs("--all")

    assert names(output) == {
        *(PAGES - {"example/example_greet.md"}),
        *("example/notes.md", "guide.md"),
    }


def test_a_service_that_fails_is_named_and_the_others_are_written(docs, data, output):
    model = greeting_model()
    model["shapes"]["GreetInput"]["members"]["Name"]["shape"] = "Nome"
    write_model(data, model, version="2021-01-01")
    code, _, err = docs("--all")

    assert code == 2
    assert "example: shapes/GreetInput/members/Name/shape" in err
    assert names(output) == {"index.md", "otherthing/index.md"}


def test_two_services_of_one_name_in_r_are_not_mixed(docs, data, output):
    write_model(data, greeting_model(), service="example-twice")
    code, _, err = docs("--all")

    assert code == 2
    assert "example and example-twice are both called example" in err
    assert "botocore's example 2020" in (output / "example" / "index.md").read_text()


def test_the_head_of_a_page_tells_its_title_and_where_it_is_from(docs, output):
    docs("example")
    page = (output / "example" / "example_greet.md").read_text()

    lines = page.splitlines()
    assert lines[0] == "---"
    assert re.fullmatch(
        r"# Generated by make-paws from botocore's example 2020-01-02 "
        r"\(model [0-9a-f]{12}\)\. Do not edit\.",
        lines[1],
    )
    assert rendered.front(page) == {
        "title": "example_greet",
        "description": "Greets somebody",
    }


def test_the_page_of_a_service_tells_its_functions_errors_and_constructor(docs, output):
    docs("example")
    shown = rendered.tree((output / "example" / "index.md").read_text())

    assert [rendered.words(each) for each in shown.xpath(".//h1")] == ["Amazon Example"]
    ((function, title),) = rendered.rows(shown, "functions")
    assert function.xpath("./a/@href") == ["example_greet.md"]
    assert rendered.words(title) == "Greets somebody"
    errors = [
        [rendered.words(cell) for cell in row] for row in rendered.rows(shown, "errors")
    ]
    assert errors[0] == ["Busy", "429", "Come again later."]
    call = ast.parse(rendered.tabs(shown, "usage")["Python"], mode="eval").body
    assert ast.unparse(call.func) == "paws.example"
    assert [each.arg for each in call.keywords] == [
        *("config", "credentials", "endpoint", "region")
    ]


def test_the_page_of_a_function_has_all_sections_in_r_s_order(docs, output):
    docs("example")
    shown = rendered.tree((output / "example" / "example_greet.md").read_text())

    assert [rendered.words(each) for each in shown.xpath(".//h1")] == ["example_greet"]
    assert [rendered.words(each) for each in shown.xpath(".//h2")] == [
        *("Description", "Usage", "Arguments", "Value", "Errors", "Request"),
        "What differs from R",
    ]
    assert list(rendered.tabs(shown, "usage")) == ["Python", "R"]
    assert list(rendered.tabs(shown, "request")) == ["Python", "R", "HTTP"]


def test_every_argument_has_a_row_with_its_anchor_type_requiredness_and_limits(
    docs, output
):
    docs("example")
    shown = rendered.tree((output / "example" / "example_greet.md").read_text())

    rows = rendered.rows(shown, "arguments")
    assert [row.xpath(".//@id") for row in rows] == [["Name"], ["Times"]]
    assert [[rendered.words(cell) for cell in row] for row in rows] == [
        [
            *("Name", "str", "yes"),
            "Of whom. Limits: at most 64 characters, matches [a-z]+",
        ],
        ["Times", "int", "no", "Limits: 1 to 10"],
    ]


def test_no_anchor_of_a_parameter_is_that_of_a_section(docs, data, output):
    model = greeting_model()
    names = ["usage", "arguments", "errors", "request", "value", "description", "r"]
    model["shapes"]["GreetInput"] = {
        "type": "structure",
        "members": {name: {"shape": "Name"} for name in names},
    }
    write_model(data, model, version="2021-01-01")
    docs("example")
    shown = rendered.tree((output / "example" / "example_greet.md").read_text())

    ids = shown.xpath(".//@id")
    assert set(names) <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_page_without_facts_and_releases_tells_nothing_of_them(docs, output):
    docs("example")
    page = (output / "example" / "example_greet.md").read_text()

    assert "Since when" not in page
    assert "R's paws" not in page
    shown = rendered.words(rendered.section(rendered.tree(page), "r"))
    assert "None stands for NULL" in shown


@pytest.mark.parametrize("option", ["--facts", "--since"])
def test_a_file_that_is_none_is_named_once(docs, tmp_path, option, output):
    nowhere = tmp_path / "nowhere"
    code, _, err = docs("--all", option, str(nowhere))

    assert code == 2
    assert len(err.splitlines()) == 1
    assert str(nowhere) in err
    assert not output.exists()
