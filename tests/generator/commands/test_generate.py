"""`make-paws generate` with many services: files, messages and failures."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from make_paws import emit, summary
from make_paws.cli import main
from make_paws.ir import SkippedPattern, UnusedKeys
from support.service_models import files, greeting_model, service_model, write_model

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


@pytest.mark.slow
def test_files_do_not_depend_on_the_number_of_jobs(generate, tmp_path):
    for jobs in ("1", "2", "9"):
        assert generate("--all", "--jobs", jobs, output=tmp_path / jobs)[0] == 0
    assert files(tmp_path / "1") == files(tmp_path / "2") == files(tmp_path / "9")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_failing_service_is_reported_with_its_path(generate, data, output, jobs):
    break_model(data, "beta")
    code, out, err = generate("--all", "--jobs", jobs)
    assert code == 2
    assert err == (
        "make-paws: beta: shapes/GreetInput/members/Name/shape: "
        "unknown shape 'Nome'\n"
    )
    assert list(emit.services(output, "paws")) == ["alpha", "gamma"]
    assert "2 services, 2 operations, 4 parameters" in out


def test_failing_service_keeps_its_files(generate, data, output):
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


def test_name_collision_never_overwrites_a_service(generate, data, output):
    write_model(data, service_model(serviceFullName="alpha"), service="alpha-v2")
    said = f"both called alpha, so {output} can contain only one of them"
    code, _, err = generate("--all")
    assert code == 2
    assert f"alpha and alpha-v2 are {said}" in err
    before = files(output)
    code, out, err = generate("alpha-v2")
    assert (code, out) == (2, "")
    assert f"alpha and alpha-v2 are {said}" in err
    assert files(output) == before


def test_quiet_prints_only_errors(generate, data):
    assert generate("--all", "--quiet") == (0, "", "")
    break_model(data, "beta")
    code, out, err = generate("--all", "--quiet")
    assert (code, out) == (2, "")
    assert err.startswith("make-paws: beta: ")


def test_check_compares_every_service_in_the_folder(generate, output):
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
    files = sum(path.is_file() for path in output.rglob("*"))
    assert out.splitlines()[-1] == f"{output}: {files} files: create {files}"
    _, out, _ = generate("--all")
    assert out.splitlines()[-1] == f"{output}: {files} files, nothing changed"


def test_rewritten_service_is_listed_with_api_changes(generate, data, output):
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
def test_invalid_number_of_jobs_is_refused(generate, capsys, jobs):
    with pytest.raises(SystemExit) as caught:
        generate("--all", f"--jobs={jobs}")
    assert caught.value.code == 2
    assert f"{jobs!r} is not a number of jobs" in capsys.readouterr().err


def test_all_and_a_name_exclude_one_another(generate, capsys):
    with pytest.raises(SystemExit) as caught:
        generate("--all", "alpha")
    assert caught.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def on_a_terminal(*arguments):
    """Run the command with a terminal for its output; return what was shown on it."""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"no terminal can be opened here: {error}")
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
    except OSError:  # Linux raises this if the other end was closed
        return b""


def test_terminal_shows_progress_and_then_the_summary(data, output):
    code, shown, errors = on_a_terminal(
        "--all", "--jobs", 1, "--botocore", data, "--output", output
    )
    assert (code, errors) == (0, "")
    assert "/3" in shown
    for name in NAMES:
        assert name in shown
        assert f"{name} ({name} 2020-01-02)" not in shown
    assert "3 services, 3 operations, 6 parameters" in shown


def test_summary_groups_skipped_patterns_by_reason():
    def counts(service, *places):
        skipped_patterns = tuple(
            SkippedPattern(shape, "x", reason) for shape, reason in places
        )
        keys = UnusedKeys({}, {})
        return summary.Counts(
            service, f"{service} 2020", 1200, 1, skipped_patterns, (), keys, ()
        )

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


def test_summary_lists_unknown_tags_with_their_places(generate, data):
    for service, tag in (("alpha", "ip"), ("beta", "ip"), ("gamma", "region")):
        model = greeting_model(serviceFullName=f"Amazon {service}", serviceId=service)
        member = model["shapes"]["GreetInput"]["members"]["Name"]
        member["documentation"] = f"<p>Of <{tag}>.</p>"
        write_model(data, model, service=service, version="2020-01-03")
    code, out, err = generate("--all")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    first = lines.index("tag <ip> shown as text: 2 places")
    assert lines[first + 1 : first + 4] == [
        "  alpha/shapes/GreetInput/members/Name, beta/shapes/GreetInput/members/Name",
        "tag <region> shown as text: 1 place",
        "  gamma/shapes/GreetInput/members/Name",
    ]


def test_package_that_paws_would_hide_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["generate", "sqs"]) == 2
    assert "--package aws --output src" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_package_of_a_checkout_is_extended(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["generate", "sqs", "--output", "new"]) == 0
    (tmp_path / "new").rename("generated")
    assert main(["generate", "sns", "--quiet"]) == 0
    assert {path.parent.name for path in Path("generated").rglob("errors.py")} == {
        "sns",
        "sqs",
    }


def test_summary_lists_texts_that_are_not_strings(generate, data):
    model = greeting_model(serviceFullName="Amazon beta", serviceId="beta")
    model["documentation"] = None
    model["operations"]["Greet"]["documentation"] = ["Greets."]
    write_model(data, model, service="beta", version="2020-01-03")
    code, out, err = generate("--all")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    first = lines.index("2 texts omitted: not a string")
    assert lines[first + 1] == (
        "  beta/documentation, beta/operations/Greet/documentation"
    )
