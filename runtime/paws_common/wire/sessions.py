"""botocore's sessions: how they are shared, and how clients are made with them.

A session reads the environment and the profiles, loads the data of AWS's services, and
resolves credentials; it costs far more than a client. botocore does not say that it may
be used by several threads, so one lock is held wherever one is used. The clients that
it makes may be.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.config import Config
from botocore.tokens import FrozenAuthToken

from paws_common.api import Api
from paws_common.errors import ConfigError
from paws_common.forking import ForkGuard
from paws_common.settings import Settings
from paws_common.version import __version__
from paws_common.wire.data import lean_loader
from paws_common.wire.handlers import LeanSession
from paws_common.wire.retries import DEFAULT

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

_KEPT = 8  # sessions; more are had by those who change their environment all the time


@contextmanager
def shared_session(settings: Settings) -> Iterator[Session]:
    """Give the session of a profile and of the environment as it is; nobody else has it.

    Raises
    ------
    botocore.exceptions.ProfileNotFound
        There is no such profile.
    """
    with _guard.lock:
        yield (
            _new_session(settings)
            if settings.access_token  # the token is the session's
            else _kept_session(
                Settings(
                    profile=settings.profile,
                    sts_regional_endpoint=settings.sts_regional_endpoint,
                ),
                _environment(),
            )
        )


def forget_sessions() -> None:
    """Have the environment and the files of the profiles read anew by what comes."""
    with _guard.lock:
        _kept_session.cache_clear()


def _environment() -> frozenset[tuple[str, str]]:
    """Return what botocore reads of the environment, itself and to find the files."""
    return frozenset(
        (name, value)
        for name, value in os.environ.items()
        if name.startswith("AWS_") or name in ("HOME", "USERPROFILE")
    )


@lru_cache(maxsize=_KEPT)
def _kept_session(
    settings: Settings, environment: frozenset[tuple[str, str]]
) -> Session:
    return _new_session(settings)


_guard = ForkGuard(_kept_session.cache_clear)


def _new_session(settings: Settings) -> Session:
    session = LeanSession(settings.profile)
    session.register_component("data_loader", lean_loader(session))
    # R reads it too; botocore, of all of AWS's SDKs, does not.
    region = os.environ.get("AWS_REGION")
    if region and not os.environ.get("AWS_DEFAULT_REGION"):
        session.set_config_variable("region", region)
    if settings.sts_regional_endpoint:
        session.set_config_variable(
            "sts_regional_endpoints", settings.sts_regional_endpoint
        )
    if settings.access_token:
        token = FrozenAuthToken(settings.access_token)
        session.register_component("token_provider", _Token(token))
    return session


class _Token:
    """A provider of bearer tokens that has one, whoever asks."""

    def __init__(self, token: FrozenAuthToken) -> None:
        self._token = token

    def load_token(self, **_: object) -> FrozenAuthToken:
        return self._token


def create_client(api: Api, settings: Settings) -> BaseClient:
    """Return a client of botocore with the settings of a service.

    Raises
    ------
    ConfigError
        A bearer token is all there is to sign with, and the service takes none.
    botocore.exceptions.BotoCoreError, ValueError
        There is no region, no such profile, no such service …
    """
    with shared_session(settings) as session:
        signature = _signature(session, api, settings)
        mode, agent = _mode(session, settings), _user_agent(session, settings)
        return session.create_client(
            api.service,
            region_name=settings.region,
            endpoint_url=settings.endpoint,
            aws_access_key_id=settings.access_key_id,
            aws_secret_access_key=settings.secret_access_key,
            aws_session_token=settings.session_token,
            config=client_config(api, settings, signature, mode, agent),
        )


def client_config(
    api: Api,
    settings: Settings,
    signature: Any = None,
    mode: str = "standard",
    user_agent: str | None = None,
) -> Config:
    """Return botocore's configuration of a client.

    The user's own `botocore.config.Config` wins over the defaults of the service, and
    every setting that has a name of its own wins over it.
    """
    default = Config(read_timeout=api.read_timeout) if api.read_timeout else Config()
    given = _given(settings)
    options: dict[str, Any] = {
        "connect_timeout": settings.connect_timeout,
        "read_timeout": settings.read_timeout,
        "max_pool_connections": settings.max_pool_connections,
        "signature_version": signature,
        "user_agent": user_agent,
        # One attempt: the others are ours (paws_common.wire.retries).
        "retries": {"mode": mode, "total_max_attempts": 1},
    }
    if settings.s3_addressing_style:
        style = {"addressing_style": settings.s3_addressing_style}
        options["s3"] = {**(given.s3 or {}), **style}
    extra = [given.user_agent_extra, f"paws-py/{__version__}"]
    own = Config(
        # Every argument has been checked, and more strictly.
        parameter_validation=False,
        user_agent_extra=" ".join(filter(None, extra)),
        **{name: value for name, value in options.items() if value is not None},
    )
    return default.merge(given).merge(own)


def _given(settings: Settings) -> Any:
    """Return the user's own `botocore.config.Config`; one without a word if there is none."""
    return settings.botocore or Config()


def most_retries(settings: Settings) -> int:
    """Return how many times a request is sent again at most.

    `max_retries` wins over `botocore.config.Config`, and that over AWS_MAX_ATTEMPTS and
    the profile, which count attempts.
    """
    if settings.max_retries is not None:
        return settings.max_retries
    given = _given(settings).retries or {}
    if "total_max_attempts" in given:
        return int(given["total_max_attempts"]) - 1
    if "max_attempts" in given:  # as R means it: without the first one
        return int(given["max_attempts"])
    with shared_session(settings) as session:
        attempts = session.get_config_variable("max_attempts")
    return DEFAULT if attempts is None else max(0, int(attempts) - 1)


def _mode(session: Session, settings: Settings) -> str:
    """Return the mode of botocore that our retries are put upon.

    "adaptive" adds a limit of the rate to "standard", and is kept. "legacy" is not: it
    raises the error of a connection before anybody else can see it.
    """
    mode = (_given(settings).retries or {}).get("mode")
    mode = mode or session.get_config_variable("retry_mode")
    return "adaptive" if mode == "adaptive" else "standard"


def _user_agent(session: Session, settings: Settings) -> str:
    """Return who sends the requests; the user's own word wins.

    botocore makes a longer one, twice a call, of what does not change but for the features
    that were used, which it tells AWS in it: an eighth of the time of a call.
    """
    config = _given(settings)
    if config.user_agent:
        return str(config.user_agent)
    app = config.user_agent_appid or session.get_config_variable("user_agent_appid")
    # RFC 9110, section 5.6.2, but for what separates the parts of it.
    name = re.sub(r"[^\w!$%&'*+.^`|~-]", "-", app or "", flags=re.ASCII)
    return f"{session.user_agent()} app/{name}" if name else session.user_agent()


# R's word for a signature, in botocore's words at S3 and elsewhere.
_AT_S3 = {"v2": "s3", "v4": "s3v4"}
_ELSEWHERE = {"s3": "v2", "s3v4": "v4"}


def _signature(session: Session, api: Api, settings: Settings) -> Any:
    """Return how requests are signed; None leaves it to the model of the service."""
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
            f"{api.service}: credentials.creds.access_token is a bearer token, and the "
            "service takes none; give it access_key_id and secret_access_key"
        )
    wish = settings.signature_version
    return (_AT_S3 if model.startswith("s3") else _ELSEWHERE).get(wish or "", wish)
