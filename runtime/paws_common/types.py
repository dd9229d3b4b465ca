"""The types of arguments and results, and the keys of the configuration.

`Config`, `Credentials` and `Creds` are the only definition of the keys.
`paws_common.settings` derives the checks of the values from their types.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal, NotRequired

__all__ = [
    "Blob",
    "BotocoreConfig",
    "Config",
    "Credentials",
    "Creds",
    "EmptyResult",
    "ResponseMetadata",
    "Timestamp",
    "TypedDict",
]

if TYPE_CHECKING:
    from typing import TypedDict

    from botocore.config import Config as BotocoreConfig
else:
    # Importing botocore for a type would take too long.
    BotocoreConfig = object
    # pydantic, and so FastAPI, rejects `typing.TypedDict` before Python 3.12
    # (https://errors.pydantic.dev/2/u/typed-dict-version).
    if sys.version_info >= (3, 12):
        from typing import TypedDict
    else:
        try:
            from typing_extensions import TypedDict
        except ImportError:
            from typing import TypedDict

# Bytes, text that is sent as UTF-8, or a file opened in binary mode.
Blob = bytes | bytearray | memoryview | str | BinaryIO

# A date and time, a day (midnight UTC), ISO 8601 text, or seconds since 1970.
Timestamp = datetime | date | str | int | float

# Numbers may be floats, because numbers in R are doubles by default. The second argument
# is the name of the check in `paws_common.settings`.
Seconds = Annotated[float, "seconds"]
Count = Annotated[float, "count"]
PositiveCount = Annotated[float, "positive count"]
Expiration = Annotated[datetime | float, "expiration"]
Key = Annotated[str, "key"]


class ResponseMetadata(TypedDict):
    """The metadata of a response, in the form of boto3's."""

    RequestId: NotRequired[str]
    HostId: NotRequired[str]
    HTTPStatusCode: int
    HTTPHeaders: dict[str, str]
    RetryAttempts: int


class EmptyResult(TypedDict):
    """The result of an operation without output."""

    ResponseMetadata: ResponseMetadata


class Creds(TypedDict, total=False):
    """Access keys or a bearer token; see `paws_common.creds`."""

    access_key_id: Key
    secret_access_key: Key
    session_token: Key
    access_token: Key
    expiration: Expiration


class Credentials(TypedDict, total=False):
    """The source of the credentials; see `paws_common.credentials`."""

    creds: Creds | Callable[[], Creds]
    profile: str
    anonymous: bool
    role_arn: str
    role_session_name: str
    external_id: str
    source_profile: str


class Config(TypedDict, total=False):
    """The configuration of a service, in the form of R's; see `paws_common.config`."""

    credentials: Credentials
    endpoint: str
    region: str
    close_connection: bool
    max_retries: Count
    connect_timeout: Seconds
    timeout: Seconds
    s3_force_path_style: bool
    s3_virtual_address: bool
    sts_regional_endpoint: Literal["regional", "legacy"]
    signature_version: Literal["v2", "v4", "s3", "s3v4"]
    read_timeout: Seconds
    max_pool_connections: PositiveCount
    retry_timeouts: bool
    validation: Literal["on", "off"]
    ca_bundle: Annotated[str | os.PathLike[str] | Literal[False], "CA bundle"]
    session: Annotated[Any, "session"]
    botocore: Annotated[BotocoreConfig, "botocore"]
