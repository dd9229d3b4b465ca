"""Credentials are loaded from the configured source when a request is signed."""

from __future__ import annotations

import pickle
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import boto3
import botocore.session
import pytest
from botocore.credentials import (
    CredentialProvider,
    Credentials,
    ProcessProvider,
    RefreshableCredentials,
)

import paws
from paws_common import ConfigError
from paws_common.local import LocalEndpoint

ROLE = "arn:aws:iam::123456789012:role/demo"
KEYS = {"access_key_id": "AKID", "secret_access_key": "SECRET"}
PROCESS = {"credential_process": "echo hello"}


def service(local: LocalEndpoint, **arguments: Any) -> Any:
    return paws.sagemakerruntime(endpoint=local.url, region="eu-west-1", **arguments)


def access_keys(local: LocalEndpoint) -> list[str]:
    """Return the access key that each request was signed with."""
    headers = [request.headers["Authorization"] for request in local.requests]
    return [re.findall("Credential=(.*?)/", header)[0] for header in headers]


class Provider:
    """Returns other keys at each call."""

    def __init__(self, lifetime: timedelta | None) -> None:
        self.calls = 0
        self._lifetime = lifetime

    def __call__(self) -> dict[str, Any]:
        self.calls += 1
        keys = {**KEYS, "access_key_id": f"KEY{self.calls}"}
        if self._lifetime is not None:
            keys["expiration"] = datetime.now(UTC) + self._lifetime
        return keys


# --- A function that returns keys


@pytest.mark.parametrize("lifetime", [None, timedelta(hours=1)])
def test_provider_is_called_once_while_keys_are_valid(local, lifetime) -> None:
    provider = Provider(lifetime)
    with service(local, credentials={"creds": provider}) as svc:
        assert provider.calls == 0
        svc.invoke_endpoint("demo", b"1")
        svc.invoke_endpoint("demo", b"2")
    assert access_keys(local) == ["KEY1", "KEY1"]


def test_provider_is_called_again_before_keys_expire(local) -> None:
    provider = Provider(timedelta(minutes=5))
    with service(local, credentials={"creds": provider}) as svc:
        svc.invoke_endpoint("demo", b"1")
        svc.invoke_endpoint("demo", b"2")
    assert access_keys(local) == ["KEY1", "KEY2"]


def test_provider_is_called_by_one_thread_at_a_time(local) -> None:
    provider = Provider(None)
    barrier = threading.Barrier(8)
    with service(local, credentials={"creds": provider}) as svc:

        def call():
            barrier.wait()
            svc.invoke_endpoint("demo", b"1")

        threads = [threading.Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert access_keys(local) == ["KEY1"] * 8


def fail() -> Any:
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
    with (
        service(local, credentials={"creds": provider}) as svc,
        pytest.raises(ConfigError, match=r"credentials\.creds") as caught,
    ):
        svc.invoke_endpoint("demo", b"1")
    assert reason in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert not local.requests


def test_provider_is_pickled_with_the_service(local) -> None:
    svc = service(local, credentials={"creds": fail})
    assert pickle.loads(pickle.dumps(svc)).settings.creds_provider is fail


def test_views_share_the_credentials(local) -> None:
    provider = Provider(None)
    with service(local, credentials={"creds": provider}) as svc:
        svc.invoke_endpoint("demo", b"1")
        svc.with_options(read_timeout=5).invoke_endpoint("demo", b"2")
    assert provider.calls == 1


# --- A session of the user


class Boto3Session:
    """The attributes of boto3.Session for credentials, region and profile."""

    region_name = "ap-south-1"
    profile_name = "default"

    def get_credentials(self) -> Any:
        session = botocore.session.Session()
        session.set_credentials("SESSION", "SECRET")
        return session.get_credentials()


def botocore_session() -> Any:
    session = botocore.session.Session()
    session.set_credentials("SESSION", "SECRET")
    session.set_config_variable("region", "ap-south-1")
    return session


@pytest.mark.parametrize("create", [Boto3Session, botocore_session])
def test_session_has_the_credentials_and_the_region(local, create) -> None:
    config = {"session": create(), "endpoint": local.url}
    with paws.sagemakerruntime(config) as svc:
        svc.invoke_endpoint("demo", b"1")
        assert svc.client.meta.region_name == "ap-south-1"
    assert access_keys(local) == ["SESSION"]


def test_session_that_fails_is_named(local, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    config = {"session": botocore.session.Session()}
    with (
        service(local, config=config) as svc,
        pytest.raises(ConfigError, match=r"config\.session.*AWS_SECRET_ACCESS_KEY"),
    ):
        svc.invoke_endpoint("demo", b"1")


class VaultError(Exception):
    """An error of the user's own code."""


def fail_to_refresh(*_: object) -> Any:
    raise VaultError("the vault is sealed")


class OwnProvider(CredentialProvider):
    METHOD = CANONICAL_NAME = "own"

    def load(self) -> Any:
        return fail_to_refresh()


class OwnSession(Boto3Session):
    def get_credentials(self) -> Any:
        return fail_to_refresh()


def session_with_provider(provider: CredentialProvider) -> Any:
    session = botocore.session.Session()
    session.get_component("credential_provider").insert_before("env", provider)
    return session


def session_with_credentials(credentials: Credentials) -> Any:
    session = Boto3Session()
    vars(session)["get_credentials"] = lambda: credentials
    return session


def expired_credentials(refresh: Any) -> RefreshableCredentials:
    return RefreshableCredentials("a", "b", "c", datetime.now(UTC), refresh, "own")


@pytest.mark.parametrize(
    "create",
    [
        OwnSession,
        lambda: session_with_provider(OwnProvider()),
        lambda: session_with_credentials(expired_credentials(fail_to_refresh)),
    ],
    ids=["session", "provider", "refresh"],
)
@pytest.mark.parametrize("role", [{}, {"role_arn": ROLE}], ids=["keys", "role"])
def test_error_of_a_users_session_is_unchanged(local, create, role) -> None:
    config = {"session": create()}
    with (
        service(local, config=config, credentials=role) as svc,
        pytest.raises(VaultError),
    ):
        svc.invoke_endpoint("demo", b"1")


def test_error_of_botocores_refresh_names_the_session(local) -> None:
    """The program of the profile writes no JSON, which the package json reports."""
    program = ProcessProvider("demo", lambda: {"profiles": {"demo": PROCESS}})
    config = {"session": session_with_provider(program)}
    with (
        service(local, config=config) as svc,
        pytest.raises(ConfigError, match=r"config\.session: JSONDecodeError"),
    ):
        svc.invoke_endpoint("demo", b"1")


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ((None, None), "the access key id is a NoneType, not a str"),
        ((1, "SECRET"), "the access key id is a int, not a str"),
        (("AKID", ""), "the secret access key is empty"),
        (("AKID", "SECRET\n"), "the secret access key contains .* U+000A"),
        (("AKID", "SECRET", "SECRET\0"), "the session token contains .* U+0000"),
    ],
)
def test_invalid_keys_are_a_config_error(local, keys, reason) -> None:
    config = {"session": session_with_credentials(Credentials(*keys))}
    with (
        service(local, config=config) as svc,
        pytest.raises(ConfigError, match=reason.replace("U+", r"U\+")) as caught,
    ):
        svc.invoke_endpoint("demo", b"1")
    assert "no credentials from config.session" in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert not local.requests


def test_empty_session_token_is_omitted(local) -> None:
    config = {"session": session_with_credentials(Credentials("AKID", "SECRET", ""))}
    with service(local, config=config) as svc:
        svc.invoke_endpoint("demo", b"1")
    assert "X-Amz-Security-Token" not in local.requests[0].headers


def test_explicit_keys_are_not_those_of_other_services(local) -> None:
    """Services with and without keys share a session, but not the keys."""
    with service(local, credentials={"creds": KEYS}) as svc:
        svc.invoke_endpoint("demo", b"1")
    with (
        service(local) as other,
        pytest.raises(ConfigError, match="there are no credentials"),
    ):
        other.invoke_endpoint("demo", b"2")


# --- A role


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials><AccessKeyId>ROLE{number}</AccessKeyId>
<SecretAccessKey>SECRET</SecretAccessKey><SessionToken>TOKEN</SessionToken>
<Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult>
</AssumeRoleResponse>"""
REFUSED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
<Type>Sender</Type><Code>AccessDenied</Code><Message>not trusted</Message></Error>
</ErrorResponse>"""


class Sts:
    """A fake of STS over HTTP, with the calls that it received."""

    def __init__(self) -> None:
        self.calls: list[dict[str, str]] = []
        self.lifetime = timedelta(hours=1)
        self.refuses = False

    def respond(self, body: str, authorization: str) -> tuple[int, str]:
        key = re.findall("Credential=(.*?)/", authorization)[0]
        self.calls.append({**dict(parse_qsl(body)), "signed by": key})
        if self.refuses:
            return 403, REFUSED
        expiration = (datetime.now(UTC) + self.lifetime).isoformat()
        return 200, ASSUMED.format(number=len(self.calls), expiration=expiration)


@pytest.fixture
def sts(monkeypatch) -> Iterator[Sts]:
    fake = Sts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, text = fake.respond(body, self.headers["Authorization"])
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
        yield fake
        server.shutdown()
        thread.join()


@pytest.fixture
def profiles(tmp_path, monkeypatch) -> None:
    path = tmp_path / "config"
    path.write_text(
        "[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = s\n"
        "[profile work]\naws_access_key_id = WORK\naws_secret_access_key = s\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(
    ("source", "signed_by"),
    [
        ({}, "DEFAULT"),
        ({"creds": KEYS}, "AKID"),
        ({"creds": Provider(None)}, "KEY1"),
        ({"source_profile": "work"}, "WORK"),
        ({"profile": "work"}, "WORK"),
    ],
    ids=["chain", "keys", "function", "source profile", "profile"],
)
def test_role_is_assumed_with_its_source(local, sts, source, signed_by) -> None:
    role = {"role_arn": ROLE, "external_id": "E1", "role_session_name": "me"}
    with service(local, credentials={**role, **source}) as svc:
        svc.invoke_endpoint("demo", b"1")
        svc.invoke_endpoint("demo", b"2")
    assert access_keys(local) == ["ROLE1", "ROLE1"]
    (call,) = sts.calls
    assert call["signed by"] == signed_by
    assert (call["RoleArn"], call["ExternalId"]) == (ROLE, "E1")
    assert call["RoleSessionName"] == "me"


def test_role_is_assumed_again_before_it_expires(local, sts) -> None:
    sts.lifetime = timedelta(minutes=5)
    with service(local, credentials={"role_arn": ROLE, "creds": KEYS}) as svc:
        svc.invoke_endpoint("demo", b"1")
        svc.invoke_endpoint("demo", b"2")
    assert access_keys(local) == ["ROLE1", "ROLE2"]


def test_refused_role_is_a_config_error(local, sts) -> None:
    sts.refuses = True
    with (
        service(local, credentials={"role_arn": ROLE, "creds": KEYS}) as svc,
        pytest.raises(ConfigError, match=r"credentials\.role_arn") as caught,
    ):
        svc.invoke_endpoint("demo", b"1")
    assert "AssumeRole operation: not trusted" in str(caught.value)
    assert not local.requests


@pytest.mark.parametrize("config", [{}, {"session": botocore.session.Session()}])
def test_role_without_source_credentials_is_named(local, config) -> None:
    with (
        service(local, config=config, credentials={"role_arn": ROLE}) as svc,
        pytest.raises(
            ConfigError, match=r"role_arn: there are none to assume"
        ) as caught,
    ):
        svc.invoke_endpoint("demo", b"1")
    assert "source_profile" in str(caught.value)
    assert not local.requests


@pytest.mark.parametrize("is_boto3", [False, True], ids=["botocore", "boto3"])
def test_session_may_have_files_of_its_own(is_boto3, local, tmp_path) -> None:
    path = tmp_path / "own"
    path.write_text("[own]\naws_access_key_id = OWN\naws_secret_access_key = s\n")
    session: Any = botocore.session.Session(profile="own")
    session.set_config_variable("credentials_file", str(path))
    if is_boto3:
        session = boto3.Session(botocore_session=session)
    with service(local, config={"session": session}) as svc:
        svc.invoke_endpoint("demo", b"1")
    assert access_keys(local) == ["OWN"]
