"""No control character of a model, a wheel or a file name reaches the terminal."""

import ast
import shlex
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import make_paws
from make_paws import terminal
from make_paws.cli import main
from support.service_models import greeting_model, write_model

CODEGEN = Path(make_paws.__file__).parent
# Controls (ECMA-48: C0, DEL, C1), and characters that hide or reorder text (UAX #9).
CONTROLS = [chr(code) for code in (*range(32), *range(127, 160))]
HIDDEN = ["\u200b", "\u202e", "\u2066", "\u2028", "\ufeff", "\ud800"]


@pytest.mark.parametrize("character", [*CONTROLS, *HIDDEN])
def test_control_character_is_escaped(character):
    escaped = terminal.escape(f"a{character}b")
    assert escaped.isprintable()
    assert ast.literal_eval(f'"{escaped}"') == f"a{character}b"


@given(st.text())
def test_escaped_text_is_printable_or_a_space(text):
    for character in terminal.escape(text):
        assert character.isprintable() or unicodedata.category(character) == "Zs"


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_visible_text_is_unchanged(text):
    assert terminal.escape(text) == text


def test_errors_and_warnings_are_one_line(capsys):
    terminal.error("one\ntwo\x1b[2J")
    terminal.warning("three\r\nfour")
    terminal.write("one\n\ttwo\x07")
    errors = "make-paws: one\\ntwo\\x1b[2J\nmake-paws: warning: three\\r\\nfour\n"
    assert capsys.readouterr() == ("one\n\ttwo\\x07\n", errors)


EVIL = "x\n\x1b]0;owned\x07\x9b2J\u202e"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["list", "generate", "docs", "diff"])
def test_model_cannot_control_the_terminal(data, output, capsys, command):
    model = greeting_model(serviceFullName=f"Amazon Evil {EVIL}", serviceId="Evil")
    shapes = model["shapes"]
    shapes["Name"]["pattern"] = f"(?<{EVIL}"
    shapes["Name"]["enum"] = [EVIL]
    model["operations"]["Greet"]["documentation"] = f"<p>{EVIL}</p>"
    write_model(data, model, service="evil")
    write_model(data, {**model, EVIL: 1}, service=f"folder {EVIL}")
    places = {
        "list": ["--botocore", data],
        "generate": ["--all", "--botocore", data, "--output", output],
        "docs": ["--all", "--botocore", data, "--output", output],
        "diff": [data, write_model(output, greeting_model()).parents[1]],
    }
    flags = {"diff": ["--format", "markdown"], "list": []}
    for more in ([], flags.get(command, ["--allow-unknown"])):
        main([command, *map(str, places[command]), *more])
        out, err = capsys.readouterr()
        assert "evil" in out.lower()
        assert_harmless(out + err)
        assert all(line.startswith("make-paws: ") for line in err.splitlines())


@pytest.mark.parametrize("argument", [f"--{EVIL}", EVIL])
def test_argument_cannot_control_the_terminal(capsys, argument):
    with pytest.raises(SystemExit):
        main(["list", argument])
    assert_harmless(capsys.readouterr().err)


def assert_harmless(text):
    for character in text:
        assert character.isprintable() or character == "\n"


def test_no_other_module_prints():
    streams = ("sys.stdout", "sys.stderr")
    prints = {
        "print",
        *(f"{each}.{name}" for each in streams for name in ("write", "writelines")),
    }
    found = {
        path.name
        for path in CODEGEN.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in prints
    }
    assert found == {"terminal.py"}


def test_closed_pipe_ends_without_a_message(data):
    """The exit code is that which a shell reports for SIGPIPE."""
    command = [sys.executable, "-m", "make_paws", "list", "--botocore", str(data)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (141, "")


def run_in_shell(redirections, *arguments):
    words = map(str, [sys.executable, "-m", "make_paws", *arguments])
    shell = ["sh", "-c", f"{shlex.join(words)} {redirections}"]
    return subprocess.run(shell, capture_output=True, text=True, check=False)


def test_closed_stdout_is_no_error(data):
    done = run_in_shell(">&-", "list", "--botocore", data)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_workers_run_without_standard_streams(data, output, closed):
    write_model(data, greeting_model(serviceFullName="Other"), service="other")
    options = ["--botocore", data, "--jobs", "2", "--output", output]
    done = run_in_shell(closed, "docs", "--all", *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert {"example", "other"} <= {path.name for path in output.iterdir()}


def test_error_for_a_closed_stderr_is_not_printed(data):
    done = run_in_shell("2>&-", "docs", "x", "--botocore", data, "--output", data)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has /dev/full")
def test_full_disk_of_stdout_ends_in_one_line(data):
    done = run_in_shell(">/dev/full", "list", "--botocore", data)
    assert done.returncode == 2
    assert done.stderr.startswith("make-paws: ")
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1
