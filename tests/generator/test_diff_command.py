"""What `make-paws diff` says: as text, as Markdown, as data, and of bad sources."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from compared_models import ADDED, CHANGED, OTHER, REMOVED, base_model, compared
from make_paws import render, spec
from make_paws.cli import main
from make_paws.diff import generated, report
from make_paws.errors import SourceError
from service_models import (
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


def test_the_text_marks_what_breaks_and_says_what_to_do(page):
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
        "  ! - enum: SLOW; callers must: do not give it any more",
    ]


def test_the_markdown_is_a_list_for_every_place(page):
    lines = report.markdown(page)
    assert lines[2] == "### `example`"
    assert "shape `Id`, in `example_act(Id)`:" in lines
    assert (
        "- **breaking**, changed max: `8` -> `7`; **callers must** keep within the "
        "new limit" in lines
    )
    assert "- added enum: `EVIL\\x1b[2J`, `IDLE`, `` ` ``" in lines


def test_the_data_hold_everything(page):
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
    }


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
    """Return what a page of JSON tells, shortly."""
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
def test_a_service_can_be_named_as_botocore_or_r_does(diff, old, new, name):
    page = diff(old, new, "--format", "json", "--service", name)[1]
    assert told(page) == [("other-thing", "service", "other-thing", "", REMOVED)]


def test_a_model_that_was_packed_at_another_time_is_the_same(tmp_path):
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


def test_a_single_model_says_nothing_of_other_services(diff, old, new):
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
    main(["generate", "example", "--botocore", str(old), "--output", str(output)])
    file = output / "paws" / "services" / "example" / "interfaces.py"
    file.write_text(file.read_text() + "<<<<<<< HEAD\n")
    code, page, errors = diff("generated", new, "--output", output)
    assert (code, page.count("diff")) == (2, 0)
    assert errors.startswith(f"make-paws: {file} is not as make-paws wrote it (")
    assert errors.count("\n") == 1


def test_what_generate_is_about_to_change_is_told_before_it_does(tmp_path):
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
def test_any_other_file_in_the_place_of_a_module_is_an_error(tmp_path, module, content):
    for path, source in render.service(described(base_model()), "paws").items():
        (tmp_path / path.name).write_text(source)
    (tmp_path / f"{module}.py").write_text(content)
    with pytest.raises(SourceError, match="is not as make-paws wrote it"):
        generated.read(tmp_path)


def bad_sources(folder):
    """Write what cannot be compared: of what it is to how the error begins."""
    (folder / "no.whl").write_text("no wheel")
    (folder / "empty").mkdir()
    write_wheel(folder / "other.whl", {})
    (folder / "broken.json").write_text('{"metadata": ')
    return {
        "missing": "{}: there is no such file or folder",
        "no.whl": "{} is no wheel",
        "other.whl": "{}: holds no service-2.json",
        "empty": "{}: holds no service-2.json",
        "broken.json": "broken.json: {} is not JSON",
    }


@pytest.mark.parametrize(
    "name", ["missing", "no.whl", "other.whl", "empty", "broken.json"]
)
def test_a_source_that_is_none_ends_in_one_line(diff, old, tmp_path, name):
    expected = bad_sources(tmp_path)[name].format(tmp_path / name)
    for sides in ((old, tmp_path / name), (tmp_path / name, old)):
        code, page, errors = diff(*sides)
        assert (code, page, errors.count("\n")) == (2, "", 1)
        assert errors.startswith(f"make-paws: {expected}")


def test_nothing_generated_is_an_error(diff, old, tmp_path):
    code, _, errors = diff("generated", old, "--output", tmp_path / "nowhere")
    assert (code, errors.count("\n")) == (2, 1)
    assert f"{Path(tmp_path, 'nowhere', 'paws', 'services')}: nothing" in errors


def test_a_service_of_neither_side_is_named_with_the_nearest(diff, old, new):
    code, _, errors = diff(old, new, "--service", "exampel")
    assert (code, errors.count("\n")) == (2, 1)
    assert "there is no service 'exampel'" in errors
    assert "did you mean example?" in errors


def test_a_model_that_is_broken_is_named_with_its_place(diff, old, new):
    broken = base_model()
    broken["shapes"]["Id"]["type"] = "riddle"
    path = new / "example" / "2020-01-02" / "service-2.json.gz"
    path.unlink()
    path.with_suffix("").write_text(json.dumps(broken))
    code, _, errors = diff(old, new)
    assert code == 2
    assert errors == "make-paws: example: shapes/Id/type: unknown type 'riddle'\n"
