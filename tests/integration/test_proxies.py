"""Proxies of HTTP and of TLS, alongside botocore's own sender."""

from __future__ import annotations

import sys
from base64 import b64decode
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from paws_common import ConfigError, EndpointConnectionError, ServiceError
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
    Server,
    closing_in_handshake,
    resetting_in_handshake,
    responding,
    responding_once,
    response,
    secure,
    serve,
    stalling,
    tunnel,
)
from support.services import botocore_client, runtime

PLAIN_TARGET = "http://service.example/a"
TLS_TARGET = "https://localhost:1/a"
# botocore's sender verifies no proxy for requests without TLS, and urllib3 warns of it.
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

BODY = Outcome(200, {"content-length": "2"}, b"ok")

SOON = 0.1  # seconds; a timeout that tests wait for

REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


def proxies(server: Server, scheme: str = "http", user: str = "") -> dict[str, str]:
    """Return the proxies of an option: `server` for both schemes."""
    host = "127.0.0.1" if scheme == "http" else "localhost"
    url = f"{scheme}://{user}{host}:{server.port}"
    return {"http": url, "https": url}


@pytest.fixture
def https(authority: Authority) -> Handler:
    return secure(authority.server_context(), responding(OK))


# --- Requests


def test_plain_request_is_forwarded() -> None:
    with serve(responding(OK)) as proxy:
        assert compare(PLAIN_TARGET, proxies=proxies(proxy)) == (BODY, BODY)
    ours, theirs = proxy.requests
    assert ours == theirs
    assert ours.target == PLAIN_TARGET
    assert ours.headers["host"] == "service.example"


def test_tls_request_goes_through_a_tunnel(
    authority: Authority, https: Handler
) -> None:
    bundle = str(authority.bundle)
    with serve(tunnel(https)) as proxy:
        outcomes = compare(TLS_TARGET, proxies=proxies(proxy), verify=bundle)
    assert outcomes == (BODY, BODY)
    assert proxy.tunnels[0] == proxy.tunnels[1]
    assert proxy.tunnels[0].target == "localhost:1"
    assert [request.target for request in proxy.requests] == ["/a", "/a"]


@pytest.mark.parametrize("uses_tls", [False, True])
def test_proxy_with_tls_is_supported(
    authority: Authority, https: Handler, uses_tls: bool
) -> None:
    target, inner = (
        (TLS_TARGET, tunnel(https)) if uses_tls else (PLAIN_TARGET, responding(OK))
    )
    handler = secure(authority.server_context("localhost"), inner)
    with serve(handler) as proxy:
        outcomes = compare(
            target, proxies=proxies(proxy, "https"), verify=str(authority.bundle)
        )
    assert outcomes == (BODY, BODY)
    assert proxy.requests[0] == proxy.requests[1]


def test_connection_through_a_tls_proxy_is_kept(
    authority: Authority, https: Handler
) -> None:
    handler = secure(authority.server_context("localhost"), tunnel(https))
    with serve(handler) as proxy:
        options = {"proxies": proxies(proxy, "https"), "verify": str(authority.bundle)}
        with transport(**options) as sender:
            for _ in range(3):
                assert send(sender, prepared(TLS_TARGET)) == BODY
        assert (proxy.connections, len(proxy.tunnels)) == (1, 1)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.filterwarnings("ignore:Passing ssl_context")  # by botocore's sender
def test_https_is_forwarded_if_configured(authority: Authority, scheme: str) -> None:
    """`proxy_use_forwarding_for_https` applies to proxies of HTTPS only."""
    target = secure(authority.server_context(), responding(OK))
    forwarded = secure(authority.server_context("localhost"), responding(OK))
    handler = tunnel(target) if scheme == "http" else forwarded
    with serve(handler) as proxy:
        outcomes = compare(
            TLS_TARGET,
            proxies=proxies(proxy, scheme),
            verify=str(authority.bundle),
            proxies_config={
                "proxy_ca_bundle": str(authority.bundle),
                "proxy_use_forwarding_for_https": True,
            },
        )
    assert outcomes == (BODY, BODY)
    assert proxy.requests[0] == proxy.requests[1]
    assert proxy.requests[0].target == ("/a" if scheme == "http" else TLS_TARGET)


def test_scheme_of_a_proxy_may_be_upper_case() -> None:
    with serve(responding(OK)) as proxy:
        config = Config(proxies={"http": proxy.url.replace("http", "HTTP")})
        with runtime("http://service.example", {"botocore": config}) as service:
            assert service.invoke_endpoint("demo", b"1")["Body"] == b"ok"


@pytest.mark.parametrize("prefix", ["", "//"])
def test_proxy_without_a_scheme_is_one_of_http(prefix: str) -> None:
    with serve(responding(OK)) as proxy:
        urls = {"http": f"{prefix}127.0.0.1:{proxy.port}"}
        assert compare(PLAIN_TARGET, proxies=urls) == (BODY, BODY)


def test_scheme_of_an_endpoint_may_be_upper_case() -> None:
    with serve(responding(OK)) as proxy:
        outcomes = compare("HTTP://service.example/a", proxies=proxies(proxy))
    assert outcomes == (BODY, BODY)


# --- Which requests have a proxy


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy"])
@pytest.mark.parametrize(
    ("exceptions", "is_used"),
    [
        ("", True),
        ("service.example", False),
        (".example", False),
        ("*", False),
        ("other.example", True),
    ],
)
def test_no_proxy_is_respected(
    monkeypatch: pytest.MonkeyPatch,
    waits: list[float],
    variable: str,
    exceptions: str,
    is_used: bool,
) -> None:
    with serve(responding(OK)) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        monkeypatch.setenv("NO_PROXY", exceptions)
        # Without the proxy, this name has no address.
        for create in (runtime, botocore_client):
            with (
                create("http://service.example") as client,
                suppress(EndpointConnectionError, BotoCoreError),
            ):
                client.invoke_endpoint(EndpointName="demo", Body=b"1")
    assert len(proxy.requests) == (2 if is_used else 0)


def test_proxies_of_the_config_have_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serve(responding(OK)) as proxy:
        config = {"botocore": Config(proxies=proxies(proxy))}
        with runtime("http://service.example", config) as service:
            assert service.invoke_endpoint("demo", b"1")["Body"] == b"ok"


# --- Users and passwords


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("user", "password"),
        ("user@example.com", "a:b/c?d#e@f%g h"),
        ("user", "pässwörd€"),
        ("user", ""),
        ("", "password"),
    ],
)
@pytest.mark.parametrize("uses_tls", [False, True])
def test_password_reaches_the_proxy(
    authority: Authority, https: Handler, uses_tls: bool, user: str, password: str
) -> None:
    """RFC 7617; botocore encodes no other characters than those of ASCII."""
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@"
    target, handler = (
        (TLS_TARGET, tunnel(https)) if uses_tls else (PLAIN_TARGET, responding(OK))
    )
    with serve(handler) as proxy:
        options: dict[str, Any] = {
            "proxies": proxies(proxy, user=login),
            "verify": str(authority.bundle),
        }
        with transport(**options) as sender:
            assert send(sender, prepared(target)) == BODY
        with botocore_session(**options) as sender:
            send(sender, prepared(target))
    sent = proxy.tunnels if uses_tls else proxy.requests
    scheme, _, value = sent[0].headers["proxy-authorization"].partition(" ")
    assert (scheme, b64decode(value).decode()) == ("Basic", f"{user}:{password}")
    if user and password and f"{user}{password}".isascii():
        assert sent[0] == sent[1]
    if uses_tls:
        assert "proxy-authorization" not in proxy.requests[0].headers


@pytest.mark.parametrize("secret", ["pa#ss", "pa/ss", "pa?ss", "pa[ss", "pa ss"])
def test_password_that_is_not_encoded_is_explained(
    secret: str, waits: list[float]
) -> None:
    urls = {"https": f"http://user:{secret}@127.0.0.1:9"}
    config = {"botocore": Config(proxies=urls), "retry_timeouts": True}
    with (
        runtime("https://service.example", config) as service,
        pytest.raises((ConfigError, EndpointConnectionError)) as caught,
    ):
        service.invoke_endpoint("demo", b"1")
    assert "nothing was sent" in str(caught.value)
    for part in (secret, "ss@"):
        assert part not in str(caught.value)


# --- Proxies that fail


def _close(peer: Peer) -> None:
    peer.receive_connect()


def _reset(peer: Peer) -> None:
    peer.receive_connect()
    peer.reset()


UNSENT: dict[str, Handler] = {
    "CONNECT is closed": _close,
    "CONNECT is reset": _reset,
    "CONNECT stalls": stalling,
    "CONNECT is refused": tunnel(stalling, REFUSED),
    "CONNECT is unavailable": tunnel(stalling, UNAVAILABLE),
    "CONNECT gets garbage": tunnel(stalling, b"garbage\r\n\r\n"),
    "TLS is closed": tunnel(closing_in_handshake),
    "TLS is reset": tunnel(resetting_in_handshake),
    "TLS stalls": tunnel(stalling),
}


@pytest.mark.parametrize("name", UNSENT)
def test_failed_tunnel_is_not_sent(name: str) -> None:
    outcomes = []
    with serve(UNSENT[name]) as proxy:
        for create in (transport, botocore_session):
            options = {"proxies": proxies(proxy, user="user:SECRET@")}
            with create(connect_timeout=SOON, **options) as sender:
                error, progress = failure(sender, prepared(TLS_TARGET))
                outcomes.append((type(error).__name__, progress))
                assert "SECRET" not in str(error)
    (ours, progress), (theirs, _) = outcomes
    assert progress is Progress.NOT_WRITTEN
    either = {"SSLError", "ConnectionClosedError", "ProxyConnectionError"}
    assert ours == theirs or {ours, theirs} <= either


@pytest.mark.parametrize("name", UNSENT)
def test_failed_tunnel_is_retried(name: str, waits: list[float]) -> None:
    with serve(UNSENT[name]) as proxy:
        options = Config(proxies=proxies(proxy, user="user:SECRET@"))
        config = {"connect_timeout": SOON, "max_retries": 2, "botocore": options}
        with (
            runtime("https://service.example", config) as service,
            pytest.raises(EndpointConnectionError) as caught,
        ):
            service.invoke_endpoint("demo", b"1")
        assert proxy.connections == 3
    assert "nothing was sent" in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert caught.value.attempts == 3


@pytest.mark.parametrize("uses_tls", [False, True])
@pytest.mark.parametrize("by_reset", [False, True])
def test_lost_response_is_not_an_error_of_the_proxy(
    authority: Authority, uses_tls: bool, by_reset: bool
) -> None:
    """urllib3 reports it as a `ProxyError` in many releases."""

    def lose(peer: Peer) -> None:
        peer.receive_request()
        if by_reset:
            peer.reset()

    inner = secure(authority.server_context(), lose)
    with serve(tunnel(inner) if uses_tls else lose) as proxy:
        options = {"proxies": proxies(proxy), "verify": str(authority.bundle)}
        with transport(**options) as sender:
            target = TLS_TARGET if uses_tls else PLAIN_TARGET
            error, progress = failure(sender, prepared(target))
    assert progress is Progress.SENT
    assert type(error).__name__ in ("ConnectionClosedError", "SSLError")


def test_status_of_a_refused_tunnel_is_shown(waits: list[float]) -> None:
    with serve(tunnel(stalling, REFUSED)) as proxy:
        config = {"botocore": Config(proxies=proxies(proxy))}
        with (
            runtime("https://service.example", config) as service,
            pytest.raises(EndpointConnectionError) as caught,
        ):
            service.invoke_endpoint("demo", b"1")
    assert "407 Proxy Authentication Required" in str(caught.value)
    assert f"the proxy {proxy.url}" in str(caught.value)


@pytest.mark.parametrize("status", [407, 503])
def test_forward_proxy_response_is_a_service_error(
    status: int, waits: list[float]
) -> None:
    page = response(status, b"<html>proxy</html>", {"Content-Type": "text/html"})
    with serve(responding(page)) as proxy:
        config = {"botocore": Config(proxies=proxies(proxy))}
        with (
            runtime("http://service.example", config) as service,
            pytest.raises(ServiceError) as caught,
        ):
            service.invoke_endpoint("demo", b"1")
    assert caught.value.status_code == status
    assert "is there a proxy" in str(caught.value)


# --- Certificates of proxies


@pytest.mark.parametrize("uses_tls", [False, True])
@pytest.mark.parametrize("hosts", [["localhost"], ["other.example"]])
def test_untrusted_proxy_gets_no_request(
    authority: Authority, https: Handler, uses_tls: bool, hosts: list[str]
) -> None:
    """botocore verifies no proxy for requests without TLS."""
    target, inner = (
        (TLS_TARGET, tunnel(https)) if uses_tls else (PLAIN_TARGET, responding(OK))
    )
    is_trusted = hosts != ["localhost"]
    with serve(secure(authority.server_context(*hosts), inner)) as proxy:
        options = {"proxies": proxies(proxy, "https", "user:SECRET@")}
        if is_trusted:
            options["verify"] = str(authority.bundle)
        with transport(**options) as sender:
            error, progress = failure(sender, prepared(target))
        assert (proxy.requests, proxy.tunnels) == ([], [])
    # urllib3 1 does not distinguish the certificate of a proxy.
    expected = "SSLError" if urllib3.__version__ < "2" else "ProxyConnectionError"
    assert type(error).__name__ == expected
    assert progress is Progress.NOT_WRITTEN
    assert "SECRET" not in str(error)


@pytest.mark.parametrize("uses_tls", [False, True])
def test_ca_bundle_of_the_proxy_is_used(
    authority: Authority, https: Handler, uses_tls: bool
) -> None:
    target, inner = (
        (TLS_TARGET, tunnel(https)) if uses_tls else (PLAIN_TARGET, responding(OK))
    )
    options = {"proxies_config": {"proxy_ca_bundle": str(authority.bundle)}}
    if uses_tls:
        options["verify"] = str(authority.bundle)  # of the target
    with serve(secure(authority.server_context("localhost"), inner)) as proxy:
        assert compare(target, proxies=proxies(proxy, "https"), **options) == (
            BODY,
            BODY,
        )


@pytest.mark.parametrize("parts", [1, 2])
def test_client_certificate_is_presented_to_the_proxy(
    authority: Authority, https: Handler, parts: int
) -> None:
    issued = authority.issue("client")
    pair = (str(issued.chain), str(issued.key))
    context = authority.server_context("localhost", client_required=True)
    with serve(secure(context, tunnel(https))) as proxy:
        outcomes = compare(
            TLS_TARGET,
            proxies=proxies(proxy, "https"),
            verify=str(authority.bundle),
            proxies_config={
                "proxy_ca_bundle": str(authority.bundle),
                "proxy_client_cert": str(issued.combined) if parts == 1 else pair,
            },
        )
    assert outcomes == (BODY, BODY)


@pytest.mark.parametrize("option", ["proxy_ca_bundle", "proxy_client_cert"])
def test_unreadable_certificate_of_the_proxy_is_named(option: str) -> None:
    settings = {option: "/missing.pem"}
    config = Config(proxies={"https": "https://127.0.0.1:9"}, proxies_config=settings)
    with (
        runtime("https://service.example", {"botocore": config}) as service,
        pytest.raises(ConfigError, match=r"/missing\.pem.*nothing was sent"),
    ):
        service.invoke_endpoint("demo", b"1")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://127.0.0.1:9", "scheme 'ftp' of the proxy is not supported"),
        ("http://", "URL of the proxy .* is not valid"),
        ("://127.0.0.1:9", "URL of the proxy .* is not valid"),
    ],
)
def test_invalid_url_of_a_proxy_is_not_sent_to(url: str, reason: str) -> None:
    config = Config(proxies={"https": url})
    with (
        runtime("https://service.example", {"botocore": config}) as service,
        pytest.raises(ConfigError, match=f"{reason}.*nothing was sent"),
    ):
        service.invoke_endpoint("demo", b"1")


def test_invalid_response_of_a_proxy_is_in_one_line(
    waits: list[float],
) -> None:
    with serve(responding_once(b"junk\r\n")) as proxy:
        config = Config(proxies={"https": proxy.url})
        with (
            runtime("https://service.example", {"botocore": config}) as service,
            pytest.raises(EndpointConnectionError) as caught,
        ):
            service.invoke_endpoint("demo", b"1")
    assert "BadStatusLine: junk" in str(caught.value)
    assert "\n" not in str(caught.value)


# --- SOCKS


@pytest.mark.parametrize("scheme", ["socks4", "socks5", "socks5h"])
def test_missing_pysocks_is_explained(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    config = Config(proxies={"https": f"{scheme}://127.0.0.1:9"})
    with (
        runtime("https://service.example", {"botocore": config}) as service,
        pytest.raises(ConfigError, match="pip install PySocks; nothing was sent"),
    ):
        service.invoke_endpoint("demo", b"1")
