"""Credentials are loaded from the configured source when a request is signed."""

from __future__ import annotations

import pickle
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import boto3
import botocore.session
import pytest
from botocore.credentials import Credentials, ProcessProvider, RefreshableCredentials

import paws
from paws_common import ConfigError
from paws_common.local import LocalEndpoint
from support.servers import ScriptedServer, response, scripted

ROLE = "arn:aws:iam::123456789012:role/demo"
KEYS = {"access_key_id": "AKID", "secret_access_key": "hidden"}
PROCESS = {"credential_process": "echo hello"}


def service_of(local: LocalEndpoint, **arguments: Any) -> Any:
    return paws.sagemakerruntime(endpoint=local.url, region="eu-west-1", **arguments)


def signers(server: LocalEndpoint | ScriptedServer) -> list[str]:
    """Return the access key that each request was signed with."""
    headers = [request.headers["authorization"] for request in server.requests]
    return [re.findall("Credential=(.*?)/", header)[0] for header in headers]


def invoke(local: LocalEndpoint, count: int = 1, **arguments: Any) -> list[str]:
    """Return the access keys of calls of one service."""
    with service_of(local, **arguments) as service:
        for _ in range(count):
            service.invoke_endpoint("demo", b"1")
    return signers(local)


def config_error(local: LocalEndpoint, **arguments: Any) -> str:
    """Return the error of a call that sends nothing."""
    with pytest.raises(ConfigError) as caught:
        invoke(local, **arguments)
    assert not local.requests
    assert "hidden" not in str(caught.value)
    return str(caught.value)


class Provider:
    """Returns other keys at each call."""

    def __init__(self, lifetime: timedelta | None = None) -> None:
        self.calls = 0
        self._lifetime = lifetime

    def __call__(self) -> dict[str, Any]:
        self.calls += 1
        keys = {**KEYS, "access_key_id": f"KEY{self.calls}"}
        if self._lifetime is not None:
            keys["expiration"] = datetime.now(UTC) + self._lifetime
        return keys


# --- A function that returns keys


@pytest.mark.parametrize(
    ("lifetime", "keys"),
    [
        (None, ["KEY1", "KEY1"]),
        (timedelta(hours=1), ["KEY1", "KEY1"]),
        (timedelta(minutes=5), ["KEY1", "KEY2"]),
    ],
    ids=["unlimited", "valid", "expires soon"],
)
def test_provider_is_called_again_before_keys_expire(local, lifetime, keys) -> None:
    assert invoke(local, 2, credentials={"creds": Provider(lifetime)}) == keys


def test_provider_is_called_by_one_thread_at_a_time(local) -> None:
    barrier = threading.Barrier(8)
    with (
        service_of(local, credentials={"creds": Provider()}) as service,
        ThreadPoolExecutor(8) as pool,
    ):

        def call(_):
            barrier.wait()
            service.invoke_endpoint("demo", b"1")

        list(pool.map(call, range(8)))
    assert signers(local) == ["KEY1"] * 8


def fail(*_: object) -> Any:
    raise OSError("the vault is sealed")


@pytest.mark.parametrize(
    ("provider", "reason"),
    [
        (fail, "the vault is sealed"),
        (lambda: None, "must be a dict, not NoneType"),
        (lambda: {"access_key_id": "A"}, "no secret_access_key"),
        (lambda: {**KEYS, "token": "t"}, "token: unknown key"),
        (Provider(timedelta(hours=-1)), "still expired"),
    ],
    ids=["raises", "None", "half", "unknown key", "expired"],
)
def test_provider_failure_is_a_config_error(local, provider, reason) -> None:
    text = config_error(local, credentials={"creds": provider})
    assert "credentials.creds" in text
    assert reason in text


def test_provider_is_pickled_with_the_service(local) -> None:
    service = service_of(local, credentials={"creds": fail})
    assert pickle.loads(pickle.dumps(service)).settings.creds_provider is fail


def test_views_share_the_credentials(local) -> None:
    provider = Provider()
    with service_of(local, credentials={"creds": provider}) as service:
        assert provider.calls == 0
        service.invoke_endpoint("demo", b"1")
        service.with_options(read_timeout=5).invoke_endpoint("demo", b"2")
    assert provider.calls == 1


# --- A session of the user


class Boto3Session:
    """The attributes of boto3.Session for credentials, region and profile."""

    region_name = "ap-south-1"
    profile_name = "default"

    def __init__(self, credentials: Any) -> None:
        self.get_credentials = lambda: credentials


def botocore_session() -> Any:
    session = botocore.session.Session()
    session.set_credentials("SESSION", "hidden")
    session.set_config_variable("region", "ap-south-1")
    return session


@pytest.mark.parametrize(
    "session", [Boto3Session(Credentials("SESSION", "hidden")), botocore_session()]
)
def test_session_has_the_credentials_and_the_region(local, session) -> None:
    with paws.sagemakerruntime({"session": session, "endpoint": local.url}) as service:
        service.invoke_endpoint("demo", b"1")
        assert service.client.meta.region_name == "ap-south-1"
    assert signers(local) == ["SESSION"]


def test_session_that_fails_is_named(local, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    text = config_error(local, config={"session": botocore.session.Session()})
    assert re.search(r"config\.session.*AWS_SECRET_ACCESS_KEY", text)


OWN_SESSION = Boto3Session(None)
OWN_SESSION.get_credentials = fail


@pytest.mark.parametrize(
    "session",
    [
        OWN_SESSION,
        Boto3Session(
            RefreshableCredentials("a", "b", "c", datetime.now(UTC), fail, "own")
        ),
    ],
    ids=["session", "refresh"],
)
@pytest.mark.parametrize("role", [{}, {"role_arn": ROLE}], ids=["keys", "role"])
def test_error_of_a_users_session_is_unchanged(local, session, role) -> None:
    with pytest.raises(OSError, match="the vault is sealed"):
        invoke(local, config={"session": session}, credentials=role)


def test_error_of_botocores_refresh_names_the_session(local) -> None:
    """The program of the profile writes no JSON, which the package json reports."""
    program = ProcessProvider("demo", lambda: {"profiles": {"demo": PROCESS}})
    session = botocore.session.Session()
    session.get_component("credential_provider").insert_before("env", program)
    text = config_error(local, config={"session": session})
    assert "config.session: JSONDecodeError" in text


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ((None, None), "the access key id is a NoneType, not a str"),
        ((1, "hidden"), "the access key id is a int, not a str"),
        (("AKID", ""), "the secret access key is empty"),
        (("AKID", "hidden\n"), r"the secret access key contains .* U\+000A"),
        (("AKID", "hidden", "hidden\0"), r"the session token contains .* U\+0000"),
    ],
)
def test_invalid_keys_are_a_config_error(local, keys, reason) -> None:
    text = config_error(local, config={"session": Boto3Session(Credentials(*keys))})
    assert re.search(reason, text)
    assert "no credentials from config.session" in text


def test_empty_session_token_is_omitted(local) -> None:
    session = Boto3Session(Credentials("AKID", "hidden", ""))
    invoke(local, config={"session": session})
    assert "X-Amz-Security-Token" not in local.requests[0].headers


def test_explicit_keys_are_not_those_of_other_services(local) -> None:
    """Services with and without keys share a session, but not the keys."""
    invoke(local, credentials={"creds": KEYS})
    with pytest.raises(ConfigError, match="there are no credentials"):
        invoke(local)


# --- A role


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials><AccessKeyId>ROLE{number}</AccessKeyId>
<SecretAccessKey>hidden</SecretAccessKey><SessionToken>TOKEN</SessionToken>
<Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult>
</AssumeRoleResponse>"""
REFUSED = b"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
<Type>Sender</Type><Code>AccessDenied</Code><Message>not trusted</Message></Error>
</ErrorResponse>"""


def assumed(lifetime: timedelta) -> list[bytes]:
    """Return the responses of STS to two requests for a role."""
    expiration = (datetime.now(UTC) + lifetime).isoformat()
    texts = [ASSUMED.format(number=number, expiration=expiration) for number in (1, 2)]
    return [response(200, text.encode()) for text in texts]


@pytest.fixture
def sts(monkeypatch) -> Iterator[ScriptedServer]:
    with scripted(*assumed(timedelta(hours=1))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


@pytest.mark.parametrize(
    ("source", "signed_by"),
    [
        ({}, "DEFAULT"),
        ({"creds": KEYS}, "AKID"),
        ({"creds": Provider()}, "KEY1"),
        ({"source_profile": "work"}, "WORK"),
        ({"profile": "work"}, "WORK"),
    ],
    ids=["chain", "keys", "function", "source profile", "profile"],
)
def test_role_is_assumed_with_its_source(
    local, sts, tmp_path, monkeypatch, source, signed_by
) -> None:
    path = tmp_path / "config"
    path.write_text(
        "[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = s\n"
        "[profile work]\naws_access_key_id = WORK\naws_secret_access_key = s\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    role = {"role_arn": ROLE, "external_id": "E1", "role_session_name": "me"}
    assert invoke(local, 2, credentials={**role, **source}) == ["ROLE1", "ROLE1"]
    assert signers(sts) == [signed_by]
    call = dict(parse_qsl(sts.requests[0].body.decode()))
    names = ("RoleArn", "ExternalId", "RoleSessionName")
    assert [call[name] for name in names] == [ROLE, "E1", "me"]


def test_role_is_assumed_again_before_it_expires(local, sts) -> None:
    sts.respond(*assumed(timedelta(minutes=5)))
    role = {"role_arn": ROLE, "creds": KEYS}
    assert invoke(local, 2, credentials=role) == ["ROLE1", "ROLE2"]


def test_refused_role_is_a_config_error(local, sts) -> None:
    sts.respond(response(403, REFUSED))
    text = config_error(local, credentials={"role_arn": ROLE, "creds": KEYS})
    assert "credentials.role_arn" in text
    assert "AssumeRole operation: not trusted" in text


@pytest.mark.parametrize("config", [{}, {"session": botocore.session.Session()}])
def test_role_without_source_credentials_is_named(local, config) -> None:
    text = config_error(local, config=config, credentials={"role_arn": ROLE})
    assert "role_arn: there are none to assume" in text
    assert "source_profile" in text


@pytest.mark.parametrize("is_boto3", [False, True], ids=["botocore", "boto3"])
def test_session_may_have_files_of_its_own(is_boto3, local, tmp_path) -> None:
    path = tmp_path / "own"
    path.write_text("[own]\naws_access_key_id = OWN\naws_secret_access_key = s\n")
    session: Any = botocore.session.Session(profile="own")
    session.set_config_variable("credentials_file", str(path))
    if is_boto3:
        session = boto3.Session(botocore_session=session)
    assert invoke(local, config={"session": session}) == ["OWN"]
