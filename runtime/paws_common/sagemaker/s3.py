"""The little of Amazon S3 that asynchronous calls need: reading and writing an object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from paws_common.api import Api, Operation
from paws_common.errors import PawsError, ServiceError
from paws_common.settings import Settings
from paws_common.shapes import Blob, Member, Structure

if TYPE_CHECKING:
    from botocore.client import BaseClient

_API = Api(
    name="s3",
    service="s3",
    version="2006-03-01",
    protocol="rest-xml",
    shapes={
        "Object": Structure({"Body": Member("Body")}, payload="Body"),
        "Body": Blob(),
    },
    errors=MappingProxyType({}),
)
_GET: Operation[dict[str, Any]] = Operation(
    _API, "GetObject", function="wait_for_result", input=None, output="Object"
)
_PUT: Operation[dict[str, Any]] = Operation(
    _API, "PutObject", function="invoke_and_wait", input=None, output=None
)

_URI = re.compile(r"s3://([^/]+)(?:/(.*))?", re.DOTALL)
# Amazon S3 User Guide, "Methods for accessing a bucket" and its endpoints: the bucket is
# in the host's name or begins the path; the region is left out, or after a dot or a dash.
_URL = re.compile(
    r"https://(?:([^/?#]+)\.)?"
    r"s3(?:-fips)?(?:\.dualstack)?(?:[.-][a-z]+(?:-[a-z]+)+-[0-9]+|-external-1)?"
    r"\.amazonaws\.(?:com|com\.cn|eu)(?:/([^?#]*))?"
)

FORMS = "s3://bucket/key, or https://bucket.s3.region.amazonaws.com/key"


class Location(NamedTuple):
    """Where an object is."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def locate(text: object) -> Location | None:
    """Return the location that a URI or a URL names; its key may be empty.

    Parameters
    ----------
    text : object
        ``s3://bucket/key``, with the key as it is; or a URL of S3 without a query, whose
        path is percent-encoded, and whose bucket is a part of the host's name or begins
        the path.

    Returns
    -------
    Location or None
        None for anything else.
    """
    if not isinstance(text, str):
        return None
    if match := _URI.fullmatch(text):
        return Location(match[1], match[2] or "")
    match = _URL.fullmatch(text)
    if match is None:
        return None
    bucket, path = match[1], unquote(match[2] or "")
    if bucket is None:
        bucket, _, path = path.partition("/")
    return Location(bucket, path) if bucket else None


@contextmanager
def connect(settings: Settings) -> Iterator[BaseClient]:
    """Give botocore's client of S3, and close it in the end.

    Raises
    ------
    ConfigError
        There is no such profile.
    """
    from paws_common.wire.client import make_client

    client = make_client(_API, settings)
    try:
        yield client
    finally:
        client.close()


def read(client: BaseClient, location: Location) -> bytes:
    """Return the content of an object.

    HEAD would not do to look for it: its answer has no body, and so tells neither a
    missing bucket from a missing object, nor why access is denied.

    Raises
    ------
    ServiceError
        It cannot be had; `may_be_missing` tells whether it may still appear.
    PawsError
        As `paws_common.wire.client.answering` does.
    """
    from paws_common.wire.client import call

    arguments = {"Bucket": location.bucket, "Key": location.key}
    content: bytes = call(client, _GET, arguments)["Body"]
    return content


def write(client: BaseClient, location: Location, body: Any) -> None:
    """Write an object, from bytes or from where a file stands to its end.

    Raises
    ------
    PawsError
        As `paws_common.wire.client.answering` does.
    """
    from paws_common.wire.client import call

    call(client, _PUT, {"Bucket": location.bucket, "Key": location.key, "Body": body})


def is_missing(error: PawsError) -> bool:
    """Tell whether S3 says that an object is not there."""
    return isinstance(error, ServiceError) and error.code == "NoSuchKey"


def may_be_missing(error: ServiceError) -> bool:
    """Tell whether an object is not there for all that the caller is allowed to know.

    To who may read an object but not list its bucket, S3 denies access to one that is
    not there (Amazon S3 API Reference, GetObject). Where it says which permission is
    lacking, and that is another, asking again is of no use (Amazon S3 User Guide,
    "Troubleshoot access denied (403 Forbidden) errors").
    """
    if error.code != "AccessDenied":
        return is_missing(error)
    names_one = "not authorized to perform" in error.message
    return not names_one or "s3:ListBucket" in error.message
