"""Load credentials when a request is signed, and translate errors to `ConfigError`.

botocore's providers do not translate exceptions: they raise `KeyError`, `RuntimeError`,
`FileNotFoundError`, `EOFError`, and `ClientError` of STS and SSO.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
    EnvProvider,
)
from botocore.exceptions import BotoCoreError, ClientError

from paws_common.client.error_origins import is_raised_by_user_code
from paws_common.errors import ConfigError
from paws_common.header_values import find_control_character
from paws_common.settings import Settings, checked, form_of
from paws_common.types import Creds

if TYPE_CHECKING:
    from botocore.session import Session

_KEY_PAIR = ("access_key_id", "secret_access_key")

# The attributes of botocore's frozen credentials, and their names in errors.
_FROZEN_KEYS = {
    "access_key": "access key id",
    "secret_key": "secret access key",
    "token": "session token",
}

# The METHOD of each provider of botocore (botocore/credentials.py), its name in errors, and
# the remedy.
_PROVIDERS = {
    "assume-role": (
        "role_arn of the profile",
        "check role_arn, source_profile and the trust policy of the role",
    ),
    "assume-role-with-web-identity": (
        "web identity (AWS_WEB_IDENTITY_TOKEN_FILE)",
        "check that the token file exists and that the role trusts its issuer",
    ),
    "chain": (
        "the providers of botocore",
        (
            "check the profile, AWS_METADATA_SERVICE_TIMEOUT and …NUM_ATTEMPTS (integers), "
            "AWS_EC2_METADATA_SERVICE_ENDPOINT and …ENDPOINT_MODE"
        ),
    ),
    "config-file": ("~/.aws/config", "correct the profile"),
    "container-role": (
        "container credentials (AWS_CONTAINER_CREDENTIALS_FULL_URI, …RELATIVE_URI)",
        "check the role of the task, pod or container",
    ),
    "custom-process": (
        "credential_process of the profile",
        "run the command by hand to see its error",
    ),
    "creds": (
        "the function credentials.creds",
        "it must return access_key_id, secret_access_key and a future expiration",
    ),
    "env": (
        "the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        "set both, and AWS_SESSION_TOKEN for temporary credentials",
    ),
    "iam-role": (
        "instance metadata of EC2",
        "check that the instance has a role, and the hop limit of its metadata",
    ),
    "login": ("`aws login`", "log in again: aws login"),
    "role_arn": (
        "credentials.role_arn",
        "check the role, its trust policy, and external_id",
    ),
    "session": ("config.session", "check its configuration"),
    "shared-credentials-file": ("~/.aws/credentials", "correct the profile"),
    "sso": ("IAM Identity Center (SSO)", "log in again: aws sso login"),
}

_CONTROL_CHARACTER = "a key or the session token contains a control character"


class Source(NamedTuple):
    """Credentials of botocore, and the METHOD of the provider that loaded them.

    `method` is None for a user's own provider, whose exceptions are raised as they are.
    """

    credentials: Any
    method: str | None


class LazyCredentials:
    """The credentials of a session of botocore, loaded when a request is signed.

    Loading can take long: a provider may run a program, send a request, or wait until the
    user enters an MFA code. Meanwhile, only threads that need the same credentials wait.

    Parameters
    ----------
    load : callable
        Returns the credentials; called again if it finds none.
    """

    def __init__(self, load: Callable[[], Source]) -> None:
        self._load = load
        self._lock = threading.RLock()  # a signal handler may also sign a request
        self._readers: set[int] = set()
        self._source: Source | None = None

    def load_credentials(self) -> LazyCredentials:
        """Return these credentials, as a `CredentialResolver` returns its."""
        return self

    @property
    def method(self) -> str | None:
        """The name of the provider; None before the credentials are loaded."""
        return getattr(self._source and self._source.credentials, "method", None)

    def get_frozen_credentials(self) -> Any:
        """Return the current keys; None if no provider has any.

        Raises
        ------
        ConfigError
            A provider failed, or returned invalid keys.
        """
        return self._read(_freeze)

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        """Return a function that returns a property of the keys, such as ``account_id``."""
        return lambda: self._read(lambda credentials: getattr(credentials, name, None))

    def _read(self, read: Callable[[Any], Any]) -> Any:
        thread = threading.get_ident()
        if thread in self._readers:
            # A signal handler has interrupted this thread, which may have locked the keys
            # in order to refresh them (botocore: ``_refresh`` in credentials.py).
            return _read_source(self._load(), read)
        self._readers.add(thread)
        try:
            return _read_source(self._find_source(), read)
        finally:
            self._readers.discard(thread)

    def _find_source(self) -> Source:
        source = self._source
        if source is None:
            with self._lock:
                source = self._source or self._load()
                if source.credentials is not None:
                    self._source = source
        return source


def _read_source(source: Source, read: Callable[[Any], Any]) -> Any:
    if source.credentials is None:
        return None
    with _translate_errors(source.method):
        return read(source.credentials)


def _freeze(credentials: Any) -> Any:
    """Return the current keys; botocore does not validate those of most providers."""
    keys = credentials.get_frozen_credentials()
    for name, label in _FROZEN_KEYS.items():
        value = getattr(keys, name, None)
        if name == "token" and not value:  # long-term keys have none
            continue
        if not isinstance(value, str):
            raise ConfigError(f"the {label} is a {type(value).__name__}, not a str")
        if not value:
            raise ConfigError(f"the {label} is empty")
        if found := find_control_character(value):
            raise ConfigError(f"the {label} contains {found}")
    return keys


def find_environment_provider(session: Session) -> EnvProvider | None:
    """Return the provider of the environment variables, if a session uses it first.

    It can load credentials without a session, whose creation takes 8 ms.
    """
    if EnvProvider.ACCESS_KEY not in os.environ:
        return None
    # The error is raised, and translated, when a request is signed.
    with suppress(Exception):
        resolver: Any = session.get_component("credential_provider")
        if type(resolver) is CredentialResolver:  # else an initializer replaced it
            first = resolver.providers[0]
            return first if type(first) is EnvProvider else None
    return None


def load(
    settings: Settings,
    create_session: Callable[[], Session],
    environment: EnvProvider | None = None,
) -> Source:
    """Return the credentials of a service.

    Parameters
    ----------
    settings : Settings
        The settings of the service.
    create_session : callable
        Returns the session of botocore to find them with, and to call STS with.
    environment : botocore.credentials.EnvProvider, optional
        The first provider of that session.
    """
    if settings.role_arn is None:
        return _load_keys(settings, create_session, environment)
    session = create_session()
    source = LazyCredentials(partial(_load_role_source, settings, session))
    options = {
        "RoleSessionName": settings.role_session_name,
        "ExternalId": settings.external_id,
    }
    fetcher = AssumeRoleCredentialFetcher(
        partial(
            session.create_client, verify=settings.ca_bundle, config=settings.botocore
        ),
        source,
        settings.role_arn,
        {name: value for name, value in options.items() if value is not None},
    )
    credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "role_arn")
    return Source(credentials, "role_arn")


def _load_role_source(settings: Settings, session: Session) -> Source:
    """Return the credentials to assume a role with.

    Raises
    ------
    ConfigError
        There are none.
    """
    source = _load_keys(settings, lambda: session)
    if source.credentials is None:
        raise ConfigError(
            "no credentials from credentials.role_arn: there are none to assume the role "
            "with; set creds, source_profile, config.session or a profile; nothing was sent"
        )
    return source


def _load_keys(
    settings: Settings,
    create_session: Callable[[], Session],
    environment: EnvProvider | None = None,
) -> Source:
    if settings.creds_provider is not None:
        refresh = partial(_call_provider, settings.creds_provider)
        return Source(DeferredRefreshableCredentials(refresh, "creds"), "creds")
    # Services with different keys may share a session, so it does not contain these keys.
    if settings.role_arn is not None and settings.access_key_id is not None:
        keys = Credentials(
            settings.access_key_id,
            str(settings.secret_access_key),
            settings.session_token,
        )
        return Source(keys, "creds")
    if settings.session is not None:
        with _translate_errors("session"):
            return Source(settings.session.get_credentials(), "session")
    if environment is not None:
        with _translate_errors(EnvProvider.METHOD):
            found = environment.load()
        if found is not None:
            return Source(found, EnvProvider.METHOD)
    return _load_from_chain(create_session())


def _load_from_chain(session: Session) -> Source:
    """Return the credentials of the first provider of a session that has some."""
    # botocore reads the variables of all providers, also of those that are not used.
    with _translate_errors("chain"):
        resolver: Any = session.get_component("credential_provider")
    if type(resolver) is not CredentialResolver:  # an initializer replaced it
        return Source(resolver.load_credentials(), None)
    for provider in resolver.providers:
        is_botocore = type(provider).__module__.startswith("botocore.")
        method = provider.METHOD if is_botocore else None
        with _translate_errors(method):
            credentials = provider.load()
        if credentials is not None:
            return Source(credentials, method)
    return Source(None, None)


def _call_provider(provider: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Return the keys of a user's function in the form of botocore's refreshed keys."""
    creds = checked("credentials.creds()", provider(), form_of(Creds))
    missing = [key for key in _KEY_PAIR if key not in creds]
    if missing:
        raise ConfigError(f"it returned no {' and no '.join(missing)}")
    return {
        "access_key": creds["access_key_id"],
        "secret_key": creds["secret_access_key"],
        "token": creds.get("session_token"),
        "expiry_time": _iso_date(creds.get("expiration", math.inf)),
    }


def _iso_date(seconds: float) -> str:
    latest = datetime.max.replace(tzinfo=UTC).timestamp() - 1
    return datetime.fromtimestamp(min(seconds, latest), UTC).isoformat()


@contextmanager
def _translate_errors(method: str | None) -> Iterator[None]:
    """Raise a `ConfigError` that names the provider, unless the user's own code failed.

    The function ``credentials.creds`` is an option of this package, so that its exceptions
    are always translated.
    """
    try:
        yield
    except Exception as error:
        is_own = method != "creds" and is_raised_by_user_code(error)
        if method is None or is_own or _names_provider(error):
            raise
        name, remedy = _PROVIDERS.get(method, (method, "check its configuration"))
        # The error of http.client contains the key or the token, and so does a traceback.
        is_secret = "Invalid header value" in str(error)
        reason = _CONTROL_CHARACTER if is_secret else _describe(error)
        raise ConfigError(
            f"no credentials from {name}: {reason}; {remedy}; nothing was sent"
        ) from (None if is_secret else error)


def _names_provider(error: Exception) -> bool:
    """Return whether an error names a provider, such as that of a role's source."""
    return isinstance(error, ConfigError) and "no credentials from" in str(error)


def _describe(error: Exception) -> str:
    if isinstance(error, EOFError):
        return (
            "an MFA code is required (mfa_serial), but there is no terminal to enter it"
        )
    if isinstance(error, BotoCoreError | ClientError | ConfigError | RuntimeError):
        return str(error)
    return f"{type(error).__name__}: {error}"
