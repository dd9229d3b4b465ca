"""The command line: output, files and exit codes."""

import ast
import errno
import functools
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
from support import requirements
from support.programs import WITHOUT_EXTRA
from support.service_models import (
    files,
    greeting_model,
    service_model,
    write_model,
    write_wheel,
)

GENERATED = Path(__file__).parents[2] / "generated"
OTHER = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}
MODULES = ("__init__", "aio", "errors", "interfaces", "operations", "service")
FILES = {
    *("paws/__init__.py", "paws/__init__.pyi", "paws/_exports.py", "paws/_services.py"),
    *("paws/aio.py", "paws/aio.pyi", "paws/py.typed", "paws/services/__init__.py"),
    *(f"paws/services/example/{name}.py" for name in MODULES),
}


@pytest.fixture
def make_paws(data, output, run):
    """Return the command for the two services, which writes to `output`."""

    def make_paws(command, *arguments, botocore=data, output=output):
        places = ["--output", output] if command == "generate" else []
        return run(command, *arguments, "--botocore", botocore, *places)

    return make_paws


def run_process(*arguments, start=("-m", "make_paws"), **environment):
    return subprocess.run(
        [sys.executable, *start, *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- generate


def test_generate_prints_what_it_wrote(make_paws, output):
    code, out, err = make_paws("generate", "example")
    first, *changes = out.splitlines()
    before = files(output)
    assert (code, err) == (0, "")
    assert first == "example (example 2020-01-02): 1 operation, 2 parameters"
    assert before.keys() == FILES
    assert set(changes) == {f"create {output.as_posix()}/{name}" for name in FILES}

    code, out, err = make_paws("generate", "example")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [f"{output}: {len(FILES)} files, nothing changed"]
    assert files(output) == before


def test_generate_without_services_updates_the_folder(make_paws, output):
    make_paws("generate", "example", "otherthing")  # R's name of the other one
    assert emit.services(output, "paws")["otherthing"] == "other-thing"
    code, out, _ = make_paws("generate")
    assert code == 0
    names = [line.partition(" ")[0] for line in out.splitlines()[:2]]
    assert names == ["example", "otherthing"]


def test_without_any_service_it_is_sagemaker_runtime(run, output):
    code, out, _ = run("generate", "--output", output)
    assert code == 0
    assert "sagemakerruntime (sagemaker-runtime 2017-05-13)" in out
    assert list(emit.services(output, "paws")) == ["sagemakerruntime"]


def test_only_service_of_a_source_needs_no_name(make_paws, output, tmp_path):
    single = tmp_path / "data/other-thing/2020-01-02/service-2.json.gz"
    wheel = write_wheel(tmp_path / "botocore.whl", {"example": greeting_model()})
    assert make_paws("generate", botocore=single)[0] == 0
    assert make_paws("generate", botocore=wheel)[0] == 0
    assert list(emit.services(output, "paws")) == ["example", "otherthing"]


def test_unnamed_services_stay_unchanged(make_paws, output, data):
    make_paws("generate", "example", "other-thing")
    before = files(output)
    changed = greeting_model()
    changed["operations"]["Wave"] = {"name": "Wave", "http": {}}
    write_model(data, changed, version="2020-01-03")
    assert make_paws("generate", "example")[0] == 0
    after = files(output)
    changes = {name for name in after if after[name] != before.get(name)}
    assert {"paws/__init__.pyi", "paws/services/example/operations.py"} <= changes
    assert not any("otherthing" in name for name in changes)
    assert b"otherthing" in after["paws/__init__.pyi"]


def test_files_with_merge_conflicts_are_regenerated(make_paws, output):
    make_paws("generate", "example")
    before = files(output)
    broken = output / "paws" / "services" / "example" / "__init__.py"
    broken.write_text(broken.read_text() + "<<<<<<< HEAD\n")
    assert make_paws("generate")[0] == 0
    assert files(output) == before


# --- --check


def test_check_prints_stale_missing_and_orphaned_files(make_paws, output):
    make_paws("generate", "example")
    folder = output / "paws" / "services" / "example"
    names = ("operations.py", "errors.py", "models.py")
    stale, missing, orphaned = (folder / name for name in names)
    stale.write_text(stale.read_text().replace("Greets somebody", "Insults somebody"))
    missing.unlink()
    orphaned.write_text(f"{emit.HEADER}. Do not edit.\n")
    before = files(output)
    code, out, err = make_paws("generate", "example", "--check")
    assert (code, err) == (1, "")
    assert set(out.splitlines()) >= {
        *(f"--- {stale.as_posix()}", f"+++ {stale.as_posix()}"),
        *("-    Insults somebody.", "+    Greets somebody."),
        *(f"+++ {missing.as_posix()}", "+class Busy(ServiceError):"),
        f"--- {orphaned.as_posix()}",
    }
    assert files(output) == before
    assert make_paws("generate", "example")[0] == 0
    code, out, err = make_paws("generate", "example", "--check")
    assert (code, len(out.splitlines()), err) == (0, 1, "")


@requirements.pinned_botocore
def test_committed_code_is_generated_from_the_pin(run):
    code, _, err = run("generate", "--check", "--output", GENERATED)
    assert (code, err) == (0, "")


# --- Errors


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "usage: make-paws"),
        (["genarate"], "usage: make-paws"),
        (["generate", "--chek"], "usage: make-paws"),
        (["generate", "--all", "example"], "not allowed with"),
        *(
            (["generate", f"--jobs={jobs}"], f"{jobs!r} is not a number of jobs")
            for jobs in ("0", "-1", "many", "")
        ),
        *(
            (
                ["generate", "--package", name],
                f"{name!r} is not a name of a Python pack",
            )
            for name in ("class", "not-a-name", "a.b", "", "ünï")
        ),
        *(
            (["generate", "--package", name], f"'{name}' is the name of another packag")
            for name in ("json", "paws_common", "make_paws", "botocore")
        ),
    ],
)
def test_invalid_command_line_exits_with_2(capsys, arguments, error):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert error in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="Linux has /dev/zero")
@pytest.mark.parametrize("command", ["generate", "list", "docs", "diff"])
def test_source_that_is_a_device_is_refused(run, tmp_path, command):
    source = ["/dev/zero"] * 2 if command == "diff" else ["--botocore", "/dev/zero"]
    output = [] if command == "list" else ["--output", tmp_path]
    said = "make-paws: /dev/zero is neither a file nor a folder\n"
    assert run(command, *source, *output) == (2, "", said)


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ENOSPC])
def test_unexpected_os_error_is_one_line(make_paws, monkeypatch, number):
    def fail(given):
        raise OSError(number, os.strerror(number), "/some/file")

    monkeypatch.setattr(list_command, "run", fail)
    code, out, err = make_paws("list")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"{os.strerror(number)}: '/some/file'\n" in err


# --- list


def test_list_shows_the_three_names_of_every_service(make_paws):
    code, out, err = make_paws("list")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "botocore     R           name",
        "example      example     Amazon Example",
        "other-thing  otherthing  Amazon Other Thing",
    ]


# --- Determinism


def test_diff_prints_on_an_ascii_terminal(data, output):
    names = {"serviceFullName": "Amazon Exàmple", "serviceAbbreviation": "Example"}
    model = greeting_model(**names)
    write_model(data, model, version="2020-01-03")
    arguments = ("example", "--check", "--botocore", data, "--output", output)
    done = run_process("generate", *arguments, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, "")
    assert r"Amazon Ex\xe0mple" in done.stdout


@pytest.mark.slow
def test_output_is_independent_of_the_hash_seed(tmp_path):
    for seed in ("0", "1", "4711"):
        output = tmp_path / seed
        done = run_process("generate", "--output", output, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "0") == files(tmp_path / "1") == files(tmp_path / "4711")


# --- without the extra

INSTALLED_DATA = Path(botocore.__file__).parent / "data"

RUN_WITHOUT_EXTRA = f"""
{WITHOUT_EXTRA}
from make_paws.__main__ import main
sys.exit(main())
"""
run_without_extra = functools.partial(run_process, start=("-c", RUN_WITHOUT_EXTRA))


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


def test_package_lists_services_of_installed_botocore(make_paws, output):
    """Whatever --botocore is: the runtime generates from the installed one."""
    make_paws("generate", "example")
    models = INSTALLED_DATA.glob("*/*/service-2.json*")
    services = {path.parent.parent.name for path in models}
    listed = (output / "paws" / "_services.py").read_text().partition("SERVICES = ")[2]
    index = ast.literal_eval(listed)
    assert {*index.values()} == services
    assert index["sagemakerruntime"] == "sagemaker-runtime"
    assert "s3: _Constructor" in (output / "paws/__init__.pyi").read_text()


def test_renamed_package_generates_nothing_on_demand(make_paws, output):
    assert make_paws("generate", "example", "--package", "cats")[0] == 0
    assert [path.name for path in output.iterdir()] == ["cats"]
    assert not (output / "cats" / "_services.py").exists()
    assert "on_demand" not in (output / "cats/__init__.py").read_text()


def test_service_with_broken_metadata_is_not_listed(monkeypatch, data):
    write_model(data, {"metadata": {}}, service="broken")
    write_model(data, service_model(serviceFullName="日本"), service="unnameable")
    monkeypatch.setattr(generate_command.spec, "installed", lambda: data)
    generate_command._on_demand.cache_clear()
    found = generate_command._on_demand()
    generate_command._on_demand.cache_clear()
    assert found == {"example": "example", "otherthing": "other-thing"}
