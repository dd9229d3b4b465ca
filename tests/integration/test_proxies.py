"""Proxies of HTTP and of TLS, alongside botocore's own sender.

test_sent_once.py breaks connections by a proxy.
"""

from __future__ import annotations

import re
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
    Server,
    responding,
    response,
    secure,
    serve,
    stalling,
    tunnel,
)
from support.services import botocore_client, error_of_call, invoke, runtime

PLAIN_TARGET = "http://service.example/a"
TLS_TARGET = "https://localhost:1/a"
# botocore's sender verifies no proxy for requests without TLS, and urllib3 warns of it.
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

BODY = Outcome(200, {"content-length": "2"}, b"ok")


def proxies(server: Server, scheme: str = "http", user: str = "") -> dict[str, str]:
    """Return the proxies of an option: `server` for both schemes."""
    host = "127.0.0.1" if scheme == "http" else "localhost"
    url = f"{scheme}://{user}{host}:{server.port}"
    return {"http": url, "https": url}


@pytest.fixture(params=[PLAIN_TARGET, TLS_TARGET], ids=["plain", "TLS"])
def target(request) -> str:
    return str(request.param)


@pytest.fixture
def handler(target, https) -> Handler:
    """Return the handler of a proxy for the target."""
    return tunnel(https) if target == TLS_TARGET else responding(OK)


@pytest.fixture
def tls_handler(authority, handler) -> Handler:
    """Return the handler of a proxy with TLS for the target."""
    return secure(authority.server_context("localhost"), handler)


def test_plain_request_is_forwarded() -> None:
    with serve(responding(OK)) as proxy:
        assert compare(PLAIN_TARGET, proxies=proxies(proxy)) == (BODY, BODY)
    ours, theirs = proxy.requests
    assert ours == theirs
    assert ours.target == PLAIN_TARGET
    assert ours.headers["host"] == "service.example"


def test_tls_request_goes_through_a_tunnel(authority, https) -> None:
    bundle = str(authority.bundle)
    with serve(tunnel(https)) as proxy:
        outcomes = compare(TLS_TARGET, proxies=proxies(proxy), verify=bundle)
    assert outcomes == (BODY, BODY)
    assert proxy.tunnels[0] == proxy.tunnels[1]
    assert proxy.tunnels[0].target == "localhost:1"
    assert [request.target for request in proxy.requests] == ["/a", "/a"]


def test_connection_through_a_tls_proxy_is_kept(authority, target, tls_handler) -> None:
    with serve(tls_handler) as proxy:
        options = {"proxies": proxies(proxy, "https"), "verify": str(authority.bundle)}
        with transport(**options) as ours, botocore_session(**options) as theirs:
            for sender in (theirs, ours, ours):
                assert send(sender, prepared(target)) == BODY
    assert proxy.requests[0] == proxy.requests[1]
    assert proxy.connections == 2


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.filterwarnings("ignore:Passing ssl_context")  # by botocore's sender
def test_https_is_forwarded_if_configured(authority, https, scheme) -> None:
    """`proxy_use_forwarding_for_https` applies to proxies of HTTPS only."""
    bundle = str(authority.bundle)
    settings = {"proxy_ca_bundle": bundle, "proxy_use_forwarding_for_https": True}
    with serve(tunnel(https) if scheme == "http" else https) as proxy:
        options = {"proxies": proxies(proxy, scheme), "proxies_config": settings}
        assert compare(TLS_TARGET, verify=bundle, **options) == (BODY, BODY)
    assert proxy.requests[0] == proxy.requests[1]
    assert proxy.requests[0].target == ("/a" if scheme == "http" else TLS_TARGET)


@pytest.mark.parametrize(
    ("scheme", "prefix"),
    [("http", ""), ("http", "//"), ("http", "HTTP://"), ("HTTP", "http://")],
)
def test_scheme_may_be_upper_case_or_omitted(monkeypatch, scheme, prefix) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # the config has precedence
    with serve(responding(OK)) as proxy:
        config = Config(proxies={"http": f"{prefix}{proxy.host}"})
        assert invoke(f"{scheme}://service.example", botocore=config) == b"ok"


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
    monkeypatch, waits, variable, exceptions, is_used
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
def test_password_reaches_the_proxy(authority, target, handler, user, password) -> None:
    """RFC 7617; botocore encodes no other characters than those of ASCII."""
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@"
    with serve(handler) as proxy:
        options: dict[str, Any] = {
            "proxies": proxies(proxy, user=login),
            "verify": str(authority.bundle),
        }
        with transport(**options) as sender:
            assert send(sender, prepared(target)) == BODY
        with botocore_session(**options) as sender:
            send(sender, prepared(target))
    sent = proxy.tunnels or proxy.requests
    scheme, _, value = sent[0].headers["proxy-authorization"].partition(" ")
    assert (scheme, b64decode(value).decode()) == ("Basic", f"{user}:{password}")
    if user and password and f"{user}{password}".isascii():
        assert sent[0] == sent[1]
    if target == TLS_TARGET:
        assert "proxy-authorization" not in proxy.requests[0].headers


@pytest.mark.parametrize("secret", ["pa#ss", "pa/ss", "pa?ss", "pa[ss", "pa ss"])
def test_password_that_is_not_encoded_is_explained(secret, waits) -> None:
    config = Config(proxies={"https": f"http://user:{secret}@127.0.0.1:9"})
    url = "https://service.example"
    error = error_of_call(url, botocore=config, retry_timeouts=True)
    assert isinstance(error, ConfigError | EndpointConnectionError)
    assert "nothing was sent" in str(error)
    assert secret not in str(error)
    assert "ss@" not in str(error)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required", "407 Proxy Authentication Req"),
        (b"HTTP/1.1 503 Service Unavailable", "503 Service Unavailable"),
        (b"garbage", "BadStatusLine: garbage"),
    ],
)
def test_failed_tunnel_is_retried(reply, shown, waits) -> None:
    with serve(tunnel(stalling, reply + b"\r\nContent-Length: 0\r\n\r\n")) as proxy:
        options = Config(proxies=proxies(proxy, user="user:SECRET@"))
        url = "https://service.example"
        error = error_of_call(url, connect_timeout=0.1, max_retries=2, botocore=options)
    assert type(error) is EndpointConnectionError
    assert "nothing was sent" in str(error)
    assert proxy.connections == error.attempts == 3
    assert shown in str(error)
    assert (f"the proxy {proxy.url}" in str(error)) is reply.startswith(b"HTTP")
    assert "SECRET" not in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("status", [407, 503])
def test_forward_proxy_response_is_a_service_error(status, waits) -> None:
    page = response(status, b"<html>proxy</html>", {"Content-Type": "text/html"})
    with serve(responding(page)) as proxy:
        config = Config(proxies=proxies(proxy))
        error = error_of_call("http://service.example", botocore=config)
    assert isinstance(error, ServiceError)
    assert error.status_code == status
    assert "is there a proxy" in str(error)


@pytest.mark.parametrize(
    ("url", "settings", "reason"),
    [
        ("ftp://127.0.0.1:9", {}, "scheme 'ftp' of the proxy is not supported"),
        ("http://", {}, "URL of the proxy .* is not valid"),
        ("://127.0.0.1:9", {}, "URL of the proxy .* is not valid"),
        ("socks4://127.0.0.1:9", {}, "pip install PySocks"),
        ("socks5://127.0.0.1:9", {}, "pip install PySocks"),
        ("socks5h://127.0.0.1:9", {}, "pip install PySocks"),
        ("https://127.0.0.1:9", {"proxy_ca_bundle": "/missing.pem"}, "/missing.pem"),
        ("https://127.0.0.1:9", {"proxy_client_cert": "/missing.pem"}, "/missing.pem"),
    ],
)
def test_invalid_option_of_a_proxy_is_explained(
    monkeypatch, url, settings, reason
) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    config = Config(proxies={"https": url}, proxies_config=settings)
    error = error_of_call("https://service.example", botocore=config)
    assert type(error) is ConfigError
    assert re.search(f"{reason}.*nothing was sent", str(error))


@pytest.mark.parametrize("host", ["localhost", "other.example"])
def test_untrusted_proxy_gets_no_request(authority, target, handler, host) -> None:
    """botocore verifies no proxy for requests without TLS."""
    with serve(secure(authority.server_context(host), handler)) as proxy:
        options = {"proxies": proxies(proxy, "https", "user:SECRET@")}
        if host != "localhost":
            options["verify"] = str(authority.bundle)
        with transport(**options) as sender:
            error, progress = failure(sender, prepared(target))
    assert (proxy.requests, proxy.tunnels) == ([], [])
    # urllib3 1 does not distinguish the certificate of a proxy.
    expected = "SSLError" if urllib3.__version__ < "2" else "ProxyConnectionError"
    assert type(error).__name__ == expected
    assert progress is Progress.NOT_WRITTEN
    assert "SECRET" not in str(error)


def test_ca_bundle_of_the_proxy_is_used(authority, target, tls_handler) -> None:
    bundle = str(authority.bundle)
    options: dict[str, Any] = {"proxies_config": {"proxy_ca_bundle": bundle}}
    if target == TLS_TARGET:
        options["verify"] = bundle  # of the target
    with serve(tls_handler) as proxy:
        outcomes = compare(target, proxies=proxies(proxy, "https"), **options)
    assert outcomes == (BODY, BODY)


@pytest.mark.parametrize("parts", [1, 2])
def test_client_certificate_is_presented_to_the_proxy(authority, https, parts) -> None:
    issued = authority.issue("client")
    pair = (str(issued.chain), str(issued.key))
    certificate = str(issued.combined) if parts == 1 else pair
    bundle = str(authority.bundle)
    settings = {"proxy_ca_bundle": bundle, "proxy_client_cert": certificate}
    context = authority.server_context("localhost", client_required=True)
    with serve(secure(context, tunnel(https))) as proxy:
        options = {"proxies": proxies(proxy, "https"), "proxies_config": settings}
        assert compare(TLS_TARGET, verify=bundle, **options) == (BODY, BODY)
