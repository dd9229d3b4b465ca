"""R's ``config``, ``credentials`` and ``creds``: functions that return plain, checked dicts.

What they return may as well be written as a dict; they tell what there is to write, and
check it at once. Of what is left out there is no key.

R: ``paws.common/R/service_parameter_helper.R``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from paws_common.aliases import Config, Credentials, Creds
from paws_common.settings import CONFIG, CREDENTIALS, CREDS, checked

if TYPE_CHECKING:
    from botocore.config import Config as BotocoreConfig


def config(
    credentials: Credentials | None = None,
    endpoint: str | None = None,
    region: str | None = None,
    *,
    close_connection: bool | None = None,
    max_retries: float | None = None,
    connect_timeout: float | None = None,
    timeout: float | None = None,
    s3_force_path_style: bool | None = None,
    s3_virtual_address: bool | None = None,
    sts_regional_endpoint: Literal["regional", "legacy"] | None = None,
    signature_version: Literal["v2", "v4", "s3", "s3v4"] | None = None,
    read_timeout: float | None = None,
    max_pool_connections: float | None = None,
    retry_timeouts: bool | None = None,
    validation: Literal["on", "off"] | None = None,
    botocore: BotocoreConfig | None = None,
) -> Config:
    """Return the configuration of a service.

    Parameters
    ----------
    credentials : Credentials, optional
        Who signs: see `credentials`. By default what botocore finds in the environment,
        the profiles, or the machine.
    endpoint : str, optional
        The URL of the service.
    region : str, optional
        The AWS region. By default that of AWS_DEFAULT_REGION, AWS_REGION or the profile.
    close_connection : bool, optional
        Whether every connection is closed after its answer. By default they are kept.
    max_retries : int, optional
        How many times a request is sent again at most; 3 by default.
    connect_timeout : float, optional
        The time in seconds until making a connection is given up; 60 by default. The
        answer has a time of its own: `read_timeout`.
    timeout : float, optional
        The same as `connect_timeout`. R's pages know it by this name only, R's code by
        the other only.
    s3_force_path_style : bool, optional
        Whether the bucket of S3 is a part of the path: ``http://host/bucket/key``.
    s3_virtual_address : bool, optional
        Whether the bucket of S3 is a part of the host, at any endpoint:
        ``http://bucket.host/key``.
    sts_regional_endpoint : {"regional", "legacy"}, optional
        Whether STS is asked in the region, or at its global endpoint.
    signature_version : {"v2", "v4", "s3", "s3v4"}, optional
        How requests are signed. "v2" and "v4" are S3's own forms of them at S3.
    read_timeout : float, optional
        The time in seconds that may pass without a byte of the answer. By default the
        service's own: 70 for SageMaker Runtime, 60 elsewhere. Ours, not R's.
    max_pool_connections : int, optional
        How many connections are kept for the next calls; 10 by default. Ours, not R's.
    retry_timeouts : bool, optional
        Whether a request whose answer did not come in time is sent again; by default it
        is not, as its work may have been done. Ours, not R's.
    validation : {"on", "off"}, optional
        Whether the limits of the service model are checked; "on" by default. Ours, not
        R's.
    botocore : botocore.config.Config, optional
        More of botocore's configuration: proxies, FIPS … What is given here by its own
        name wins over it. Ours, not R's.

    Returns
    -------
    Config
        A dict with what was given.

    Raises
    ------
    ConfigError
        A key or a value is wrong.
    """
    return cast(Config, checked("config", locals(), CONFIG))


def credentials(
    creds: Creds | None = None,
    profile: str | None = None,
    anonymous: bool | None = None,
) -> Credentials:
    """Return who signs the requests of a service.

    Parameters
    ----------
    creds : Creds, optional
        A key of one's own: see `creds`.
    profile : str, optional
        The name of a profile in the files of AWS's tools.
    anonymous : bool, optional
        Whether requests are sent without a signature.

    Returns
    -------
    Credentials
        A dict with what was given.

    Raises
    ------
    ConfigError
        A key or a value is wrong.
    """
    return cast(Credentials, checked("credentials", locals(), CREDENTIALS))


def creds(
    access_key_id: str | None = None,
    secret_access_key: str | None = None,
    session_token: str | None = None,
    access_token: str | None = None,
    expiration: datetime | float | None = None,
) -> Creds:
    """Return a key of one's own.

    Parameters
    ----------
    access_key_id, secret_access_key : str, optional
        The two halves of a key.
    session_token : str, optional
        The third part of a temporary key.
    access_token : str, optional
        A bearer token, for services that take one; they take it rather than a key.
    expiration : datetime or float, optional
        When it expires: with a time zone, or in seconds since 1970. Nothing is sent with
        it from then on.

    Returns
    -------
    Creds
        A dict with what was given.

    Raises
    ------
    ConfigError
        A key or a value is wrong.
    """
    return cast(Creds, checked("creds", locals(), CREDS))
