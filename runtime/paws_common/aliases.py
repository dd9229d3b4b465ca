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
    from botocore.config import Config as BotocoreConfig
else:
    BotocoreConfig = object  # as below; nobody loads botocore for a type

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
    """A key of one's own; `paws_common.creds` tells what is what."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    access_token: str
    expiration: datetime | float


class Credentials(TypedDict, total=False):
    """Where the credentials come from; by default from where botocore finds them."""

    creds: Creds
    profile: str
    anonymous: bool


class Config(TypedDict, total=False):
    """The configuration of a service, in the shape of R's `config`.

    `paws_common.config` tells what is what.
    """

    credentials: Credentials
    endpoint: str
    region: str
    close_connection: bool
    max_retries: float
    connect_timeout: float
    timeout: float
    s3_force_path_style: bool
    s3_virtual_address: bool
    sts_regional_endpoint: Literal["regional", "legacy"]
    signature_version: Literal["v2", "v4", "s3", "s3v4"]
    read_timeout: float
    max_pool_connections: float
    retry_timeouts: bool
    validation: Literal["on", "off"]
    botocore: BotocoreConfig
