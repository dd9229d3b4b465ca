"""A service that cannot be generated is named, and every command does the others."""

import json
import re

import pytest

from make_paws import emit, shapes
from make_paws.commands import diff as diff_command
from support import help_pages
from support.service_models import files, greeting_model, service_model, write_model

MIDDLE = {"serviceFullName": "Amazon Middle"}


def broken_models():
    """Return what can be wrong with a model, as bytes, and how the error describes it."""
    unknown, value = greeting_model(**MIDDLE), greeting_model(**MIDDLE)
    unknown["operations"]["Greet"]["future"] = True
    value["shapes"]["GreetInput"]["members"]["Name"]["location"] = "trailer"
    return {
        "unknown key": (json.dumps(unknown).encode(), "Greet: unknown key 'future'"),
        "unknown value": (json.dumps(value).encode(), "unknown location 'trailer'"),
        "no metadata": (b'{"shapes": {}, "operations": {}}', "metadata"),
        "not JSON": (b"{", "is not JSON"),
        "Smithy": (b'{"smithy": "2.0"}', "is a Smithy model"),
        "cut gzip": (b"\x1f\x8b\x08", "cannot be read"),
    }


BROKEN = broken_models()


@pytest.fixture
def write_middle(data):
    """Return a function that writes a service between the two sound ones."""
    folder = data / "middle" / "2020-01-02"
    folder.mkdir(parents=True)
    return (folder / "service-2.json").write_bytes


@pytest.fixture(params=BROKEN)
def broken(request, write_middle):
    """Write a broken service, and return the text that describes it."""
    content, said = BROKEN[request.param]
    write_middle(content)
    return said


@pytest.fixture
def write_all(run, data, output):
    """Return a command that writes files for all services, unless one is named."""

    def write_all(command, *arguments):
        places = ["--botocore", data, "--output", output, "--jobs", 1]
        return run(command, *(arguments or ["--all"]), *places)

    return write_all


def assert_one_error(errors, said):
    (line,) = errors.splitlines()
    assert line.startswith("make-paws: ")
    assert "middle" in line
    assert said in line


@pytest.mark.parametrize(
    ("command", "path"),
    [("generate", "paws/services/{}/service.py"), ("docs", "{}/index.md")],
)
def test_other_services_are_written(write_all, broken, output, command, path):
    code, _, errors = write_all(command)
    assert code == 2
    assert_one_error(errors, broken)
    assert {path.format(name) for name in ("example", "otherthing")} <= {*files(output)}
    assert not any("middle" in name for name in files(output))


@pytest.mark.parametrize("side", ["old", "new"])
def test_diff_compares_the_others(run, data, broken, tmp_path, side):
    changed = greeting_model()
    changed["shapes"]["Count"]["max"] = 9
    sound = tmp_path / "sound"
    write_model(sound, changed)
    write_model(sound, greeting_model(**MIDDLE), service="middle")
    sources = (data, sound) if side == "old" else (sound, data)
    code, page, errors = run("diff", *sources, "--format", "json")
    found = json.loads(page)
    assert code == 2
    assert_one_error(errors, broken)
    assert errors.startswith(f"make-paws: {data}: middle: ")
    places = {(one["service"], one["place"]) for one in found["differences"]}
    assert places == {("example", "Count"), ("other-thing", "other-thing")}
    (refused,) = found["not_compared"]
    assert (refused["service"], refused["source"]) == ("middle", str(data))
    assert broken in refused["reason"]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_diff_names_an_added_service_that_is_refused(run, data, broken, tmp_path, form):
    write_model(tmp_path / "old", greeting_model())
    code, page, errors = run("diff", tmp_path / "old", data, "--format", form)
    assert code == 2
    assert_one_error(errors, broken)
    assert page.startswith("1 service differs: 1 difference, none breaking; 1 serv")
    assert not re.search(r"service `?middle", page)
    assert (broken in page) == (form == "markdown")


@pytest.fixture
def facts(tmp_path):
    """Return facts of R that the greeting service does not agree with."""
    pages = {"example_greet": help_pages.page(title="Greets", params=())}
    services = {"example": pages, "middle": pages}
    return help_pages.write_facts(tmp_path / "facts.json", services)


def test_parity_compares_the_others(run, data, broken, facts):
    named = ["--service", "example"]
    code, page, errors = run("parity", facts, "--botocore", data, *named)
    assert (code, errors) == (1, "")
    assert "example_greet" in page


def test_parity_names_the_service_that_fails(run, data, write_middle, facts):
    write_middle(json.dumps(greeting_model(**MIDDLE, future=1)).encode())
    code, page, errors = run("parity", facts, "--botocore", data)
    assert code == 2
    assert_one_error(errors, "metadata: unknown key 'future'")
    assert "example_greet" in page


def test_list_shows_the_others(run, data, broken):
    code, page, errors = run("list", "--botocore", data)
    rows = [line.split()[0] for line in page.splitlines()[1:]]
    assert [name for name in rows if name != "middle"] == ["example", "other-thing"]
    if "middle" not in rows:
        assert code == 2
        assert_one_error(errors, broken)


# --- Bugs of the generator


@pytest.fixture
def bug(monkeypatch, write_middle):
    """Let the generator fail at one service, in a way that it does not expect."""

    def convert(model, **kwargs):
        if model["metadata"]["serviceFullName"] == "Amazon Middle":
            raise KeyError("spleen")
        return original(model, **kwargs)

    original = shapes.convert
    monkeypatch.setattr(shapes, "convert", convert)
    write_middle(json.dumps(greeting_model(**MIDDLE)).encode())


def assert_internal_error(errors):
    said = "internal error of make-paws: KeyError: 'spleen' (test_service_"
    assert_one_error(errors, said)
    assert errors.endswith("); please report it with the model\n")


def test_bug_of_generate_stops_one_service(write_all, bug, output):
    code, _, errors = write_all("generate")
    assert code == 2
    assert_internal_error(errors)
    assert list(emit.services(output, "paws")) == ["example", "otherthing"]


def test_bug_of_diff_stops_one_service(run, bug, data, tmp_path, monkeypatch):
    monkeypatch.setattr(
        diff_command, "each", lambda work, items, jobs: map(work, items)
    )
    write_model(tmp_path / "old", service_model(), service="middle")
    code, page, errors = run("diff", tmp_path / "old", data, "--format", "json")
    found = json.loads(page)
    assert code == 2
    assert_internal_error(errors)
    places = {one["service"] for one in found["differences"]}
    assert places == {"example", "other-thing"}
    assert [one["service"] for one in found["not_compared"]] == ["middle"]


# --- --allow-unknown

WARNING = "make-paws: warning: middle: operations/Greet: unknown key 'future' ignored\n"


@pytest.fixture
def unknown(write_middle):
    write_middle(BROKEN["unknown key"][0])


@pytest.mark.parametrize("command", ["generate", "docs"])
def test_allowed_unknown_key_is_a_warning(write_all, unknown, output, command):
    code, _, errors = write_all(command, "middle", "--allow-unknown")
    assert (code, errors) == (0, WARNING)
    assert any("greet" in content.decode() for content in files(output).values())
    arguments = ("middle", "--allow-unknown", "--quiet")
    assert write_all("generate", *arguments) == (0, "", "")


def test_diff_compares_a_service_with_an_allowed_key(run, data, unknown, tmp_path):
    sound = greeting_model(**MIDDLE)
    sound["shapes"]["Count"]["max"] = 9
    write_model(tmp_path / "old", sound, service="middle")
    arguments = ("--service", "middle", "--allow-unknown", "--format", "json")
    code, page, errors = run("diff", tmp_path / "old", data, *arguments)
    assert (code, errors) == (0, WARNING)
    assert [one["place"] for one in json.loads(page)["differences"]] == ["Count"]


def test_repeated_unknown_key_is_one_warning(write_all, write_middle):
    model = greeting_model()
    for shape in model["shapes"].values():
        shape["future"] = {}
    write_middle(json.dumps(model).encode())
    assert write_all("generate", "middle", "--allow-unknown")[2] == (
        "make-paws: warning: middle: shapes/Busy and at 4 other paths: unknown key "
        "'future' ignored\n"
    )
