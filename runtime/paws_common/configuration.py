"""R's ``config``, ``credentials`` and ``creds``: functions that return validated dicts.

They can be replaced by a dict literal. The functions document the keys, and validate
immediately. Omitted options are not in the dict.

R: ``paws.common/R/service_parameter_helper.R``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, cast

from paws_common.settings import checked, form_of
from paws_common.types import BotocoreConfig, Config, Credentials, Creds


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
    ca_bundle: str | os.PathLike[str] | Literal[False] | None = None,
    session: Any = None,
    botocore: BotocoreConfig | None = None,
) -> Config:
    """Return the configuration of a service.

    The options from `read_timeout` on are not in R.

    Parameters
    ----------
    credentials : Credentials, optional
        How requests are signed: see `credentials`. By default with the credentials that
        botocore finds in the environment, the profiles, or the machine.
    endpoint : str, optional
        The URL of the service.
    region : str, optional
        The AWS region; by default that of AWS_DEFAULT_REGION, AWS_REGION or the profile.
    close_connection : bool, optional
        Whether to close each connection after its response; by default it is reused.
    max_retries : int, optional
        The maximum number of retries of a request that cannot have been processed; 3 by
        default.
    connect_timeout : float, optional
        Seconds to wait for a connection; 60 by default. `read_timeout` applies to the
        response.
    timeout : float, optional
        The same as `connect_timeout`, with the name in R's help pages.
    s3_force_path_style : bool, optional
        Whether the bucket is in the path of S3's URLs: ``http://host/bucket/key``.
    s3_virtual_address : bool, optional
        Whether the bucket is in the host of S3's URLs: ``http://bucket.host/key``.
    sts_regional_endpoint : {"regional", "legacy"}, optional
        Whether STS is called in the region, or at its global endpoint.
    signature_version : {"v2", "v4", "s3", "s3v4"}, optional
        How requests are signed. For S3, "v2" and "v4" are S3's own variants of them.
    read_timeout : float, optional
        Seconds to wait for the next byte of a response; 70 for SageMaker Runtime and 60
        for other services by default.
    max_pool_connections : int, optional
        The number of idle connections that stay open for each host; 10 by default.
    retry_timeouts : bool, optional
        Whether to retry a request that may have been processed: without a response in
        time, after a broken connection, and for HTTP 504. False by default.
    validation : {"on", "off"}, optional
        Whether to validate the limits of the service model; "on" by default.
    ca_bundle : str, path-like or False, optional
        The path of the CA certificates that servers are verified with, or False to not
        verify them. By default AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE or the profile's, and
        those of certifi or botocore.
    session : boto3.Session or botocore.session.Session, optional
        A session whose credentials and region are used.
    botocore : botocore.config.Config, optional
        Other options of botocore: proxies, FIPS … The options above have precedence.

    Returns
    -------
    Config
        A dict with the passed options.

    Raises
    ------
    ConfigError
        A key is unknown, or a value is invalid.
    """
    return cast(Config, checked("config", locals(), form_of(Config)))


def credentials(
    creds: Creds | Callable[[], Creds] | None = None,
    profile: str | None = None,
    anonymous: bool | None = None,
    role_arn: str | None = None,
    role_session_name: str | None = None,
    external_id: str | None = None,
    source_profile: str | None = None,
) -> Credentials:
    """Return the options to sign the requests of a service.

    The options from `role_arn` on are not in R.

    Parameters
    ----------
    creds : Creds or callable, optional
        Access keys: see `creds`. A function without parameters that returns them is
        called when they are needed, and again before their `expiration`.
    profile : str, optional
        The name of a profile in ``~/.aws/config`` or ``~/.aws/credentials``.
    anonymous : bool, optional
        Whether requests are not signed.
    role_arn : str, optional
        The role to assume with STS; its credentials are refreshed before they expire.
    role_session_name : str, optional
        The name of the session of the role; generated by default.
    external_id : str, optional
        The external id that the role requires.
    source_profile : str, optional
        The profile to assume the role with. By default `creds`, `profile`, or the
        credentials that botocore finds.

    Returns
    -------
    Credentials
        A dict with the passed options.

    Raises
    ------
    ConfigError
        A key is unknown, or a value is invalid.
    """
    return cast(Credentials, checked("credentials", locals(), form_of(Credentials)))


def creds(
    access_key_id: str | None = None,
    secret_access_key: str | None = None,
    session_token: str | None = None,
    access_token: str | None = None,
    expiration: datetime | float | None = None,
) -> Creds:
    """Return access keys, or a bearer token.

    Parameters
    ----------
    access_key_id, secret_access_key : str, optional
        The access key and its secret.
    session_token : str, optional
        The session token of temporary keys.
    access_token : str, optional
        A bearer token. Services that accept one prefer it to keys.
    expiration : datetime or float, optional
        When the keys expire: a datetime with a time zone, or seconds since 1970. After
        that, nothing is sent with them.

    Returns
    -------
    Creds
        A dict with the passed options.

    Raises
    ------
    ConfigError
        A key is unknown, or a value is invalid.
    """
    return cast(Creds, checked("creds", locals(), form_of(Creds)))
