"""Every Python and R block of README and the handwritten pages runs as documented.

The local endpoint and moto's S3 replace a reader's endpoint ``my-endpoint`` and bucket
``my-bucket``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

import botocore.session
import pytest

import paws
from make_paws import overrides
from paws_common.local import LocalEndpoint, Request
from paws_common.sagemaker import asynchronous
from paws_common.sagemaker.polling import Clock
from support.containers import Container, container
from support.documentation_examples import (
    PAGES,
    ROOT,
    Reader,
    blocks,
    blocks_with_output,
    files_linked_to,
    languages,
)
from support.generated_services import generated
from support.http_client import send
from support.moto_server import Answer, MotoServer
from support.private_models import write_private_service
from support.r_programs import require_reticulate, run_r_blocks

pytest_plugins = ["pytester", "paws_common.pytest_plugin"]

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

RETICULATE = ROOT / "docs" / "from-reticulate.md"
TOKENS = ["Once", " upon", " a", " time"]
CHAT = [
    ': ping\n\nid: 1\ndata: {"choices": [{"delta": {"content": "On',
    'ce"}}]}\n\nevent: error\nid: 2\ndata: {"error": {"message": "out of memory"}}\n',
    "\ndata: [DONE]",
]
PROFILE = """
[profile my-profile]
aws_access_key_id = key
aws_secret_access_key = secret
"""
OBJECTS = 30  # of a bucket, whose pages have ten


def model(body: bytes, request: Request) -> bytes | Iterable[bytes]:
    """Respond for the endpoints of the pages, whose names describe their models."""
    match request.endpoint_name:
        case "my-language-model":
            tokens = [json.dumps({"token": token}) for token in TOKENS]
            return (f"data: {data}\n\n".encode() for data in [*tokens, "[DONE]"])
        case "my-chat-model":
            return [part.encode() for part in CHAT]
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
    """moto's S3, except that objects are those of a local endpoint."""

    def __init__(self) -> None:
        self.objects_of: LocalEndpoint | None = None
        super().__init__()

    def _instead(self, environ: dict[str, Any], body: bytes) -> Answer | None:
        path = environ["RAW_URI"]
        if self.objects_of is None or path.partition("?")[0].count("/") < 2:
            return None
        response = send(self.objects_of, path, body, environ["REQUEST_METHOD"])
        return f"{response.status} Status", [], response.body


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    server = S3()
    client = botocore.session.Session().create_client(
        "s3",
        endpoint_url=server.url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="my-bucket")
    for number in range(OBJECTS):
        client.put_object(Bucket="my-bucket", Key=f"key-{number}", Body=b"")
    client.close()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def generated_s3(tmp_path_factory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("generated")
    operations = [
        *("CreateMultipartUpload", "GetObject", "HeadBucket", "HeadObject"),
        *("ListObjectsV2", "PutObject"),
    ]
    with generated("s3", operations, folder, rules=overrides.load()) as made:
        yield made.package


@pytest.fixture(scope="module")
def model_container() -> Iterator[Container]:
    with container() as made:
        yield made


@pytest.fixture
def account(
    local_endpoint, s3, generated_s3, model_container, pytester, monkeypatch
) -> None:
    """Give a reader what the pages speak of: endpoints, a bucket, a profile, a file."""
    # A result is there at once, or never.
    clock = Clock(time.monotonic, lambda seconds: pytest.fail("there is no result"))
    monkeypatch.setattr(asynchronous, "_CLOCK", clock)
    local_endpoint.predict = model
    local_endpoint.put_object("s3://my-bucket/in.csv", b"0.93")
    s3.objects_of = local_endpoint
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.url)
    monkeypatch.setenv("CONTAINER_URL", model_container.url)
    for name in ("s3", "s3_list_objects_v2"):
        monkeypatch.setattr(paws, name, getattr(generated_s3, name), raising=False)
    models = write_private_service(pytester.path / "models")
    monkeypatch.setenv("AWS_DATA_PATH", str(models))
    profiles = pytester.path / "profiles"
    profiles.write_text(PROFILE)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profiles))
    (pytester.path / "in.csv").write_text("a,b\n")


@every_page
def test_python_blocks_have_the_documented_result(
    page, account, pytester, monkeypatch
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


def test_async_page_runs_without_aws(pytester) -> None:
    page = ROOT / "docs" / "asynchronous.md"
    Reader(page, lambda source, count: pytest.fail("the page has no tests")).read()


@pytest.mark.slow
def test_r_blocks_have_the_documented_output(account, local_endpoint, pytester) -> None:
    require_reticulate(pytester.path)
    page = blocks_with_output(RETICULATE, "r")
    url = local_endpoint.url
    sources = [each.source.replace("http://127.0.0.1:8080", url) for each in page]

    outputs = run_r_blocks(sources, pytester.path)

    documented = [each.output or "" for each in page]
    assert [each.strip() for each in outputs] == [each.strip() for each in documented]


def test_r_blocks_are_on_the_page_of_reticulate() -> None:
    assert [page for page in PAGES if "r" in languages(page)] == [RETICULATE]


@pytest.mark.slow
def test_r_function_as_model_does_not_abort_r(pytester) -> None:
    require_reticulate(pytester.path)
    program = """
        library(reticulate)
        use_virtualenv("~/my-virtualenv", required = TRUE)
        class <- import("paws_common.local")$LocalEndpoint
        for (model in list(function(body, request) body,
                           py_main_thread_func(function(body, request) body)))
          tryCatch(class(model), error = function(e) cat(conditionMessage(e), "\n"))
    """

    (output,) = run_r_blocks([program], pytester.path)

    assert output.count("predict must be a Python function, not an R function") == 2


@every_page
def test_link_leads_to_a_file_that_is_there(page) -> None:
    assert [path for path in files_linked_to(page) if not path.is_file()] == []


@every_page
def test_blocks_have_a_known_language(page) -> None:
    assert languages(page) <= {"diff", "mermaid", "python", "r", "sh", "text"}
