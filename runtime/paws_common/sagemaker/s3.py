"""Read and write objects of Amazon S3 for asynchronous calls."""

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
    from paws_common.client.service_client import ServiceClient
    from paws_common.client.sessions import SharedSession

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
# The bucket is in the host name or the first part of the path. The region is omitted, or
# follows a dot or a dash (Amazon S3 User Guide, "Methods for accessing a bucket").
_URL = re.compile(
    r"https://(?:([^/?#]+)\.)?"
    r"s3(?:-fips)?(?:\.dualstack)?(?:[.-][a-z]+(?:-[a-z]+)+-[0-9]+|-external-1)?"
    r"\.amazonaws\.(?:com|com\.cn|eu)(?:/([^?#]*))?"
)

# The bucket of a `LocalEndpoint`. Bucket names cannot contain an underscore (Amazon S3 User
# Guide, "General purpose bucket naming rules"), so that no bucket of S3 has this name.
LOCAL_BUCKET = "local_endpoint"

FORMS = "of the form s3://bucket/key or https://bucket.s3.region.amazonaws.com/key"


class Location(NamedTuple):
    """The location of an object."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def locate(text: object) -> Location | None:
    """Parse the location of an object, whose key may be empty; None for any other text.

    It is ``s3://bucket/key``, where the key is not percent-encoded; or an HTTPS URL of S3
    without a query, where it is.
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
def connect(
    settings: Settings, session: SharedSession | None = None, is_local: bool = False
) -> Iterator[ServiceClient]:
    """Yield a client of S3, and close it at the end.

    It uses the session of a service with the same credentials. A local one does not use
    the proxies of the environment.

    A `ConfigError` is raised if the profile does not exist.
    """
    from paws_common.client import service_client

    if is_local:
        settings = service_client.without_proxies(settings)
    client = service_client.connect(_API, settings, session=session)
    try:
        yield client
    finally:
        client.close()


def read(client: ServiceClient, location: Location) -> bytes:
    """Return the content of an object.

    The request is GET, not HEAD: a response to HEAD has no body, so that a missing bucket
    looks like a missing object, and the reason of a denied access is unknown.

    A `ServiceError` is raised if it cannot be read; see `may_be_missing`.
    """
    arguments = {"Bucket": location.bucket, "Key": location.key}
    content: bytes = client.call(_GET, arguments)["Body"]
    return content


def write(client: ServiceClient, location: Location, body: Any) -> None:
    """Write bytes, or a file from its current position, to an object."""
    client.call(_PUT, {"Bucket": location.bucket, "Key": location.key, "Body": body})


def is_missing(error: PawsError) -> bool:
    """Return whether S3 reports that an object does not exist."""
    return isinstance(error, ServiceError) and error.code == "NoSuchKey"


def may_be_missing(error: ServiceError) -> bool:
    """Return whether the reason of an error may be that an object does not exist yet.

    Without s3:ListBucket, S3 responds with AccessDenied for an object that does not exist
    (Amazon S3 API Reference, GetObject). If the message names another permission, the
    error is permanent (Amazon S3 User Guide, "Troubleshoot access denied (403 Forbidden)
    errors").
    """
    if error.code != "AccessDenied":
        return is_missing(error)
    names_permission = "not authorized to perform" in error.message
    return not names_permission or "s3:ListBucket" in error.message
