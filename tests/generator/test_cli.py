"""The command as people use it: what it prints, writes, and exits with."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import botocore
import pytest

from make_paws import emit
from make_paws.cli import main
from service_models import (
    described,
    files,
    greeting_model,
    service_model,
    write_model,
    write_wheel,
)

GENERATED = Path(__file__).parents[2] / "generated"
COMMITTED_FROM = "1.44.5"
OTHER = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}
FILES = {
    "paws/__init__.py",
    "paws/__init__.pyi",
    "paws/py.typed",
    "paws/services/__init__.py",
    *(
        f"paws/services/example/{name}.py"
        for name in ("__init__", "errors", "interfaces", "operations", "service")
    ),
}


@pytest.fixture
def make_paws(data, output, capsys):
    """Return the command, which gives its exit code, its output and its errors."""

    def run(command, *arguments, botocore=data, output=output):
        places = ["--botocore", str(botocore)]
        if command == "generate":
            places += ["--output", str(output)]
        code = main([command, *arguments, *places])
        return code, *capsys.readouterr()

    return run


def run(*arguments, **environment):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "make_paws", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- generate


def test_generate_writes_the_service_and_says_what_it_did(make_paws, output):
    code, out, err = make_paws("generate", "example")
    first, *changes = out.splitlines()
    assert (code, err) == (0, "")
    assert first == "example (example 2020-01-02): 1 operation, 2 parameters"
    assert files(output).keys() == FILES
    assert set(changes) == {f"create {output.as_posix()}/{name}" for name in FILES}


def test_a_second_time_nothing_changes_and_it_says_so(make_paws, output):
    make_paws("generate", "example")
    before = files(output)
    code, out, err = make_paws("generate", "example")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [f"{output}: 9 files, nothing changed"]
    assert files(output) == before


def test_a_service_can_be_given_by_its_name_in_r(make_paws, output):
    make_paws("generate", "otherthing")
    assert emit.services(output, "paws") == {"otherthing": "other-thing"}


def test_without_a_service_those_in_the_folder_are_generated(make_paws, output):
    make_paws("generate", "example", "other-thing")
    code, out, _ = make_paws("generate")
    assert code == 0
    assert [line.partition(" ")[0] for line in out.splitlines()[:2]] == [
        "example",
        "otherthing",
    ]


def test_without_any_service_it_is_sagemaker_runtime(capsys, output):
    assert main(["generate", "--output", str(output)]) == 0
    assert "sagemakerruntime (sagemaker-runtime 2017-05-13)" in capsys.readouterr().out
    assert list(emit.services(output, "paws")) == ["sagemakerruntime"]


def test_the_only_service_of_a_source_needs_no_name(make_paws, output, tmp_path):
    single = tmp_path / "other.json"
    single.write_bytes(
        gzip.decompress(
            (tmp_path / "data/other-thing/2020-01-02/service-2.json.gz").read_bytes()
        )
    )
    wheel = write_wheel(tmp_path / "botocore.whl", {"example": greeting_model()})
    assert make_paws("generate", botocore=single)[0] == 0
    assert make_paws("generate", botocore=wheel)[0] == 0
    assert emit.services(output, "paws") == {
        "example": "example",
        "otherthing": "other-thing",
    }


def test_services_that_are_not_named_stay_as_they_are(make_paws, output, data):
    make_paws("generate", "example", "other-thing")
    before = files(output)
    changed = greeting_model()
    changed["operations"]["Wave"] = {"name": "Wave", "http": {}}
    (data / "example/2020-01-02/service-2.json.gz").unlink()
    write_model(data, changed, version="2020-01-03")
    code, _, _ = make_paws("generate", "example")
    after = files(output)
    changes = {name for name in after if after[name] != before.get(name)}
    assert code == 0
    assert "paws/__init__.pyi" in changes
    assert "paws/services/example/operations.py" in changes
    assert not any("otherthing" in name for name in changes)
    assert "other-thing" not in after["paws/__init__.pyi"].decode()
    assert "otherthing" in after["paws/__init__.pyi"].decode()


def test_the_package_can_have_another_name(make_paws, output):
    code, _, _ = make_paws("generate", "example", "--package", "cats")
    assert code == 0
    assert {path.name for path in output.iterdir()} == {"cats"}


def test_files_that_a_merge_has_broken_are_generated_anew(make_paws, output):
    make_paws("generate", "example")
    before = files(output)
    broken = output / "paws" / "services" / "example" / "__init__.py"
    broken.write_text(broken.read_text() + "<<<<<<< HEAD\n")
    assert make_paws("generate")[0] == 0
    assert files(output) == before


def test_a_pattern_that_is_not_enforced_is_named_with_the_reason(make_paws, data):
    model = greeting_model(apiVersion="2020-01-03")
    model["shapes"]["Name"]["pattern"] = r"\p{L}+"
    write_model(data, model, version="2020-01-03")
    _, out, _ = make_paws("generate", "example")
    lines = out.splitlines()
    place = lines.index("  example.Name")
    assert lines[place - 1].startswith("1 pattern not enforced: a Unicode category")


# --- --check


def test_check_says_nothing_of_files_that_are_as_they_should_be(make_paws):
    make_paws("generate", "example")
    code, out, err = make_paws("generate", "example", "--check")
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 1


def test_check_prints_what_is_stale_missing_and_orphaned_and_writes_nothing(
    make_paws, output
):
    make_paws("generate", "example")
    folder = output / "paws" / "services" / "example"
    stale, missing = folder / "operations.py", folder / "errors.py"
    orphaned = folder / "models.py"
    stale.write_text(stale.read_text().replace("Greets somebody", "Insults somebody"))
    missing.unlink()
    orphaned.write_text(f"{emit.HEADER}. Do not edit.\n")
    before = files(output)
    code, out, err = make_paws("generate", "example", "--check")
    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert f"--- {stale.as_posix()}" in lines
    assert f"+++ {stale.as_posix()}" in lines
    assert "-    Insults somebody." in lines
    assert "+    Greets somebody." in lines
    assert f"+++ {missing.as_posix()}" in lines
    assert "+class Busy(ServiceError):" in lines
    assert f"--- {orphaned.as_posix()}" in lines
    assert files(output) == before
    assert make_paws("generate", "example")[0] == 0
    assert make_paws("generate", "example", "--check")[0] == 0


def test_the_committed_code_is_what_the_installed_botocore_gives(capsys):
    if botocore.__version__ != COMMITTED_FROM:
        pytest.skip(
            f"generated/ is made from botocore {COMMITTED_FROM}, "
            f"installed is {botocore.__version__}"
        )
    code = main(["generate", "--check", "--output", str(GENERATED)])
    assert (code, capsys.readouterr().err) == (0, "")


# --- Errors


def assert_only_error(result, *said):
    code, out, err = result
    assert (code, out) == (2, "")
    assert err.startswith("make-paws: ")
    assert "Traceback" not in err
    for words in said:
        assert words in err


def test_an_unknown_service_is_named_with_the_nearest(make_paws, output):
    result = make_paws("generate", "exampel")
    assert_only_error(result, "no service 'exampel'", "did you mean example?")
    assert not output.exists()


def test_a_file_in_the_way_is_named_and_nothing_is_written(make_paws, output):
    mine = output / "paws" / "__init__.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine = True\n")
    for flags in ((), ("--check",)):
        result = make_paws("generate", "example", *flags)
        assert result[0] == 2
        assert f"{mine} is in the way" in result[2]
    assert files(output) == {"paws/__init__.py": b"mine = True\n"}


def test_a_broken_model_is_named_with_the_path_inside_of_it(make_paws, data):
    model = greeting_model()
    model["shapes"]["GreetInput"]["members"]["Name"]["shape"] = "Nome"
    write_model(data, model, service="broken")
    assert_only_error(
        make_paws("generate", "broken"),
        "broken: shapes/GreetInput/members/Name/shape: there is no shape 'Nome'",
    )


def test_a_model_that_is_not_json_is_named_with_its_place(make_paws, tmp_path):
    path = tmp_path / "service-2.json"
    path.write_text("{")
    assert_only_error(make_paws("generate", botocore=path), str(path), "is not JSON")
    assert_only_error(make_paws("list", botocore=path), str(path), "is not JSON")


def test_a_source_that_does_not_exist_is_named(make_paws, tmp_path):
    nowhere = tmp_path / "nowhere.whl"
    for command in ("generate", "list"):
        assert_only_error(make_paws(command, botocore=nowhere), str(nowhere))


@pytest.mark.parametrize("name", ["class", "not-a-name", "a.b", "", "ünï"])
def test_a_name_that_no_package_can_have_is_refused(make_paws, capsys, name):
    with pytest.raises(SystemExit) as caught:
        make_paws("generate", "example", "--package", name)
    assert caught.value.code == 2
    assert f"{name!r} is no name of a Python package" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["genarate"], ["generate", "--chek"]])
def test_a_command_line_that_is_wrong_exits_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: make-paws" in capsys.readouterr().err


# --- list


def test_list_shows_the_three_names_of_every_service(make_paws):
    code, out, err = make_paws("list")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "botocore     R           name",
        "example      example     Amazon Example",
        "other-thing  otherthing  Amazon Other Thing",
    ]


def test_list_shows_every_service_of_the_installed_botocore(capsys):
    assert main(["list"]) == 0
    rows = {
        line.split()[0]: line.split()[1]
        for line in capsys.readouterr().out.splitlines()
    }
    assert rows["sagemaker-runtime"] == "sagemakerruntime"
    assert rows["lambda"] == "lambda"
    assert len(rows) > 400


# --- The process, and determinism


def test_the_command_runs_as_a_process(data, output):
    done = run("generate", "example", "--botocore", data, "--output", output)
    assert (done.returncode, done.stderr) == (0, "")
    done = run("generate", "exampel", "--botocore", data, "--output", output)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("make-paws: there is no service 'exampel'")
    assert len(done.stderr.splitlines()) == 1
    (output / "paws" / "py.typed").unlink()
    done = run("generate", "--check", "--botocore", data, "--output", output)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_diff_is_printed_on_a_terminal_that_knows_ascii_only(data, output):
    model = greeting_model(
        serviceFullName="Amazon Ex\N{LATIN SMALL LETTER A WITH GRAVE}mple"
    )
    model["metadata"]["serviceAbbreviation"] = "Example"
    write_model(data, model, version="2020-01-03")
    arguments = ("example", "--check", "--botocore", data, "--output", output)
    done = run("generate", *arguments, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, "")
    assert r"Amazon Ex\xe0mple" in done.stdout


def test_the_files_do_not_depend_on_the_hash_of_strings(tmp_path):
    for seed in ("0", "1", "4711"):
        output = tmp_path / seed
        done = run("generate", "--output", output, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "0") == files(tmp_path / "1") == files(tmp_path / "4711")


def test_the_files_do_not_depend_on_the_release_of_botocore(make_paws, tmp_path):
    other = service_model(**OTHER)
    releases = [
        {"example": greeting_model()},
        {"another": other, "example": greeting_model(), "other-thing": other},
    ]
    written = []
    for number, models in enumerate(releases):
        wheel = write_wheel(tmp_path / f"botocore-{number}.whl", models)
        output = tmp_path / str(number)
        make_paws("generate", "example", botocore=wheel, output=output)
        written.append(files(output))
    assert written[0] == written[1]
    assert written[0].keys() == FILES


def test_the_files_do_depend_on_the_model(make_paws, data, output):
    make_paws("generate", "example")
    changed = greeting_model()
    changed["shapes"]["Count"]["max"] = 11
    write_model(data, changed, version="2020-01-03")
    code, out, _ = make_paws("generate", "example", "--check")
    assert code == 1
    assert any("max=11" in line for line in out.splitlines() if line.startswith("+"))
    assert described(changed).shapes["Count"].max == 11
