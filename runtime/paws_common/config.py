"""R's configuration: one nested dict, its shorthands, and what they come to."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from paws_common.errors import ConfigError

# Of a key to the type of its value; a mapping nests.
_CREDS: Mapping[str, Any] = {
    "access_key_id": str,
    "secret_access_key": str,
    "session_token": str,
}
_CREDENTIALS: Mapping[str, Any] = {"creds": _CREDS, "profile": str, "anonymous": bool}
_CONFIG: Mapping[str, Any] = {
    "credentials": _CREDENTIALS,
    "endpoint": str,
    "region": str,
    "validation": ("on", "off"),
}


@dataclass(frozen=True)
class Settings:
    """What a service was configured with; None leaves it to botocore's own chain.

    The keys are AWS's three parts of a credential. `validation` tells whether the
    limits of the service model are checked.
    """

    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    profile: str | None = None
    anonymous: bool = False
    endpoint: str | None = None
    region: str | None = None
    validation: bool = True


def settings(
    config: Mapping[str, Any] | None = None,
    credentials: Mapping[str, Any] | None = None,
    endpoint: str | None = None,
    region: str | None = None,
) -> Settings:
    """Return what the arguments of a constructor come to; None is as good as absent.

    Parameters
    ----------
    config : mapping, optional
        Everything, nested as in R.
    credentials, endpoint, region : optional
        Shorthands for the keys of `config`; where both are given, they win.

    Raises
    ------
    ConfigError
        A key is unknown, a value has the wrong type, or half a key pair is given.
    """
    given = _checked("config", {} if config is None else config, _CONFIG)
    short = {"credentials": credentials, "endpoint": endpoint, "region": region}
    merged = _merged(given, _checked("", _without_none(short), _CONFIG))
    login = merged.get("credentials", {})
    creds = login.get("creds", {})
    missing = [
        key for key in ("access_key_id", "secret_access_key") if key not in creds
    ]
    if creds and missing:
        raise ConfigError(
            f"credentials.creds: {' and '.join(creds)} cannot sign anything without "
            f"{' and '.join(missing)}"
        )
    return Settings(
        access_key_id=creds.get("access_key_id"),
        secret_access_key=creds.get("secret_access_key"),
        session_token=creds.get("session_token"),
        profile=login.get("profile"),
        anonymous=login.get("anonymous", False),
        endpoint=merged.get("endpoint"),
        region=merged.get("region"),
        validation=merged.get("validation", "on") == "on",
    )


def _checked(path: str, values: object, form: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` without None; an error never shows a value: it may be a secret."""
    if not isinstance(values, Mapping):
        raise ConfigError(f"{path} is a dict, not {type(values).__name__}")
    result: dict[str, Any] = {}
    for key, value in _without_none(values).items():
        place = f"{path}.{key}" if path else str(key)
        if key not in form:
            near = difflib.get_close_matches(str(key), form, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(form)}"
            raise ConfigError(f"{place}: unknown key; {hint}")
        expected = form[key]
        if isinstance(expected, Mapping):
            result[key] = _checked(place, value, expected)
        elif isinstance(expected, tuple):
            if value not in expected:
                choice = " or ".join(f'"{item}"' for item in expected)
                raise ConfigError(f"{place} is {choice}, and nothing else")
            result[key] = value
        elif isinstance(value, expected):
            result[key] = value
        else:
            raise ConfigError(
                f"{place} is {expected.__name__}, not {type(value).__name__}"
            )
    return result


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(under[key], over[key])
        for key in under.keys() & over.keys()
        if isinstance(under[key], Mapping)
    }
    return {**under, **over, **both}
