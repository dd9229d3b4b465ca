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

methods = pytest.mark.parametrize("method", SIGNATURES)


def function(method: str) -> Callable[..., object]:
    found: Callable[..., object] = getattr(paws, f"sagemakerruntime_{method}")
    return found


@methods
def test_signature_is_that_of_botocore_1_44_5(method):
    assert signatures.in_words(function(method)) == SIGNATURES[method].split()


@methods
def test_method_has_the_signature_of_the_function(method):
    service = paws.sagemakerruntime()

    assert inspect.signature(getattr(service, method)) == inspect.signature(
        function(method)
    )


@methods
def test_function_and_method_have_all_help_sections(method):
    page = inspect.getdoc(function(method))
    assert page is not None
    lines = {line.strip() for line in page.splitlines()}

    for thing in (function(method), getattr(paws.sagemakerruntime(), method)):
        shown = pydoc.plain(pydoc.render_doc(thing))
        assert lines <= {line.strip(" |") for line in shown.splitlines()}


@methods
def test_page_has_every_section_in_r_s_order(method):
    page = str(inspect.getdoc(function(method)))

    assert re.findall(r"(?m)^(\w+)\n-+$", page) == [
        "Parameters",
        "Returns",
        "Raises",
        "Notes",
    ]
    assert (
        f"\nSee https://www.paws-r-sdk.com/docs/sagemakerruntime_{method}/ "
        "for full documentation.\n"
    ) in page


@methods
def test_parameters_are_documented_as_required_or_not(method):
    page = str(inspect.getdoc(function(method)))
    section = page.partition("\nParameters\n")[2].partition("\nReturns\n")[0]
    found = re.findall(r"(?m)^(\w+) : (.*)\n    (.*)", section)

    required = {word[:-1] for word in SIGNATURES[method].split() if word[-1] == "!"}
    assert [name for name, _, _ in found] == list(
        inspect.signature(function(method)).parameters
    )
    for name, annotation, text in found:
        assert text.startswith("[required] ") == (name in required), name
        assert annotation.endswith(", optional") != (name in required), name


@methods
def test_every_member_of_the_result_is_described(method):
    page = str(inspect.getdoc(function(method)))
    section = page.partition("\nReturns\n")[2].partition("\nRaises\n")[0]
    syntax, _, members = section.partition("    ```\n\n")

    keys = re.findall(r'(?m)^        "(\w+)": ', syntax)
    assert re.findall(r"(?m)^    (\w+) : .+\n        \w", members) == keys
    assert keys


def test_exactly_one_of_rule_is_documented_in_both():
    page = str(inspect.getdoc(paws.sagemakerruntime_invoke_endpoint_async))

    assert "InputLocation : str, optional\n    [required unless Body is given] " in page
    assert (
        "Body : Blob, optional\n    [required unless InputLocation is given] " in page
    )


def test_help_text_is_in_the_source_once():
    package = Path(str(inspect.getsourcefile(paws))).parent
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))

    sentence = (
        "Maximum age in seconds a request can be in the queue before it is marked"
    )

    assert source.count(sentence) == 1
