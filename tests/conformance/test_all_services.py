"""Every service of botocore becomes a package that holds up.

`tox -e services` runs this, and `tox -e sample` its test with pyright. Expected values are
read from botocore's files only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import black
import pytest

from support import model_arguments

# It takes minutes, so that one environment does it for all.
pytestmark = pytest.mark.skipif(
    os.environ.get("PAWS_ALL_SERVICES") != "required",
    reason="takes minutes; tox -e services and tox -e sample run it",
)

REPOSITORY = Path(__file__).parents[2]
LARGE = ("s3", "dynamodb", "iam")
# Besides these, every tenth service is in the sample.
SAMPLE = (*LARGE, "ec2", "lambda_", "sagemaker", "quicksight", "cloudfront")
SAMPLE_SIZE = 40

# Imports every service, and prints the parameters of each function, one per line.
DESCRIBE = """
import inspect, importlib, json, sys
for name in sys.argv[1:]:
    module = importlib.import_module(f"paws.services.{name}")
    for export in module.__all__:
        assert hasattr(module, export), (name, export)
    operations = importlib.import_module(f"paws.services.{name}.operations")
    functions = {
        value: [
            [key, parameter.default is parameter.empty]
            for key, parameter in inspect.signature(vars(operations)[value]).parameters.items()
        ]
        for value in module.__all__
        if value.startswith(name.rstrip("_") + "_") and value in vars(operations)
    }
    print(json.dumps([name, operations.API.service, functions]))
"""

# Creates the schema of every function, and prints how many are valid.
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
    return {
        service: model_arguments.model(service) for service in model_arguments.files()
    }


def run(*command: str | Path, **kwargs: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        **kwargs,
    )


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all services, as the command writes it."""
    folder = tmp_path_factory.mktemp("generated")
    command = ("-m", "make_paws", "generate", "--all", "--output", folder)
    done = run(sys.executable, *command)
    assert (done.returncode, done.stderr) == (0, "")
    shapes = [model["shapes"] for model in models().values()]
    operations = [
        operation for model in models().values() for operation in model["operations"]
    ]
    assert len(shapes) > 400
    assert f"{len(shapes)} services, {len(operations):,} operations, " in done.stdout
    return folder


@pytest.fixture(scope="module")
def services(output: Path) -> list[str]:
    """The names of the packages of all services."""
    found = sorted(
        path.parent.name for path in output.glob("paws/services/*/service.py")
    )
    assert len(found) == len(models())
    return found


@pytest.fixture(scope="module")
def sample(services: list[str]) -> list[str]:
    others = [name for name in services if name not in SAMPLE]
    step = len(others) // (SAMPLE_SIZE - len(SAMPLE))
    chosen = [*SAMPLE, *others[::step]][:SAMPLE_SIZE]
    assert len(chosen) == SAMPLE_SIZE
    return chosen


def said(code: str, output: Path, services: list[str]) -> list[str]:
    """Run a program that imports services in a separate process, and return its output."""
    done = run(
        *(sys.executable, "-W", "error", "-c", code, *services),
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(
                [str(output), *filter(None, [os.environ.get("PYTHONPATH")])]
            ),
        },
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def parameters(model: Mapping[str, Any], operation: Mapping[str, Any]) -> list[Any]:
    """Return the members of an input, and whether each is required."""
    if "input" not in operation:
        return []
    shape = model["shapes"][operation["input"]["shape"]]
    required = shape.get("required", ())
    return [[name, name in required] for name in shape["members"]]


def test_every_module_compiles_without_a_warning(output):
    done = run(
        *(sys.executable, "-W", "error", "-m", "compileall"),
        *("-q", "-j", "0", "--invalidation-mode", "unchecked-hash", output / "paws"),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_services_import_with_signatures_of_the_model(output, services):
    seen = set()
    for name, service, functions in map(json.loads, said(DESCRIBE, output, services)):
        seen.add(service)
        model = models()[service]
        assert list(functions.values()) != [] or not model["operations"], name
        expected = [
            parameters(model, operation) for operation in model["operations"].values()
        ]
        found = [
            [[key.rstrip("_"), required] for key, required in signature]
            for signature in functions.values()
        ]
        assert sorted(found) == sorted(expected), name
    assert seen == models().keys()


def test_sampled_schemas_are_valid_by_the_metaschema(output, services):
    """Every function has a schema; every fortieth is validated."""
    number = sum(len(model["operations"]) for model in models().values())
    assert said(SCHEMAS, output, services) == [str(number)]


def test_generated_services_pass_ruff(output):
    ours = (
        "--config",
        REPOSITORY / "pyproject.toml",
        "--ignore",
        "N,RUF001,RUF002,UP013",
    )
    for rules in (("--isolated",), ours):
        done = run("ruff", "check", "--no-cache", *rules, output)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:]


@pytest.mark.parametrize("service", LARGE)
def test_large_service_is_formatted_like_black(output, service):
    paths = sorted((output / "paws" / "services" / service).glob("*.py"))
    assert {"interfaces.py", "operations.py"} <= {path.name for path in paths}
    for path in paths:
        source = path.read_text(encoding="utf-8")
        assert black.format_str(source, mode=black.Mode()) == source, path.name


def test_pyright_finds_nothing_in_the_sample(output, sample):
    settings = {
        "typeCheckingMode": "basic",
        "include": [f"paws/services/{name}" for name in sample],
        "pythonVersion": "3.11",
    }
    (output / "pyrightconfig.json").write_text(json.dumps(settings))
    command = ("pyright", "--outputjson", "--threads", "2")
    done = run(*command, "--pythonpath", sys.executable, cwd=output)
    found = json.loads(done.stdout)
    assert found["generalDiagnostics"] == []
    folders = [output / "paws" / "services" / name for name in sample]
    paths = [path for folder in folders for path in folder.glob("*.py")]
    assert found["summary"]["filesAnalyzed"] == len(paths) > len(sample)
