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


@pytest.fixture
def call():
    return script(
        "import paws", "svc = paws.sagemakerruntime()", 'svc.invoke_endpoint("", Acc'
    )


def test_method_has_the_signature_of_its_function(call):
    (signature,) = call.get_signatures()
    function = inspect.signature(paws.sagemakerruntime_invoke_endpoint)
    assert [each.name for each in signature.params] == list(function.parameters)


def test_method_has_the_help_of_its_function(call):
    (signature,) = call.get_signatures()
    documentation = inspect.getdoc(paws.sagemakerruntime_invoke_endpoint)
    assert signature.docstring(raw=True) == documentation


def test_argument_of_a_method_is_completed(call):
    assert "Accept=" in [each.name for each in call.complete()]


def test_operations_of_a_service_are_completed():
    found = script("import paws", "paws.sagemakerruntime().").complete()
    assert {each.name for each in found} >= {
        "invoke_endpoint",
        "invoke_endpoint_async",
        "invoke_endpoint_with_response_stream",
        "with_options",
    }


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
    found = {each.name for each in script(f"import {name}", f"{name}.").complete()}
    assert found >= {each for each in dir(package) if not each.startswith("_")}


def test_function_of_the_runtime_has_its_help():
    (signature,) = script(
        "import paws_common", "paws_common.paginate("
    ).get_signatures()
    assert signature.docstring(raw=True) == inspect.getdoc(paws_common.paginate)
