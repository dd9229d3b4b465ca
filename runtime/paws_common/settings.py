"""The check of R's configuration: nested dicts, their shorthands, what they come to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from numbers import Real
from typing import TYPE_CHECKING, Any

from paws_common.errors import ConfigError
from paws_common.nearest import nearest

if TYPE_CHECKING:
    from botocore.config import Config

_LONGEST = 2_147_483  # seconds; the most that poll(2) can wait, in milliseconds
_NEVER = sys.maxsize  # seconds since 1970
_MOST = 65_535  # connections and retries; a host has no more ports

Check = Callable[[str, object], Any]


@dataclass(frozen=True)
class Settings:
    """What a service was configured with; None leaves it to botocore's own chain.

    `expiration` is in seconds since 1970. Times are in seconds, and `read_timeout` is
    the service's own where it is None.
    """

    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    expiration: float | None = None
    profile: str | None = None
    anonymous: bool = False
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
    # It may hold the password of a proxy.
    botocore: Config | None = field(default=None, repr=False)


def settings(
    config: Mapping[str, Any] | None = None,
    credentials: Mapping[str, Any] | None = None,
    endpoint: str | None = None,
    region: str | None = None,
) -> Settings:
    """Return what the arguments of a constructor come to.

    None, and as in R a text without characters, are as good as absent.

    Parameters
    ----------
    config : mapping, optional
        Everything, nested as in R.
    credentials, endpoint, region : optional
        Shorthands for the keys of `config`; where both are given, they win.

    Raises
    ------
    ConfigError
        A key is unknown, a value is wrong, or two of them contradict one another.

    Notes
    -----
    R: ``merge_config`` in ``paws.common/R/config.R``.
    """
    given = checked("config", {} if config is None else config, CONFIG)
    short = {"credentials": credentials, "endpoint": endpoint, "region": region}
    merged = _merged(given, checked("", _given(short), CONFIG))
    login = merged.get("credentials", {})
    creds = login.get("creds", {})
    _refuse_half(creds)
    unsigned, botocore = _without_unsigned(merged.get("botocore"))
    same = {
        key: merged[key]
        for key in (
            "endpoint",
            "region",
            "close_connection",
            "read_timeout",
            "max_retries",
            "retry_timeouts",
            "max_pool_connections",
            "sts_regional_endpoint",
            "signature_version",
        )
        if key in merged
    }
    return Settings(
        **creds,
        profile=login.get("profile"),
        anonymous=login.get("anonymous", False) or unsigned,
        botocore=botocore,
        **same,
        connect_timeout=_connect_timeout(merged),
        s3_addressing_style=_addressing_style(merged),
        validation=merged.get("validation", "on") == "on",
    )


def _refuse_half(creds: Mapping[str, Any]) -> None:
    """Refuse what cannot sign: a key without its other half."""
    missing = [
        key for key in ("access_key_id", "secret_access_key") if key not in creds
    ]
    parts = creds.keys() - {"access_token", "expiration"}
    if missing and (parts or (creds and "access_token" not in creds)):
        raise ConfigError(
            f"credentials.creds: {' and '.join(creds)} cannot sign anything without "
            f"{' and '.join(missing)}"
        )


def _without_unsigned(config: Config | None) -> tuple[bool, Config | None]:
    """Return whether it says UNSIGNED, which cannot be pickled, and the rest of it."""
    version: object = getattr(config, "signature_version", None)
    if config is None or version is not sys.modules["botocore"].UNSIGNED:
        return False, config
    return True, config.merge(type(config)(signature_version=None))


def _connect_timeout(merged: Mapping[str, Any]) -> float | None:
    """Return the time for a connection: R's pages call it `timeout`, R's code does not."""
    times = {merged[key] for key in ("connect_timeout", "timeout") if key in merged}
    if len(times) > 1:
        raise ConfigError(
            "config.timeout is another name of config.connect_timeout, as in R, and "
            "the two differ; the time for an answer is config.read_timeout"
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


def checked(
    path: str, values: object, form: Mapping[str, Check | Mapping[str, Any]]
) -> dict[str, Any]:
    """Return `values` without what is not given.

    Parameters
    ----------
    path : str
        Where they stand, for errors.
    values : object
        What should be a mapping.
    form : mapping
        Of every key to the check of its value, or to the form of a mapping.

    Raises
    ------
    ConfigError
        A key is unknown or a value wrong; no value is shown: it may be a secret.
    """
    if isinstance(values, list) and not values:
        return {}  # R's list(), through reticulate
    if not isinstance(values, Mapping):
        raise ConfigError(f"{path} is a dict, not {type(values).__name__}")
    result: dict[str, Any] = {}
    for key, value in _given(values).items():
        place = f"{path}.{key}" if path else str(key)
        if key not in form:
            raise ConfigError(f"{place}: unknown key; {_hint(key, form)}")
        expected = form[key]
        if isinstance(expected, Mapping):
            result[key] = checked(place, value, expected)
        else:
            result[key] = expected(place, value)
    return result


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in values.items()
        if not (value is None or (isinstance(value, str) and not value))
    }


def _hint(key: object, form: Mapping[str, Any]) -> str:
    for path, other in _FORMS.items():
        if key in other:
            return f"it is a key of {path}"
    near = nearest(key, form)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(form)}"


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(under[key], over[key])
        for key in under.keys() & over.keys()
        if isinstance(under[key], Mapping)
    }
    return {**under, **over, **both}


# --- The checks of values


def _instance(expected: type) -> Check:
    def check(place: str, value: object) -> Any:
        if not isinstance(value, expected):
            raise _wrong(place, expected.__name__, value)
        return value

    return check


def _one_of(*choices: str) -> Check:
    def check(place: str, value: object) -> Any:
        if not isinstance(value, str) or value not in choices:
            choice = " or ".join(f'"{item}"' for item in choices)
            raise ConfigError(f"{place} is {choice}, and nothing else")
        return value

    return check


def _whole(least: int) -> Check:
    """Return the check of a whole number; R gives doubles."""

    def check(place: str, value: object) -> int:
        number = _number(place, "a whole number", value)
        if not (least <= number <= _MOST and number == int(number)):
            raise ConfigError(f"{place} is a whole number from {least} to {_MOST:,}")
        return int(number)

    return check


def _seconds(place: str, value: object) -> float:
    number = _number(place, "a number of seconds", value)
    if not 0 < number <= _LONGEST:
        raise ConfigError(f"{place} is more than 0 and at most {_LONGEST:,} seconds")
    return float(number)


def _expiration(place: str, value: object) -> float:
    """Return the seconds since 1970; they may be infinite, as R's default is."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ConfigError(f"{place} is a datetime with a time zone")
        return value.timestamp()
    number = _number(place, "datetime, or seconds since 1970", value)
    if not number > 0:
        raise ConfigError(f"{place} is a number of seconds since 1970: more than 0")
    return float(min(number, _NEVER))  # Python's integers may be beyond all floats


def _number(place: str, what: str, value: object) -> Any:
    """Return a number of Python or NumPy; it may be NaN, which is within no bounds."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise _wrong(place, what, value)
    return value


def _botocore(place: str, value: object) -> Any:
    # Who has a Config has loaded its module, and nobody else pays for it.
    module = sys.modules.get("botocore.config")
    if module is None or not isinstance(value, module.Config):
        raise _wrong(place, "botocore.config.Config", value)
    return value


def _wrong(place: str, what: str, value: object) -> ConfigError:
    return ConfigError(f"{place} is {what}, not {type(value).__name__}")


_text, _truth = _instance(str), _instance(bool)

# Of a key to the check of its value; a mapping nests.
CREDS: Mapping[str, Check] = {
    "access_key_id": _text,
    "secret_access_key": _text,
    "session_token": _text,
    "access_token": _text,
    "expiration": _expiration,
}
CREDENTIALS: Mapping[str, Check | Mapping[str, Any]] = {
    "creds": CREDS,
    "profile": _text,
    "anonymous": _truth,
}
CONFIG: Mapping[str, Check | Mapping[str, Any]] = {
    "credentials": CREDENTIALS,
    "endpoint": _text,
    "region": _text,
    "close_connection": _truth,
    "max_retries": _whole(0),
    "connect_timeout": _seconds,
    "timeout": _seconds,
    "s3_force_path_style": _truth,
    "s3_virtual_address": _truth,
    "sts_regional_endpoint": _one_of("regional", "legacy"),
    "signature_version": _one_of("v2", "v4", "s3", "s3v4"),
    "read_timeout": _seconds,
    "max_pool_connections": _whole(1),
    "retry_timeouts": _truth,
    "validation": _one_of("on", "off"),
    "botocore": _botocore,
}
_FORMS = {"config": CONFIG, "credentials": CREDENTIALS, "credentials.creds": CREDS}
