"""What the signatures of the generated functions speak of."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, Literal, Optional, TypedDict

__all__ = [
    "Blob",
    "Config",
    "Credentials",
    "Creds",
    "EmptyResult",
    "NotRequired",
    "ResponseMetadata",
    "Timestamp",
]

if TYPE_CHECKING:
    from typing_extensions import NotRequired
elif sys.version_info >= (3, 11):
    from typing import NotRequired
else:
    # Generated annotations are strings; this is for those who evaluate them.
    NotRequired = Optional

# Bytes, text that is sent as UTF-8, or a file opened in binary mode.
Blob = bytes | bytearray | memoryview | str | BinaryIO

# A point in time, a day (midnight UTC), ISO 8601 text, or seconds since 1970.
Timestamp = datetime | date | str | int | float


class ResponseMetadata(TypedDict):
    """What is known of the answer besides its content; as boto3 gives it."""

    RequestId: NotRequired[str]
    HostId: NotRequired[str]
    HTTPStatusCode: int
    HTTPHeaders: dict[str, str]
    RetryAttempts: int


class EmptyResult(TypedDict):
    """The result of an operation that has no output."""

    ResponseMetadata: ResponseMetadata


class Creds(TypedDict, total=False):
    """A key of one's own."""

    access_key_id: str
    secret_access_key: str
    session_token: str


class Credentials(TypedDict, total=False):
    """Where the credentials come from; by default from where botocore finds them."""

    creds: Creds
    profile: str
    anonymous: bool


class Config(TypedDict, total=False):
    """The configuration of a service, in the shape of R's `config`."""

    credentials: Credentials
    endpoint: str
    region: str
    validation: Literal["on", "off"]
