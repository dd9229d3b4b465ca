"""The part of Amazon S3 that asynchronous calls need: objects of a local endpoint."""

from __future__ import annotations

import re
from hashlib import md5
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from paws_common.local.messages import Reply, Request
from paws_common.local.store import BoundedStore
from paws_common.sagemaker.s3 import Location

Objects = BoundedStore[Location, bytes]

# With these fields or parameters, a request is more than reading or writing one object.
_OTHER_FIELDS = ("x-amz-copy-source", "x-amz-decoded-content-length")
_OTHER_PARAMETERS = frozenset(
    [
        "acl",
        "attributes",
        "legal-hold",
        "partNumber",
        "retention",
        "tagging",
        "torrent",
        "uploadId",
        "uploads",
        "versionId",
    ]
)
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def is_request(request: Request) -> bool:
    """Return whether a request is one of S3, with the bucket in its path.

    Clients of S3 send the path-style to an IP address, and sign the checksum of the body
    (Amazon S3 API Reference, "Common Request Headers").
    """
    return "x-amz-content-sha256" in request.headers or _object(request) is not None


def respond(request: Request, objects: Objects) -> Reply:
    """Read or write an object. Every bucket exists, and access is never denied."""
    location = _object(request)
    parameters = parse_qs(request.path.partition("?")[2], keep_blank_values=True)
    if (
        location is None
        or any(name in request.headers for name in _OTHER_FIELDS)
        or not _OTHER_PARAMETERS.isdisjoint(parameters)
    ):
        reason = (
            f"{request.method} {request.path}: a local endpoint has only GetObject, "
            "HeadObject and PutObject, and no multipart uploads; to store a large input, "
            "call LocalEndpoint.put_object"
        )
        return _error(501, "NotImplemented", reason)
    if request.method == "PUT":
        objects.put(location, request.body)
        return Reply(200, (_etag(request.body),), b"")
    content = objects.get(location)
    if content is None:
        return _error(404, "NoSuchKey", "The specified key does not exist.")
    return _read(content, request.headers.get("Range", ""))


def _object(request: Request) -> Location | None:
    """Return the object that a request reads or writes; None for any other request."""
    path = request.path.partition("?")[0].removeprefix("/")
    bucket, _, key = unquote(path, errors="surrogateescape").partition("/")
    is_object = request.method in ("GET", "HEAD", "PUT") and bucket and key
    return Location(bucket, key) if is_object else None


def _read(content: bytes, requested: str) -> Reply:
    """Return an object, or a range of it (RFC 9110, section 14).

    Invalid and multiple ranges are ignored, as the RFC permits.
    """
    length = len(content)
    fields = (("Content-Type", "binary/octet-stream"), _etag(content))
    match = _RANGE.fullmatch(requested)
    first, last = match.groups() if match else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        return Reply(200, fields, content)
    start = int(first) if first else max(0, length - int(last))
    end = min(length, int(last) + 1) if first and last else length
    if start >= length:
        unsatisfied = ("Content-Range", f"bytes */{length}")
        reason = "The requested range is not satisfiable"
        return _error(416, "InvalidRange", reason, unsatisfied)
    content_range = ("Content-Range", f"bytes {start}-{end - 1}/{length}")
    return Reply(206, (*fields, content_range), content[start:end])


def _etag(content: bytes) -> tuple[str, str]:
    return "ETag", f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def _error(status: int, code: str, message: str, *fields: tuple[str, str]) -> Reply:
    text = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    content_type = ("Content-Type", "application/xml")
    return Reply(status, (content_type, *fields), text.encode())
