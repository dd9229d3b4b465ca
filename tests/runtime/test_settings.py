"""Arguments of a constructor become settings; invalid ones are refused."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import numpy as np
import pytest
from botocore.config import Config as BotocoreConfig
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws_common import Config, ConfigError, Credentials, Creds
from paws_common.settings import Form, Settings, form_of, settings

ROOT = Path(__file__).parents[2]
OWN = BotocoreConfig(use_fips_endpoint=True)
KEYS = {"access_key_id": "AKID", "secret_access_key": "SECRET"}
OTHER = {"access_key_id": "A", "secret_access_key": "S"}
EXPIRATION = "credentials.creds.expiration"
EXPIRING = {"session_token": "U", "expiration": 1.0}
PATH_STYLE = {"s3_addressing_style": "path"}
DEFAULT = Settings()


# R's default of a text is "", and an empty list is NULL, through reticulate.
@pytest.mark.parametrize(
    ("config", "shorthands", "changes"),
    [
        (None, {"credentials": None, "endpoint": None}, {}),
        ({"region": None, "credentials": None}, {}, {}),
        ({"region": ""}, {"endpoint": ""}, {}),
        ([], {}, {}),
        ({"region": "r"}, {}, {"region": "r"}),
        ({}, {"region": "r"}, {"region": "r"}),
        ({"region": "r"}, {"region": "s"}, {"region": "s"}),
        ({"region": "r"}, {"region": ""}, {"region": "r"}),
        ({"region": "r"}, {"region": None}, {"region": "r"}),
        (
            {"endpoint": "http://a", "region": "r"},
            {"endpoint": "http://b"},
            {"endpoint": "http://b", "region": "r"},
        ),
    ],
)
def test_shorthands_override_config(config, shorthands, changes) -> None:
    assert settings(config, **shorthands) == replace(DEFAULT, **changes)


@pytest.mark.parametrize(
    ("inner", "outer", "changes"),
    [
        ({"creds": None, "profile": None}, {}, {}),
        ({}, {"creds": {"session_token": ""}, "profile": ""}, {}),
        ([], {"creds": {}}, {}),
        ({"creds": []}, [], {}),
        ({"creds": KEYS}, {"creds": None}, KEYS),
        ({}, {"creds": {**KEYS, **EXPIRING}}, {**KEYS, **EXPIRING}),
        (
            {"creds": {**KEYS, "session_token": "T"}},
            {"creds": EXPIRING},
            KEYS | EXPIRING,
        ),
        ({}, {"creds": {"access_token": "T"}}, {"access_token": "T"}),
        ({}, {"profile": "work"}, {"profile": "work"}),
        ({"anonymous": True}, {"profile": "a"}, {"profile": "a", "anonymous": True}),
        ({"anonymous": True}, {"anonymous": False}, {}),
        ({"creds": KEYS, "profile": "a"}, {"creds": OTHER}, OTHER | {"profile": "a"}),
        (
            {"creds": {"access_key_id": "A"}},
            {"creds": {"secret_access_key": "S"}},
            OTHER,
        ),
    ],
)
def test_credentials_override_config_key_by_key(inner, outer, changes) -> None:
    assert settings({"credentials": inner}, outer) == replace(DEFAULT, **changes)


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        ({"close_connection": True}, {"close_connection": True}),
        ({"connect_timeout": 5}, {"connect_timeout": 5.0}),
        ({"timeout": 5}, {"connect_timeout": 5.0}),
        ({"timeout": 5, "connect_timeout": 5.0}, {"connect_timeout": 5.0}),
        ({"read_timeout": 0.25}, {"read_timeout": 0.25}),
        ({"max_retries": 0}, {"max_retries": 0}),
        ({"max_retries": 5.0}, {"max_retries": 5}),
        ({"retry_timeouts": True}, {"retry_timeouts": True}),
        ({"max_pool_connections": np.int64(7)}, {"max_pool_connections": 7}),
        ({"s3_force_path_style": True}, PATH_STYLE),
        ({"s3_virtual_address": True}, {"s3_addressing_style": "virtual"}),
        ({"s3_force_path_style": False, "s3_virtual_address": False}, {}),
        ({"s3_force_path_style": True, "s3_virtual_address": False}, PATH_STYLE),
        ({"sts_regional_endpoint": "legacy"}, {"sts_regional_endpoint": "legacy"}),
        ({"sts_regional_endpoint": ""}, {}),
        ({"signature_version": "s3v4"}, {"signature_version": "s3v4"}),
        ({"validation": "off"}, {"validation": False}),
        ({"validation": "on"}, {"validation": True}),
        ({"botocore": OWN}, {"botocore": OWN}),
        ({"ca_bundle": Path("/a/b.pem")}, {"ca_bundle": str(Path("/a/b.pem"))}),
    ],
)
def test_every_key_of_the_configuration_is_a_setting(given, changes) -> None:
    assert settings(given) == replace(DEFAULT, **changes)
    assert settings(paws.config(**given)) == replace(DEFAULT, **changes)


# --- R's functions


@pytest.mark.parametrize(
    ("function", "form"),
    [(paws.config, Config), (paws.credentials, Credentials), (paws.creds, Creds)],
)
def test_functions_types_and_checks_have_the_same_keys(function, form) -> None:
    keys = list(form_of(form))
    documented = re.findall(
        r"^(\w+(?:, \w+)*) : ", inspect.getdoc(function) or "", re.MULTILINE
    )
    assert list(inspect.signature(function).parameters) == keys
    assert list(form.__annotations__) == keys
    assert ", ".join(documented).split(", ") == keys


def nested_keys(form: Form) -> list[str]:
    """Return the keys of a form, each followed by the keys of its nested form."""
    keys = []
    for key, value in form.items():
        keys += [key, *(nested_keys(value) if isinstance(value, Mapping) else ())]
    return keys


def test_constructor_help_has_the_keys_in_order() -> None:
    syntax = inspect.getdoc(paws.sagemakerruntime) or ""
    keys = re.findall(r'^ *"(\w+)": ', syntax, re.MULTILINE)
    assert keys == nested_keys(form_of(Config)) + nested_keys(form_of(Credentials))


def test_settings_have_one_field_for_each_key() -> None:
    renamed = {
        "creds": "creds_provider",  # a function; its keys have their own fields
        "timeout": "connect_timeout",
        "s3_force_path_style": "s3_addressing_style",
        "s3_virtual_address": "s3_addressing_style",
    }
    keys = {*nested_keys(form_of(Config))} - {"credentials"}
    assert {field.name for field in fields(Settings)} == {
        renamed.get(key, key) for key in keys
    }


@pytest.mark.parametrize(
    ("title", "form"), [("Options of `config`", Config), ("Credentials", Credentials)]
)
def test_configuration_page_lists_the_keys(title, form) -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    listed = re.findall(r"`(\w+)`", " ".join(cells))
    assert sorted(listed) == sorted(form_of(form))


def test_functions_nest_like_r_and_return_dicts() -> None:
    made = paws.config(
        paws.credentials(paws.creds("AKID", "SECRET"), profile="work"),
        region="eu-west-1",
        max_retries=2.0,
    )
    assert made == {
        "credentials": {"creds": KEYS, "profile": "work"},
        "region": "eu-west-1",
        "max_retries": 2,
    }
    assert type(made) is dict
    assert paws.config() == paws.credentials() == paws.creds() == {}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: paws.config(region=1), "config.region must be a str, not int"),
        (lambda: paws.config({"profil": "p"}), "config.credentials.profil: unknown"),
        (lambda: paws.credentials(anonymous=1), "credentials.anonymous must be a bool"),
        (lambda: paws.creds(b"AKID"), "creds.access_key_id must be a str, not bytes"),
    ],
)
def test_functions_check_at_once(call, said) -> None:
    with pytest.raises(ConfigError) as caught:
        call()
    assert str(caught.value).startswith(said)


# --- Errors


def error_at(path: str, value: Any) -> str:
    """Return the error of a value at a path of the arguments."""
    arguments: Any = value
    for key in reversed(path.split(".")):
        arguments = {key: arguments}
    with pytest.raises(ConfigError) as caught:
        settings(**arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("config.regoin", "did you mean region"),
        ("config.zzz", "the keys: credentials, endpoint, region, clo"),
        ("config.profile", "it is a key of credentials"),
        ("config.endpoint_url", "did you mean endpoint?"),
        ("config.credentials.cred", "did you mean creds"),
        ("credentials.profil", "did you mean profile"),
        ("credentials.access_key_id", "it is a key of credentials.creds"),
        ("credentials.region", "it is a key of config"),
        ("credentials.creds.secret_key", "did you mean secret_access_key"),
    ],
)
def test_unknown_key_has_a_suggestion(path, said) -> None:
    assert error_at(path, "a").startswith(f"{path}: unknown key; {said}")


def test_key_that_is_not_a_text_is_unknown() -> None:
    assert error_at("config", {1: "r"}).startswith("config.1: unknown key")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("config", "eu-west-1", "a dict, not str"),
        ("config", ["r"], "a dict, not list"),
        ("config", (), "a dict, not tuple"),
        ("config", "", "a dict, not str"),
        ("credentials", "work", "a dict, not str"),
        ("credentials.creds", ["a", "s"], "a dict, not list"),
        ("credentials.anonymous", 1, "a bool, not int"),
        ("region", 1, "a str, not int"),
        ("endpoint", b"http://a", "a str, not bytes"),
        ("config.region", ["r"], "a str, not list"),
        ("config.timeout", "60", "a number of seconds, not str"),
        ("config.timeout", True, "a number of seconds, not b"),
        ("config.max_pool_connections", 0, "an integer from 1 to 65,535"),
        ("config.sts_regional_endpoint", "a", '"regional" or "legacy"'),
        ("config.signature_version", "v5", '"v2" or "v4" or "s3" or "s3v4"'),
        (
            "config.session",
            Session,
            "a boto3.Session or a session of botocore, not type",
        ),
        ("config.botocore", {"proxies": {}}, "a botocore.config.Config, not dict"),
        ("config.validation", "maybe", '"on" or "off"'),
        ("config.validation", False, '"on" or "off"'),
        (EXPIRATION, "tomorrow", "a datetime or seconds since 1970, not str"),
        (EXPIRATION, datetime(2026, 1, 1), "a datetime with a time zone"),
    ],
)
def test_invalid_value_is_named(path, value, said) -> None:
    assert error_at(path, value).startswith(f"{path} must be {said}")


BOTH_STYLES = {"s3_force_path_style": True, "s3_virtual_address": True}
ROLE = {"role_arn": "arn:aws:iam::123456789012:role/r"}
SOURCE = {**ROLE, "source_profile": "a"}


@pytest.mark.parametrize(
    ("config", "credentials", "said"),
    [
        ({"timeout": 5, "connect_timeout": 6}, {}, "and .* are the same option"),
        (BOTH_STYLES, {}, "s3_force_path_style and config.s3_virtual_address cannot"),
        (
            {},
            {**SOURCE, "creds": KEYS},
            "source_profile and credentials.creds are both",
        ),
        ({"session": Session()}, SOURCE, "source_profile and config.session are both"),
        ({}, {**ROLE, "anonymous": True}, "role_arn signs requests, and .*anonymous"),
    ],
)
def test_contradictory_options_are_refused(config, credentials, said) -> None:
    with pytest.raises(ConfigError, match=said):
        settings(config, credentials)


@pytest.mark.parametrize(
    ("creds", "missing"),
    [
        ({"access_key_id": "half"}, "secret_access_key"),
        ({"secret_access_key": "half"}, "access_key_id"),
        ({"session_token": "half"}, "access_key_id and secret_access_key"),
        ({"expiration": 1}, "access_key_id and secret_access_key"),
    ],
)
def test_partial_key_names_the_missing_part(creds, missing) -> None:
    (key,) = creds
    with pytest.raises(
        ConfigError, match=f"{key} cannot sign requests without {missing}$"
    ):
        settings(credentials={"creds": creds})


@pytest.mark.parametrize("create", [botocore.session.Session, boto3.Session])
def test_pickle_of_a_session_names_the_option(create) -> None:
    configured = settings({"session": create()})
    with pytest.raises(TypeError, match=r"config\.session .* credentials=.*profile"):
        pickle.dumps(configured)
    assert copy.deepcopy(configured) is configured


# --- Numbers

MAX_SECONDS = 2_147_483
TIMES = st.floats(0, MAX_SECONDS, exclude_min=True) | st.integers(1, MAX_SECONDS)


@given(TIMES | st.fractions(Fraction(1, 1000), MAX_SECONDS))
def test_time_is_any_number_of_python(seconds) -> None:
    assert settings({"read_timeout": seconds}).read_timeout == float(seconds)


@given(
    st.sampled_from([np.float64, np.float32, np.int64, np.uint16]), st.integers(1, 999)
)
def test_number_is_any_scalar_of_numpy(kind, n) -> None:
    made = settings({"timeout": kind(n), "max_retries": kind(n)})
    assert (made.connect_timeout, made.max_retries) == (float(n), n)
    assert (type(made.connect_timeout), type(made.max_retries)) == (float, int)


OUTSIDE = (
    st.floats(max_value=0)
    | st.floats(min_value=MAX_SECONDS, exclude_min=True)
    | st.sampled_from([math.nan, math.inf, -math.inf, 10**400, np.float32(math.nan)])
)


@given(OUTSIDE, st.sampled_from(["timeout", "connect_timeout", "read_timeout"]))
def test_time_that_no_socket_can_wait_is_refused(seconds, key) -> None:
    said = f"config.{key} must be more than 0 and at most"
    with pytest.raises(ConfigError, match=said):
        settings({key: seconds})


@given(
    st.integers(max_value=-1)
    | st.integers(min_value=65_536)
    | st.floats().filter(lambda number: not number.is_integer() or number < 0)
)
def test_invalid_number_of_retries_is_refused(number) -> None:
    with pytest.raises(ConfigError, match="max_retries must be an integer from 0"):
        settings({"max_retries": number})


def expiration(value: Any) -> float | None:
    return settings(credentials={"creds": {**KEYS, "expiration": value}}).expiration


ZONES = st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))


@given(st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=ZONES))
def test_expiration_is_a_moment_in_any_time_zone(moment) -> None:
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    assert expiration(moment) == pytest.approx(since.total_seconds())


@pytest.mark.parametrize("never", [math.inf, np.float64(math.inf), 10**400])
def test_credentials_need_not_expire(never) -> None:
    assert (expiration(never) or 0) > 1e18


@pytest.mark.parametrize("wrong", [math.nan, -math.inf, 0, -1])
def test_expiration_before_1970_is_refused(wrong) -> None:
    with pytest.raises(ConfigError, match="must be more than 0 seconds since"):
        expiration(wrong)


# --- Secrets

SECRET = "correct horse battery staple"
MISPLACED = st.sampled_from(
    [None, SECRET, SECRET.encode(), [SECRET], {"region": SECRET}, {"profile": [SECRET]}]
)


def holding(*names: str, **nested: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return dicts of any of these keys, with secrets where they do not belong."""
    values = {**dict.fromkeys(names, MISPLACED), **nested}
    return MISPLACED | st.fixed_dictionaries({}, optional=values)


CREDENTIALS = holding("profile", "anonymous", creds=holding(*form_of(Creds)))
CONFIG = holding(*form_of(Config).keys() - {"credentials"}, credentials=CREDENTIALS)


@given(CONFIG, CREDENTIALS, MISPLACED, MISPLACED)
def test_no_error_shows_a_value_that_was_given(
    config, credentials, endpoint, region
) -> None:
    said = ""
    try:
        settings(config, credentials, endpoint, region)
    except ConfigError as error:
        said = f"{error} {error!r}"
    assert SECRET not in said
