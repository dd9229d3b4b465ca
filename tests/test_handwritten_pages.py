"""Every block of Python in README and in the handwritten pages, tried as it stands.

What a reader has, an endpoint called ``my-endpoint`` and a bucket called ``my-bucket``, is
here the local endpoint and moto's S3.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

import paws
from generated_services import generated
from handwritten import PAGES, Reader, blocks, files_linked_to, languages
from moto_server import Answer, MotoServer
from paws_common.local import LocalEndpoint, Request
from paws_common.sagemaker import asynchronous
from paws_common.sagemaker.polling import Clock

pytest_plugins = ["pytester", "paws_common.pytest_plugin"]

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

TOKENS = ["Once", " upon", " a", " time"]
PROFILE = """
[profile my-profile]
aws_access_key_id = key
aws_secret_access_key = secret
"""
OBJECTS = 30  # of a bucket, whose pages have ten
INPUT = "X-Amzn-SageMaker-InputLocation"
# What comes of an input in S3, where the local endpoint reads nothing.
FROM_S3 = {
    "my-endpoint/output": b"0.93",
    "my-failing-endpoint/failure": b"no such column: 7",
}


def model(body: bytes, request: Request) -> bytes | Iterator[bytes]:
    """Answer for the endpoints of the pages, each of which is called what it is."""
    match request.endpoint_name:
        case "my-language-model":
            tokens = [json.dumps({"token": token}) for token in TOKENS]
            return (f"data: {data}\n\n".encode() for data in [*tokens, "[DONE]"])
        case "my-breaking-model":
            return breaking()
        case "my-failing-endpoint":
            raise ValueError("no such column: 7")
        case _:
            return body.upper()


def breaking() -> Iterator[bytes]:
    for token in TOKENS[:2]:
        yield json.dumps({"token": token}).encode()
    raise MemoryError("out of memory")


class S3(MotoServer):
    """moto's S3, and in it the results that a local endpoint would write there."""

    def __init__(self) -> None:
        self.written_by: LocalEndpoint | None = None
        super().__init__()

    def _instead(self, environ: dict[str, Any], body: bytes) -> Answer | None:
        result = self._result(environ["PATH_INFO"])
        return None if result is None else ("200 OK", [], result)

    def _result(self, path: str) -> bytes | None:
        if self.written_by is None:
            return None
        asked = self.written_by.requests[-1:]
        if any(INPUT in request.headers for request in asked):
            return FROM_S3.get("/".join(path.split("/")[2:4]))
        return self.written_by.outputs.get(f"s3:/{path}")


def fail_to_wait(seconds: float) -> None:
    raise AssertionError("there is nothing to wait for")


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    server = S3()
    client = botocore.session.Session().create_client(
        "s3",
        endpoint_url=server.url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    for bucket in ("my-bucket", "local-endpoint"):
        client.create_bucket(Bucket=bucket)
    for number in range(OBJECTS):
        client.put_object(Bucket="my-bucket", Key=f"key-{number}", Body=b"")
    client.close()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def generated_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("generated")
    with generated("s3", ["ListObjectsV2"], folder) as made:
        yield made.package


@pytest.fixture
def account(
    local_endpoint: LocalEndpoint,
    s3: S3,
    generated_s3: Any,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Give a reader what the pages speak of: endpoints, a bucket, a profile, a file."""
    # A result is there at once, or never.
    monkeypatch.setattr(asynchronous, "_CLOCK", Clock(time.monotonic, fail_to_wait))
    local_endpoint.predict = model
    s3.written_by = local_endpoint
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.url)
    for name in ("s3", "s3_list_objects_v2"):
        monkeypatch.setattr(paws, name, getattr(generated_s3, name), raising=False)
    profiles = pytester.path / "profiles"
    profiles.write_text(PROFILE)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profiles))
    (pytester.path / "in.csv").write_text("a,b\n")


@every_page
def test_every_block_of_python_does_what_the_page_says(
    page: Path,
    account: None,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run_tests(source: str, count: int) -> None:
        pytester.makepyfile(source)
        options = ("-p", "paws_common.pytest_plugin", "-W", "error")
        with monkeypatch.context() as without_endpoint:
            without_endpoint.delenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME")
            result = pytester.runpytest_subprocess(*options)
        result.assert_outcomes(passed=count)

    reader = Reader(page, run_tests)
    reader.read()

    assert reader.tried == blocks(page, "python")


@every_page
def test_a_link_leads_to_a_file_that_is_there(page: Path) -> None:
    assert [path for path in files_linked_to(page) if not path.is_file()] == []


@every_page
def test_a_block_says_by_a_known_name_what_is_in_it(page: Path) -> None:
    assert languages(page) <= {"diff", "python", "r", "sh", "text"}
