"""Handlers of botocore's events: headers with control characters are not sent."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config

import paws
from paws_common import ConfigError, LocalEndpoint
from support.clients import create_service

CONTROL = ["\0", "\x01", "\n", "\r\nX-Own: 1", "\x7f"]


def invoke(
    local: LocalEndpoint,
    event: str = "before-send",
    handler: Callable[..., None] = lambda **_: None,
    **config: Any,
) -> None:
    """Call a service with a handler and a configuration."""
    with create_service(local.url, **config) as service:
        service.client.meta.events.register(event, handler)
        service.invoke_endpoint("demo", b"1")


def refusal(local: LocalEndpoint, *arguments: Any, **config: Any) -> str:
    """Return the message of the error of a call, which does not show the value."""
    with pytest.raises(ConfigError, match="contains the control character") as caught:
        invoke(local, *arguments, **config)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))
    assert "nothing was sent" in str(caught.value)
    assert not local.requests
    return str(caught.value)


@pytest.mark.parametrize("character", CONTROL)
def test_user_agent_with_control_character_is_refused(local, character) -> None:
    own = Config(user_agent_extra=f"SECRET{character}")
    assert "'User-Agent'" in refusal(local, botocore=own)


def test_execution_environment_is_refused(local, monkeypatch) -> None:
    monkeypatch.setenv("AWS_EXECUTION_ENV", "SECRET\x01")
    assert "AWS_EXECUTION_ENV" in refusal(local)


@pytest.mark.parametrize("character", CONTROL)
@pytest.mark.parametrize("key", ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"])
@pytest.mark.parametrize("value", [str, str.encode])
def test_header_of_a_handler_is_refused(local, key, character, value) -> None:
    def add_header(request, **_):
        request.headers[key] = value(f"SECRET{character}")

    assert f"the header {key!r}" in refusal(local, "before-send", add_header)


def test_header_is_refused_before_botocore_sends(local) -> None:
    """botocore's own sender waits for the response to ``Expect``."""

    def add_header(params, **_):
        params["headers"].update({"Expect": "100-continue", "X-Own": "SECRET\x01"})

    assert "'X-Own'" in refusal(local, "before-call", add_header)


@pytest.mark.parametrize("value", ["a\tb", "é", b"\xe9"])
def test_header_with_other_characters_is_sent(local, value) -> None:
    def add_header(request, **_):
        request.headers["X-Own"] = value

    invoke(local, "before-send", add_header)


@pytest.mark.parametrize("character", CONTROL)
@pytest.mark.parametrize("key", ["access_key_id", "secret_access_key", "session_token"])
def test_key_with_control_character_is_refused(key, character) -> None:
    keys: Any = {"access_key_id": "AKID", "secret_access_key": "s"}
    keys[key] = f"SECRET{character}"
    with pytest.raises(ConfigError, match=f"creds.{key} contains") as caught:
        paws.sagemakerruntime(credentials={"creds": keys})
    assert "SECRET" not in str(caught.value)
