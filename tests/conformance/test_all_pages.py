"""The services of botocore have their reference pages, and they hold up.

`tox -e services` runs this.
"""

import os
import re
import sys

import pytest

from conformance.test_all_services import models, run
from generator.pages.test_http_request import compare
from make_paws import spec
from support import model_arguments
from support import rendered_pages as rendered

# It takes minutes, so that one environment does it for all.
pytestmark = pytest.mark.skipif(
    os.environ.get("PAWS_ALL_SERVICES") != "required",
    reason="takes minutes; tox -e services runs it",
)


OTHERS = ("index.md", "types.md")  # the pages of a service that are not of a function
# Functions of R that are not in a model.
HANDWRITTEN = (
    "rds_build_auth_token",
    "s3_download_file",
    "s3_generate_presigned_url",
    "s3_upload_file",
)
SOME = list(model_arguments.files())[::4]


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """The folder with the pages of every fourth service, as the command writes it."""
    folder = tmp_path_factory.mktemp("pages")
    run(sys.executable, "-m", "make_paws", "docs", *SOME, "--output", folder)
    return folder


def test_every_operation_of_a_service_has_a_page(output):
    operations = [models()[service]["operations"] for service in SOME]
    assert len(list(output.glob("*/index.md"))) == len(operations)
    pages = [path for path in output.glob("*/*.md") if path.name not in OTHERS]
    functions = [path for path in pages if path.stem not in HANDWRITTEN]
    assert len(functions) == sum(map(len, operations)) > 0


def test_every_link_leads_to_a_page(output):
    for path in output.glob("**/index.md"):
        found = re.findall(r"\]\(([^)]*)\)", path.read_text(encoding="utf-8"))
        for link in found:
            assert (path.parent / link).is_file(), (path, link)


def test_sampled_pages_render_as_markdown(output):
    for path in sorted(output.glob("*/*.md"))[::10]:
        source = path.read_text(encoding="utf-8")
        page = rendered.tree(source)
        (heading,) = page.xpath(".//h1")
        if path.name not in OTHERS:
            assert rendered.words(heading) == path.stem
            assert rendered.front(source)["title"] == path.stem
        ids = page.xpath(".//@id")
        assert len(ids) == len(set(ids)), path
        inside = [href[1:] for href in page.xpath(".//@href") if href.startswith("#")]
        assert set(inside) <= set(ids), path
        assert len(page.xpath("./h2")) >= 2, path
        assert not page.xpath(".//script"), path


@pytest.mark.parametrize("service", SOME)
def test_http_requests_of_a_service_are_botocore_s(service):
    compare(spec.load(service))
