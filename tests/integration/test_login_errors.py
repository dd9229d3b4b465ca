"""Logins that fail raise a `ConfigError` that names the provider and a remedy.

botocore's providers raise `KeyError`, `RuntimeError`, `FileNotFoundError`, `EOFError` and
errors of STS and SSO. The endpoint receives nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

import paws
from paws_common import ConfigError, EndpointConnectionError, Service
from paws_common.shapes import Member, String, Structure
from support.example_services import operation_of
from support.servers import (
    HANG_UP,
    NO_RESPONSE,
    OK,
    Server,
    error_response,
    last_response,
    responding,
    responding_once,
    response,
    scripted,
    serve,
)

SECRET = "correct-horse-battery-staple"
YESTERDAY = "2020-01-01T00:00:00Z"
TOMORROW = "2099-01-01T00:00:00Z"
ROLE = "arn:aws:iam::111122223333:role/demo"
MFA = "arn:aws:iam::111122223333:mfa/jane"
START_URL = "https://example.awsapps.com/start"
SOURCE = (
    f"[profile source]\naws_access_key_id = AKID\naws_secret_access_key = {SECRET}\n"
)


@pytest.fixture
def endpoint() -> Iterator[Server]:
    with serve(responding(OK)) as server:
        yield server
        assert server.requests == []


class Home:
    """The home folder, and the environment: how a login is configured."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._patch = patch
        variables = {
            "HOME": str(folder),
            "AWS_CONFIG_FILE": str(folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        }
        self.environment(variables)

    def environment(self, variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            self._patch.setenv(name, value)

    def shared_file(self, text: str) -> None:
        (self.folder / "credentials").write_text(f"[default]\n{text}\n")

    def profile(self, text: str) -> None:
        (self.folder / "config").write_text(f"{SOURCE}[profile demo]\n{text}\n")
        self.environment({"AWS_PROFILE": "demo"})

    def role(self, text: str) -> None:
        self.profile(f"role_arn = {ROLE}\n{text}")

    def token(self, path: str) -> None:
        self.role(f"web_identity_token_file = {self.folder / path}")

    def process(self, output: str) -> None:
        """Configure a program that writes an output, or an error."""
        program, error = self.folder / "program.py", None if output else "oops"
        program.write_text(f"import sys; print({output!r}); sys.exit({error!r})")
        self.profile(f"credential_process = {sys.executable} {program}")

    def no_terminal(self, mfa_serial: str) -> None:
        open_file = os.open

        def open_no_terminal(path: Any, *args: Any, **kwargs: Any) -> int:
            if path == "/dev/tty":
                raise OSError("no terminal")
            return open_file(path, *args, **kwargs)

        self._patch.setattr("os.open", open_no_terminal)
        self._patch.setattr("sys.stdin", io.StringIO())
        self.role(f"source_profile = source\nmfa_serial = {mfa_serial}")

    def sso(self, expiration: str) -> None:
        """Configure SSO, with a token if it has an expiration."""
        cache = self.folder / ".aws" / "sso" / "cache"
        cache.mkdir(parents=True)
        # botocore finds the folder when it is imported.
        provider = "botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR"
        self._patch.setattr(provider, str(cache))
        if expiration:
            token = {"accessToken": SECRET, "expiresAt": expiration}
            name = hashlib.sha1(START_URL.encode()).hexdigest()
            (cache / f"{name}.json").write_text(json.dumps(token))
        self.profile(
            f"sso_start_url = {START_URL}\nsso_region = us-east-1\n"
            "sso_account_id = 111122223333\nsso_role_name = demo"
        )


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    return Home(tmp_path, monkeypatch)


KEYS = {"AccessKeyId": "AKID", "SecretAccessKey": SECRET}
EXPIRED = {"Version": 1, **KEYS, "Expiration": YESTERDAY}
NULL = {**KEYS, "Version": 1, "AccessKeyId": None, "Expiration": TOMORROW}
HALF = {"Version": 1, "AccessKeyId": "AKID"}
ID = {"AWS_ACCESS_KEY_ID": "AKID"}
BOTH = {**ID, "AWS_SECRET_ACCESS_KEY": SECRET}
BROKEN_TOKEN = {**BOTH, "AWS_SESSION_TOKEN": f"{SECRET}\n"}
CIRCLE = f"""source_profile = other
[profile other]
role_arn = {ROLE}
source_profile = demo"""

# By what the error names: methods of `Home`, their argument, and the reason.
LOGINS: dict[str, list[tuple[str, Any, str]]] = {
    "there are no credentials": [("environment", {}, "AWS_ACCESS_KEY_ID")],
    "the environment variables": [
        ("environment", ID, "missing: AWS_SECRET_ACCESS_KEY"),
        ("environment", {**BOTH, "AWS_CREDENTIAL_EXPIRATION": YESTERDAY}, "expired"),
        ("environment", BROKEN_TOKEN, "token contains the control character U+000A"),
    ],
    "AWS_METADATA_SERVICE_TIMEOUT": [
        ("environment", {"AWS_METADATA_SERVICE_TIMEOUT": "1.5"}, "'1.5'")
    ],
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": [
        ("environment", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "junk"}, "junk")
    ],
    "~/.aws/credentials": [
        ("shared_file", "aws_access_key_id = AKID", "aws_secret_access_key")
    ],
    "~/.aws/config": [("profile", "aws_access_key_id = AKID", "aws_secret_access_key")],
    "credential_process of the profile": [
        ("profile", "credential_process = /missing/program", "/missing/program"),
        ("process", "", "oops"),
        ("process", "hello", "JSONDecodeError"),
        ("process", "[]", "list"),
        ("process", "{}", "Version"),
        ("process", json.dumps({**KEYS, "Version": 2}), "supported versions: 1"),
        ("process", json.dumps(HALF), "SecretAccessKey"),
        ("process", json.dumps(EXPIRED), "expired"),
        ("process", json.dumps(NULL), "the access key id is a NoneType"),
    ],
    "web identity": [("token", "missing", "/missing"), ("token", "", "IsADirectory")],
    "role_arn of the profile": [
        ("no_terminal", MFA, "there is no terminal"),
        ("role", "source_profile = ghost", "ghost"),
        ("role", CIRCLE, "Infinite loop"),
        ("role", "credential_source = Mars", "Mars"),
    ],
    "IAM Identity Center (SSO)": [
        ("sso", "", "aws sso login"),
        ("sso", YESTERDAY, "expired"),
    ],
}


def config_error(endpoint: Server, **credentials: Any) -> str:
    """Return the message of the error of a call."""
    service = paws.sagemakerruntime(
        endpoint=endpoint.url, region="us-east-1", credentials=cast(Any, credentials)
    )
    with service, pytest.raises(ConfigError) as caught:
        service.invoke_endpoint("demo", b"1")
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert type(caught.value) is ConfigError
    return str(caught.value)


@pytest.mark.parametrize(
    ("provider", "method", "argument", "reason"),
    [
        pytest.param(provider, *login, id=f"{provider}: {login[-1]}")
        for provider, logins in LOGINS.items()
        for login in logins
    ],
)
@pytest.mark.filterwarnings("ignore:Can not control echo", "ignore:.*Password input")
def test_failed_login_is_a_config_error(
    endpoint, home, provider, method, argument, reason
) -> None:
    getattr(home, method)(argument)
    text = config_error(endpoint)
    assert provider in text
    assert reason in text


def json_response(content: Any, status: int = 200) -> bytes:
    return response(status, json.dumps(content).encode())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (json_response({"AccessKeyId": "AKID"}), "SecretAccessKey"),
        (json_response({"code": "AccessDenied", "message": "no"}), "AccessKeyId"),
        (json_response({**EXPIRED, "Token": "t"}), "still expired"),
        (json_response([]), "list"),
        (json_response({**NULL, "Token": "t"}), "the access key id is a NoneType"),
        (response(200, b"<html>"), "Unable to parse JSON"),
        (response(404, b"no"), "404"),
        (response(500, b"no"), "500"),
    ],
    ids=["half", "refusal", "expired", "list", "null", "HTML", "404", "500"],
)
def test_failed_container_login_is_a_config_error(
    monkeypatch, endpoint, said, reason
) -> None:
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    with serve(responding(said)) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/keys")
        text = config_error(endpoint)
    assert "container credentials" in text
    assert reason in text


@pytest.mark.parametrize(
    ("code", "status"),
    [("ValidationError", 400), ("AccessDenied", 403), ("InternalFailure", 500)],
)
@pytest.mark.parametrize(
    ("method", "argument", "operation"),
    [
        ("role", "source_profile = source", "AssumeRole"),
        ("token", "token", "AssumeRoleWithWebIdentity"),
    ],
)
def test_refusal_of_sts_is_a_config_error(
    waits, endpoint, home, method, argument, operation, code, status
) -> None:
    """SageMaker Runtime has errors with two of these codes, and did not send them."""
    (home.folder / "token").write_text(SECRET)
    getattr(home, method)(argument)
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error>"
    refusal = response(status, f"{body}</ErrorResponse>".encode())
    with serve(responding(refusal)) as sts:
        home.environment({"AWS_ENDPOINT_URL_STS": sts.url})
        text = config_error(endpoint)
        assert sts.requests
    assert f"calling the {operation} operation" in text
    assert code in text


def test_token_with_a_line_break_is_not_shown(endpoint, home) -> None:
    """botocore signs the request for the role, and http.client shows the token."""
    home.role("credential_source = Environment")
    with serve(responding(OK)) as sts:
        home.environment({**BROKEN_TOKEN, "AWS_ENDPOINT_URL_STS": sts.url})
        text = config_error(endpoint, profile="demo")
    assert "role_arn of the profile: a key or the session token contains" in text


def test_refusal_of_sso_is_a_config_error(endpoint, home) -> None:
    home.sso(TOMORROW)
    with serve(responding(error_response(403, "ForbiddenException"))) as portal:
        home.environment({"AWS_ENDPOINT_URL_SSO": portal.url})
        text = config_error(endpoint)
    assert "GetRoleCredentials" in text
    assert "IAM Identity Center (SSO)" in text


def test_unreachable_sts_is_a_config_error(waits, endpoint, home) -> None:
    home.role("source_profile = source")
    home.environment({"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"})
    text = config_error(endpoint)
    assert "role_arn of the profile" in text
    assert "http://127.0.0.1:1" in text
    assert "may have processed it" not in text


@pytest.mark.parametrize(
    "keys",
    [b"<html>", b"{}", b'{"Code": "Failed", "Message": "no"}', b"[]"],
    ids=["HTML", "empty", "refusal", "list"],
)
def test_failed_instance_login_is_a_config_error(
    monkeypatch, endpoint, home, keys
) -> None:
    """botocore treats most of them as an instance without a role."""
    texts = [b"token", b"demo", keys]
    with serve(responding(*(response(200, text) for text in texts))) as metadata:
        monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url)
        assert "no credentials" in config_error(endpoint)
        assert metadata.requests


# --- S3 Express: a session of a bucket is created before the first request


BUCKET = "demo--use1-az4--x-s3"
SESSION = b"""<CreateSessionResult><Credentials><SessionToken>t</SessionToken>\
<SecretAccessKey>s</SecretAccessKey><AccessKeyId>a</AccessKeyId>\
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></CreateSessionResult>"""


@pytest.fixture
def get_object(any_host) -> Callable[[Server], Any]:
    """Return a function that reads an object."""
    members = {"Bucket": Member("String"), "Key": Member("String")}
    shapes = {"Input": Structure(members), "String": String()}
    operation = operation_of(shapes, service="s3", name="GetObject")
    keys: Any = {"creds": {"access_key_id": "AKID", "secret_access_key": SECRET}}

    def call(server: Server) -> Any:
        url = f"http://s3.example:{server.port}"
        config = {"max_retries": 1, "read_timeout": 0.2}
        with Service(operation.api, config, keys, url, "us-east-1") as service:
            return service.send(operation.request({"Bucket": BUCKET, "Key": "a"}))

    return call


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (responding(response(403, b"<Error><Code>No</Code></Error>")), ConfigError),
        (responding_once(), EndpointConnectionError),
        (responding(NO_RESPONSE), EndpointConnectionError),
    ],
    ids=["refused", "lost", "late"],
)
def test_failed_session_of_a_bucket_is_not_sent(
    waits, get_object, handler, kind
) -> None:
    with serve(handler) as server:
        with pytest.raises(kind, match=r"CreateSession.*nothing was sent"):
            get_object(server)
        assert [request.target for request in server.requests] == ["/?session"]


def test_response_lost_after_login_may_be_processed(waits, get_object) -> None:
    lost = last_response(response(200, SESSION)), HANG_UP
    with scripted(*lost) as server:
        with pytest.raises(EndpointConnectionError, match="may have processed it"):
            get_object(server)
        targets = [request.target for request in server.requests]
    assert targets == ["/?session", "/a"]
