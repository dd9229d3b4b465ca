"""`make-paws diff`: text, Markdown, JSON, and errors of its sources."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from make_paws import render, spec
from make_paws.cli import main
from make_paws.diff import generated, report
from make_paws.errors import SourceError
from support.model_changes import ADDED, CHANGED, OTHER, REMOVED, base_model, compared
from support.service_models import (
    described,
    greeting_model,
    service_model,
    write_model,
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
    assert (
        "- **breaking**, changed max: `8` -> `7`; **callers must** keep within the "
        "new limit" in lines
    )
    assert "- added enum: `EVIL\\x1b[2J`, `IDLE`, `` ` ``" in lines


def test_data_hold_everything(page):
    data = json.loads(json.dumps(report.data("OLD", "NEW", page)))
    assert (data["old"], data["new"], data["breaking"]) == ("OLD", "NEW", 2)
    (found,) = (one for one in data["differences"] if one["aspect"] == "max")
    assert found == {
        "service": "example",
        "kind": "shape",
        "place": "Id",
        "name": "",
        "aspect": "max",
        "change": "changed",
        "old": "8",
        "new": "7",
        "breaking": True,
        "must_act": True,
        "action": "keep within the new limit",
        "uses": ["example_act(Id)"],
        "note": "",
    }


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
def diff(capsys):
    """Return the command, which gives its exit code, its output and its errors."""

    def run(*arguments):
        code = main(["diff", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


def write_models(folder, **models):
    """Write models where botocore would; the name of each is its service's."""
    for service, model in models.items():
        write_model(folder, model, service.replace("_", "-"))
    return folder


@pytest.fixture
def old(tmp_path):
    return write_models(
        tmp_path / "old", example=base_model(), other_thing=service_model(**OTHER)
    )


@pytest.fixture
def new(tmp_path):
    model = base_model()
    model["shapes"]["Id"]["max"] = 7
    return write_models(tmp_path / "new", example=model, greeting=greeting_model())


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


def test_repacked_model_is_equal(tmp_path):
    packed = []
    for time in (1, 2):
        folder = write_model(tmp_path / str(time), base_model())
        content = json.dumps(base_model()).encode()
        (folder / "service-2.json.gz").write_bytes(gzip.compress(content, mtime=time))
        packed.append(spec.contents(tmp_path / str(time)))
    assert packed[0] == packed[1]
    assert spec.decode("example", packed[0]["example"]).model == base_model()


def test_wheels_and_single_models_can_be_compared(diff, old, new, tmp_path):
    wheel = write_wheel(tmp_path / "botocore.whl", {"example": base_model()})
    single = new / "example" / "2020-01-02" / "service-2.json.gz"
    assert told(diff(wheel, single, "--format", "json")[1]) == [EXAMPLE]
    assert diff(wheel, old, "--service", "example")[1] == "no differences\n"


def test_single_model_ignores_other_services(diff, old, new):
    single = new / "example" / "2020-01-02" / "service-2.json.gz"
    assert told(diff(old, single, "--format", "json")[1]) == [EXAMPLE]


def test_what_was_generated_is_compared_with_a_model(diff, old, new, tmp_path):
    places = ["--output", str(tmp_path / "output"), "--package", "clouds"]
    main(["generate", "example", "--botocore", str(old), *places, "--quiet"])
    assert diff("generated", old, *places)[:2] == (0, "no differences\n")
    for sides in (("generated", new), (new, "generated")):
        page = diff(*sides, *places, "--format", "json", "--service", "example")[1]
        assert told(page) == [EXAMPLE]


def test_files_that_were_edited_by_hand_are_named(diff, old, new, tmp_path):
    output = tmp_path / "output"
    places = ["--botocore", str(old), "--output", str(output)]
    main(["generate", "example", *places, "--quiet"])
    file = output / "paws" / "services" / "example" / "interfaces.py"
    file.write_text(file.read_text() + "<<<<<<< HEAD\n")
    code, page, errors = diff("generated", new, "--output", output)
    assert (code, page) == (2, "no differences; 1 service not compared\n")
    said = (
        f"make-paws: generated: example: {file} was changed after make-paws wrote it ("
    )
    assert errors.startswith(said)
    assert errors.count("\n") == 1


def test_diff_of_a_folder_shows_pending_changes(tmp_path):
    service = described(base_model())
    changed = base_model()
    changed["shapes"]["Id"]["max"] = 7
    later = replace(described(changed), model_hash="fedcba987654")
    assert generated.differences(tmp_path, later) == ()
    for path, source in render.service(service, "paws").items():
        (tmp_path / path.name).write_text(source)
    assert generated.differences(tmp_path, service) == ()
    (found,) = generated.differences(tmp_path, later)
    assert (found.place, found.aspect, found.breaking) == ("Id", "max", True)
    (tmp_path / "operations.py").write_text("<<<<<<< HEAD\n")
    assert generated.differences(tmp_path, later) == ()


@pytest.mark.parametrize("module", ["interfaces", "operations", "service"])
@pytest.mark.parametrize(
    "content", ["", "import os\n", "x = (\n", "API = SHAPES = 1\n"]
)
def test_foreign_file_instead_of_a_module_is_an_error(tmp_path, module, content):
    for path, source in render.service(described(base_model()), "paws").items():
        (tmp_path / path.name).write_text(source)
    (tmp_path / f"{module}.py").write_text(content)
    with pytest.raises(SourceError, match="was changed after make-paws wrote it"):
        generated.read(tmp_path)


def bad_sources(folder):
    """Write invalid sources, and return the start of the error for each."""
    (folder / "no.whl").write_text("no wheel")
    (folder / "empty").mkdir()
    write_wheel(folder / "other.whl", {})
    (folder / "broken.json").write_text('{"metadata": ')
    return {
        "missing": "{} does not exist",
        "no.whl": "{} is not a wheel",
        "other.whl": "{} contains no service-2.json",
        "empty": "{} contains no service-2.json",
        "broken.json": "broken.json: {} is not JSON",
    }


@pytest.mark.parametrize(
    "name", ["missing", "no.whl", "other.whl", "empty", "broken.json"]
)
def test_invalid_source_is_reported_in_one_line(diff, old, tmp_path, name):
    expected = bad_sources(tmp_path)[name].format(tmp_path / name)
    for sides in ((old, tmp_path / name), (tmp_path / name, old)):
        code, page, errors = diff(*sides)
        assert (code, page, errors.count("\n")) == (2, "", 1)
        assert errors.startswith(f"make-paws: {expected}")


def test_nothing_generated_is_an_error(diff, old, tmp_path):
    code, _, errors = diff("generated", old, "--output", tmp_path / "nowhere")
    assert (code, errors.count("\n")) == (2, 1)
    assert f"{Path(tmp_path, 'nowhere', 'paws', 'services')} contains no" in errors


def test_unknown_service_suggests_the_nearest(diff, old, new):
    code, _, errors = diff(old, new, "--service", "exampel")
    assert (code, errors.count("\n")) == (2, 1)
    assert "no service is called 'exampel'" in errors
    assert "did you mean example?" in errors


def test_broken_model_is_reported_with_its_path(diff, old, new):
    broken = base_model()
    broken["shapes"]["Id"]["type"] = "riddle"
    path = new / "example" / "2020-01-02" / "service-2.json.gz"
    path.unlink()
    path.with_suffix("").write_text(json.dumps(broken))
    code, _, errors = diff(old, new)
    assert code == 2
    assert errors == (
        f"make-paws: {new}: example: shapes/Id/type: unknown type 'riddle'; a newer "
        "paws-py may support it\n"
    )
