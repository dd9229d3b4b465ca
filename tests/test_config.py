"""What the arguments of a constructor come to, and what is said of wrong ones."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paws
from paws_common import ConfigError
from paws_common.config import Settings, settings

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
                "config": {"credentials": {"creds": KEYS}, "region": "eu-west-1"},
                "credentials": {"creds": None},
                "region": None,
            },
            {**KEYS, "region": "eu-west-1"},
        ),
    ],
)
def test_the_shorthands_win_over_the_configuration_key_by_key(
    arguments: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert settings(**arguments) == replace(DEFAULT, **changes)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            {"config": {"regoin": "r"}},
            "config.regoin: unknown key; did you mean region",
        ),
        (
            {"config": {"zzz": 1}},
            "config.zzz: unknown key; known: credentials, endpoint, region, validation",
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
        ({"config": "eu-west-1"}, "config is a dict, not str"),
        ({"config": []}, "config is a dict, not list"),
        ({"config": ""}, "config is a dict, not str"),
        ({"credentials": "work"}, "credentials is a dict, not str"),
        (
            {"credentials": {"creds": ["a", "s"]}},
            "credentials.creds is a dict, not list",
        ),
        ({"credentials": {"anonymous": 1}}, "credentials.anonymous is bool, not int"),
        ({"region": 1}, "region is str, not int"),
        ({"endpoint": b"http://a"}, "endpoint is str, not bytes"),
        ({"config": {"region": ["r"]}}, "config.region is str, not list"),
        ({"config": {"validation": "maybe"}}, 'config.validation is "on" or "off"'),
        ({"config": {"validation": False}}, 'config.validation is "on" or "off"'),
    ],
)
def test_a_wrong_key_or_value_is_named_with_what_is_right(
    arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(**arguments)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("key", "missing"),
    [
        ("access_key_id", "secret_access_key"),
        ("secret_access_key", "access_key_id"),
        ("session_token", "access_key_id and secret_access_key"),
    ],
)
def test_a_part_of_a_key_is_refused_and_what_is_missing_is_named(
    key: str, missing: str
) -> None:
    credentials = {"creds": {key: "half"}}
    said = f"{key} cannot sign anything without {missing}$"
    for arguments in (
        {"credentials": credentials},
        {"config": {"credentials": credentials}},
    ):
        with pytest.raises(ConfigError, match=said):
            settings(**arguments)


def test_a_configuration_error_is_a_value_error_and_can_be_pickled() -> None:
    with pytest.raises(ValueError, match="region is str") as caught:
        paws.sagemakerruntime(region=1)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), str(copy)) == (ConfigError, str(caught.value))


# --- Secrets

SECRET = "correct horse battery staple"
MISPLACED = st.sampled_from(
    [None, SECRET, SECRET.encode(), [SECRET], {"region": SECRET}, {"profile": [SECRET]}]
)


def holding(*names: str, **nested: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return dicts of any of these keys, with secrets where they do not belong."""
    values = {**dict.fromkeys(names, MISPLACED), **nested}
    return MISPLACED | st.fixed_dictionaries({}, optional=values)


CREDENTIALS = holding("profile", "anonymous", creds=holding("session_token", *KEYS))
CONFIG = holding("endpoint", "region", "validation", credentials=CREDENTIALS)


@given(CONFIG, CREDENTIALS, MISPLACED, MISPLACED)
def test_no_error_shows_a_value_that_was_given(
    config: Any, credentials: Any, endpoint: Any, region: Any
) -> None:
    said = ""
    try:
        settings(config, credentials, endpoint, region)
    except ConfigError as error:
        said = f"{error} {error!r}"
    assert SECRET not in said


@pytest.mark.parametrize("shorthand", [True, False])
def test_no_part_of_a_credential_is_shown(shorthand: bool) -> None:
    creds = dict.fromkeys((*KEYS, "session_token"), SECRET)
    credentials = {"creds": creds, "profile": "work"}
    arguments = (
        {"credentials": credentials}
        if shorthand
        else {"config": {"credentials": credentials}}
    )
    service = paws.sagemakerruntime(
        **arguments, region="eu-west-1", endpoint="http://a"
    )
    assert service.settings.secret_access_key == SECRET
    for shown in (repr(service), repr(service.settings), str(service.settings)):
        assert SECRET not in shown
        assert "eu-west-1" in shown
        assert "http://a" in shown
