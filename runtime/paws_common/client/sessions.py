"""Sessions of botocore, shared by the services of a process.

A session reads the environment and the profiles, and loads the data of AWS's services.
That takes far more time and memory than creating a client.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from botocore import handlers
from botocore.configprovider import ConstantProvider
from botocore.session import Session
from botocore.tokens import FrozenAuthToken

from paws_common.client.credentials import (
    LazyCredentials,
    find_environment_provider,
    load,
)
from paws_common.client.loader import use_lazy_loader
from paws_common.settings import Settings

_MAX_SESSIONS = 8

# For a `LocalEndpoint`: botocore's defaults, which have precedence over the environment.
_LOCAL: Mapping[str, Any] = {
    "account_id_endpoint_mode": "preferred",
    "config_file": os.devnull,
    "credentials_file": os.devnull,
    "request_checksum_calculation": "when_supported",
    "request_min_compression_size_bytes": 10_240,
    "response_checksum_validation": "when_supported",
    "sts_regional_endpoints": "regional",
}


def find_session(settings: Settings) -> SharedSession:
    """Return the session for a profile and the current environment.

    A session with its own credentials is not shared with other services.
    """
    if _is_private(settings):
        return SharedSession(settings)
    key = _Key(
        settings.profile,
        settings.sts_regional_endpoint,
        _ignores_missing_profile(settings),
        settings.is_local,
        _environment(),
        builtin_handlers(),
        threading.Lock,
    )
    with _sessions_lock:
        if key not in _sessions:
            _sessions[key] = SharedSession(settings)
        _sessions.move_to_end(key)
        if len(_sessions) > _MAX_SESSIONS:
            _sessions.popitem(last=False)
        return _sessions[key]


def _is_private(settings: Settings) -> bool:
    own = settings.access_token, settings.creds_provider, settings.session
    return settings.role_arn is not None or any(each is not None for each in own)


def clear_session_cache() -> None:
    """Make the next client read the environment and the profiles again."""
    with _sessions_lock:
        _sessions.clear()


def builtin_handlers() -> tuple[Any, ...]:
    """Return the handlers that clients of botocore are created with.

    moto and tracers add theirs when they are imported.
    """
    return tuple(getattr(handlers, "BUILTIN_HANDLERS", ()))


class _Key(NamedTuple):
    """The values that a session depends on; `lock` is the type of locks.

    gevent replaces it: a session must not use locks of both types.
    """

    profile: str | None
    sts_regional_endpoint: str | None
    ignores_missing_profile: bool
    is_local: bool
    environment: frozenset[tuple[str, str]]
    handlers: tuple[Any, ...]
    lock: object


class SharedSession:
    """A session of botocore that one thread uses at a time.

    botocore documents that threads may share clients, but not sessions. The threads do not
    wait for the network or for an MFA code here: credentials are loaded when a request is
    signed (`LazyCredentials`).

    Parameters
    ----------
    settings : Settings
        The settings of the first service that uses it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session = _create_session(settings)
        self._lock = threading.RLock()  # a signal handler may also need it
        self._in_use = False

    @contextmanager
    def use(self) -> Iterator[Session]:
        """Yield the session."""
        with self._lock:
            if self._in_use:  # a signal handler has interrupted this thread
                yield _create_session(self._settings)
                return
            self._in_use = True
            try:
                yield self._session
            finally:
                self._in_use = False


_sessions: OrderedDict[_Key, SharedSession] = OrderedDict()
_sessions_lock = threading.RLock()  # a signal handler may also need a session


def _reset_after_fork() -> None:
    """Replace the lock, and the sessions, which threads of the parent may have locked."""
    global _sessions_lock
    _sessions_lock = threading.RLock()
    _sessions.clear()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_reset_after_fork)


def _environment() -> frozenset[tuple[str, str]]:
    """Return the environment variables that configure botocore or locate its files."""
    return frozenset(
        (name, value)
        for name, value in os.environ.items()
        if name.startswith("AWS_") or name in ("HOME", "USERPROFILE")
    )


def _ignores_missing_profile(settings: Settings) -> bool:
    """Return whether the profile may not exist, because its keys are not needed.

    That of a user's session may be in a file that only this session reads.
    """
    if settings.session is not None:
        return True
    is_named = bool(
        os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
    )
    return settings.has_credentials and settings.profile is None and is_named


def _create_session(settings: Settings) -> Session:
    profile = settings.profile or _profile_of(settings.session)
    session = _plain_session(settings, profile)
    use_lazy_loader(session)
    region = settings.region or session.get_config_variable("region")
    create_session = partial(_create_login_session, settings, region)
    # Settings with credentials do not use the providers.
    unused = settings.has_credentials or _is_private(settings)
    environment = None if unused else find_environment_provider(session)
    credentials = LazyCredentials(partial(load, settings, create_session, environment))
    session.register_component("credential_provider", credentials)
    if settings.access_token:
        session.register_component("token_provider", _Token(settings.access_token))
    return session


def _create_login_session(settings: Settings, region: str | None) -> Session:
    """Return another session to load credentials with, in any thread.

    botocore calls STS and SSO in the region of the client that needs credentials.
    """
    session = _plain_session(settings, settings.source_profile or settings.profile)
    if region and not session.get_config_variable("region"):
        session.set_config_variable("region", region)
    return session


def _plain_session(settings: Settings, profile_name: str | None) -> Session:
    session = Session(profile=profile_name)
    if isinstance(settings.session, Session):  # a session of boto3 has no such method
        for name in ("config_file", "credentials_file"):
            path = settings.session.get_config_variable(name)
            session.set_config_variable(name, path)
    if settings.is_local:
        for name, value in _LOCAL.items():
            session.set_config_variable(name, value)
    profile = session.get_config_variable("profile")
    if (
        profile is not None
        and _ignores_missing_profile(settings)
        and profile not in session.available_profiles
    ):
        store: Any = session.get_component("config_store")
        store.set_config_provider("profile", ConstantProvider(None))
    # R and the other AWS SDKs read AWS_REGION; botocore does not.
    region = os.environ.get("AWS_REGION")
    if region and not os.environ.get("AWS_DEFAULT_REGION"):
        session.set_config_variable("region", region)
    if settings.session is not None and (region := _region_of(settings.session)):
        session.set_config_variable("region", region)
    if settings.sts_regional_endpoint:
        session.set_config_variable(
            "sts_regional_endpoints", settings.sts_regional_endpoint
        )
    return session


def _profile_of(session: Any) -> str | None:
    """Return the profile of a user's session: of boto3's, or of botocore's."""
    profile: str | None = getattr(session, "profile", None)
    profile = getattr(session, "profile_name", profile)
    return None if profile == "default" else profile


def _region_of(session: Any) -> str | None:
    """Return the region of a user's session: of boto3's, or of botocore's."""
    region: str | None
    if hasattr(session, "region_name"):
        region = session.region_name
    else:
        region = session.get_config_variable("region")
    return region


class _Token:
    """A provider of one bearer token."""

    def __init__(self, token: str) -> None:
        self._token = FrozenAuthToken(token)

    def load_token(self, **_: object) -> FrozenAuthToken:
        return self._token
