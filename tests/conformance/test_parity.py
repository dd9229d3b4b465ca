"""The help pages from botocore 1.43.6 have the content of R's help pages.

The pages are those of R's paws at 77115fa7, made from botocore 1.43.6; `tox -e parity`
installs that botocore.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import inspect
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from markdown_it import MarkdownIt

from make_paws import overrides, spec
from make_paws.cli import main
from make_paws.pages import r_comparison
from make_paws.pages.page import functions
from make_paws.parity import facts, r_errata
from make_paws.parse import RAW, parse
from support import r_facts as shared

R_BOTOCORE = "1.43.6"
FUNCTIONS = (
    "sagemakerruntime_invoke_endpoint",
    "sagemakerruntime_invoke_endpoint_async",
    "sagemakerruntime_invoke_endpoint_with_response_stream",
)

# In the environment `parity`, another botocore than R's is an error; elsewhere, a skip.
pytestmark = pytest.mark.skipif(
    importlib.metadata.version("botocore") != R_BOTOCORE
    and os.environ.get("PAWS_PARITY") != "required",
    reason=f"R's pages were made from botocore {R_BOTOCORE}; tox -e parity installs it",
)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package that is generated from R's botocore."""
    assert importlib.metadata.version("botocore") == R_BOTOCORE
    output = tmp_path_factory.mktemp("generated")
    assert main(["generate", "--output", str(output), "--package", "paws_of_r"]) == 0
    sys.path.insert(0, str(output))
    yield importlib.import_module("paws_of_r")
    sys.path.remove(str(output))


def test_reference_page_has_the_usage_of_r():
    of_r = facts.load(shared.facts_file())
    pages = of_r.services
    names = {
        exceptions.service_name(name, metadata): name
        for exceptions in [overrides.load()]
        for name, metadata in spec.services().items()
    }
    errata = r_errata.load()
    compared = 0
    for service in pages:
        loaded = spec.load(names[service])
        described = parse(loaded, overrides.load(), RAW)
        comparisons = r_comparison.of(described, of_r, errata)
        for page in functions(
            described, loaded, earlier=(), rules=(), r_comparison=comparisons
        ):
            usage = " ".join(page.r_usage.split()).replace("( ", "(")
            function = usage.partition("(")[0]
            parameters = [each.name for each in pages[service][function].params]
            assert usage == f"{function}({', '.join(parameters)})"
            compared += 1
    assert compared == 4_666


PAGE = Path(__file__).parents[2] / "docs/parity.md"
# At least so many hundredths of a percent of everything that R has must be equal.
GOALS = {
    "functions": 10_000,
    "parameters": 10_000,
    "signatures": 10_000,
    "titles": 9_950,
    "descriptions": 9_950,
    "parameter texts": 9_990,
    "results": 9_900,
    "requests": 9_900,
}


@pytest.fixture(scope="module")
def compared() -> tuple[int, str]:
    """Return the output of `make-paws parity` for all services of R's facts."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main(["parity", str(shared.facts_file())])
    return code, printed.getvalue()


def table(text: str) -> str:
    """Return the last table of a text."""
    return re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)[-1]


def test_differences_from_r_are_listed_errata(compared):
    code, output = compared

    assert code == 0, output


def test_goals_of_parity_are_reached(compared):
    rows = [line.strip("| ").split(" | ") for line in table(compared[1]).splitlines()]
    found = {
        name: (int(count.replace(",", "")), int(equal.replace(",", "")))
        for name, count, equal, *_ in rows[2:-1]
    }

    assert found["functions"][0] == 4_666
    assert found["parameters"][0] == 16_244
    for name, goal in GOALS.items():
        count, equal = found[name]
        assert 10_000 * equal >= goal * count, name


def test_readme_table_is_the_output_of_the_command(compared):
    page = PAGE.read_text(encoding="utf-8")
    shown = page.partition("<!-- parity -->\n")[2].partition("<!-- /parity -->")[0]

    assert shown.strip() == table(compared[1]).strip()


def sections(function: Any) -> dict[str, str]:
    """Return the sections of a NumPy docstring by name, the text before them as ""."""
    parts = re.split(r"\n(\w+)\n-+\n", f"\n{inspect.getdoc(function)}")
    return dict(zip(["", *parts[1::2]], parts[0::2], strict=True))


def parameter_texts(section: str) -> dict[str, str]:
    """Return the text of each parameter of a section ``Parameters``."""
    parts = re.split(r"(?m)^(\w+) : .*$", section)
    return {
        name: inspect.cleandoc(text)
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def visible(markdown: str) -> str:
    """Return the letters and digits that a reader sees, links by their text."""
    # R's links to help topics, [text][topic], are not Markdown links without their targets.
    markdown = re.sub(r"\]\[\w+\]", "]", markdown)
    tokens = [
        child
        for token in MarkdownIt().parse(markdown)
        for child in (token.children or [token])
    ]
    return "".join(c for t in tokens for c in t.content.casefold() if c.isalnum())


def names(syntax: str) -> list[str]:
    """Return the members in a result's or a request's syntax, with their nesting."""
    depth, found = 0, []
    for token in re.findall(r'[({\[]|[)}\]]|"?\w+"?(?=\s*[=:])', syntax):
        if token in "({[":
            depth += 1
        elif token in ")}]":
            depth -= 1
        else:
            found.append(f"{depth}:" + token.strip('"'))
    return found


def code(text: str) -> str:
    """Return the inside of the one block of code in a text."""
    found = re.search(r"(?s)```\w*\n(.*?)```", text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_of_a_function_is_r_s(generated, name):
    """`make-paws parity` compares models; this compares what `help` shows."""
    page = shared.facts("sagemakerruntime")[name]
    function = getattr(generated, name)
    found = sections(function)

    parameters = inspect.signature(function).parameters.values()
    assert [[p.name, p.default is p.empty] for p in parameters] == [
        [parameter, required] for parameter, required, _ in page["params"]
    ]
    texts = parameter_texts(found["Parameters"])
    assert {key: visible(text) for key, text in texts.items()} == {
        parameter: visible(text) for parameter, _, text in page["params"]
    }
    title, _, description = found[""].strip().partition("\n\n")
    assert visible(title) == visible(page["title"])
    link = f"See https://www.paws-r-sdk.com/docs/{name}/ for full documentation."
    assert description.rstrip().endswith(link)
    ours = description.rstrip().removesuffix(link)
    assert visible(ours) == visible(page["description"])
    assert names(code(found["Notes"])) == names(code(page["request"]))
    assert names(code(found["Returns"])) == names(code(page["value"]))
