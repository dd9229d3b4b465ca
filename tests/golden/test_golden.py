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


def loaded(name):
    """Return a model, with its examples and waiters, if there are any."""
    path = MODELS / f"{name}.json"
    (service,) = spec.services(path)
    extras = {
        extra: json.loads(file.read_text(encoding="utf-8"))
        for extra in ("examples", "waiters")
        if (file := MODELS / f"{name}.{extra}.json").exists()
    }
    return dataclasses.replace(spec.load(service, path), **extras)


def described(name, renderers=parse.FULL):
    return parse.parse(loaded(name), Overrides(), renderers)


def compare(files, expected, update):
    """Compare the files of a service with a tree, or rewrite it.

    Each model has its own folder: several processes run these tests, and one at a time
    can write to a folder.
    """
    files = {PurePosixPath(path.name): source for path, source in files.items()}
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
    compare(render.service(described(name), "paws"), EXPECTED / name, update)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_model_becomes_its_pages(name, update):
    service = described(name, parse.PAGES)
    rules = {"earlier": (), "rules": (), "r_comparison": {}}
    pages = page.functions(service, loaded(name), **rules)
    compare(site.service(service, pages), PAGES / name, update)


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
