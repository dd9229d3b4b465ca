"""Create clients of botocore from the settings of a service."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore import UNSIGNED
from botocore.config import Config

from paws_common.api import Api
from paws_common.client.retries import DEFAULT_MAX_RETRIES
from paws_common.errors import ConfigError
from paws_common.settings import Settings
from paws_common.version import __version__

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

# For a `LocalEndpoint`: no proxy, and no request to instance metadata for the region.
_LOCAL: Mapping[str, Any] = {"defaults_mode": "legacy", "proxies": {}}


def create_client(session: Session, api: Api, settings: Settings) -> BaseClient:
    """Return a client of botocore that sends each request once; `RetryPolicy` retries.

    Raises
    ------
    ConfigError
        The endpoint is invalid, or the service does not accept a bearer token.
    botocore.exceptions.BotoCoreError, ValueError
        The region is missing, the profile or the service does not exist, or an option is
        invalid.
    """
    keys: dict[str, Any] = {}
    if settings.role_arn is None:  # with a role, the keys only sign the request for it
        keys = {
            "aws_access_key_id": settings.access_key_id,
            "aws_secret_access_key": settings.secret_access_key,
            "aws_session_token": settings.session_token,
        }
    user = _user_config(session, settings)
    client = session.create_client(
        api.service,
        region_name=settings.region,
        endpoint_url=settings.endpoint,
        verify=settings.ca_bundle,
        **keys,
        config=client_config(
            api,
            settings,
            user,
            _signature(session, api, settings),
            _retry_mode(session, user),
            _user_agent(session, user),
        ),
    )
    _check_endpoint(api, client.meta.endpoint_url)
    return client


def _check_endpoint(api: Api, url: str) -> None:
    """Raise for an endpoint that botocore accepts although every call would fail."""
    parts = urlsplit(url)
    reason = ""
    if parts.scheme not in ("http", "https"):
        reason = f"its scheme {parts.scheme!r} is not supported: use https or http"
    try:
        _ = parts.port
    except ValueError:
        # The error would show a part of a password that contains "/".
        reason = "its port is not a number from 0 to 65535"
    if reason:
        host = url.partition("//")[2].rpartition("@")[2].partition("/")[0]
        origin = f"{parts.scheme}://{host}"
        raise ConfigError(f"{api.service}: the endpoint {origin} is invalid: {reason}")


def client_config(
    api: Api,
    settings: Settings,
    user: Any,
    signature: Any,
    retry_mode: str,
    user_agent: str,
) -> Config:
    """Return botocore's configuration of a client.

    `user`, the user's own `botocore.config.Config`, has precedence over the defaults of the
    service, and settings of this package over both.
    """
    default = Config(read_timeout=api.read_timeout) if api.read_timeout else Config()
    if settings.is_local:
        default = default.merge(Config(**_LOCAL))
    options: dict[str, Any] = {
        "connect_timeout": settings.connect_timeout,
        "read_timeout": settings.read_timeout,
        "client_cert": _client_cert(user.client_cert),
        "max_pool_connections": settings.max_pool_connections,
        "signature_version": signature,
        "user_agent": user_agent,
        # A single attempt, because `RetryPolicy` decides about retries.
        "retries": {"mode": retry_mode, "total_max_attempts": 1},
    }
    if settings.s3_addressing_style:
        style = {"addressing_style": settings.s3_addressing_style}
        options["s3"] = {**(user.s3 or {}), **style}
    extra = [user.user_agent_extra, f"paws-py/{__version__}"]
    own = Config(
        # `paws_common.validation` has validated all arguments, and more strictly.
        parameter_validation=False,
        user_agent_extra=" ".join(filter(None, extra)),
        **{name: value for name, value in options.items() if value is not None},
    )
    return default.merge(user).merge(own)


def _client_cert(value: Any) -> Any:
    """Return the paths of a certificate as text; botocore ignores a `pathlib.Path`."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, tuple | list):
        return tuple(map(_client_cert, value))
    return value


def max_retries(session: Session, settings: Settings) -> int:
    """Return the maximum number of retries of a request.

    `max_retries` has precedence over `botocore.config.Config`, and that over
    AWS_MAX_ATTEMPTS and the profile, which count attempts.
    """
    if settings.max_retries is not None:
        return settings.max_retries
    retries = _user_config(session, settings).retries or {}
    if "total_max_attempts" in retries:
        return int(retries["total_max_attempts"]) - 1
    if "max_attempts" in retries:  # it does not count the first attempt
        return int(retries["max_attempts"])
    attempts = session.get_config_variable("max_attempts")
    return DEFAULT_MAX_RETRIES if attempts is None else max(0, int(attempts) - 1)


def _user_config(session: Session, settings: Settings) -> Any:
    """Return the user's own `botocore.config.Config`, or an empty one.

    It has precedence over that of an initializer (`botocore.register_initializer`).
    """
    default = session.get_default_client_config() or Config()
    return default.merge(settings.botocore or Config())


def _retry_mode(session: Session, user: Any) -> str:
    """Return botocore's retry mode, which does not decide about retries.

    "adaptive" is kept because it limits the rate of requests. "legacy" is replaced,
    because it raises connection errors before `RetryPolicy` is called.
    """
    mode = (user.retries or {}).get("mode") or session.get_config_variable("retry_mode")
    Config(retries={"mode": mode})  # raises for an unknown mode of the environment
    return "adaptive" if mode == "adaptive" else "standard"


def _user_agent(session: Session, user: Any) -> str:
    """Return the User-Agent; that of the user's `Config` has precedence.

    botocore's own also lists the features in use. botocore builds it twice for each call,
    which takes an eighth of the time of a call.
    """
    if user.user_agent:
        return str(user.user_agent)
    app = user.user_agent_appid or session.get_config_variable("user_agent_appid")
    # A token of RFC 9110, section 5.6.2.
    name = re.sub(r"[^\w!$%&'*+.^`|~-]", "-", app or "", flags=re.ASCII)
    return f"{session.user_agent()} app/{name}" if name else session.user_agent()


# R's names of signature versions, as botocore names them for S3 and for other services.
_S3_SIGNATURES = {"v2": "s3", "v4": "s3v4"}
_OTHER_SIGNATURES = {"s3": "v2", "s3v4": "v4"}


def _signature(session: Session, api: Api, settings: Settings) -> Any:
    """Return how to sign requests; None if the service model decides."""
    if settings.anonymous:
        return UNSIGNED
    if not settings.access_token and not settings.signature_version:
        return None
    metadata: Mapping[str, Any] = session.get_service_model(api.service).metadata
    model = metadata.get("signatureVersion", "")
    bearer = model == "bearer" or "smithy.api#httpBearerAuth" in metadata.get(
        "auth", ()
    )
    if settings.access_token and bearer:
        return "bearer"
    if settings.access_token and not settings.access_key_id:
        raise ConfigError(
            f"{api.service}: credentials.creds.access_token is a bearer token, which "
            "this service does not accept; pass access_key_id and secret_access_key"
        )
    version = settings.signature_version
    names = _S3_SIGNATURES if model.startswith("s3") else _OTHER_SIGNATURES
    return names.get(version or "", version)
