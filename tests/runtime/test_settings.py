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
import paws_common
from paws_common import Config, ConfigError, Credentials, Creds
from paws_common.settings import Form, Settings, form_of, settings

ROOT = Path(__file__).parents[2]
OWN = BotocoreConfig(use_fips_endpoint=True)
KEYS = {"access_key_id": "AKID", "secret_access_key": "SECRET"}
DEFAULT = Settings()


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        ({}, {}),
        ({"config": None, "credentials": None, "endpoint": None}, {}),
        ({"config": {"region": None, "credentials": None}}, {}),
        ({"config": {"credentials": {"creds": None, "profile": None}}}, {}),
        ({"config": {"region": "eu-west-1"}}, {"region": "eu-west-1"}),
        ({"region": "eu-west-1"}, {"region": "eu-west-1"}),
        (
            {"config": {"region": "eu-west-1"}, "region": "us-east-1"},
            {"region": "us-east-1"},
        ),
        (
            {"config": {"endpoint": "http://a", "region": "r"}, "endpoint": "http://b"},
            {"endpoint": "http://b", "region": "r"},
        ),
        # R's default is an empty text.
        ({"config": {"region": ""}, "endpoint": ""}, {}),
        ({"config": {"region": "r"}, "region": ""}, {"region": "r"}),
        ({"credentials": {"creds": {"session_token": ""}, "profile": ""}}, {}),
        ({"config": {}, "credentials": {}}, {}),
        ({"credentials": {"creds": {}}}, {}),
        ({"config": {"validation": "off"}}, {"validation": False}),
        ({"config": {"validation": "on"}}, {"validation": True}),
        ({"credentials": {"creds": KEYS}}, KEYS),
        ({"config": {"credentials": {"creds": KEYS}}}, KEYS),
        (
            {"credentials": {"creds": {**KEYS, "session_token": "TOKEN"}}},
            {**KEYS, "session_token": "TOKEN"},
        ),
        ({"credentials": {"profile": "work"}}, {"profile": "work"}),
        ({"credentials": {"anonymous": True}}, {"anonymous": True}),
        (
            {
                "config": {"credentials": {"profile": "work", "anonymous": True}},
                "credentials": {"profile": "home"},
            },
            {"profile": "home", "anonymous": True},
        ),
        (
            {
                "config": {"credentials": {"creds": KEYS, "profile": "work"}},
                "credentials": {
                    "creds": {"access_key_id": "A", "secret_access_key": "S"}
                },
            },
            {"access_key_id": "A", "secret_access_key": "S", "profile": "work"},
        ),
        (
            {
                "config": {"credentials": {"creds": {**KEYS, "session_token": "T"}}},
                "credentials": {"creds": {"session_token": "U", "expiration": 1}},
            },
            {**KEYS, "session_token": "U", "expiration": 1.0},
        ),
        (
            {
                "config": {"credentials": {"anonymous": True}},
                "credentials": {"anonymous": False},
            },
            {"anonymous": False},
        ),
        (
            {
                "config": {"credentials": {"creds": {"access_key_id": "A"}}},
                "credentials": {"creds": {"secret_access_key": "S"}},
            },
            {"access_key_id": "A", "secret_access_key": "S"},
        ),
        (
            {"credentials": {"creds": {"access_token": "T"}}},
            {"access_token": "T"},
        ),
        (
            {
                "config": {"credentials": {"creds": KEYS}, "region": "eu-west-1"},
                "credentials": {"creds": None},
                "region": None,
            },
            {**KEYS, "region": "eu-west-1"},
        ),
    ],
)
def test_shorthands_override_config_key_by_key(arguments, changes) -> None:
    assert settings(**arguments) == replace(DEFAULT, **changes)


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
        ({"s3_force_path_style": True}, {"s3_addressing_style": "path"}),
        ({"s3_virtual_address": True}, {"s3_addressing_style": "virtual"}),
        ({"s3_force_path_style": False, "s3_virtual_address": False}, {}),
        (
            {"s3_force_path_style": True, "s3_virtual_address": False},
            {"s3_addressing_style": "path"},
        ),
        ({"sts_regional_endpoint": "legacy"}, {"sts_regional_endpoint": "legacy"}),
        ({"sts_regional_endpoint": ""}, {}),
        ({"signature_version": "s3v4"}, {"signature_version": "s3v4"}),
        ({"botocore": OWN}, {"botocore": OWN}),
        ({"ca_bundle": Path("/a/b.pem")}, {"ca_bundle": str(Path("/a/b.pem"))}),
    ],
)
def test_every_key_of_the_configuration_is_a_setting(given, changes) -> None:
    assert settings(given) == replace(DEFAULT, **changes)
    assert settings(paws.config(**given)) == replace(DEFAULT, **changes)


def test_defaults_are_r_s() -> None:
    assert not DEFAULT.retry_timeouts
    assert (DEFAULT.close_connection, DEFAULT.anonymous) == (False, False)


# --- R's functions


@pytest.mark.parametrize(
    ("function", "form", "keys"),
    [
        (paws.config, Config, form_of(Config)),
        (paws.credentials, Credentials, form_of(Credentials)),
        (paws.creds, Creds, form_of(Creds)),
    ],
    ids=["config", "credentials", "creds"],
)
def test_functions_types_and_checks_have_the_same_keys(function, form, keys) -> None:
    documented = re.findall(
        r"^(\w+(?:, \w+)*) : ", inspect.getdoc(function) or "", re.MULTILINE
    )
    assert list(inspect.signature(function).parameters) == list(keys)
    assert list(form.__annotations__) == list(keys)
    assert ", ".join(documented).split(", ") == list(keys)


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


@pytest.mark.parametrize("function", [paws.config, paws.credentials, paws.creds])
def test_unknown_argument_raises_type_error(function) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'regoin'"):
        function(regoin="r")


def test_config_is_a_function_not_a_module() -> None:
    assert inspect.isfunction(paws_common.config)
    assert paws.config is paws_common.config


# --- What is wrong


@pytest.mark.parametrize(
    "arguments",
    [
        {"config": []},
        {"credentials": []},
        {"config": {"credentials": []}},
        {"credentials": {"creds": []}},
    ],
)
def test_empty_list_of_r_equals_the_default(arguments) -> None:
    assert settings(**arguments) == DEFAULT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            {"config": {"regoin": "r"}},
            "config.regoin: unknown key; did you mean region",
        ),
        (
            {"config": {"zzz": 1}},
            "config.zzz: unknown key; the keys: credentials, endpoint, region, clo",
        ),
        ({"config": {1: "r"}}, "config.1: unknown key"),
        (
            {"config": {"credentials": {"cred": {}}}},
            "config.credentials.cred: unknown key; did you mean creds",
        ),
        (
            {"credentials": {"profil": "p"}},
            "credentials.profil: unknown key; did you mean profile",
        ),
        (
            {"credentials": {"creds": {"secret_key": "s"}}},
            "credentials.creds.secret_key: unknown key; did you mean secret_access_key",
        ),
        (
            {"config": {"profile": "p"}},
            "config.profile: unknown key; it is a key of cred",
        ),
        (
            {"credentials": {"access_key_id": "A"}},
            "credentials.access_key_id: unknown key; it is a key of credentials.creds",
        ),
        (
            {"credentials": {"region": "r"}},
            "credentials.region: unknown key; it is a key of config",
        ),
        (
            {"config": {"endpoint_url": "http://a"}},
            "config.endpoint_url: unknown key; did you mean endpoint?",
        ),
        ({"config": "eu-west-1"}, "config must be a dict, not str"),
        ({"config": ["r"]}, "config must be a dict, not list"),
        ({"config": ()}, "config must be a dict, not tuple"),
        ({"config": ""}, "config must be a dict, not str"),
        ({"credentials": "work"}, "credentials must be a dict, not str"),
        (
            {"credentials": {"creds": ["a", "s"]}},
            "credentials.creds must be a dict, not list",
        ),
        (
            {"credentials": {"anonymous": 1}},
            "credentials.anonymous must be a bool, not int",
        ),
        ({"region": 1}, "region must be a str, not int"),
        ({"endpoint": b"http://a"}, "endpoint must be a str, not bytes"),
        ({"config": {"region": ["r"]}}, "config.region must be a str, not list"),
        (
            {"config": {"timeout": "60"}},
            "config.timeout must be a number of seconds, not str",
        ),
        (
            {"config": {"timeout": True}},
            "config.timeout must be a number of seconds, not b",
        ),
        (
            {"config": {"read_timeout": 0}},
            "config.read_timeout must be more than 0 and",
        ),
        (
            {"config": {"read_timeout": -1}},
            "config.read_timeout must be more than 0 and",
        ),
        (
            {"config": {"max_retries": 2.5}},
            "config.max_retries must be an integer from 0",
        ),
        (
            {"config": {"max_retries": -1}},
            "config.max_retries must be an integer from 0 ",
        ),
        (
            {"config": {"max_pool_connections": 0}},
            "config.max_pool_connections must be an integer from 1 to 65,535",
        ),
        (
            {"config": {"timeout": 5, "connect_timeout": 6}},
            "config.timeout and config.connect_timeout are the same option",
        ),
        (
            {"config": {"s3_force_path_style": True, "s3_virtual_address": True}},
            "config.s3_force_path_style and config.s3_virtual_address cannot both be",
        ),
        (
            {"config": {"sts_regional_endpoint": "global"}},
            'config.sts_regional_endpoint must be "regional" or "legacy"',
        ),
        (
            {"config": {"signature_version": "v5"}},
            'config.signature_version must be "v2" or "v4" or "s3" or "s3v4"',
        ),
        (
            {"config": {"session": Session}},
            "config.session must be a boto3.Session or a session of botocore, not type",
        ),
        (
            {"config": {"botocore": {"proxies": {}}}},
            "config.botocore must be a botocore.config.Config, not dict",
        ),
        (
            {"credentials": {"creds": {**KEYS, "expiration": "tomorrow"}}},
            "credentials.creds.expiration must be a datetime or seconds since 1970, not str",
        ),
        (
            {"credentials": {"creds": {**KEYS, "expiration": datetime(2026, 1, 1)}}},
            "credentials.creds.expiration must be a datetime with a time zone",
        ),
        (
            {"config": {"validation": "maybe"}},
            'config.validation must be "on" or "off"',
        ),
        ({"config": {"validation": False}}, 'config.validation must be "on" or "off"'),
    ],
)
def test_invalid_key_or_value_has_a_suggestion(arguments, said) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(**arguments)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("key", "missing"),
    [
        ("access_key_id", "secret_access_key"),
        ("secret_access_key", "access_key_id"),
        ("session_token", "access_key_id and secret_access_key"),
        ("expiration", "access_key_id and secret_access_key"),
    ],
)
def test_partial_key_names_the_missing_part(key, missing) -> None:
    credentials = {"creds": {key: 1 if key == "expiration" else "half"}}
    said = f"{key} cannot sign requests without {missing}$"
    for arguments in (
        {"credentials": credentials},
        {"config": {"credentials": credentials}},
    ):
        with pytest.raises(ConfigError, match=said):
            settings(**arguments)


@pytest.mark.parametrize(
    ("credentials", "config", "source"),
    [
        ({"creds": KEYS}, {}, "credentials.creds"),
        ({}, {"session": Session()}, "config.session"),
    ],
)
def test_role_with_two_sources_is_refused(credentials, config, source) -> None:
    role = {"role_arn": "arn:aws:iam::123456789012:role/r", "source_profile": "a"}
    with pytest.raises(ConfigError, match=rf"source_profile and {source} are both"):
        settings(config, {**role, **credentials})


def test_anonymous_role_is_refused() -> None:
    role = {"role_arn": "arn:aws:iam::123456789012:role/r", "anonymous": True}
    with pytest.raises(ConfigError, match=r"role_arn signs requests, and .*anonymous"):
        settings(credentials=role)


@pytest.mark.parametrize("create", [botocore.session.Session, boto3.Session])
def test_pickle_of_a_session_names_the_option(create) -> None:
    configured = settings({"session": create()})
    with pytest.raises(TypeError, match=r"config\.session .* credentials=.*profile"):
        pickle.dumps(configured)
    assert copy.deepcopy(configured) is configured


def test_configuration_error_can_be_pickled() -> None:
    with pytest.raises(ValueError, match="region must be a str") as caught:
        paws.sagemakerruntime(region=1)
    unpickled = pickle.loads(pickle.dumps(caught.value))
    assert (type(unpickled), str(unpickled)) == (ConfigError, str(caught.value))


# --- Numbers

MAX_DELAY_SECONDS = 2_147_483  # seconds
TIMES = st.floats(0, MAX_DELAY_SECONDS, exclude_min=True) | st.integers(
    1, MAX_DELAY_SECONDS
)


@given(TIMES | st.fractions(Fraction(1, 1000), MAX_DELAY_SECONDS))
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
    | st.floats(min_value=MAX_DELAY_SECONDS, exclude_min=True)
    | st.sampled_from([math.nan, math.inf, -math.inf, 10**400, np.float32(math.nan)])
)


@given(OUTSIDE, st.sampled_from(["timeout", "connect_timeout", "read_timeout"]))
def test_time_that_no_socket_can_wait_is_refused(seconds, key) -> None:
    with pytest.raises(
        ConfigError, match=f"config.{key} must be more than 0 and at most"
    ):
        settings({key: seconds})


@given(
    st.integers(max_value=-1)
    | st.integers(min_value=65_536)
    | st.floats().filter(lambda number: not number.is_integer() or number < 0)
)
def test_invalid_number_of_retries_is_refused(number) -> None:
    with pytest.raises(ConfigError, match="max_retries must be an integer"):
        settings({"max_retries": number})


ZONES = st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))


@given(st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=ZONES))
def test_expiration_is_a_moment_in_any_time_zone(moment) -> None:
    made = settings(credentials={"creds": {**KEYS, "expiration": moment}})
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    assert made.expiration == pytest.approx(since.total_seconds())


@pytest.mark.parametrize("never", [math.inf, np.float64(math.inf), 10**400])
def test_credentials_need_not_expire(never) -> None:
    made = settings(credentials={"creds": {**KEYS, "expiration": never}})
    assert made.expiration is not None
    assert made.expiration > 1e18


@pytest.mark.parametrize("wrong", [math.nan, -math.inf, 0, -1])
def test_expiration_before_1970_is_refused(wrong) -> None:
    with pytest.raises(
        ConfigError, match="expiration must be more than 0 seconds since"
    ):
        settings(credentials={"creds": {**KEYS, "expiration": wrong}})


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


@pytest.mark.parametrize("shorthand", [True, False])
def test_no_part_of_a_credential_is_shown(shorthand) -> None:
    creds = dict.fromkeys((*KEYS, "session_token", "access_token"), SECRET)
    credentials = {"creds": creds, "profile": "work"}
    arguments: dict[str, Any] = (
        {"credentials": credentials}
        if shorthand
        else {"config": {"credentials": credentials}}
    )
    proxies = {"https": f"http://me:{SECRET}@proxy"}
    arguments.setdefault("config", {})["botocore"] = BotocoreConfig(proxies=proxies)
    service = paws.sagemakerruntime(
        **arguments, region="eu-west-1", endpoint="http://a"
    )
    assert service.settings.secret_access_key == SECRET
    for shown in (repr(service), repr(service.settings), str(service.settings)):
        assert SECRET not in shown
        assert "eu-west-1" in shown
        assert "http://a" in shown
