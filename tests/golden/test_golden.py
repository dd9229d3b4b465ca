"""The generated code of small models, compared with committed files.

``--update`` rewrites them; the difference is then to be read and committed.
"""

import dataclasses
import importlib
import inspect
import json
from pathlib import Path, PurePosixPath

import pytest

from make_paws import emit, parse, render, spec
from make_paws.overrides import Overrides
from make_paws.pages import page, site

MODELS = Path(__file__).with_name("models")
EXPECTED = Path(__file__).with_name("expected")
PAGES = Path(__file__).with_name("pages")
# The models whose reference pages are read here, too.
DOCUMENTED = (
    *("deprecation", "event_stream", "hostile_text", "idempotency_tokens"),
    *("nested_inputs", "query_protocol", "waiters"),
)
NAMES = sorted(path.stem for path in MODELS.glob("*.json") if "." not in path.stem)


def described(name, renderers=parse.FULL):
    """Return the service of a model."""
    return parse.parse(loaded(name), Overrides(), renderers)


def loaded(name):
    """Return a model, with its examples and waiters, if there are any."""
    path = MODELS / f"{name}.json"
    (service,) = spec.services(path)
    found = spec.load(service, path)
    for extra in ("examples", "waiters"):
        file = MODELS / f"{name}.{extra}.json"
        if file.exists():
            content = json.loads(file.read_text(encoding="utf-8"))
            found = dataclasses.replace(found, **{extra: content})
    return found


def generated(name):
    """Return the files of a model by their names."""
    files = render.service(described(name), "paws")
    return {PurePosixPath(path.name): source for path, source in files.items()}


def documented(name):
    """Return the reference pages of a model by their names."""
    service = described(name, parse.PAGES)
    functions = page.functions(
        service, loaded(name), earlier=(), rules=(), r_comparison={}
    )
    files = site.service(service, functions)
    return {PurePosixPath(path.name): source for path, source in files.items()}


def compare(files, expected, update):
    """Compare files with the tree, or rewrite it.

    Each model has its own folder: several processes run these tests, and one at a time
    can write to a folder.
    """
    if update:
        changes = emit.write(emit.encoded(files), expected)
        if changes:
            pytest.skip(f"{len(changes)} files rewritten: read the difference")
    differences = "".join(emit.diff(emit.encoded(files), expected))
    assert not differences, f"--update would change this:\n{differences}"


@pytest.fixture
def update(request):
    return request.config.getoption("--update")


@pytest.mark.parametrize("name", NAMES)
def test_model_becomes_its_tree(name, update):
    compare(generated(name), EXPECTED / name, update)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_model_becomes_its_pages(name, update):
    compare(documented(name), PAGES / name, update)


def test_there_is_a_model_for_every_tree():
    trees = [path.name for path in EXPECTED.iterdir() if any(path.glob("*.py"))]
    assert sorted(trees) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_tree_can_be_imported_and_its_service_made(name):
    service = described(name)
    module = importlib.import_module(f"expected.{name}")
    made = getattr(module, service.constructor)()
    for operation in service.operations:
        text = inspect.getdoc(getattr(made, operation.method))
        assert operation.title in " ".join(text.split())
    for exported in module.__all__:
        assert hasattr(module, exported)
