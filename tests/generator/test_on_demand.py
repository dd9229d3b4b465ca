"""The files that the generator returns for a service that is used for the first time."""

import json

import pytest

from make_paws import on_demand, overrides, spec
from make_paws.errors import ModelError
from make_paws.parse import parse
from support.service_models import files, greeting_model, write_model

GREET = [{"input": {"Name": "ann"}, "title": "Greet Ann"}]
EXAMPLES = {"version": "1.0", "examples": {"Greet": GREET}}
MEMBERS = {"members": {"Loudly": {"shape": "Count"}}}
EXTRAS = {"version": 1.0, "merge": {"shapes": {"GreetInput": MEMBERS}}}
NAMES = ("service-2", "service-2.sdk-extras", "examples-1")


def write(folder, **others):
    path = write_model(folder, greeting_model(), packed=False)
    for name, content in others.items():
        (path / f"{name}.json").write_text(json.dumps(content))
    return {each.name: each.read_bytes() for each in path.iterdir()}


@pytest.mark.parametrize("with_others", [True, False])
def test_modules_are_those_of_the_command(tmp_path, run, monkeypatch, with_others):
    others = {"examples-1": EXAMPLES, "service-2.sdk-extras": EXTRAS}
    contents = write(tmp_path / "data", **(others if with_others else {}))
    files_of_model = map(contents.get, (f"{name}.json" for name in NAMES))
    name, modules = on_demand.generate("example", *files_of_model, None)
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "data"))
    assert run("generate", "example", "--output", tmp_path / "output")[0] == 0
    assert name == "example"
    assert modules == files(tmp_path / "output" / "paws" / "services" / "example")
    assert (b"Loudly" in modules["operations.py"]) == with_others
    assert (b"Greet Ann" in modules["operations.py"]) == with_others


def test_constructor_is_that_of_the_service():
    """Of all services of the installed botocore, without those of the user."""
    rules = overrides.load()
    contents = spec.contents(spec.installed())
    for service in ("lambda", "s3", "sagemaker-runtime", "sms-voice", "stepfunctions"):
        content = contents[service]
        assert isinstance(content, spec.Content)
        described = parse(spec.decode(service, content), rules)
        found = on_demand.constructor(service, content.model)
        assert found == described.constructor


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"metadata": []}'])
def test_file_without_a_name_has_no_constructor(content):
    with pytest.raises(ModelError, match=r"^example"):
        on_demand.constructor("example", content)
