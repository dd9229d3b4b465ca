"""The URLs of R's help pages, which R has for the services of botocore 1.43.6."""

import pytest

from make_paws import r_pages, spec
from make_paws.overrides import Overrides
from make_paws.parse import parse
from support.private_models import write_private_service


@pytest.mark.parametrize("service", ["abuse-signal", "apiportal", "greeter", "#", ""])
def test_only_a_service_of_r_has_a_page(service):
    expected = "https://www.paws-r-sdk.com/docs/s3_get_object/"
    assert r_pages.url("s3", "s3_get_object") == expected
    assert r_pages.url(service, "anything") == ""


def test_service_of_one_file_has_no_page(tmp_path):
    (path,) = write_private_service(tmp_path).glob("*/*/*")
    (operation,) = parse(spec.load("greeter", path), Overrides()).operations
    assert operation.help_page == ""
