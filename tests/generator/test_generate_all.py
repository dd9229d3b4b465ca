"""`make-paws generate` with many services: what is written, what is said, what fails."""

import os
import pty
import subprocess
import sys

import pytest

from make_paws import emit, summary
from make_paws.cli import main
from make_paws.ir import Unenforced
from service_models import files, greeting_model, service_model, write_model

NAMES = ("alpha", "beta", "gamma")


@pytest.fixture
def data(tmp_path):
    """Return a data folder with three services."""
    for name in NAMES:
        model = greeting_model(serviceFullName=f"Amazon {name}", serviceId=name)
        write_model(tmp_path / "data", model, service=name)
    return tmp_path / "data"


@pytest.fixture
def output(tmp_path):
    return tmp_path / "output"


@pytest.fixture
def generate(data, output, capsys):
    """Return the command, which gives its exit code, its output and its errors.

    It starts no processes where the arguments ask for none, which takes long.
    """

    def run(*arguments, output=output):
        places = ["--botocore", str(data), "--output", str(output)]
        code = main(["generate", "--jobs", "1", *arguments, *places])
        return code, *capsys.readouterr()

    return run


def break_model(data, service):
    """Make the newest model of a service refer to a shape that it lacks."""
    model = greeting_model(serviceFullName=f"Amazon {service}", serviceId=service)
    model["shapes"]["GreetInput"]["members"]["Name"]["shape"] = "Nome"
    write_model(data, model, service=service, version="2020-01-03")


def test_every_service_of_the_source_is_written(generate, output):
    code, out, err = generate("--all")
    assert (code, err) == (0, "")
    assert emit.services(output, "paws") == {name: name for name in NAMES}
    for name in NAMES:
        assert f"{name} ({name} 2020-01-02): 1 operation, 2 parameters" in out
    assert "3 services, 3 operations, 6 parameters" in out.splitlines()


def test_the_files_do_not_depend_on_the_number_of_jobs(generate, tmp_path):
    for jobs in ("1", "2", "9"):
        assert generate("--all", "--jobs", jobs, output=tmp_path / jobs)[0] == 0
    assert files(tmp_path / "1") == files(tmp_path / "2") == files(tmp_path / "9")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_service_that_fails_is_named_with_its_place_and_the_others_are_written(
    generate, data, output, jobs
):
    break_model(data, "beta")
    code, out, err = generate("--all", "--jobs", jobs)
    assert code == 2
    assert err == (
        "make-paws: beta: shapes/GreetInput/members/Name/shape: "
        "there is no shape 'Nome'\n"
    )
    assert list(emit.services(output, "paws")) == ["alpha", "gamma"]
    assert "2 services, 2 operations, 4 parameters" in out


def test_a_service_that_fails_stays_as_it_was(generate, data, output):
    generate("--all")
    before = files(output)
    break_model(data, "beta")
    assert generate("--all")[0] == 2
    assert files(output) == before
    assert generate("--all", "--check")[0] == 2


def test_where_all_fail_nothing_is_written(generate, data, output):
    for name in NAMES:
        break_model(data, name)
    code, out, err = generate("--all")
    assert (code, out, len(err.splitlines())) == (2, "", 3)
    assert not output.exists()


def test_a_service_never_overwrites_another_of_its_name(generate, data, output):
    write_model(data, service_model(serviceFullName="alpha"), service="alpha-v2")
    said = f"both called alpha; only one of them can stand in {output}"
    code, _, err = generate("--all")
    assert code == 2
    assert f"alpha and alpha-v2 are {said}" in err
    before = files(output)
    code, out, err = generate("alpha-v2")
    assert (code, out) == (2, "")
    assert f"alpha and alpha-v2 are {said}" in err
    assert files(output) == before


def test_quiet_says_nothing_but_errors(generate, data):
    assert generate("--all", "--quiet") == (0, "", "")
    break_model(data, "beta")
    code, out, err = generate("--all", "--quiet")
    assert (code, out) == (2, "")
    assert err.startswith("make-paws: beta: ")


def test_check_compares_every_service_with_what_stands_there(generate, output):
    generate("--all")
    assert generate("--all", "--check", "--quiet") == (0, "", "")
    path = output / "paws" / "services" / "gamma" / "errors.py"
    path.write_text(path.read_text().replace("Come again", "Go away"))
    code, out, err = generate("--all", "--check", "--quiet")
    assert (code, err) == (1, "")
    assert any(line.startswith("-") and "Go away" in line for line in out.splitlines())


def test_many_changed_files_are_counted_and_not_listed(generate, data, output):
    for number in range(3):
        name = f"delta{number}"
        model = greeting_model(serviceFullName=name, serviceId=name)
        write_model(data, model, service=name)
    _, out, _ = generate("--all")
    assert out.splitlines()[-1] == f"{output}: 34 files: create 34"
    _, out, _ = generate("--all")
    assert out.splitlines()[-1] == f"{output}: 34 files, nothing changed"


def test_a_service_that_is_rewritten_is_told_with_what_changed_in_its_api(
    generate, data, output
):
    _, out, _ = generate("--all")
    assert "differ" not in out
    model = greeting_model(serviceFullName="Amazon beta", serviceId="beta")
    model["shapes"]["GreetInput"]["members"]["Tone"] = {"shape": "Name"}
    model["shapes"]["Count"]["max"] = 9
    write_model(data, model, service="beta", version="2020-01-03")
    _, out, _ = generate("--all", "--check")
    assert "  operation Greet" not in out.splitlines()
    code, out, err = generate("--all")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "beta: 2 differences, 1 breaking" in lines
    assert any("+ parameter Tone: optional" in line for line in lines)
    assert any("10 -> 9" in line and "!" in line for line in lines)
    assert not any(line.startswith(("alpha: ", "gamma: ")) for line in lines)


@pytest.mark.parametrize("jobs", ["0", "-1", "many", ""])
def test_a_number_of_jobs_that_is_none_is_refused(generate, capsys, jobs):
    with pytest.raises(SystemExit) as caught:
        generate("--all", f"--jobs={jobs}")
    assert caught.value.code == 2
    assert f"{jobs!r} is no number of jobs" in capsys.readouterr().err


def test_all_and_a_name_exclude_one_another(generate, capsys):
    with pytest.raises(SystemExit) as caught:
        generate("--all", "alpha")
    assert caught.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def on_a_terminal(*arguments):
    """Run the command with a terminal for its output; return what was shown on it."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "make_paws", "generate", *map(str, arguments)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: read(ours), b""))
        errors = process.stderr.read()
    os.close(ours)
    return process.returncode, shown.decode(), errors.decode()


def read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's way to say that the other end was closed
        return b""


def test_a_terminal_shows_a_bar_with_counts_and_names_and_then_the_summary(
    data, output
):
    code, shown, errors = on_a_terminal(
        "--all", "--jobs", 1, "--botocore", data, "--output", output
    )
    assert (code, errors) == (0, "")
    assert "/3" in shown
    for name in NAMES:
        assert name in shown
        assert f"{name} ({name} 2020-01-02)" not in shown
    assert "3 services, 3 operations, 6 parameters" in shown


def test_the_summary_names_patterns_that_are_not_enforced_by_their_reason():
    def counts(service, *places):
        unenforced = tuple(Unenforced(shape, "x", reason) for shape, reason in places)
        return summary.Counts(service, f"{service} 2020", 1200, 1, unenforced)

    services = [
        counts("alpha", ("Name", "reason one"), ("Key", "reason two")),
        counts("beta", ("Name", "reason two")),
    ]
    assert list(summary.lines(services)) == [
        "2 services, 2,400 operations, 2 parameters",
        "1 pattern not enforced: reason one",
        "  alpha.Name",
        "2 patterns not enforced: reason two",
        "  alpha.Key, beta.Name",
    ]
