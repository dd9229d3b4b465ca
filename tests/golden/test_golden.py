"""The trees of small service models, one behaviour each: what is generated, to read.

``--update`` rewrites them; the difference is then to be read and committed.
"""

import dataclasses
import importlib
import inspect
import json
from pathlib import Path, PurePosixPath

import pytest

from make_paws import emit, render, spec
from make_paws.overrides import Overrides
from make_paws.pages import page, site
from make_paws.parse import parse

MODELS = Path(__file__).with_name("models")
EXPECTED = Path(__file__).with_name("expected")
PAGES = Path(__file__).with_name("pages")
# The models whose reference pages are read here, too.
DOCUMENTED = ("hostile_text", "nested_inputs", "query_protocol")
NAMES = sorted(path.stem for path in MODELS.glob("*.json") if "." not in path.stem)


def described(name):
    """Return the service of a model."""
    return parse(loaded(name), Overrides())


def loaded(name):
    """Return a model, with the examples that stand beside it."""
    path = MODELS / f"{name}.json"
    (service,) = spec.services(path)
    found = spec.load(service, path)
    examples = MODELS / f"{name}.examples.json"
    if examples.exists():
        content = json.loads(examples.read_text(encoding="utf-8"))
        found = dataclasses.replace(found, examples=content)
    return found


def generated(name):
    """Return the files of a model, below `EXPECTED`."""
    files = render.service(described(name), "paws")
    return {PurePosixPath(name, path.name): source for path, source in files.items()}


def documented(name):
    """Return the reference pages of a model, below `PAGES`."""
    service = described(name)
    functions = page.functions(
        service, loaded(name).model, earlier=(), rules=(), beside_r={}
    )
    files = site.service(service, functions)
    return {PurePosixPath(name, path.name): source for path, source in files.items()}


def compare(files, expected, update):
    """Compare files with the tree, or rewrite it."""
    if update:
        changes = emit.write(files, expected)
        if changes:
            pytest.skip(f"{len(changes)} files rewritten: read the difference")
    differences = "".join(emit.drift(files, expected))
    assert not differences, f"--update would change this:\n{differences}"


@pytest.fixture
def update(request):
    return request.config.getoption("--update")


@pytest.mark.parametrize("name", NAMES)
def test_a_model_becomes_its_tree(name, update):
    compare(generated(name), EXPECTED, update)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_model_becomes_its_pages(name, update):
    compare(documented(name), PAGES, update)


def test_there_is_a_model_for_every_tree():
    trees = [path.name for path in EXPECTED.iterdir() if any(path.glob("*.py"))]
    assert sorted(trees) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_tree_can_be_imported_and_its_service_made(name):
    service = described(name)
    module = importlib.import_module(f"expected.{name}")
    made = getattr(module, service.constructor)()
    for operation in service.operations:
        text = inspect.getdoc(getattr(made, operation.method))
        assert operation.title in " ".join(text.split())
    for exported in module.__all__:
        assert hasattr(module, exported)
