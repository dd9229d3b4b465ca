"""The services of botocore have their reference pages, and they hold up.

`tox -e services` runs this.
"""

import os
import re
import subprocess
import sys

import pytest

import model_arguments
import rendered
from make_paws import spec
from test_all_services import models
from test_http_request import compare

# It takes minutes, so that one environment does it for all.
pytestmark = pytest.mark.skipif(
    os.environ.get("PAWS_ALL_SERVICES") != "required",
    reason="takes minutes; tox -e services runs it",
)


SOME = model_arguments.spread(list(model_arguments.files()), 110)


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """The folder with the pages of every fourth service, as the command writes it."""
    folder = tmp_path_factory.mktemp("pages")
    done = subprocess.run(
        [sys.executable, "-m", "make_paws", "docs", *SOME, "--output", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_every_operation_of_a_service_has_a_page(output):
    operations = [models()[service]["operations"] for service in SOME]

    assert len(list(output.glob("*/index.md"))) == len(operations) > 100
    functions = [path for path in output.glob("*/*.md") if path.name != "index.md"]
    assert len(functions) == sum(map(len, operations)) > 3_000


def test_every_link_leads_to_a_page(output):
    for path in output.glob("**/index.md"):
        found = re.findall(r"\]\(([^)]*)\)", path.read_text(encoding="utf-8"))
        for link in found:
            assert (path.parent / link).is_file(), (path, link)


def test_every_tenth_page_is_read_as_what_it_is(output):
    for path in sorted(output.glob("*/*.md"))[::10]:
        source = path.read_text(encoding="utf-8")
        page = rendered.tree(source)
        (heading,) = page.xpath(".//h1")
        if path.name != "index.md":
            assert rendered.words(heading) == path.stem
            assert rendered.front(source)["title"] == path.stem
        ids = page.xpath(".//@id")
        assert len(ids) == len(set(ids)), path
        assert len(page.xpath("./h2")) >= 3, path
        assert not page.xpath(".//script"), path


@pytest.mark.parametrize("service", SOME)
def test_the_http_requests_of_a_service_are_botocore_s(service):
    compare(spec.load(service))
