"""`make-paws diff`: text, Markdown, JSON, and errors of its sources."""

import functools
import json

import pytest

from make_paws.diff import generated, report
from make_paws.errors import SourceError
from support.model_changes import ADDED, CHANGED, OTHER, REMOVED, base_model, compared
from support.service_models import (
    described,
    greeting_model,
    service_model,
    write_model,
    write_service,
    write_wheel,
)

# --- the pages


@pytest.fixture
def page():
    old, new = base_model(), base_model()
    new["shapes"]["Mode"]["enum"] = ["FAST", "EVIL\x1b[2J", "`", "IDLE"]
    new["shapes"]["ActInput"]["members"]["Id"]["documentation"] = "<p>Who.</p>"
    new["operations"]["Act"]["documentation"] = "<p>Acts well.</p>"
    new["shapes"]["Id"]["max"] = 7
    return compared(old, new)


def test_text_marks_breaking_changes_with_a_remedy(page):
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
        "  ! - enum: SLOW; callers must: stop passing it",
    ]


def test_markdown_is_a_list_for_every_place(page):
    lines = report.markdown(page)
    assert lines[2] == "### `example`"
    assert "shape `Id`, in `example_act(Id)`:" in lines
    said = "- **breaking**, changed max: `8` -> `7`; **callers must** keep within the "
    assert f"{said}new limit" in lines
    assert "- added enum: `EVIL\\x1b[2J`, `IDLE`, `` ` ``" in lines


def test_data_hold_everything(page):
    data = json.loads(json.dumps(report.data("OLD", "NEW", page)))
    assert (data["old"], data["new"], data["breaking"]) == ("OLD", "NEW", 2)
    (found,) = (one for one in data["differences"] if one["aspect"] == "max")
    expected = {"service": "example", "kind": "shape", "place": "Id", "name": ""}
    expected |= {"aspect": "max", "change": "changed", "old": "8", "new": "7"}
    expected |= {"breaking": True, "must_act": True, "uses": ["example_act(Id)"]}
    assert found == {**expected, "action": "keep within the new limit", "note": ""}


def test_long_lines_of_text_are_folded():
    old, new = base_model(), base_model()
    new["shapes"]["Mode"]["enum"] += [f"A_RATHER_LONG_MODE_{n}" for n in range(8)]
    page = report.text(compared(old, new))
    assert max(map(len, page)) <= 88
    assert " ".join(page).count("A_RATHER_LONG_MODE_") == 8
    first = next(n for n, line in enumerate(page) if line.startswith("    + enum: "))
    assert all(line.startswith("        A_RATHER") for line in page[first + 1 :])


def test_many_values_do_not_fill_the_page():
    old, new = base_model(), base_model()
    new["shapes"]["Mode"]["enum"] += [f"MODE{number:02}" for number in range(50)]
    assert report.text(compared(old, new))[-1].endswith("MODE07 and 42 more")


# --- the command


@pytest.fixture
def diff(run):
    return functools.partial(run, "diff")


@pytest.fixture
def old(tmp_path):
    write_model(tmp_path / "old", base_model())
    write_model(tmp_path / "old", service_model(**OTHER), "other-thing")
    return tmp_path / "old"


def narrower_model():
    model = base_model()
    model["shapes"]["Id"]["max"] = 7
    return model


@pytest.fixture
def new(tmp_path):
    write_model(tmp_path / "new", narrower_model())
    write_model(tmp_path / "new", greeting_model(), "greeting")
    return tmp_path / "new"


def told(page):
    """Return a short form of a difference in JSON."""
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
def test_service_can_be_named_as_botocore_or_r_does(diff, old, new, name):
    page = diff(old, new, "--format", "json", "--service", name)[1]
    assert told(page) == [("other-thing", "service", "other-thing", "", REMOVED)]


def test_wheels_and_single_models_can_be_compared(diff, old, new, tmp_path):
    """Other services are not reported as removed."""
    wheel = write_wheel(tmp_path / "botocore.whl", {"example": base_model()})
    single = new / "example" / "2020-01-02" / "service-2.json.gz"
    for source in (wheel, old):
        assert told(diff(source, single, "--format", "json")[1]) == [EXAMPLE]
    assert diff(wheel, old, "--service", "example")[1] == "no differences\n"


def test_what_was_generated_is_compared_with_a_model(run, diff, old, new, output):
    places = ["--output", output, "--package", "clouds"]
    run("generate", "example", "--botocore", old, *places)
    assert diff("generated", old, *places)[:2] == (0, "no differences\n")
    for sides in (("generated", new), (new, "generated")):
        page = diff(*sides, *places, "--format", "json", "--service", "example")[1]
        assert told(page) == [EXAMPLE]


def test_files_that_were_edited_by_hand_are_named(run, diff, old, new, output):
    run("generate", "example", "--botocore", old, "--output", output)
    file = output / "paws" / "services" / "example" / "interfaces.py"
    file.write_text(file.read_text() + "<<<<<<< HEAD\n")
    code, page, errors = diff("generated", new, "--output", output)
    assert (code, page) == (2, "no differences; 1 service not compared\n")
    assert errors.count("\n") == 1
    assert errors.startswith(
        f"make-paws: generated: example: {file} was changed after make-paws wrote it ("
    )


@pytest.mark.parametrize("module", ["interfaces", "operations", "service"])
@pytest.mark.parametrize(
    "content", ["", "import os\n", "x = (\n", "API = SHAPES = 1\n"]
)
def test_foreign_file_instead_of_a_module_is_an_error(tmp_path, module, content):
    write_service(tmp_path, described(base_model()))
    (tmp_path / f"{module}.py").write_text(content)
    reads = [generated.read] + [generated.model_hash] * (module == "operations")
    for read in reads:
        with pytest.raises(SourceError, match="was changed after make-paws wrote it"):
            read(tmp_path)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("missing", "{} does not exist"),
        ("no.whl", "{} is not a wheel"),
        ("other.whl", "{} contains no service-2.json"),
        ("empty", "{} contains no service-2.json"),
        ("broken.json", "broken.json: {} is not JSON"),
    ],
)
def test_invalid_source_is_reported_in_one_line(diff, old, tmp_path, name, error):
    (tmp_path / "no.whl").write_text("no wheel")
    (tmp_path / "empty").mkdir()
    write_wheel(tmp_path / "other.whl", {})
    (tmp_path / "broken.json").write_text('{"metadata": ')
    for sides in ((old, tmp_path / name), (tmp_path / name, old)):
        code, page, errors = diff(*sides)
        assert (code, page, errors.count("\n")) == (2, "", 1)
        assert errors.startswith(f"make-paws: {error.format(tmp_path / name)}")


def test_nothing_generated_is_an_error(diff, old, output):
    code, _, errors = diff("generated", old, "--output", output)
    assert (code, errors.count("\n")) == (2, 1)
    assert f"{output / 'paws' / 'services'} contains no" in errors


def test_unknown_service_suggests_the_nearest(diff, old, new):
    code, _, errors = diff(old, new, "--service", "exampel")
    assert (code, errors.count("\n")) == (2, 1)
    assert "no service is called 'exampel'" in errors
    assert "did you mean example?" in errors
