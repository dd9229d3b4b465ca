"""TLS: certificates of servers and clients, alongside botocore's own sender and client.

test_sent_once.py breaks connections within handshakes.
"""

from __future__ import annotations

import re
import ssl
from typing import Any

import pytest
import urllib3
from botocore.config import Config
from urllib3.exceptions import InsecureRequestWarning

from paws_common import ConfigError, EndpointConnectionError
from support.senders import Outcome, compare, prepared, send, transport
from support.servers import (
    OK,
    Handler,
    Peer,
    responding,
    responding_once,
    secure,
    serve,
)
from support.services import botocore_client, error_of_call, invoke, runtime

BODY = Outcome(200, {"content-length": "2"}, b"ok")
REFUSED = "https://127.0.0.1:9"


@pytest.mark.parametrize("verify", ["bundle", False])
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_trusted_server_is_called(authority, https, verify) -> None:
    verify = verify and str(authority.bundle)
    with serve(https) as server:
        assert compare(server.https_url, verify=verify) == (BODY, BODY)


def test_unverified_server_is_warned_of(https) -> None:
    with (
        serve(https) as server,
        transport(verify=False) as sender,
        pytest.warns(InsecureRequestWarning),
    ):
        send(sender, prepared(server.https_url))


@pytest.mark.parametrize(
    ("host", "facts", "is_trusted"),
    [
        ("localhost", {}, False),
        ("other.example", {}, True),
        ("127.0.0.1", {}, True),
        ("localhost", {"expired": True}, True),
        ("localhost", {"self_signed": True}, True),
    ],
    ids=["unknown authority", "other host", "address", "expired", "self-signed"],
)
def test_untrusted_server_gets_no_request(
    authority, waits, host, facts, is_trusted
) -> None:
    config = {"ca_bundle": str(authority.bundle)} if is_trusted else {}
    context = authority.server_context(host, **facts)
    with serve(secure(context, responding(OK))) as server:
        verify = config.get("ca_bundle", True)
        ours, theirs = compare(server.https_url, verify=verify)
        error = error_of_call(server.https_url, **config)
    assert ours == theirs == Outcome(error="SSLError")
    assert server.requests == []
    # urllib3 1 compares the names of hosts itself, with an error that is retried.
    is_compared = urllib3.__version__ < "2" and host != "localhost"
    assert server.connections == (6 if is_compared else 3)
    assert type(error) is EndpointConnectionError
    assert "nothing was sent" in str(error)
    assert re.search("CERTIFICATE_VERIFY_FAILED|CertificateError", str(error))
    is_unknown = not is_trusted or "self_signed" in facts
    assert ("AWS_CA_BUNDLE" in str(error)) is is_unknown


def test_server_name_is_sent(authority) -> None:
    context = authority.server_context()
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with serve(secure(context, responding(OK))) as server:
        for host in ("localhost", "127.0.0.1"):
            compare(f"https://{host}:{server.port}/", verify=str(authority.bundle))
    assert names == ["localhost", "localhost", None, None]


def test_address_of_ipv6_is_verified(authority) -> None:
    context = authority.server_context("::1")
    with serve(secure(context, responding(OK)), "::1") as server:
        host = f"[::1]:{server.port}"
        outcomes = compare(f"https://{host}/", verify=str(authority.bundle))
    assert outcomes == (BODY, BODY)
    assert [request.headers["host"] for request in server.requests] == [host, host]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_versions_are_supported(authority, version) -> None:
    context = authority.server_context()
    context.minimum_version = context.maximum_version = version
    with serve(secure(context, responding(OK))) as server:
        assert compare(server.https_url, verify=str(authority.bundle)) == (BODY, BODY)


@pytest.mark.parametrize(
    ("variables", "profile"),
    [
        ({"AWS_CA_BUNDLE": "{bundle}", "REQUESTS_CA_BUNDLE": "/missing"}, ""),
        ({"REQUESTS_CA_BUNDLE": "{bundle}"}, ""),
        ({}, "[default]\nca_bundle = {bundle}\n"),
    ],
    ids=["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "profile"],
)
def test_ca_bundle_is_read_where_botocore_reads_it(
    monkeypatch, authority, https, tmp_path, variables, profile
) -> None:
    bundle = str(authority.bundle)
    (tmp_path / "config").write_text(profile.format(bundle=bundle))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(bundle=bundle))
    with serve(https) as server:
        assert invoke(server.https_url) == b"ok"
        with botocore_client(server.https_url) as client:
            client.invoke_endpoint(EndpointName="demo", Body=b"1")


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_empty_variable_does_not_turn_verification_off(
    monkeypatch, https, name
) -> None:
    """Some releases of botocore do not verify certificates then; others refuse it."""
    monkeypatch.setenv(name, "")
    with serve(https) as server:
        error = error_of_call(server.https_url)
    assert isinstance(error, ConfigError | EndpointConnectionError)
    assert server.requests == []


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", None], ids=["empty", "invalid", "missing"]
)
def test_unreadable_ca_bundle_is_named(monkeypatch, tmp_path, content) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    error = error_of_call(REFUSED)
    assert type(error) is ConfigError
    assert "nothing was sent" in str(error)
    assert str(bundle) in str(error)


@pytest.fixture
def mutual(authority) -> Handler:
    context = authority.server_context(client_required=True)
    return secure(context, responding(OK))


@pytest.mark.parametrize(
    "form",
    [
        lambda issued: str(issued.combined),
        lambda issued: (str(issued.chain), str(issued.key)),
        lambda issued: issued.combined,
        lambda issued: [issued.chain, issued.key],
    ],
    ids=["text", "two texts", "path", "two paths"],
)
def test_client_certificate_is_presented(authority, mutual, form) -> None:
    botocore = Config(client_cert=form(authority.issue("client")))
    config = {"ca_bundle": authority.bundle, "botocore": botocore}
    with serve(mutual) as server, runtime(server.https_url, config) as service:
        # botocore's own sender uses it, too.
        assert isinstance(service.client.meta.config.client_cert, str | tuple)
        assert service.invoke_endpoint("demo", b"1")["Body"] == b"ok"


@pytest.mark.parametrize("is_presented", [False, True], ids=["none", "self-signed"])
def test_refused_client_certificate_is_a_tls_error(
    authority, mutual, is_presented
) -> None:
    options: dict[str, Any] = {"verify": str(authority.bundle)}
    if is_presented:
        issued = authority.issue("client", self_signed=True)
        options["client_cert"] = str(issued.combined)
    with serve(mutual) as server:
        ours, theirs = compare(server.https_url, **options)
    assert server.requests == []
    # With TLS 1.3, the request is written before the refusal arrives.
    assert {ours.error, theirs.error} <= {"SSLError", "ConnectionClosedError"}


@pytest.mark.parametrize("parts", [1, 2])
def test_unreadable_client_certificate_is_named(authority, tmp_path, parts) -> None:
    missing = str(tmp_path / "missing.pem")
    certificate = missing if parts == 1 else (str(authority.bundle), missing)
    config = Config(client_cert=certificate)
    error = error_of_call(REFUSED, botocore=config, retry_timeouts=True)
    assert type(error) is ConfigError
    assert re.search("client_cert.*nothing was sent", str(error))
    assert missing in str(error)


def _stall_within_reply(peer: Peer) -> None:
    peer.receive_hello()
    peer.send(b"\x16\x03\x03\x00\x40\x02")
    peer.stall()


@pytest.mark.parametrize(
    "handler",
    [
        _stall_within_reply,
        responding_once(OK),
        lambda peer: peer.send(b"SSH-2.0-OpenSSH\r\n"),
    ],
    ids=["stalled within the reply", "plain HTTP", "garbage"],
)
def test_failed_handshake_is_retried(handler, waits) -> None:
    with serve(handler) as server:
        error = error_of_call(server.https_url, connect_timeout=0.1, max_retries=2)
    assert type(error) is EndpointConnectionError
    assert "nothing was sent" in str(error)
    assert server.connections == error.attempts == 3
