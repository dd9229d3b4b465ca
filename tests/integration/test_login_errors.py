"""Logins that fail raise a `ConfigError` that names the provider and a remedy.

botocore's providers raise `KeyError`, `RuntimeError`, `FileNotFoundError`, `EOFError` and
errors of STS and SSO. The endpoint receives nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

import paws
from paws.services.sagemakerruntime import SageMakerRuntime
from paws_common import ConfigError, EndpointConnectionError, Service, ServiceError
from paws_common.shapes import Member, String, Structure
from support.example_services import operation_of
from support.servers import (
    NO_RESPONSE,
    OK,
    Handler,
    Peer,
    Server,
    responding,
    responding_once,
    response,
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
PROCESS = "credential_process of the profile"
WEB_IDENTITY = "web identity"
CONTAINER = "container credentials"


@pytest.fixture
def endpoint() -> Iterator[Server]:
    with serve(responding(OK)) as server:
        yield server
        assert server.requests == []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home folder, whose profiles are read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


Login = Callable[[pytest.MonkeyPatch, Path], None]


def profile(text: str) -> Login:
    """Return a login by a profile; ``{home}`` and ``{python}`` are replaced."""

    def configure(patch: pytest.MonkeyPatch, home: Path) -> None:
        text_ = text.replace("{home}", str(home)).replace("{python}", sys.executable)
        (home / "config").write_text(f"{SOURCE}[profile demo]\n{text_}\n")
        patch.setenv("AWS_PROFILE", "demo")

    return configure


def process(output: str, code: int = 0) -> Login:
    """Return a login by a program that writes an output, and an error."""

    def configure(patch: pytest.MonkeyPatch, home: Path) -> None:
        program = home / "program.py"
        program.write_text(
            f"import sys; print({output!r}); print('oops', file=sys.stderr);"
            f"sys.exit({code})"
        )
        profile(f"credential_process = {{python}} {program}")(patch, home)

    return configure


def environment(**variables: str) -> Login:
    def configure(patch: pytest.MonkeyPatch, home: Path) -> None:
        for name, value in variables.items():
            patch.setenv(name, value)

    return configure


def shared_file(text: str) -> Login:
    def configure(patch: pytest.MonkeyPatch, home: Path) -> None:
        (home / "credentials").write_text(f"[default]\n{text}\n")

    return configure


def no_terminal(patch: pytest.MonkeyPatch, home: Path) -> None:
    open_file = os.open

    def open_no_terminal(path: Any, *args: Any, **kwargs: Any) -> int:
        if path == "/dev/tty":
            raise OSError("no terminal")
        return open_file(path, *args, **kwargs)

    patch.setattr("os.open", open_no_terminal)
    patch.setattr("sys.stdin", io.StringIO())
    profile(f"role_arn = {ROLE}\nsource_profile = source\nmfa_serial = {MFA}")(
        patch, home
    )


def sso(token: dict[str, str] | None) -> Login:
    def configure(patch: pytest.MonkeyPatch, home: Path) -> None:
        cache = home / ".aws" / "sso" / "cache"
        cache.mkdir(parents=True)
        # botocore finds the folder when it is imported.
        provider = "botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR"
        patch.setattr(provider, str(cache))
        if token is not None:
            name = hashlib.sha1(START_URL.encode()).hexdigest()
            (cache / f"{name}.json").write_text(json.dumps(token))
        profile(
            f"sso_start_url = {START_URL}\nsso_region = us-east-1\n"
            "sso_account_id = 111122223333\nsso_role_name = demo"
        )(patch, home)

    return configure


KEYS = {"AccessKeyId": "AKID", "SecretAccessKey": SECRET}
EXPIRED = {"Version": 1, **KEYS, "Expiration": YESTERDAY}
TOKEN = f"role_arn = {ROLE}\nweb_identity_token_file = "

# By the name of a login: how it is configured, what the error names, and its reason.
LOGINS: dict[str, tuple[Login, str, str]] = {
    "nothing": (environment(), "there are no credentials", "AWS_ACCESS_KEY_ID"),
    "half a key": (
        environment(AWS_ACCESS_KEY_ID="AKID"),
        "the environment variables",
        "missing: AWS_SECRET_ACCESS_KEY",
    ),
    "keys of yesterday": (
        environment(
            AWS_ACCESS_KEY_ID="AKID",
            AWS_SECRET_ACCESS_KEY=SECRET,
            AWS_CREDENTIAL_EXPIRATION=YESTERDAY,
        ),
        "the environment variables",
        "expired",
    ),
    "half a key in a file": (
        shared_file("aws_access_key_id = AKID"),
        "~/.aws/credentials",
        "aws_secret_access_key",
    ),
    "half a key in a profile": (
        profile("aws_access_key_id = AKID"),
        "~/.aws/config",
        "aws_secret_access_key",
    ),
    "missing program": (
        profile("credential_process = /missing/program"),
        PROCESS,
        "/missing/program",
    ),
    "program that fails": (process("", 1), PROCESS, "oops"),
    "program without JSON": (process("hello"), PROCESS, "JSONDecodeError"),
    "program with a list": (process("[]"), PROCESS, "list"),
    "program without a version": (process("{}"), PROCESS, "Version"),
    "program of version 2": (
        process(json.dumps({**KEYS, "Version": 2})),
        PROCESS,
        "supported versions: 1",
    ),
    "program with half a key": (
        process(json.dumps({"Version": 1, "AccessKeyId": "AKID"})),
        PROCESS,
        "SecretAccessKey",
    ),
    "program with keys of yesterday": (
        process(json.dumps(EXPIRED)),
        PROCESS,
        "expired",
    ),
    "program with null keys": (
        process(json.dumps({**EXPIRED, "AccessKeyId": None, "Expiration": TOMORROW})),
        PROCESS,
        "the access key id is a NoneType",
    ),
    "token with a line break": (
        environment(
            AWS_ACCESS_KEY_ID="AKID",
            AWS_SECRET_ACCESS_KEY="s",
            AWS_SESSION_TOKEN=f"{SECRET}\n",
        ),
        "the environment variables",
        "the session token contains the control character U+000A",
    ),
    "timeout of metadata": (
        environment(AWS_METADATA_SERVICE_TIMEOUT="1.5"),
        "AWS_METADATA_SERVICE_TIMEOUT",
        "'1.5'",
    ),
    "endpoint of metadata": (
        environment(AWS_EC2_METADATA_SERVICE_ENDPOINT="junk"),
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "junk",
    ),
    "missing token": (profile(f"{TOKEN}/missing"), WEB_IDENTITY, "/missing"),
    "folder as a token": (profile(f"{TOKEN}{{home}}"), WEB_IDENTITY, "IsADirectory"),
    "no terminal": (no_terminal, "role_arn of the profile", "there is no terminal"),
    "missing source": (
        profile(f"role_arn = {ROLE}\nsource_profile = ghost"),
        "role_arn of the profile",
        "ghost",
    ),
    "role in a circle": (
        profile(
            f"role_arn = {ROLE}\nsource_profile = other\n"
            f"[profile other]\nrole_arn = {ROLE}\nsource_profile = demo"
        ),
        "role_arn of the profile",
        "Infinite loop",
    ),
    "unknown source": (
        profile(f"role_arn = {ROLE}\ncredential_source = Mars"),
        "role_arn of the profile",
        "Mars",
    ),
    "no login with SSO": (sso(None), "IAM Identity Center (SSO)", "aws sso login"),
    "login with SSO of yesterday": (
        sso({"accessToken": SECRET, "expiresAt": YESTERDAY}),
        "IAM Identity Center (SSO)",
        "expired",
    ),
}


def call(endpoint: Server, **credentials: Any) -> SageMakerRuntime:
    return paws.sagemakerruntime(
        endpoint=endpoint.url, region="us-east-1", credentials=cast(Any, credentials)
    )


def config_error(endpoint: Server, **credentials: Any) -> str:
    """Return the message of the error of a call."""
    with call(endpoint, **credentials) as service, pytest.raises(ConfigError) as caught:
        service.invoke_endpoint("demo", b"1")
    text = str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert type(caught.value) is ConfigError
    return text


@pytest.mark.parametrize("name", LOGINS)
@pytest.mark.filterwarnings("ignore:Can not control echo", "ignore:.*Password input")
def test_failed_login_is_a_config_error(
    monkeypatch: pytest.MonkeyPatch, endpoint: Server, home: Path, name: str
) -> None:
    configure, provider, reason = LOGINS[name]
    configure(monkeypatch, home)
    text = config_error(endpoint)
    assert provider in text
    assert reason in text


# --- Providers that are servers


@contextmanager
def container(monkeypatch: pytest.MonkeyPatch, said: bytes) -> Iterator[Server]:
    with serve(responding(said)) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/keys")
        monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
        yield server


def json_response(content: Any, status: int = 200) -> bytes:
    return response(status, json.dumps(content).encode())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (json_response({"AccessKeyId": "AKID"}), "SecretAccessKey"),
        (json_response({"code": "AccessDenied", "message": "no"}), "AccessKeyId"),
        (json_response({**EXPIRED, "Token": "t"}), "still expired"),
        (json_response([]), "list"),
        (
            json_response(
                {"AccessKeyId": "AKID", "SecretAccessKey": None}
                | {"Token": "t", "Expiration": TOMORROW}
            ),
            "the secret access key is a NoneType",
        ),
        (response(200, b"<html>"), "Unable to parse JSON"),
        (response(404, b"no"), "404"),
        (response(500, b"no"), "500"),
    ],
    ids=["half", "refusal", "expired", "list", "null", "HTML", "404", "500"],
)
def test_failed_container_login_is_a_config_error(
    monkeypatch: pytest.MonkeyPatch, endpoint: Server, said: bytes, reason: str
) -> None:
    with container(monkeypatch, said):
        text = config_error(endpoint)
    assert CONTAINER in text
    assert reason in text


@pytest.mark.parametrize(
    ("code", "status"),
    [("ValidationError", 400), ("AccessDenied", 403), ("InternalFailure", 500)],
)
@pytest.mark.parametrize("kind", ["role", "token"])
def test_refusal_of_sts_is_a_config_error(
    monkeypatch: pytest.MonkeyPatch,
    waits: list[float],
    endpoint: Server,
    home: Path,
    kind: str,
    code: str,
    status: int,
) -> None:
    """SageMaker Runtime has errors with two of these codes, and did not send them."""
    (home / "token").write_text(SECRET)
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error>"
    refusal = response(status, f"{body}</ErrorResponse>".encode())
    source = "web_identity_token_file = {home}/token"
    if kind == "role":
        source = "source_profile = source"
    profile(f"role_arn = {ROLE}\n{source}")(monkeypatch, home)
    with serve(responding(refusal)) as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        text = config_error(endpoint)
        assert sts.requests
    operation = "AssumeRole" if kind == "role" else "AssumeRoleWithWebIdentity"
    assert f"calling the {operation} operation" in text
    assert code in text


def test_token_with_a_line_break_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, endpoint: Server, home: Path
) -> None:
    """botocore signs the request for the role, and http.client shows the token."""
    profile(f"role_arn = {ROLE}\ncredential_source = Environment")(monkeypatch, home)
    keys = environment(
        AWS_ACCESS_KEY_ID="AKID",
        AWS_SECRET_ACCESS_KEY="s",
        AWS_SESSION_TOKEN=f"{SECRET}\n",
    )
    keys(monkeypatch, home)
    with serve(responding(OK)) as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        text = config_error(endpoint, profile="demo")
    assert "role_arn of the profile: a key or the session token contains" in text


def test_refusal_of_sso_is_a_config_error(
    monkeypatch: pytest.MonkeyPatch, endpoint: Server, home: Path
) -> None:
    sso({"accessToken": SECRET, "expiresAt": TOMORROW})(monkeypatch, home)
    refusal = response(
        403, b'{"message": "no"}', {"x-amzn-ErrorType": "ForbiddenException"}
    )
    with serve(responding(refusal)) as portal:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", portal.url)
        text = config_error(endpoint)
    assert "GetRoleCredentials" in text
    assert "IAM Identity Center (SSO)" in text


def test_unreachable_sts_is_a_config_error(
    monkeypatch: pytest.MonkeyPatch, waits: list[float], endpoint: Server, home: Path
) -> None:
    profile(f"role_arn = {ROLE}\nsource_profile = source")(monkeypatch, home)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    text = config_error(endpoint)
    assert "role_arn of the profile" in text
    assert "http://127.0.0.1:1" in text
    assert "may have processed it" not in text


@contextmanager
def instance(monkeypatch: pytest.MonkeyPatch, *said: bytes) -> Iterator[Server]:
    with serve(responding(*said)) as server:
        monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        yield server


@pytest.mark.parametrize(
    "keys",
    [b"<html>", b"{}", b'{"Code": "Failed", "Message": "no"}', b"[]"],
    ids=["HTML", "empty", "refusal", "list"],
)
def test_failed_instance_login_is_a_config_error(
    monkeypatch: pytest.MonkeyPatch, endpoint: Server, home: Path, keys: bytes
) -> None:
    """botocore treats most of them as an instance without a role."""
    answers = response(200, b"token"), response(200, b"demo"), response(200, keys)
    with instance(monkeypatch, *answers) as metadata:
        text = config_error(endpoint)
        assert metadata.requests
    assert "no credentials" in text


# --- S3 Express: a session of a bucket is created before the first request


BUCKET = "demo--use1-az4--x-s3"
SESSION = b"""<CreateSessionResult><Credentials><SessionToken>t</SessionToken>\
<SecretAccessKey>s</SecretAccessKey><AccessKeyId>a</AccessKeyId>\
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></CreateSessionResult>"""


@pytest.fixture
def get_object(monkeypatch: pytest.MonkeyPatch) -> Callable[[Server], Any]:
    """Return a function that reads an object; any host has the address of the server."""
    resolve = socket.getaddrinfo

    def resolve_any(_host: str, *args: Any, **kwargs: Any) -> Any:
        return resolve("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr("socket.getaddrinfo", resolve_any)
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


def test_refused_session_of_a_bucket_is_a_config_error(
    waits: list[float], get_object: Callable[[Server], Any]
) -> None:
    refusal = response(403, b"<Error><Code>AccessDenied</Code></Error>")
    with serve(responding(refusal)) as server:
        with pytest.raises(ConfigError, match="CreateSession") as caught:
            get_object(server)
        assert [request.target for request in server.requests] == ["/?session"]
    assert "nothing was sent" in str(caught.value)


@pytest.mark.parametrize("handler", [responding_once(), responding(NO_RESPONSE)])
def test_lost_session_of_a_bucket_is_not_sent(
    waits: list[float], get_object: Callable[[Server], Any], handler: Handler
) -> None:
    with serve(handler) as server:
        with pytest.raises(EndpointConnectionError, match="CreateSession") as caught:
            get_object(server)
        assert [request.target for request in server.requests] == ["/?session"]
    assert "nothing was sent" in str(caught.value)


def test_response_lost_after_login_may_be_processed(
    waits: list[float], get_object: Callable[[Server], Any]
) -> None:
    def handle(peer: Peer) -> None:
        peer.receive_request()
        peer.send(response(200, SESSION))
        peer.receive_request()

    with serve(handle) as server:
        with pytest.raises(EndpointConnectionError) as caught:
            get_object(server)
        targets = [request.target for request in server.requests]
    assert targets == ["/?session", "/a"]
    assert "may have processed it" in str(caught.value)


def test_error_of_the_service_is_its_own(waits: list[float]) -> None:
    """The counterpart: SageMaker Runtime itself may respond with these codes."""
    refusal = response(
        400, b'{"Message": "no"}', {"x-amzn-ErrorType": "ValidationError"}
    )
    with serve(responding(refusal)) as server:
        credentials: Any = {
            "creds": {"access_key_id": "AKID", "secret_access_key": SECRET}
        }
        service = paws.sagemakerruntime(
            endpoint=server.url, region="us-east-1", credentials=credentials
        )
        with service, pytest.raises(ServiceError) as caught:
            service.invoke_endpoint("demo", b"1")
    assert type(caught.value) is service.errors.ValidationError
