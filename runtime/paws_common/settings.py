"""Validate and merge the configuration of a service."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cache, partial
from numbers import Real
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin
from typing import get_type_hints as type_hints

from paws_common.errors import ConfigError
from paws_common.header_values import find_control_character
from paws_common.suggestions import close_matches
from paws_common.types import Config, Credentials, Creds

if TYPE_CHECKING:
    from botocore.config import Config as BotocoreConfig

_MAX_SECONDS = 2_147_483  # poll(2) waits for at most 2^31 - 1 milliseconds
_MAX_COUNT = 65_535  # of connections and retries: the number of ports of a host
_NEVER = sys.maxsize  # seconds since 1970: the expiration of keys that do not expire

# The access key of services that call a `LocalEndpoint`.
LOCAL_ACCESS_KEY = "local"

Check = Callable[[str, object], Any]
Form = Mapping[str, "Check | Form"]


@dataclass(frozen=True)
class Settings:
    """The configuration of a service. botocore determines options that are None.

    Timeouts are in seconds, `expiration` is in seconds since 1970.
    """

    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    expiration: float | None = None
    creds_provider: Callable[[], Mapping[str, Any]] | None = None
    profile: str | None = None
    anonymous: bool = False
    role_arn: str | None = None
    role_session_name: str | None = None
    external_id: str | None = field(default=None, repr=False)
    source_profile: str | None = None
    session: Any = field(default=None, repr=False)
    endpoint: str | None = None
    region: str | None = None
    close_connection: bool = False
    connect_timeout: float | None = None
    read_timeout: float | None = None
    max_retries: int | None = None
    retry_timeouts: bool = False
    max_pool_connections: int | None = None
    s3_addressing_style: str | None = None
    sts_regional_endpoint: str | None = None
    signature_version: str | None = None
    validation: bool = True
    ca_bundle: str | Literal[False] | None = None
    # It may contain the password of a proxy.
    botocore: BotocoreConfig | None = field(default=None, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether the service calls a `LocalEndpoint`, and must not call other hosts."""
        return self.access_key_id == LOCAL_ACCESS_KEY

    def __getstate__(self) -> dict[str, Any]:
        package = type(self.session).__module__.partition(".")[0]
        if package in ("boto3", "botocore"):
            raise TypeError(
                "a service with config.session cannot be pickled, because its session "
                'cannot: pass credentials={"profile": …}, or create the service in each '
                "process"
            )
        return vars(self)

    def __deepcopy__(self, memo: object) -> Settings:
        return self  # like any immutable object

    @property
    def has_credentials(self) -> bool:
        """Whether the settings contain the credentials, or requests are not signed."""
        return (
            self.anonymous
            or self.access_key_id is not None
            or self.creds_provider is not None
        )


def settings(
    config: Mapping[str, Any] | None = None,
    credentials: Mapping[str, Any] | None = None,
    endpoint: str | None = None,
    region: str | None = None,
) -> Settings:
    """Return the settings for the arguments of a service's constructor.

    None counts as omitted, and so does an empty string, as in R. The last three arguments
    have precedence over the keys of `config` with their names.

    Raises
    ------
    ConfigError
        A key is unknown, a value is invalid, or two values contradict each other.

    Notes
    -----
    R: ``merge_config`` in ``paws.common/R/config.R``.
    """
    base = checked("config", {} if config is None else config, form_of(Config))
    shorthands = {"credentials": credentials, "endpoint": endpoint, "region": region}
    merged = _merge(base, checked("", _without_omitted(shorthands), form_of(Config)))
    login = merged.get("credentials", {})
    creds = login.get("creds", {})
    provider = creds if callable(creds) else None
    keys: Mapping[str, Any] = {} if callable(creds) else creds
    _require_key_pair(keys)
    _check_role(login, has_session="session" in merged)
    unsigned, botocore = _split_unsigned(merged.get("botocore"))
    names = {each.name for each in fields(Settings)}
    unchanged = {
        key: value for key, value in {**merged, **login, **keys}.items() if key in names
    }
    return Settings(
        **{
            **unchanged,
            "creds_provider": provider,
            "anonymous": login.get("anonymous", False) or unsigned,
            "botocore": botocore,
            "connect_timeout": _connect_timeout(merged),
            "s3_addressing_style": _addressing_style(merged),
            "validation": merged.get("validation", "on") == "on",
        }
    )


def override(base: Settings, options: Mapping[str, Any]) -> Settings:
    """Return settings with other values for some keys of `Config`.

    A `ConfigError` is raised if a key is unknown or cannot be changed, or a value is invalid.
    """
    for key in ("credentials", "session"):
        if key in options:
            raise ConfigError(
                f"config.{key} cannot be changed by with_options: create another service"
            )
    own = settings(options)
    changed = {_FIELDS.get(key, key) for key in options}
    return replace(base, **{name: getattr(own, name) for name in changed})


# The fields of `Settings` whose keys have other names.
_FIELDS = {
    "s3_force_path_style": "s3_addressing_style",
    "s3_virtual_address": "s3_addressing_style",
    "timeout": "connect_timeout",
}


def _require_key_pair(creds: Mapping[str, Any]) -> None:
    """Raise for an access key without its secret, or a secret without its access key."""
    missing = [
        key for key in ("access_key_id", "secret_access_key") if key not in creds
    ]
    parts = creds.keys() - {"access_token", "expiration"}
    if missing and (parts or (creds and "access_token" not in creds)):
        raise ConfigError(
            f"credentials.creds: {' and '.join(creds)} cannot sign requests without "
            f"{' and '.join(missing)}"
        )


def _check_role(login: Mapping[str, Any], *, has_session: bool) -> None:
    """Raise for a role that is incomplete, unused, or has two sources of credentials."""
    options = [
        key
        for key in ("role_session_name", "external_id", "source_profile")
        if key in login
    ]
    if options and "role_arn" not in login:
        raise ConfigError(
            f"credentials.{options[0]} is an option of credentials.role_arn, which is "
            "missing"
        )
    sources = {
        "credentials.source_profile": "source_profile" in login,
        "credentials.creds": "creds" in login,
        "config.session": has_session,
    }
    given = [key for key, is_given in sources.items() if is_given]
    if "source_profile" in login and len(given) > 1:
        raise ConfigError(
            f"{given[0]} and {given[1]} are both credentials to assume "
            "credentials.role_arn with: pass one of them"
        )
    if "role_arn" in login and login.get("anonymous"):
        raise ConfigError(
            "credentials.role_arn signs requests, and credentials.anonymous does not: "
            "pass one of them"
        )


def _split_unsigned(config: Any) -> tuple[bool, Any]:
    """Remove UNSIGNED, which cannot be pickled, from botocore's `Config`.

    The first item of the result is whether it was the signature version.
    """
    version: object = getattr(config, "signature_version", None)
    if config is None or version is not sys.modules["botocore"].UNSIGNED:
        return False, config
    return True, config.merge(type(config)(signature_version=None))


def _connect_timeout(merged: Mapping[str, Any]) -> float | None:
    """Return the timeout to connect; R's help pages call it `timeout`, unlike R's code."""
    times = {merged[key] for key in ("connect_timeout", "timeout") if key in merged}
    if len(times) > 1:
        raise ConfigError(
            "config.timeout and config.connect_timeout are the same option, as in R, "
            "but differ; the timeout for a response is config.read_timeout"
        )
    return times.pop() if times else None


def _addressing_style(merged: Mapping[str, Any]) -> str | None:
    path = merged.get("s3_force_path_style", False)
    virtual = merged.get("s3_virtual_address", False)
    if path and virtual:
        raise ConfigError(
            "config.s3_force_path_style and config.s3_virtual_address cannot both be "
            "True"
        )
    return "path" if path else "virtual" if virtual else None


def checked(path: str, values: object, form: Form) -> dict[str, Any]:
    """Validate values, and return them without the omitted ones.

    The form contains the check of each key, or the form of a nested mapping. `path` is
    that of the values, for errors.

    A `ConfigError` is raised if a key is unknown or a value is invalid. It does not contain
    the value, which may be a secret.
    """
    if isinstance(values, list) and not values:
        return {}  # R's list(), through reticulate
    if not isinstance(values, Mapping):
        raise _wrong_type(path, "a dict", values)
    result: dict[str, Any] = {}
    for key, value in _without_omitted(values).items():
        inner = f"{path}.{key}" if path else str(key)
        if key not in form:
            raise ConfigError(f"{inner}: unknown key; {_suggest(key, form)}")
        expected = form[key]
        if not isinstance(expected, Mapping):
            result[key] = expected(inner, value)
        elif key == "creds" and callable(value):
            result[key] = value
        else:
            result[key] = checked(inner, value, expected)
    return result


def _without_omitted(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in values.items()
        if not (value is None or (isinstance(value, str) and not value))
    }


def _suggest(key: object, form: Form) -> str:
    others = {"config": Config, "credentials": Credentials, "credentials.creds": Creds}
    for path, keys in others.items():
        if key in form_of(keys):
            return f"it is a key of {path}"
    near = close_matches(key, form)
    return f"did you mean {near[0]}?" if near else f"the keys: {', '.join(form)}"


def _merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merge(under[key], over[key])
        for key in under.keys() & over.keys()
        if isinstance(under[key], Mapping) and isinstance(over[key], Mapping)
    }
    return {**under, **over, **both}


# --- Checks of values


@cache
def form_of(keys: type) -> Form:
    """Return the checks for the types of the keys of `Config`, `Credentials` or `Creds`."""
    hints = type_hints(keys, include_extras=True)
    return {name: _check_of(hint) for name, hint in hints.items()}


def _check_of(hint: Any) -> Check | Form:
    if get_origin(hint) is Annotated:
        return _CHECKS[get_args(hint)[1]]
    if get_origin(hint) is Literal:
        return partial(_one_of, get_args(hint))
    if hint in (str, bool):
        return partial(_instance, hint)
    if hint is Credentials:
        return form_of(Credentials)
    return form_of(Creds)  # or a function that returns them


def _instance(expected: type, path: str, value: object) -> Any:
    if not isinstance(value, expected):
        raise _wrong_type(path, f"a {expected.__name__}", value)
    return value


def _key(path: str, value: object) -> str:
    """Return a key, which is a part of a header; one read from a file may end with \\n."""
    key: str = _instance(str, path, value)
    if found := find_control_character(key):
        raise ConfigError(f"{path} contains {found}: remove it, for example by strip()")
    return key


def _one_of(choices: tuple[str, ...], path: str, value: object) -> Any:
    if not isinstance(value, str) or value not in choices:
        listed = " or ".join(f'"{item}"' for item in choices)
        raise ConfigError(f"{path} must be {listed}")
    return value


def _count(min_count: int, path: str, value: object) -> int:
    """Return an integer; R passes it as a double."""
    number = _number(path, "an integer", value)
    if not (min_count <= number <= _MAX_COUNT and number == int(number)):
        raise ConfigError(
            f"{path} must be an integer from {min_count} to {_MAX_COUNT:,}"
        )
    return int(number)


def _seconds(path: str, value: object) -> float:
    number = _number(path, "a number of seconds", value)
    if not 0 < number <= _MAX_SECONDS:
        raise ConfigError(
            f"{path} must be more than 0 and at most {_MAX_SECONDS:,} seconds"
        )
    return float(number)


def _expiration(path: str, value: object) -> float:
    """Return seconds since 1970; they may be infinite, like R's default."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ConfigError(f"{path} must be a datetime with a time zone")
        return value.timestamp()
    number = _number(path, "a datetime or seconds since 1970", value)
    if not number > 0:
        raise ConfigError(f"{path} must be more than 0 seconds since 1970")
    return float(min(number, _NEVER))  # an integer may be larger than any float


def _number(path: str, expected: str, value: object) -> Any:
    """Return a number of Python or NumPy. It may be NaN, which fails any comparison."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise _wrong_type(path, expected, value)
    return value


def _ca_bundle(path: str, value: object) -> Any:
    text = os.fspath(value) if isinstance(value, os.PathLike) else value
    if text is not False and not isinstance(text, str):
        raise _wrong_type(path, "the path of a file, or False", value)
    return text


def _session(path: str, value: object) -> Any:
    is_class = isinstance(value, type)  # boto3.Session without its parentheses
    if is_class or not callable(getattr(value, "get_credentials", None)):
        raise _wrong_type(path, "a boto3.Session or a session of botocore", value)
    return value


def _botocore(path: str, value: object) -> Any:
    # A caller who passes a Config has imported botocore; others do not need the import.
    module = sys.modules.get("botocore.config")
    if module is None or not isinstance(value, module.Config):
        raise _wrong_type(path, "a botocore.config.Config", value)
    return value


def _wrong_type(path: str, expected: str, value: object) -> ConfigError:
    return ConfigError(f"{path} must be {expected}, not {type(value).__name__}")


_CHECKS: Mapping[str, Check] = {
    "CA bundle": _ca_bundle,
    "botocore": _botocore,
    "count": partial(_count, 0),
    "expiration": _expiration,
    "key": _key,
    "positive count": partial(_count, 1),
    "seconds": _seconds,
    "session": _session,
}
