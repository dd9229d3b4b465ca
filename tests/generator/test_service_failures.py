"""A service that cannot be generated is named, and every command does the others."""

import json
import lzma
import re

import pytest

from make_paws import emit, shapes
from make_paws.cli import main
from make_paws.commands import diff as diff_command
from support.service_models import files, greeting_model, service_model, write_model

OTHER = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}


def broken_models():
    """Return what can be wrong with a model, as bytes, and how the error describes it."""
    unknown = greeting_model(serviceFullName="Amazon Middle")
    unknown["operations"]["Greet"]["future"] = True
    value = greeting_model(serviceFullName="Amazon Middle")
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


def write_broken(data, content):
    """Write a broken service between two sound ones."""
    folder = data / "middle" / "2020-01-02"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_bytes(content)
    write_model(data, greeting_model())
    write_model(data, service_model(**OTHER), service="other-thing")
    return data


def pages():
    """Return facts of R that the greeting service does not agree with."""
    page = {
        "title": "Greets somebody",
        "description": "Greets.",
        "params": [],
        "value": "",
        "request": "",
        "examples": "",
    }
    return {"example_greet": page}


@pytest.fixture
def run(capsys):
    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture(params=sorted(BROKEN))
def broken(request, tmp_path):
    """Return a data folder with a broken service, and the text that describes it."""
    content, said = BROKEN[request.param]
    return write_broken(tmp_path / "data", content), said


def assert_one_error(errors, said):
    (line,) = errors.splitlines()
    assert line.startswith("make-paws: ")
    assert "middle" in line
    assert said in line


def test_generate_writes_the_others(run, broken, output):
    data, said = broken
    arguments = ("--botocore", data, "--output", output, "--jobs", 1)
    code, _, errors = run("generate", "--all", *arguments)
    assert code == 2
    assert_one_error(errors, said)
    assert list(emit.services(output, "paws")) == ["example", "otherthing"]


def test_docs_writes_the_others(run, broken, output):
    data, said = broken
    arguments = ("--botocore", data, "--output", output, "--jobs", 1)
    code, _, errors = run("docs", "--all", *arguments)
    assert code == 2
    assert_one_error(errors, said)
    assert "example/example_greet.md" in files(output)
    assert not any("middle" in name for name in files(output))


@pytest.mark.parametrize("side", ["old", "new"])
def test_diff_compares_the_others(run, broken, tmp_path, side):
    data, said = broken
    changed = greeting_model()
    changed["shapes"]["Count"]["max"] = 9
    sound = tmp_path / "sound"
    write_model(sound, changed)
    write_model(sound, greeting_model(serviceFullName="Middle"), service="middle")
    sources = (data, sound) if side == "old" else (sound, data)
    code, page, errors = run("diff", *sources, "--format", "json")
    found = json.loads(page)
    assert code == 2
    assert_one_error(errors, said)
    assert errors.startswith(f"make-paws: {data}: middle: ")
    places = {(one["service"], one["place"]) for one in found["differences"]}
    assert places == {("example", "Count"), ("other-thing", "other-thing")}
    (refused,) = found["not_compared"]
    assert (refused["service"], refused["source"]) == ("middle", str(data))
    assert said in refused["reason"]


def test_diff_names_an_added_service_that_is_refused(run, broken, tmp_path):
    data, said = broken
    write_model(tmp_path / "old", greeting_model())
    for form in ("text", "markdown"):
        code, page, errors = run("diff", tmp_path / "old", data, "--format", form)
        assert code == 2
        assert_one_error(errors, said)
        assert page.startswith("1 service differs: 1 difference, none breaking; 1 serv")
        assert not re.search(r"service `?middle", page)
        assert (said in page) == (form == "markdown")


def test_parity_compares_the_others(run, broken, tmp_path):
    data, _ = broken
    facts = tmp_path / "facts.json.xz"
    services = {"example": pages(), "middle": pages()}
    content = {"paws_commit": "0" * 40, "botocore": None, "services": services}
    facts.write_bytes(lzma.compress(json.dumps(content).encode()))
    named = ["--service", "example"]
    code, page, errors = run("parity", facts, "--botocore", data, *named)
    assert (code, errors) == (1, "")
    assert "example_greet" in page


def test_parity_names_the_service_that_fails(run, tmp_path):
    model = greeting_model(serviceFullName="Amazon Middle", future=1)
    data = write_broken(tmp_path / "data", json.dumps(model).encode())
    facts = tmp_path / "facts.json"
    services = {"example": pages(), "middle": pages()}
    content = {"paws_commit": "0" * 40, "botocore": None, "services": services}
    facts.write_text(json.dumps(content))
    code, page, errors = run("parity", facts, "--botocore", data)
    assert code == 2
    assert_one_error(errors, "metadata: unknown key 'future'")
    assert "example_greet" in page


def test_list_shows_the_others(run, broken):
    data, said = broken
    code, page, errors = run("list", "--botocore", data)
    rows = [line.split()[0] for line in page.splitlines()[1:]]
    assert [name for name in rows if name != "middle"] == ["example", "other-thing"]
    if "middle" not in rows:
        assert code == 2
        assert_one_error(errors, said)


# --- Bugs of the generator


@pytest.fixture
def bug(monkeypatch):
    """Let the generator fail at one service, in a way that it does not expect."""

    def convert(model, **kwargs):
        if model["metadata"]["serviceFullName"] == "Amazon Middle":
            raise KeyError("spleen")
        return original(model, **kwargs)

    original = shapes.convert
    monkeypatch.setattr(shapes, "convert", convert)


def assert_internal_error(errors):
    assert_one_error(
        errors, "internal error of make-paws: KeyError: 'spleen' (test_service_"
    )
    assert errors.endswith("); please report it with the model\n")


def test_bug_of_generate_stops_one_service(run, bug, tmp_path, output):
    model = greeting_model(serviceFullName="Amazon Middle")
    data = write_broken(tmp_path / "data", json.dumps(model).encode())
    arguments = ("--botocore", data, "--output", output, "--jobs", 1)
    code, _, errors = run("generate", "--all", *arguments)
    assert code == 2
    assert_internal_error(errors)
    assert list(emit.services(output, "paws")) == ["example", "otherthing"]


def test_bug_of_diff_stops_one_service(run, bug, tmp_path, monkeypatch):
    monkeypatch.setattr(
        diff_command, "each", lambda work, items, jobs: map(work, items)
    )
    model = greeting_model(serviceFullName="Amazon Middle")
    data = write_broken(tmp_path / "data", json.dumps(model).encode())
    write_model(tmp_path / "old", service_model(**OTHER), service="middle")
    code, page, errors = run("diff", tmp_path / "old", data, "--format", "json")
    assert code == 2
    assert_internal_error(errors)
    found = json.loads(page)
    assert {one["service"] for one in found["differences"]} == {
        "example",
        "other-thing",
    }
    assert [one["service"] for one in found["not_compared"]] == ["middle"]


# --- --allow-unknown


@pytest.fixture
def unknown(tmp_path):
    return write_broken(tmp_path / "data", BROKEN["unknown key"][0])


WARNING = "make-paws: warning: middle: operations/Greet: unknown key 'future' ignored\n"


@pytest.mark.parametrize("command", ["generate", "docs"])
def test_allowed_unknown_key_is_a_warning(run, unknown, output, command):
    places = ("--botocore", unknown, "--output", output, "--jobs", 1)
    code, _, errors = run(command, "middle", "--allow-unknown", *places)
    assert (code, errors) == (0, WARNING)
    assert any("greet" in content.decode() for content in files(output).values())


def test_quiet_generate_prints_no_warning(run, unknown, output):
    arguments = ("middle", "--allow-unknown", "--botocore", unknown, "--output", output)
    assert run("generate", *arguments, "--quiet") == (0, "", "")


def test_diff_compares_a_service_with_an_allowed_key(run, unknown, tmp_path):
    sound = greeting_model(serviceFullName="Amazon Middle")
    sound["shapes"]["Count"]["max"] = 9
    write_model(tmp_path / "old", sound, service="middle")
    arguments = ("--service", "middle", "--allow-unknown", "--format", "json")
    code, page, errors = run("diff", tmp_path / "old", unknown, *arguments)
    assert (code, errors) == (0, WARNING)
    assert [one["place"] for one in json.loads(page)["differences"]] == ["Count"]


def test_repeated_unknown_key_is_one_warning(run, tmp_path, output):
    model = greeting_model()
    for shape in model["shapes"].values():
        shape["future"] = {}
    data = write_broken(tmp_path / "data", json.dumps(model).encode())
    arguments = ("middle", "--allow-unknown", "--botocore", data, "--output", output)
    assert run("generate", *arguments)[2] == (
        "make-paws: warning: middle: shapes/Busy and at 4 other paths: unknown key "
        "'future' ignored\n"
    )
