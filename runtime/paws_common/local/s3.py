"""The part of Amazon S3 that asynchronous calls need: objects of a local endpoint."""

from __future__ import annotations

from hashlib import md5
from urllib.parse import unquote

from paws_common.local.messages import Reply, Request
from paws_common.local.store import BoundedStore
from paws_common.sagemaker.s3 import Location

Objects = BoundedStore[Location, bytes]

# With these fields a request is more than reading or writing one complete object.
_NOT_IMPLEMENTED = ("Range", "x-amz-copy-source", "x-amz-decoded-content-length")


def requested_object(request: Request) -> Location | None:
    """Return the object that a request reads or writes; None for any other request.

    Parameters
    ----------
    request : Request
        A request with the bucket in its path, as S3's clients send it to an IP address.
    """
    path = request.path.partition("?")[0].removeprefix("/")
    bucket, _, key = unquote(path, errors="surrogateescape").partition("/")
    is_object = request.method in ("GET", "HEAD", "PUT") and bucket and key
    return Location(bucket, key) if is_object else None


def respond(request: Request, location: Location, objects: Objects) -> Reply:
    """Read or write an object. Every bucket exists, and access is never denied."""
    for name in _NOT_IMPLEMENTED:
        if name in request.headers:
            return _error(501, "NotImplemented", f"{name} is not supported here")
    if request.method == "PUT":
        objects.put(location, request.body)
        return Reply(200, (_etag(request.body),), b"")
    content = objects.get(location)
    if content is None:
        return _error(404, "NoSuchKey", "The specified key does not exist.")
    content_type = ("Content-Type", "binary/octet-stream")
    return Reply(200, (content_type, _etag(content)), content)


def _etag(content: bytes) -> tuple[str, str]:
    return "ETag", f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def _error(status: int, code: str, message: str) -> Reply:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Reply(status, (("Content-Type", "application/xml"),), text.encode())
