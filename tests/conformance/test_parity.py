"""The help pages from botocore 1.43.6 have the content of R's help pages.

The pages are those of R's paws at 77115fa7, made from botocore 1.43.6; `tox -e parity`
installs that botocore.
"""

import contextlib
import importlib
import importlib.metadata
import io
import os
import re
from pathlib import Path

import pytest

from make_paws import overrides, spec
from make_paws.cli import main
from make_paws.pages import r_comparison
from make_paws.pages.page import functions
from make_paws.parity import facts, r_errata
from make_paws.parse import RAW, parse
from support.r_facts import facts_file

R_BOTOCORE = "1.43.6"
# In the environment `parity`, another botocore than R's is an error; elsewhere, a skip.
pytestmark = pytest.mark.skipif(
    importlib.metadata.version("botocore") != R_BOTOCORE
    and os.environ.get("PAWS_PARITY") != "required",
    reason=f"R's pages were made from botocore {R_BOTOCORE}; tox -e parity installs it",
)
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


def test_reference_page_has_the_usage_of_r():
    assert importlib.metadata.version("botocore") == R_BOTOCORE
    of_r, rules, errata = facts.load(facts_file()), overrides.load(), r_errata.load()
    names = {
        rules.service_name(name, metadata): name
        for name, metadata in spec.services().items()
    }
    compared = 0
    for service, pages in of_r.services.items():
        loaded = spec.load(names[service])
        described = parse(loaded, rules, RAW)
        comparisons = r_comparison.of(described, of_r, errata)
        for page in functions(
            described, loaded, earlier=(), rules=(), r_comparison=comparisons
        ):
            usage = " ".join(page.r_usage.split()).replace("( ", "(")
            function = usage.partition("(")[0]
            parameters = [each.name for each in pages[function].params]
            assert usage == f"{function}({', '.join(parameters)})"
            compared += 1
    assert compared == 4_666


@pytest.fixture(scope="module")
def compared():
    """Return the output of `make-paws parity` for all services of R's facts."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main(["parity", str(facts_file())])
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
