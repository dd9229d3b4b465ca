"""The help pages of the committed functions, as `help()` shows them."""

import inspect
import pydoc
from pathlib import Path

import pytest

import paws
from support.oracle import operations


@pytest.mark.parametrize("operation", operations())
def test_method_has_signature_and_help_of_its_function(operation):
    service = paws.sagemakerruntime()
    (name,) = (
        each for each in dir(service) if each.replace("_", "") == operation.lower()
    )
    method, function = getattr(service, name), getattr(paws, f"sagemakerruntime_{name}")
    assert inspect.signature(method) == inspect.signature(function)
    lines = {line.strip() for line in inspect.getdoc(function).splitlines()}
    assert {"Parameters", "Returns", "Raises", "Notes"} <= lines
    for thing in (function, method):
        shown = pydoc.plain(pydoc.render_doc(thing))
        assert lines <= {line.strip(" |") for line in shown.splitlines()}


def test_help_text_is_in_the_source_once():
    package = Path(inspect.getsourcefile(paws)).parent
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    sentence = "Maximum age in seconds a request can be in the queue before it is"
    assert source.count(sentence) == 1
