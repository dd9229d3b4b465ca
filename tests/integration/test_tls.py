"""TLS: certificates of servers and clients, alongside botocore's own sender and client."""

from __future__ import annotations

import re
import ssl
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from paws_common import ConfigError, EndpointConnectionError
from paws_common.client.connections import Progress
from support.certificates import Authority
from support.senders import (
    Outcome,
    botocore_session,
    compare,
    failure,
    prepared,
    send,
    transport,
)
from support.servers import (
    OK,
    Handler,
    Peer,
    closing_in_handshake,
    resetting_in_handshake,
    responding,
    responding_once,
    secure,
    serve,
    stalling,
)
from support.services import botocore_client, runtime

SOON = 0.1  # seconds; a timeout that tests wait for

BODY = Outcome(200, {"content-length": "2"}, b"ok")


@pytest.fixture
def https(authority: Authority) -> Handler:
    return secure(authority.server_context(), responding(OK))


# --- Certificates of servers


@pytest.mark.parametrize("verify", ["bundle", False])
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_trusted_server_is_called(
    authority: Authority, https: Handler, verify: Any
) -> None:
    verify = verify and str(authority.bundle)
    with serve(https) as server:
        assert compare(server.https_url, verify=verify) == (BODY, BODY)


def test_unverified_server_is_warned_of(https: Handler) -> None:
    with (
        serve(https) as server,
        transport(verify=False) as sender,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        send(sender, prepared(server.https_url))
    assert [warning.category.__name__ for warning in caught] == [
        "InsecureRequestWarning"
    ]


@pytest.mark.parametrize(
    ("hosts", "facts", "trusted"),
    [
        (["localhost"], {}, False),
        (["other.example"], {}, True),
        (["127.0.0.1"], {}, True),
        (["localhost"], {"expired": True}, True),
        (["localhost"], {"self_signed": True}, True),
    ],
    ids=["unknown authority", "other host", "address", "expired", "self-signed"],
)
def test_untrusted_server_gets_no_request(
    authority: Authority,
    waits: list[float],
    hosts: list[str],
    facts: dict[str, bool],
    trusted: bool,
) -> None:
    context = authority.server_context(*hosts, **facts)
    options: dict[str, Any] = {"verify": str(authority.bundle)} if trusted else {}
    with serve(secure(context, responding(OK))) as server:
        ours, theirs = compare(server.https_url, **options)
        with transport(**options) as sender:
            error, progress = failure(sender, prepared(server.https_url))
        assert server.requests == []
        assert server.connections == 3
    assert ours == theirs == Outcome(error="SSLError")
    assert progress is Progress.NOT_WRITTEN
    # urllib3 1 compares the names of hosts itself.
    assert re.search("CERTIFICATE_VERIFY_FAILED|doesn't match", str(error))


def test_untrusted_server_is_connected_to_once(
    https: Handler, waits: list[float]
) -> None:
    with serve(https) as server, runtime(server.https_url) as service:
        with pytest.raises(EndpointConnectionError) as caught:
            service.invoke_endpoint("demo", b"1")
        assert server.connections == 1
    assert "nothing was sent" in str(caught.value)
    assert "unable to get local issuer certificate" in str(caught.value)


@pytest.mark.parametrize(
    ("hosts", "facts", "is_advised"),
    [
        (["localhost"], {}, True),
        (["localhost"], {"self_signed": True}, True),
        (["other.example"], {}, False),
        (["localhost"], {"expired": True}, False),
    ],
    ids=["unknown authority", "self-signed", "other host", "expired"],
)
def test_unknown_authority_is_explained(
    authority: Authority, hosts: list[str], facts: dict[str, bool], is_advised: bool
) -> None:
    context = authority.server_context(*hosts, **facts)
    is_trusted = not is_advised
    config = {"ca_bundle": str(authority.bundle)} if is_trusted else {}
    with (
        serve(secure(context, responding(OK))) as server,
        runtime(server.https_url, config) as service,
        pytest.raises(EndpointConnectionError, match="nothing was sent") as caught,
    ):
        service.invoke_endpoint("demo", b"1")
    assert ("AWS_CA_BUNDLE" in str(caught.value)) is is_advised


def test_server_name_is_sent(authority: Authority) -> None:
    context = authority.server_context("localhost", "127.0.0.1")
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with serve(secure(context, responding(OK))) as server:
        for host in ("localhost", "127.0.0.1"):
            compare(f"https://{host}:{server.port}/", verify=str(authority.bundle))
    assert names == ["localhost", "localhost", None, None]


def test_address_of_ipv6_is_verified(authority: Authority) -> None:
    context = authority.server_context("::1")
    with serve(secure(context, responding(OK)), "::1") as server:
        url = f"https://[::1]:{server.port}/"
        assert compare(url, verify=str(authority.bundle)) == (BODY, BODY)


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", None], ids=["empty", "invalid", "missing"]
)
def test_unreadable_ca_bundle_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    with (
        runtime("https://127.0.0.1:9") as service,
        pytest.raises(ConfigError, match="nothing was sent") as caught,
    ):
        service.invoke_endpoint("demo", b"1")
    assert str(bundle) in str(caught.value)


# --- Where the CA bundle is configured


def _environment(name: str) -> Callable[[pytest.MonkeyPatch, Path, str], None]:
    return lambda patch, _folder, bundle: patch.setenv(name, bundle)


def _profile(patch: pytest.MonkeyPatch, folder: Path, bundle: str) -> None:
    config = folder / "config"
    config.write_text(f"[default]\nca_bundle = {bundle}\n")
    patch.setenv("AWS_CONFIG_FILE", str(config))


BUNDLES = {
    "AWS_CA_BUNDLE": _environment("AWS_CA_BUNDLE"),
    "REQUESTS_CA_BUNDLE": _environment("REQUESTS_CA_BUNDLE"),
    "profile": _profile,
}


@pytest.mark.parametrize("place", BUNDLES)
def test_ca_bundle_is_read_where_botocore_reads_it(
    monkeypatch: pytest.MonkeyPatch,
    authority: Authority,
    https: Handler,
    tmp_path: Path,
    place: str,
) -> None:
    BUNDLES[place](monkeypatch, tmp_path, str(authority.bundle))
    with serve(https) as server:
        with runtime(server.https_url) as service:
            assert service.invoke_endpoint("demo", b"1")["Body"] == b"ok"
        with botocore_client(server.https_url) as client:
            client.invoke_endpoint(EndpointName="demo", Body=b"1")


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_empty_variable_does_not_turn_verification_off(
    monkeypatch: pytest.MonkeyPatch, https: Handler, name: str
) -> None:
    """Some releases of botocore do not verify certificates then; others refuse it."""
    monkeypatch.setenv(name, "")
    with serve(https) as server:
        refused = pytest.raises((ConfigError, EndpointConnectionError))
        with refused, runtime(server.https_url) as service:
            service.invoke_endpoint("demo", b"1")
        assert server.requests == []


def test_ca_bundle_of_the_variable_has_precedence(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, https: Handler
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/missing")
    with serve(https) as server, runtime(server.https_url) as service:
        assert service.invoke_endpoint("demo", b"1")["Body"] == b"ok"


# --- Certificates of clients


@pytest.fixture
def mutual(authority: Authority) -> Handler:
    context = authority.server_context(client_required=True)
    return secure(context, responding(OK))


@pytest.mark.parametrize("parts", [1, 2])
def test_client_certificate_is_presented(
    authority: Authority, mutual: Handler, parts: int
) -> None:
    issued = authority.issue("client")
    pair = (str(issued.chain), str(issued.key))
    certificate = str(issued.combined) if parts == 1 else pair
    with serve(mutual) as server:
        outcomes = compare(
            server.https_url, verify=str(authority.bundle), client_cert=certificate
        )
    assert outcomes == (BODY, BODY)


@pytest.mark.parametrize("is_presented", [False, True], ids=["none", "self-signed"])
def test_refused_client_certificate_is_a_tls_error(
    authority: Authority, mutual: Handler, is_presented: bool
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
def test_unreadable_client_certificate_is_named(
    authority: Authority, tmp_path: Path, parts: int
) -> None:
    missing = str(tmp_path / "missing.pem")
    certificate = missing if parts == 1 else (str(authority.bundle), missing)
    config = {"botocore": Config(client_cert=certificate), "retry_timeouts": True}
    with (
        runtime("https://127.0.0.1:9", config) as service,
        pytest.raises(ConfigError, match=r"client_cert.*nothing was sent") as caught,
    ):
        service.invoke_endpoint("demo", b"1")
    assert missing in str(caught.value)


@pytest.mark.parametrize("form", [Path, lambda path: [Path(path)] * 2])
def test_client_certificate_may_be_a_path(
    authority: Authority, mutual: Handler, form: Callable[[str], Any]
) -> None:
    certificate = form(str(authority.issue("client").combined))
    config = {"botocore": Config(client_cert=certificate)}
    config["ca_bundle"] = authority.bundle
    with serve(mutual) as server, runtime(server.https_url, config) as service:
        # botocore's own sender uses it, too.
        assert isinstance(service.client.meta.config.client_cert, str | tuple)
        assert service.invoke_endpoint("demo", b"1")["Body"] == b"ok"


# --- Handshakes that fail


def _stall_within_reply(peer: Peer) -> None:
    peer.receive_hello()
    peer.send(b"\x16\x03\x03\x00\x40\x02")
    peer.stall()


HANDSHAKES: dict[str, Handler] = {
    "closed": closing_in_handshake,
    "reset": resetting_in_handshake,
    "stalled": stalling,
    "stalled within the reply": _stall_within_reply,
    "plain HTTP": responding_once(OK),
    "garbage": lambda peer: peer.send(b"SSH-2.0-OpenSSH\r\n"),
}


@pytest.mark.parametrize("name", HANDSHAKES)
def test_failed_handshake_is_not_sent(name: str) -> None:
    outcomes = []
    with serve(HANDSHAKES[name]) as server:
        for create in (transport, botocore_session):
            with create(connect_timeout=SOON) as sender:
                error, progress = failure(sender, prepared(server.https_url))
                outcomes.append((type(error).__name__, progress))
    (ours, progress), (theirs, _) = outcomes
    assert progress is Progress.NOT_WRITTEN
    expected = {"ReadTimeoutError"} if "stalled" in name else {"SSLError"}
    # A reset, or the end of the connection, is reported in one of two ways.
    assert {ours, theirs} <= expected | {"ConnectionClosedError"}


@pytest.mark.parametrize("name", HANDSHAKES)
def test_failed_handshake_is_retried(name: str, waits: list[float]) -> None:
    config = {"connect_timeout": SOON, "max_retries": 2}
    with (
        serve(HANDSHAKES[name]) as server,
        runtime(server.https_url, config) as service,
    ):
        with pytest.raises(EndpointConnectionError) as caught:
            service.invoke_endpoint("demo", b"1")
        assert server.connections == 3
    assert "nothing was sent" in str(caught.value)
    assert caught.value.attempts == 3


def test_http_to_a_tls_port_is_an_error(authority: Authority, https: Handler) -> None:
    with serve(https) as server:
        ours, theirs = compare(server.url)
    assert ours.error == theirs.error == "ConnectionClosedError"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_versions_are_supported(
    authority: Authority, version: ssl.TLSVersion
) -> None:
    context = authority.server_context()
    context.minimum_version = context.maximum_version = version
    with serve(secure(context, responding(OK))) as server:
        assert compare(server.https_url, verify=str(authority.bundle)) == (BODY, BODY)
