"""The command line: output, files and exit codes."""

import ast
import errno
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import botocore
import pytest

from make_paws import emit
from make_paws.cli import main
from make_paws.commands import generate as generate_command
from make_paws.commands import list as list_command
from support.pins import pinned_botocore
from support.programs import WITHOUT_EXTRA
from support.service_models import (
    described,
    files,
    greeting_model,
    service_model,
    write_model,
    write_wheel,
)

GENERATED = Path(__file__).parents[2] / "generated"
OTHER = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}
FILES = {
    "paws/__init__.py",
    "paws/__init__.pyi",
    "paws/_exports.py",
    "paws/_services.py",
    "paws/aio.py",
    "paws/aio.pyi",
    "paws/py.typed",
    "paws/services/__init__.py",
    *(
        f"paws/services/example/{name}.py"
        for name in (
            *("__init__", "aio", "errors", "interfaces", "operations", "service"),
        )
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
    """Run the command in a separate process."""
    return subprocess.run(
        [sys.executable, "-m", "make_paws", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- generate


def test_generate_prints_what_it_wrote(make_paws, output):
    code, out, err = make_paws("generate", "example")
    first, *changes = out.splitlines()
    assert (code, err) == (0, "")
    assert first == "example (example 2020-01-02): 1 operation, 2 parameters"
    assert files(output).keys() == FILES
    assert set(changes) == {f"create {output.as_posix()}/{name}" for name in FILES}


def test_second_generate_reports_no_change(make_paws, output):
    make_paws("generate", "example")
    before = files(output)
    code, out, err = make_paws("generate", "example")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [f"{output}: {len(FILES)} files, nothing changed"]
    assert files(output) == before


def test_service_can_be_given_by_its_name_in_r(make_paws, output):
    make_paws("generate", "otherthing")
    assert emit.services(output, "paws") == {"otherthing": "other-thing"}


def test_generate_without_services_updates_the_folder(make_paws, output):
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


def test_only_service_of_a_source_needs_no_name(make_paws, output, tmp_path):
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


def test_unnamed_services_stay_unchanged(make_paws, output, data):
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


def test_package_can_have_another_name(make_paws, output):
    code, _, _ = make_paws("generate", "example", "--package", "cats")
    assert code == 0
    assert {path.name for path in output.iterdir()} == {"cats"}


def test_files_with_merge_conflicts_are_regenerated(make_paws, output):
    make_paws("generate", "example")
    before = files(output)
    broken = output / "paws" / "services" / "example" / "__init__.py"
    broken.write_text(broken.read_text() + "<<<<<<< HEAD\n")
    assert make_paws("generate")[0] == 0
    assert files(output) == before


def test_skipped_pattern_is_reported_with_the_reason(make_paws, data):
    model = greeting_model(apiVersion="2020-01-03")
    model["shapes"]["Name"]["pattern"] = r"\p{L}+"
    write_model(data, model, version="2020-01-03")
    _, out, _ = make_paws("generate", "example")
    lines = out.splitlines()
    place = lines.index("  example.Name")
    assert lines[place - 1].startswith("1 pattern not enforced: a Unicode category")


# --- --check


def test_check_of_current_files_prints_nothing(make_paws):
    make_paws("generate", "example")
    code, out, err = make_paws("generate", "example", "--check")
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 1


def test_check_prints_stale_missing_and_orphaned_files(make_paws, output):
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


def test_committed_code_is_generated_from_the_pin(capsys):
    if botocore.__version__ != pinned_botocore():
        pytest.skip(
            f"generated/ is generated from botocore {pinned_botocore()}, "
            f"{botocore.__version__} is installed"
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


def test_unknown_service_is_named_with_the_nearest(make_paws, output):
    result = make_paws("generate", "exampel")
    assert_only_error(
        result, "service 'exampel' does not exist", "did you mean example?"
    )
    assert not output.exists()


def test_foreign_file_stops_before_writing(make_paws, output):
    mine = output / "paws" / "__init__.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine = True\n")
    for flags in ((), ("--check",)):
        result = make_paws("generate", "example", *flags)
        assert result[0] == 2
        assert f"{mine} exists and was not generated" in result[2]
    assert files(output) == {"paws/__init__.py": b"mine = True\n"}


def test_broken_model_is_reported_with_the_inner_path(make_paws, data):
    model = greeting_model()
    model["shapes"]["GreetInput"]["members"]["Name"]["shape"] = "Nome"
    write_model(data, model, service="broken")
    assert_only_error(
        make_paws("generate", "broken"),
        "broken: shapes/GreetInput/members/Name/shape: unknown shape 'Nome'",
    )


def test_invalid_json_model_is_reported_with_its_path(make_paws, tmp_path):
    path = tmp_path / "service-2.json"
    path.write_text("{")
    assert_only_error(make_paws("generate", botocore=path), str(path), "is not JSON")
    assert_only_error(make_paws("list", botocore=path), str(path), "is not JSON")


def test_source_that_does_not_exist_is_named(make_paws, tmp_path):
    nowhere = tmp_path / "nowhere.whl"
    for command in ("generate", "list"):
        assert_only_error(make_paws(command, botocore=nowhere), str(nowhere))


@pytest.mark.parametrize("name", ["class", "not-a-name", "a.b", "", "ünï"])
def test_name_that_no_package_can_have_is_refused(make_paws, capsys, name):
    with pytest.raises(SystemExit) as caught:
        make_paws("generate", "example", "--package", name)
    assert caught.value.code == 2
    assert f"{name!r} is not a name of a Python package" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["json", "paws_common", "make_paws", "botocore"])
def test_package_that_would_hide_another_is_refused(make_paws, output, capsys, name):
    with pytest.raises(SystemExit) as caught:
        make_paws("generate", "example", "--package", name)
    assert caught.value.code == 2
    assert f"'{name}' is the name of another package" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="Linux has /dev/zero")
@pytest.mark.parametrize("command", ["generate", "list", "docs", "diff"])
def test_source_that_is_a_device_is_refused(capsys, tmp_path, command):
    source = ["/dev/zero"] * 2 if command == "diff" else ["--botocore", "/dev/zero"]
    output = [] if command == "list" else ["--output", str(tmp_path)]
    assert main([command, *source, *output]) == 2
    said = "make-paws: /dev/zero is neither a file nor a folder\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("arguments", [[], ["genarate"], ["generate", "--chek"]])
def test_command_line_that_is_wrong_exits_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: make-paws" in capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ENOSPC])
def test_unexpected_os_error_is_one_line(make_paws, monkeypatch, number):
    def fail(given):
        raise OSError(number, os.strerror(number), "/some/file")

    monkeypatch.setattr(list_command, "run", fail)
    assert_only_error(make_paws("list"), f"{os.strerror(number)}: '/some/file'\n")


# --- list


def test_list_shows_the_three_names_of_every_service(make_paws):
    code, out, err = make_paws("list")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "botocore     R           name",
        "example      example     Amazon Example",
        "other-thing  otherthing  Amazon Other Thing",
    ]


def test_list_shows_services_of_the_installed_botocore(capsys):
    assert main(["list"]) == 0
    rows = {
        line.split()[0]: line.split()[1]
        for line in capsys.readouterr().out.splitlines()
    }
    assert rows["sagemaker-runtime"] == "sagemakerruntime"
    assert rows["lambda"] == "lambda"
    assert len(rows) > 400


# --- The process, and determinism


@pytest.mark.slow
def test_command_runs_as_a_process(data, output):
    done = run("generate", "example", "--botocore", data, "--output", output)
    assert (done.returncode, done.stderr) == (0, "")
    done = run("generate", "exampel", "--botocore", data, "--output", output)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("make-paws: service 'exampel' does not exist")
    assert len(done.stderr.splitlines()) == 1
    (output / "paws" / "py.typed").unlink()
    done = run("generate", "--check", "--botocore", data, "--output", output)
    assert (done.returncode, done.stderr) == (1, "")


def test_diff_prints_on_an_ascii_terminal(data, output):
    model = greeting_model(
        serviceFullName="Amazon Ex\N{LATIN SMALL LETTER A WITH GRAVE}mple"
    )
    model["metadata"]["serviceAbbreviation"] = "Example"
    write_model(data, model, version="2020-01-03")
    arguments = ("example", "--check", "--botocore", data, "--output", output)
    done = run("generate", *arguments, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, "")
    assert r"Amazon Ex\xe0mple" in done.stdout


@pytest.mark.slow
def test_output_is_independent_of_the_hash_seed(tmp_path):
    for seed in ("0", "1", "4711"):
        output = tmp_path / seed
        done = run("generate", "--output", output, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "0") == files(tmp_path / "1") == files(tmp_path / "4711")


def test_output_is_independent_of_botocores_release(make_paws, tmp_path):
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


def test_files_do_depend_on_the_model(make_paws, data, output):
    make_paws("generate", "example")
    changed = greeting_model()
    changed["shapes"]["Count"]["max"] = 11
    write_model(data, changed, version="2020-01-03")
    code, out, _ = make_paws("generate", "example", "--check")
    assert code == 1
    assert any("max=11" in line for line in out.splitlines() if line.startswith("+"))
    assert described(changed).shapes["Count"].max == 11


# --- without the extra

INSTALLED_DATA = Path(botocore.__file__).parent / "data"

RUN_WITHOUT_EXTRA = f"""
{WITHOUT_EXTRA}
from make_paws.__main__ import main
sys.exit(main())
"""


def run_without_extra(*arguments):
    return subprocess.run(
        [sys.executable, "-c", RUN_WITHOUT_EXTRA, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [("generate", "s3"), ("docs", "s3", "--output", "pages"), ("parity", "facts.json")],
)
def test_command_without_the_extra_names_it(arguments):
    done = run_without_extra(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        rf"make-paws: {arguments[0]} needs pip install 'paws-py\[codegen\]' "
        r"\(\w+ is not installed\)\n",
        done.stderr,
    )


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("cache",), ("--help",), ("diff", "generated", str(INSTALLED_DATA))],
)
def test_command_that_does_not_need_the_extra_works(arguments):
    done = run_without_extra(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


# --- services that are generated on demand


def index(output, package="paws"):
    """Return the services that can be generated on demand, or None without a list."""
    path = output / package / "_services.py"
    if not path.exists():
        return None
    return ast.literal_eval(path.read_text().partition("SERVICES = ")[2])


def test_package_lists_services_of_installed_botocore(make_paws, output):
    """Whatever --botocore is: the runtime generates from the installed one."""
    make_paws("generate", "example")
    models = INSTALLED_DATA.glob("*/*/service-2.json*")
    services = {path.parent.parent.name for path in models}
    assert {*index(output).values()} == services
    assert index(output)["sagemakerruntime"] == "sagemaker-runtime"
    assert "s3: _Constructor" in (output / "paws/__init__.pyi").read_text()


def test_renamed_package_generates_nothing_on_demand(make_paws, output):
    make_paws("generate", "example", "--package", "cats")
    assert index(output, "cats") is None
    assert "on_demand" not in (output / "cats/__init__.py").read_text()


def test_service_with_broken_metadata_is_not_listed(monkeypatch, data):
    write_model(data, {"metadata": {}}, service="broken")
    write_model(data, service_model(serviceFullName="日本"), service="unnameable")
    monkeypatch.setattr(generate_command.spec, "installed", lambda: data)
    generate_command._on_demand.cache_clear()
    found = generate_command._on_demand()
    generate_command._on_demand.cache_clear()
    assert found == {"example": "example", "otherthing": "other-thing"}
