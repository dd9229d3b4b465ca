"""jedi (IPython, Jupyter, many editors) completes names and arguments without running code."""

import inspect
import subprocess
import sys

import jedi
import pytest

import paws
import paws_common


def script(*lines):
    return jedi.Script("\n".join(lines))


def completed(*lines):
    return {each.name for each in script(*lines).complete()}


SERVICE = ("import paws", "svc = paws.sagemakerruntime()")


@pytest.mark.parametrize(
    ("line", "function"),
    [
        ('svc.invoke_endpoint("", Acc', paws.sagemakerruntime_invoke_endpoint),
        ("import paws_common; paws_common.paginate(", paws_common.paginate),
    ],
    ids=["method", "function"],
)
def test_call_has_signature_and_help(line, function):
    (signature,) = script(*SERVICE, line).get_signatures()
    names = [each.name for each in signature.params]
    assert names == list(inspect.signature(function).parameters)
    assert signature.docstring(raw=True) == inspect.getdoc(function)


def test_methods_and_arguments_are_completed():
    assert "Accept=" in completed(*SERVICE, 'svc.invoke_endpoint("", Acc')
    methods = {"invoke_endpoint", "invoke_endpoint_async", "with_options"}
    assert completed(*SERVICE, "svc.") >= methods


def test_argument_of_a_service_in_the_cache_is_completed(tmp_path, monkeypatch):
    """IPython and Jupyter complete an object that exists."""
    monkeypatch.setenv("PAWS_CACHE_DIR", str(tmp_path / "cache"))
    program = """
import jedi, paws
names = {"svc": paws.sts(region="us-east-1")}
found = jedi.Interpreter("svc.get_session_token(Dur", [names]).complete()
print([each.name for each in found])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "['DurationSeconds=']\n"


@pytest.mark.parametrize("package", [paws, paws_common])
def test_names_of_a_package_are_completed(package):
    name = package.__name__
    public = {each for each in dir(package) if not each.startswith("_")}
    assert completed(f"import {name}", f"{name}.") >= public
