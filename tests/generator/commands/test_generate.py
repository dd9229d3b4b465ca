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


def write(data, name, change=lambda model: None, version="2020-01-02"):
    model = greeting_model(serviceFullName=f"Amazon {name}", serviceId=name)
    change(model)
    write_model(data, model, service=name, version=version)


@pytest.fixture
def data(tmp_path):
    for name in NAMES:
        write(tmp_path / "data", name)
    return tmp_path / "data"


@pytest.fixture
def generate(data, output, run):
    """Return the command, which starts no processes by default: that takes long."""

    def generate(*arguments, output=output):
        places = ["--botocore", data, "--output", output]
        return run("generate", "--jobs", 1, *arguments, *places)

    return generate


def break_model(data, service):
    """Make the newest model of a service refer to a shape that it lacks."""

    def change(model):
        model["shapes"]["GreetInput"]["members"]["Name"]["shape"] = "Nome"

    write(data, service, change, "2020-01-03")


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


def test_failing_service_is_reported_and_keeps_its_files(generate, data, output):
    """`test_service_failures.py` has other failures, without processes."""
    generate("--all")
    before = files(output)
    break_model(data, "beta")
    code, out, err = generate("--all", "--jobs", 2)
    place = "beta: shapes/GreetInput/members/Name/shape"
    assert (code, err) == (2, f"make-paws: {place}: unknown shape 'Nome'\n")
    assert "2 services, 2 operations, 4 parameters" in out
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
    assert f"alpha and alpha-v2 are {said}" in generate("--all")[2]
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


def test_many_changed_files_are_counted_and_not_listed(generate, data, output):
    for number in range(3):
        write(data, f"delta{number}")
    _, out, _ = generate("--all")
    count = len(files(output))
    assert out.splitlines()[-1] == f"{output}: {count} files: create {count}"
    _, out, _ = generate("--all")
    assert out.splitlines()[-1] == f"{output}: {count} files, nothing changed"


def test_rewritten_service_is_listed_with_api_changes(generate, data):
    def change(model):
        model["shapes"]["GreetInput"]["members"]["Tone"] = {"shape": "Name"}
        model["shapes"]["Count"]["max"] = 9

    _, out, _ = generate("--all")
    assert "differ" not in out
    write(data, "beta", change, "2020-01-03")
    code, out, _ = generate("--all", "--check")
    assert code == 1
    assert "  operation Greet" not in out.splitlines()
    code, out, err = generate("--all")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "beta: 2 differences, 1 breaking" in lines
    assert any("+ parameter Tone: optional" in line for line in lines)
    assert any("10 -> 9" in line and "!" in line for line in lines)
    assert not any(line.startswith(("alpha: ", "gamma: ")) for line in lines)


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
        skipped = tuple(SkippedPattern(shape, "x", reason) for shape, reason in places)
        keys = UnusedKeys({}, {})
        return summary.Counts(service, service, 1200, 1, skipped, (), keys, ())

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


def test_summary_lists_tags_and_texts_by_their_paths(generate, data):
    def change(model):
        name = model["shapes"]["GreetInput"]["members"]["Name"]
        name["documentation"] = "<p>Of <ip>.</p>"
        model["operations"]["Greet"]["documentation"] = ["Greets."]

    for service in ("alpha", "beta"):
        write(data, service, change, "2020-01-03")
    code, out, err = generate("--all")
    assert (code, err) == (0, "")
    for title, place in {
        "tag <ip> shown as text: 2 places": "shapes/GreetInput/members/Name",
        "2 texts omitted: not a string": "operations/Greet/documentation",
    }.items():
        assert f"{title}\n  alpha/{place}, beta/{place}\n" in out


def test_package_that_paws_would_hide_is_refused(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    code, _, errors = run("generate", "sqs")
    assert code == 2
    assert "--package aws --output src" in errors
    assert list(tmp_path.iterdir()) == []


def test_package_of_a_checkout_is_extended(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["generate", "sqs", "--output", "new"]) == 0
    (tmp_path / "new").rename("generated")
    assert main(["generate", "sns", "--quiet"]) == 0
    names = {path.parent.name for path in Path("generated").rglob("errors.py")}
    assert names == {"sns", "sqs"}
