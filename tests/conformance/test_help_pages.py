"""The committed functions: their signatures, and the page that `help()` shows."""

from __future__ import annotations

import inspect
import pydoc
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import paws
from support import signatures

SIGNATURES = {
    "invoke_endpoint": """
        EndpointName! Body! * ContentType Accept CustomAttributes TargetModel
        TargetVariant TargetContainerHostname InferenceId EnableExplanations
        InferenceComponentName SessionId PrefixAwareId
    """,
    "invoke_endpoint_async": """
        EndpointName! * ContentType Accept CustomAttributes InferenceId InputLocation
        S3OutputPathExtension Filename RequestTTLSeconds InvocationTimeoutSeconds Body
    """,
    "invoke_endpoint_with_response_stream": """
        EndpointName! Body! * ContentType Accept CustomAttributes TargetVariant
        TargetContainerHostname InferenceId InferenceComponentName SessionId
        PrefixAwareId
    """,
}

each_function = pytest.mark.parametrize("method", SIGNATURES)


@pytest.fixture
def function(method: str) -> Callable[..., object]:
    found: Callable[..., object] = getattr(paws, f"sagemakerruntime_{method}")
    return found


@each_function
def test_signature_is_that_of_botocore_1_44_5(function, method):
    assert signatures.in_words(function) == SIGNATURES[method].split()


@each_function
def test_method_has_signature_and_help_of_its_function(function, method):
    methods = paws.sagemakerruntime()
    assert inspect.signature(getattr(methods, method)) == inspect.signature(function)
    lines = {line.strip() for line in inspect.getdoc(function).splitlines()}
    for thing in (function, getattr(methods, method)):
        shown = pydoc.plain(pydoc.render_doc(thing))
        assert lines <= {line.strip(" |") for line in shown.splitlines()}


@each_function
def test_page_documents_parameters_and_results(function, method):
    link = f"See https://www.paws-r-sdk.com/docs/sagemakerruntime_{method}/ for full"
    title, *sections = re.split(r"\n(\w+)\n-+\n", inspect.getdoc(function))
    assert f"\n{link} documentation.\n" in title
    texts = dict(zip(sections[::2], sections[1::2], strict=True))
    assert [*texts] == ["Parameters", "Returns", "Raises", "Notes"]

    found = re.findall(r"(?m)^(\w+) : (.*)\n    (.*)", texts["Parameters"])
    assert [name for name, _, _ in found] == [*inspect.signature(function).parameters]
    required = {word[:-1] for word in SIGNATURES[method].split() if word[-1] == "!"}
    for name, annotation, text in found:
        assert text.startswith("[required] ") == (name in required), name
        assert annotation.endswith(", optional") != (name in required), name

    syntax, _, members = texts["Returns"].partition("    ```\n\n")
    keys = re.findall(r'(?m)^        "(\w+)": ', syntax)
    assert re.findall(r"(?m)^    (\w+) : .+\n        \w", members) == keys != []


def test_exactly_one_of_rule_is_documented_in_both():
    page = str(inspect.getdoc(paws.sagemakerruntime_invoke_endpoint_async))
    assert "InputLocation : str, optional\n    [required unless Body is given] " in page
    text = "Body : Blob, optional\n    [required unless InputLocation is given] "
    assert text in page


def test_help_text_is_in_the_source_once():
    package = Path(str(inspect.getsourcefile(paws))).parent
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    sentence = "Maximum age in seconds a request can be in the queue before it is"
    assert source.count(sentence) == 1
