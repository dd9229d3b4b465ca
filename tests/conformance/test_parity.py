"""The help pages from botocore 1.43.6 have the content of R's help pages.

The pages are those of R's paws at 77115fa7, made from botocore 1.43.6; `tox -e parity`
installs that botocore.
"""

import importlib
import importlib.metadata
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


def test_differences_are_errata_and_counted_in_the_page(capsys):
    assert main(["parity", str(facts_file())]) == 0
    output = capsys.readouterr().out
    *_, table = re.findall(r"(?:^\|.*\n)+", output, re.MULTILINE)
    page = PAGE.read_text(encoding="utf-8")
    shown = page.partition("<!-- parity -->\n")[2].partition("<!-- /parity -->")[0]
    assert shown.strip() == table.strip()
