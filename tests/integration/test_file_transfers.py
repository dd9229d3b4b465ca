"""`s3_download_file` and `s3_upload_file` with real HTTP: a server of moto, or one that misbehaves."""

from __future__ import annotations

import errno
import gc
import io
import os
import random
import re
import stat
import sys
import warnings
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import paws
from make_paws import overrides
from paws_common import (
    EndpointConnectionError,
    ParameterError,
    Service,
    ServiceError,
    StreamError,
)
from support.clients import KEYS, REGION
from support.generated_services import generated
from support.servers import Handler, Peer, Request, responding, response, serve
from support.services import use_by_default

pytest.importorskip("s3transfer", "0.14")  # as the extra `s3` requires

from paws_common import client
from paws_common.client import parallel_transfers
from paws_common.service import default_service

pytestmark = pytest.mark.slow

OPERATIONS = (
    *("GetObject", "PutObject", "CreateMultipartUpload", "UploadPart"),
    *("CompleteMultipartUpload", "AbortMultipartUpload"),
)
MIB = 2**20
SMALL = b"0123456789" * 100
LARGE = random.Random(0).randbytes(20 * MIB)  # three parts
ETAG = '"1"'
OBJECT = {"Bucket": "my-bucket", "Key": "a b/ü.bin"}

Transfer = Callable[..., list[Request]]
sizes = pytest.mark.parametrize(
    "content", [b"", SMALL, LARGE], ids=["empty", "small", "large"]
)


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Iterator[Any]:
    """S3, with the operations of transfers."""
    folder = tmp_path_factory.mktemp("s3")
    with generated("s3", OPERATIONS, folder, rules=overrides.load()) as made:
        yield made.package


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Collect the connections of cancelled parts, whose bodies s3transfer does not close."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(params=["s3transfer", "plain"])
def is_parallel(request, monkeypatch) -> bool:
    """Run a test with s3transfer, and without it."""
    if request.param == "plain":
        hide_s3transfer(monkeypatch)
    return bool(request.param == "s3transfer")


@pytest.fixture
def target(tmp_path) -> Path:
    """A file that exists, alone in its folder."""
    path = tmp_path / "target"
    path.write_bytes(b"before")
    return path


@pytest.fixture
def transfer(package, target) -> Transfer:
    """Return a function that transfers a file, and returns the requests."""

    def transfer(method: str, handler: Handler, **arguments: Any) -> list[Request]:
        options = {"s3_force_path_style": True, "max_retries": 0}
        account: Any = {"credentials": {"creds": KEYS}, "region": REGION}
        with (
            serve(handler) as server,
            package.s3(options, endpoint=server.url, **account) as service,
        ):
            getattr(service, method)(**{**OBJECT, "Filename": target, **arguments})
        return server.requests

    return transfer


@pytest.fixture
def download(transfer) -> Transfer:
    return partial(transfer, "download_file")


@pytest.fixture
def upload(transfer) -> Transfer:
    return partial(transfer, "upload_file")


def hide_s3transfer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the import of s3transfer fail."""
    monkeypatch.delitem(sys.modules, parallel_transfers.__name__)
    monkeypatch.delattr(client, "parallel_transfers")
    monkeypatch.setitem(sys.modules, "s3transfer.exceptions", None)


def crc32(content: bytes) -> str:
    return b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


def xml_error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()


def range_of(request: Request) -> tuple[int, int] | None:
    """Return the first and the last byte that are requested."""
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    return (int(found[1]), int(found[2] or len(LARGE) - 1)) if found else None


def part_of(content: bytes, request: Request, **headers: str) -> bytes:
    """Return the response to a request for an object, or for a range of it."""
    fields = {"ETag": ETAG, **headers}
    selected = range_of(request)
    if selected is None:
        return response(200, content, fields)
    first, last = selected
    fields["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    fields.pop("x-amz-checksum-crc32", None)
    return response(206, content[first : last + 1], fields)


def serving(respond: Callable[[Request], bytes]) -> Handler:
    """Return a handler that sends what a function returns for each request."""

    def handle(peer: Peer) -> None:
        while True:
            peer.send(respond(peer.receive_request()))

    return handle


def storing(content: bytes, **headers: str) -> Handler:
    """Return a handler that responds as S3 does for an object."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return serving(lambda request: part_of(content, request, **fields))


def breaking(length: int) -> Handler:
    """Return a handler whose responses end before Content-Length."""

    def handle(peer: Peer) -> None:
        selected = range_of(peer.receive_request())
        count = selected[1] - selected[0] + 1 if selected else length
        head = f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nContent-Length: {count}\r\n\r\n"
        peer.send(head.encode(), b"x" * 100)

    return handle


def refusing(peer: Peer) -> None:
    """Close the connection, so that what sends anything fails."""


@sizes
def test_downloaded_file_has_the_content_of_the_object(
    content, is_parallel, download, target
) -> None:
    requests = download(storing(content, x_amz_checksum_crc32=crc32(content)))
    assert target.read_bytes() == content
    assert list(target.parent.iterdir()) == [target]
    assert {request.method for request in requests} == {"GET"}
    parts = [request for request in requests if range_of(request)]
    assert len(parts) == (3 if is_parallel and content == LARGE else 0)
    # All parts are of one object.
    assert {request.headers["if-match"] for request in parts} <= {ETAG}


def assert_unchanged(target: Path) -> None:
    assert target.read_bytes() == b"before"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.usefixtures("is_parallel")
@pytest.mark.parametrize(
    ("handler", "error", "text"),
    [
        (storing(SMALL, x_amz_checksum_crc32=crc32(b"no")), StreamError, "checksum"),
        (storing(LARGE, x_amz_checksum_crc32=crc32(b"no")), StreamError, "checksum"),
        (breaking(len(SMALL)), EndpointConnectionError, "s3_download_file: "),
        (breaking(len(LARGE)), EndpointConnectionError, "s3_download_file: "),
        (responding(response(404, xml_error("NoKey"))), ServiceError, "file: NoKey"),
    ],
    ids=["checksum", "checksum of parts", "broken", "broken part", "404"],
)
def test_failed_download_leaves_the_file_unchanged(
    download, target, handler, error, text
) -> None:
    with pytest.raises(error, match=text):
        download(handler)
    assert_unchanged(target)


def test_object_replaced_between_parts_is_an_error(download, target) -> None:
    def respond(request: Request) -> bytes:
        if (range_of(request) or (0,))[0] > 8 * MIB:
            return response(412, xml_error("PreconditionFailed"))
        return part_of(LARGE, request)

    with pytest.raises(StreamError, match="was replaced"):
        download(serving(respond))
    assert_unchanged(target)


def test_broken_part_is_requested_again(download, target) -> None:
    broken: set[int] = set()

    def handle(peer: Peer) -> None:
        while True:
            request = peer.receive_request()
            first = (range_of(request) or (0, 0))[0]
            content = part_of(LARGE, request)
            if first and first not in broken:
                broken.add(first)
                peer.send(content[:1000])
                return
            peer.send(content)

    download(handle)
    assert target.read_bytes() == LARGE
    assert len(broken) == 2


def test_large_object_without_a_tag_is_one_response(download, target) -> None:
    """Without an entity tag, nothing shows that all parts are of one object."""
    assert len(download(responding(response(200, LARGE)))) == 1
    assert target.read_bytes() == LARGE


@pytest.mark.usefixtures("is_parallel")
def test_range_is_received_in_one_response(download, target) -> None:
    assert len(download(storing(LARGE), Range="bytes=1-9000000")) == 1
    assert target.read_bytes() == LARGE[1:9000001]


def test_condition_is_sent_with_the_first_request(download, target) -> None:
    arguments = {"IfNoneMatch": '"2"', "ResponseContentType": "text/x"}
    first, *parts = download(storing(LARGE), **arguments)
    assert first.headers["if-none-match"] == '"2"'
    assert "if-none-match" not in {name for part in parts for name in part.headers}
    assert target.read_bytes() == LARGE


@pytest.mark.parametrize("filename", ["missing/file", ".", "a\0b", "", None, 3])
def test_invalid_path_sends_nothing(filename, download, target) -> None:
    is_text = isinstance(filename, str) and filename
    path = os.path.join(target.parent, filename) if is_text else filename
    with pytest.raises((OSError, ParameterError)) as caught:
        download(refusing, Filename=path)
    assert ".part" not in str(caught.value)
    assert_unchanged(target)


def test_unwritable_folder_sends_nothing(download, tmp_path) -> None:
    if sys.platform == "win32" or os.geteuid() == 0:
        pytest.skip("everything is writable")
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError) as caught:
        download(refusing, Filename=tmp_path / "file")
    assert caught.value.filename == str(tmp_path / "file")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not allow them")
@pytest.mark.parametrize(
    "name",
    ["CON", "a:b", "a\\b.txt", "trailing. ", "-", "%s{}", "ü" * 127, "x" * 255, "..a"],
)
def test_unusual_name_of_a_file(name, download, tmp_path) -> None:
    download(storing(SMALL), Filename=str(tmp_path / name))
    assert (tmp_path / name).read_bytes() == SMALL
    assert sorted(os.listdir(tmp_path)) == sorted([name, "target"])


class Bucket:
    """The responses of S3 with one bucket, whose n-th part of an upload can be refused."""

    def __init__(self, refused_part: int = 0) -> None:
        self.objects: dict[str, bytes] = {}
        self.headers: Mapping[str, str] = {}
        self.parts: dict[int, bytes] = {}
        self.aborted = 0
        self._refused_part = refused_part

    def __call__(self, request: Request) -> bytes:
        key, _, query = request.target.partition("?")
        if request.method == "GET":
            return response(200, next(iter(self.objects.values())))
        if request.method == "DELETE":
            self.aborted += 1
            return response(204)
        if query == "uploads":
            self.headers = request.headers
            return response(200, b"<R><UploadId>1</UploadId></R>")
        if request.method == "POST":
            self.objects[key] = b"".join(self.parts[n] for n in sorted(self.parts))
            return response(200, b"<R><ETag>1</ETag></R>")
        body = request.body
        if "aws-chunked" in request.headers.get("content-encoding", ""):
            body = unchunked(body)
        if number := re.search(r"partNumber=(\d+)", query):
            if int(number[1]) == self._refused_part:
                return response(403, xml_error("AccessDenied"))
            self.parts[int(number[1])] = body
        else:
            self.headers = request.headers
            self.objects[key] = body
        return response(200, b"", {"ETag": ETAG})


def unchunked(body: bytes) -> bytes:
    """Return the content of a body in AWS's chunks, whose trailer is a checksum."""
    content = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        if not (length := int(size.split(b";")[0], 16)):
            break
        content, body = content + body[:length], body[length + 2 :]
    return content


@sizes
def test_uploaded_object_has_the_content_of_the_file(
    content, is_parallel, upload, target
) -> None:
    target.write_bytes(content)
    bucket = Bucket()
    upload(serving(bucket), ContentType="text/x", Metadata={"a": "b"})
    assert list(bucket.objects.values()) == [content]
    assert len(bucket.parts) == (3 if is_parallel and content == LARGE else 0)
    assert bucket.headers["content-type"] == "text/x"
    assert bucket.headers["x-amz-meta-a"] == "b"


def test_failed_upload_of_parts_is_aborted(upload, target) -> None:
    target.write_bytes(LARGE)
    bucket = Bucket(refused_part=2)
    with pytest.raises(ServiceError, match="s3_upload_file: AccessDenied"):
        upload(serving(bucket))
    assert bucket.aborted == 1
    assert bucket.objects == {}


def test_argument_unsupported_by_s3transfer_is_sent(upload, target) -> None:
    target.write_bytes(LARGE)
    bucket = Bucket()
    upload(serving(bucket), BucketKeyEnabled=True)
    header = "x-amz-server-side-encryption-bucket-key-enabled"
    assert bucket.headers[header] == "true"
    assert list(bucket.objects.values()) == [LARGE]


def test_file_too_large_for_one_request_is_not_sent(
    upload, target, monkeypatch
) -> None:
    hide_s3transfer(monkeypatch)
    with target.open("wb") as file:
        file.truncate(5 * 2**30 + 1)  # sparse
    with pytest.raises(ParameterError, match=r"Filename: .*'paws-py\[s3\]'"):
        upload(refusing)


def test_missing_file_is_not_uploaded(upload, tmp_path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        upload(refusing, Filename=tmp_path / "missing")
    assert caught.value.filename == str(tmp_path / "missing")


@pytest.fixture(params=[True, False], ids=["rich", "plain text"])
def has_rich(request, monkeypatch) -> bool:
    """Run a test with rich, and as if it were not installed."""
    if not request.param:
        monkeypatch.setattr("paws_common.custom.progress.find_spec", lambda name: None)
    return bool(request.param)


@pytest.mark.usefixtures("is_parallel")
def test_progress_is_shown_on_standard_error(has_rich, download, capfd) -> None:
    download(storing(LARGE), progress=True)
    output = capfd.readouterr()
    assert output.out == ""
    assert "target" in output.err
    assert ("21.0/21.0 MB" if has_rich else "100 % of 21.0 MB") in output.err


class FullDisk(io.StringIO):
    """A stream to a file on a full disk."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def write(self, text: str) -> int:
        self.flush()
        return 0


@pytest.mark.usefixtures("has_rich")
@pytest.mark.parametrize("stream", [None, FullDisk()], ids=["closed", "full"])
def test_progress_that_cannot_be_written_is_omitted(
    stream, download, target, monkeypatch
) -> None:
    monkeypatch.setattr("sys.stderr", stream)
    download(storing(LARGE), progress=True)
    assert target.read_bytes() == LARGE


def test_functions_of_services_that_are_generated_on_demand(
    tmp_path, monkeypatch
) -> None:
    """The plain functions, with the default service."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(SMALL)
    with serve(serving(Bucket())) as server:
        use_by_default(server.url, monkeypatch)
        paws.s3_upload_file("my-bucket", "key", source)
        paws.s3_download_file("my-bucket", "key", target)
        url = paws.s3_generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"})
        default_service(paws.s3().api).close()
        token = paws.rds_build_auth_token("db.example.com:3306", REGION, "jane_doe")

    assert target.read_bytes() == SMALL
    assert "Signature=" in url
    assert token.startswith("db.example.com:3306/?Action=connect&DBUser=jane_doe&")
    assert isinstance(paws.s3(), Service)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_new_file_has_the_mode_that_open_sets(mask, download, tmp_path) -> None:
    before = os.umask(mask)
    try:
        (tmp_path / "opened").write_bytes(b"")
        download(storing(SMALL), Filename=tmp_path / "new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == mode(tmp_path / "opened")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_replaced_file_keeps_its_mode_and_link(download, target) -> None:
    target.chmod(0o640)
    link = target.with_name("link")
    link.symlink_to(target.name)
    download(storing(SMALL), Filename=link)
    assert link.is_symlink()
    assert target.read_bytes() == SMALL
    assert mode(target) == 0o640
