"""Every service of botocore becomes a package that holds up.

`tox -e services` runs this, and `tox -e sample` its test with pyright. Expected values are
read from botocore's files only.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support import model_arguments

# It takes minutes, so that one environment does it for all.
pytestmark = pytest.mark.skipif(
    os.environ.get("PAWS_ALL_SERVICES") != "required",
    reason="takes minutes; tox -e services and tox -e sample run it",
)

REPOSITORY = Path(__file__).parents[2]
# Besides these, every tenth service is in the sample.
SAMPLE = ("s3", "dynamodb", "iam", "ec2", "lambda_", "sagemaker", "quicksight")
SAMPLE_SIZE = 40

# Imports every module of every service, and prints the parameters and the result's members
# of each function.
DESCRIBE = """
import inspect, importlib, json, pkgutil, sys
from paws_common.service import operations_of
for name in sys.argv[1:]:
    module = importlib.import_module(f"paws.services.{name}")
    for each in pkgutil.iter_modules(module.__path__):
        importlib.import_module(f"{module.__name__}.{each.name}")
    for export in module.__all__:
        assert hasattr(module, export), (name, export)
    described = {}
    for key, operation in operations_of(module.operations).items():
        parameters = inspect.signature(vars(module.operations)[key]).parameters.values()
        output = operation.api.shapes.get(operation.output)
        described[operation.name] = [
            [[each.name.rstrip("_"), each.default is each.empty] for each in parameters],
            list(output.members) if output else [],
        ]
    print(json.dumps([module.operations.API.service, described]))
"""
# Creates the schema of every function, and prints how many there are.
SCHEMAS = """
import importlib, json, sys
from jsonschema import Draft202012Validator
from paws_common import schema
from paws_common.service import operations_of
number = 0
for name in sys.argv[1:]:
    module = importlib.import_module(f"paws.services.{name}.operations")
    for function in operations_of(module):
        made = schema(vars(module)[function])
        if number % 40 == 0:  # it takes longer than all the rest
            Draft202012Validator.check_schema(made)
        assert json.loads(json.dumps(made)) == made, function
        number += 1
print(number)
"""


@cache
def models() -> Mapping[str, Mapping[str, Any]]:
    """Return the newest model of every service, by botocore's name."""
    return {name: model_arguments.model(name) for name in model_arguments.files()}


def run(*command: str | Path, **options: Any) -> str:
    """Run a command, which succeeds and writes no error, and return its output."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, **options
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """The folder with all services, as the command writes it."""
    folder = tmp_path_factory.mktemp("generated")
    command = (sys.executable, "-m", "make_paws", "generate", "--all")
    printed = run(*command, "--output", folder)
    number = sum(len(model["operations"]) for model in models().values())
    assert len(models()) > 400
    assert f"{len(models())} services, {number:,} operations, " in printed
    return folder


@pytest.fixture(scope="module")
def services(output):
    """Return the names of the packages of all services."""
    found = sorted(path.parent.name for path in output.glob("paws/services/*/aio.py"))
    assert len(found) == len(models())
    return found


def run_in(output: Path, code: str, services: list[str]) -> list[str]:
    """Run a program that imports services, and return the lines of its output."""
    paths = [str(output), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = (sys.executable, "-W", "error", "-c", code, *services)
    return run(*command, env=environment).splitlines()


def expected(model: Mapping[str, Any], operation: Mapping[str, Any]) -> list[Any]:
    """Return the members of an input, whether each is required, and those of an output."""
    given, returned = (
        model["shapes"][operation[part]["shape"]] if part in operation else {}
        for part in ("input", "output")
    )
    required = given.get("required", ())
    parameters = [[name, name in required] for name in given.get("members", ())]
    return [sorted(parameters), list(returned.get("members", ()))]


def test_services_import_with_members_of_the_model(output, services):
    seen = set()
    for service, found in map(json.loads, run_in(output, DESCRIBE, services)):
        seen.add(service)
        model = models()[service]
        assert {name: [sorted(each[0]), each[1]] for name, each in found.items()} == {
            name: expected(model, operation)
            for name, operation in model["operations"].items()
        }, service
    assert seen == models().keys()


def test_sampled_schemas_are_valid_by_the_metaschema(output, services):
    """Every function has a schema; every fortieth is validated."""
    number = sum(len(model["operations"]) for model in models().values())
    assert run_in(output, SCHEMAS, services) == [str(number)]


def test_generated_services_pass_ruff(output):
    settings = ("--config", REPOSITORY / "pyproject.toml")
    for rules in (["--isolated"], [*settings, "--ignore", "N,RUF001,RUF002,UP013"]):
        run("ruff", "check", "--no-cache", "--quiet", *rules, output)


def test_pyright_finds_nothing_in_the_sample(output, services):
    others = [name for name in services if name not in SAMPLE]
    step = len(others) // (SAMPLE_SIZE - len(SAMPLE))
    sample = [*SAMPLE, *others[::step]][:SAMPLE_SIZE]
    settings = {
        "typeCheckingMode": "basic",
        "include": [f"paws/services/{name}" for name in sample],
        "pythonVersion": "3.11",
    }
    (output / "pyrightconfig.json").write_text(json.dumps(settings))
    command = ("pyright", "--outputjson", "--threads", "2")
    found = json.loads(run(*command, "--pythonpath", sys.executable, cwd=output))
    assert found["generalDiagnostics"] == []
    folders = [output / "paws" / "services" / name for name in sample]
    paths = [path for folder in folders for path in folder.glob("*.py")]
    assert found["summary"]["filesAnalyzed"] == len(paths) > SAMPLE_SIZE
