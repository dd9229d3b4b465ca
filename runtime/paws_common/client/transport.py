"""Send requests with urllib3, by its documented interface."""

from __future__ import annotations

import os
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from http import HTTPStatus
from http.client import HTTPException
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

import urllib3
from botocore import exceptions as botocore_errors
from botocore.awsrequest import AWSResponse
from botocore.httpsession import get_cert_path, mask_proxy_url
from urllib3 import exceptions as urllib3_errors
from urllib3.util import Retry, Timeout
from urllib3.util.ssl_ import create_urllib3_context, is_ipaddress

from paws_common.client.connections import (
    Attempt,
    Progress,
    StaleConnectionError,
    current_attempt,
    recording_pool,
)
from paws_common.errors import ConfigError
from paws_common.validation.files import ShrunkFileError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from urllib3.connectionpool import HTTPConnectionPool

# Undocumented functions of botocore and urllib3 that are called, with the number of
# arguments.
CALLED: tuple[tuple[Callable[..., Any], int], ...] = (
    (create_urllib3_context, 0),
    (get_cert_path, 1),
    (is_ipaddress, 1),
    (mask_proxy_url, 1),
)

_MAX_HOSTS = 64  # with open connections; each bucket of S3 is a host
_NO_RETRIES = Retry(False)
_SOCKS_SCHEMES = ("socks4:", "socks4a:", "socks5:", "socks5h:")


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """The options of connections and requests.

    Parameters
    ----------
    connect_timeout, read_timeout : float or None
        The seconds to wait for a connection, and for the next part of a response.
    max_connections : int
        The number of idle connections that stay open for each host.
    verify : bool or str
        Whether to verify the certificates of servers, or the path of a CA bundle.
    client_cert : str or tuple of str, optional
        Path of a client certificate, or the paths of a certificate and its key.
    socket_options : tuple of tuple
        Arguments for `socket.socket.setsockopt`.
    proxies : mapping
        URLs of proxies by the scheme of a request.
    proxies_config : mapping
        The argument of this name of `botocore.config.Config`.
    """

    connect_timeout: float | None
    read_timeout: float | None
    max_connections: int
    verify: bool | str
    client_cert: str | tuple[str, str] | None = None
    socket_options: tuple[tuple[Any, ...], ...] = ()
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxies_config: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def connections(self) -> TransportOptions:
        """Return the options that belong to a connection, and not to a request."""
        return replace(self, connect_timeout=None, read_timeout=None)


class Transport:
    """Sends requests, with the interface of `botocore.httpsession.URLLib3Session`.

    Parameters
    ----------
    options : TransportOptions
        The options.
    """

    def __init__(self, options: TransportOptions) -> None:
        self._options = options
        self._timeout = Timeout(
            connect=options.connect_timeout, read=options.read_timeout
        )
        self._managers: dict[str | None, urllib3.PoolManager] = {}
        self._proxy_contexts: dict[str, ssl.SSLContext] = {}
        self._pools: dict[tuple[str, str], HTTPConnectionPool] = {}

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Send a request and return its response.

        The body is read unless ``request.stream_output`` is set.

        Raises
        ------
        ConfigError
            A proxy or a certificate cannot be used; nothing was sent.
        botocore.exceptions.HTTPClientError
            No complete response was received; `progress_of` returns the progress.
        """
        url = str(request.url)
        proxy = _get_proxy(self._options.proxies, urlsplit(url).scheme)
        attempt = Attempt()
        token = current_attempt.set(attempt)
        try:
            raw = self._urlopen(request, url, proxy)
            attempt.progress = Progress.RESPONDING
            if raw.status == HTTPStatus.SWITCHING_PROTOCOLS:
                raw.close()
                raise HTTPException(f"HTTP {raw.status} is not a final response")
            response = AWSResponse(url, raw.status, raw.headers, raw)
            if not request.stream_output:
                _ = response.content
            return response
        except Exception as error:
            is_http = isinstance(
                error, urllib3_errors.HTTPError | HTTPException | ShrunkFileError
            )
            # Until the request is sent, other exceptions come from its body, which may be
            # a user's file. After that, http.client raises undocumented exceptions for
            # responses that are not HTTP.
            if is_http or attempt.progress >= Progress.SENT:
                raise _translate(error, attempt.progress, url, proxy) from error
            raise
        finally:
            current_attempt.reset(token)

    def view(self, options: TransportOptions) -> Transport:
        """Return a transport with other options.

        It shares the connections of this one if only the timeouts differ.
        """
        transport = Transport(options)
        if options.connections() == self._options.connections():
            transport._managers, transport._pools = self._managers, self._pools
        return transport

    def close(self) -> None:
        """Close all open connections; the next request opens a new one."""
        self._pools.clear()
        for manager in list(self._managers.values()):  # another thread may add one
            manager.clear()

    def _urlopen(self, request: AWSPreparedRequest, url: str, proxy: str | None) -> Any:
        scheme, netloc, path, query, _ = urlsplit(url)
        target = f"{path or '/'}?{query}" if query else path or "/"
        if proxy and self._is_forwarded(scheme, proxy):
            target = url
        headers = dict(request.headers.items())
        timeout = self._timeout
        read_timeout = (getattr(request, "context", None) or {}).get("read_timeout")
        if read_timeout is not None:
            timeout = Timeout(connect=self._options.connect_timeout, read=read_timeout)
        while True:
            pool = self._pools.get((scheme, netloc))
            if pool is None:
                pool = self._open_pool(scheme, netloc, proxy)
            try:
                return pool.urlopen(
                    request.method,
                    target,
                    body=cast(Any, request.body),
                    headers=headers,
                    retries=_NO_RETRIES,
                    redirect=False,
                    assert_same_host=False,
                    chunked=headers.get("Transfer-Encoding") in ("chunked", b"chunked"),
                    preload_content=False,
                    decode_content=False,
                    enforce_content_length=True,
                    timeout=timeout,
                )
            except StaleConnectionError:
                pass  # urllib3 has closed it, and uses or opens another one
            except urllib3_errors.ClosedPoolError:
                self._pools.pop((scheme, netloc), None)

    def _is_forwarded(self, scheme: str, proxy: str) -> bool:
        """Return whether the proxy receives the request itself, without a tunnel."""
        if proxy.startswith("socks"):
            return False
        forward_https = self._options.proxies_config.get(
            "proxy_use_forwarding_for_https", False
        )
        return scheme == "http" or (proxy.startswith("https:") and bool(forward_https))

    def _open_pool(
        self, scheme: str, netloc: str, proxy: str | None
    ) -> HTTPConnectionPool:
        manager = self._managers.get(proxy)
        if manager is None:
            manager = self._managers.setdefault(proxy, self._create_manager(proxy))
        if len(self._pools) >= _MAX_HOSTS:
            self._pools.clear()  # the manager has those that were used last
        arguments = {}
        if proxy and proxy.startswith("https:") and self._is_forwarded(scheme, proxy):
            # urllib3 before 2.8 connects to the proxy as if it were the endpoint.
            arguments["ssl_context"] = self._proxy_tls_context(proxy)
        elif scheme == "https":
            arguments["ssl_context"] = self._tls_context
        url = f"{scheme}://{netloc}"
        try:
            pool = manager.connection_from_url(url, pool_kwargs=arguments)
        except (urllib3_errors.LocationValueError, ValueError) as error:
            raise ConfigError(
                f"the endpoint {url} is not valid: {error}; nothing was sent"
            ) from error
        return self._pools.setdefault((scheme, netloc), pool)

    def _create_manager(self, proxy: str | None) -> urllib3.PoolManager:
        options = self._options
        arguments: dict[str, Any] = {
            "num_pools": _MAX_HOSTS,
            "maxsize": options.max_connections,
            "socket_options": list(options.socket_options),
        }
        if int(cast(Any, urllib3).__version__.partition(".")[0]) >= 2:
            # Faster than urllib3's 16 KiB for large files (botocore/httpsession.py).
            arguments["blocksize"] = 128 * 1024
        if proxy is None:
            manager = urllib3.PoolManager(**arguments)
        elif proxy.startswith("socks"):
            manager = _create_socks_manager(proxy, arguments)
        else:
            manager = self._create_proxy_manager(proxy, arguments)
        manager.pool_classes_by_scheme = {
            scheme: recording_pool(pool)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }
        return manager

    def _create_proxy_manager(
        self, proxy: str, arguments: dict[str, Any]
    ) -> urllib3.PoolManager:
        if proxy.startswith("https:"):
            arguments["proxy_ssl_context"] = self._proxy_tls_context(proxy)
            forward_https = self._options.proxies_config.get(
                "proxy_use_forwarding_for_https"
            )
            if forward_https is not None:
                arguments["use_forwarding_for_https"] = forward_https
        try:
            if not urlsplit(proxy).hostname:
                raise ValueError("the host is missing")
            return urllib3.ProxyManager(
                proxy, proxy_headers=_proxy_headers(proxy), **arguments
            )
        except (urllib3_errors.LocationValueError, ValueError):
            # Neither the URL nor the error is shown: both contain the password.
            raise ConfigError(
                "the URL of the proxy (Config(proxies=...), HTTPS_PROXY or HTTP_PROXY) "
                "is not valid: write http://user:password@host:port, with characters "
                "such as # / ? @ and spaces percent-encoded; nothing was sent"
            ) from None

    @cached_property
    def _tls_context(self) -> ssl.SSLContext:
        context = _create_tls_context(self._options.verify)
        if self._options.client_cert:
            _load_certificate(context, self._options.client_cert, "client_cert")
        return context

    def _proxy_tls_context(self, proxy: str) -> ssl.SSLContext:
        if proxy not in self._proxy_contexts:
            self._proxy_contexts[proxy] = self._create_proxy_tls_context(proxy)
        return self._proxy_contexts[proxy]

    def _create_proxy_tls_context(self, proxy: str) -> ssl.SSLContext:
        config = self._options.proxies_config
        context = _create_tls_context(
            config.get("proxy_ca_bundle") or self._options.verify
        )
        host = urlsplit(proxy).hostname or ""
        if context.verify_mode is ssl.CERT_REQUIRED and not is_ipaddress(host):
            context.check_hostname = True  # urllib3 1.26 does not verify it itself
        if certificate := config.get("proxy_client_cert"):
            _load_certificate(context, certificate, "proxies_config.proxy_client_cert")
        return context


def _get_proxy(proxies: Mapping[str, str], scheme: str) -> str | None:
    """Return the URL of the proxy for a scheme; ``http://`` is the default, as in botocore."""
    proxy = proxies.get(scheme)
    if not proxy:
        return None
    own, _, rest = proxy.partition(":")
    scheme = f"{own.lower()}:"  # RFC 3986, section 3.1: it is case-insensitive
    if scheme in ("http:", "https:", *_SOCKS_SCHEMES):
        return scheme + rest
    scheme, separator, _ = proxy.partition("://")
    if separator and scheme.isalnum():
        raise ConfigError(
            f"the scheme {scheme!r} of the proxy is not supported: use http, https or "
            "socks5; nothing was sent"
        )
    return f"http://{proxy.removeprefix('//')}"


def _proxy_headers(proxy: str) -> dict[str, str]:
    """Return the header with the user and the password of a proxy (RFC 7617)."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return {}
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(user.encode()).decode()}"}


def _create_socks_manager(
    proxy: str, arguments: Mapping[str, Any]
) -> urllib3.PoolManager:
    if find_spec("socks") is None:
        raise ConfigError(
            f"the proxy is a SOCKS proxy ({proxy.partition(':')[0]}), which is not "
            "supported without the package PySocks: python -m pip install PySocks; "
            "nothing was sent"
        )
    from urllib3.contrib.socks import SOCKSProxyManager

    return SOCKSProxyManager(proxy, **arguments)


def _create_tls_context(verify: bool | str) -> ssl.SSLContext:
    context = create_urllib3_context(
        cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    )
    if verify:
        path = get_cert_path(cast(Any, verify))
        try:
            context.load_verify_locations(cafile=path)
        except OSError as error:  # ssl.SSLError is one
            raise ConfigError(
                f"the CA bundle {path!r} cannot be read: {error}; nothing was sent"
            ) from error
    return context


def _load_certificate(context: ssl.SSLContext, certificate: Any, option: str) -> None:
    is_path = isinstance(certificate, str | os.PathLike)
    paths = tuple(map(str, (certificate,) if is_path else certificate))
    try:
        context.load_cert_chain(*paths)
    except OSError as error:
        raise ConfigError(
            f"{option}: the client certificate {' and '.join(map(repr, paths))} cannot "
            f"be read: {error}; nothing was sent"
        ) from error


def _translate(
    error: Exception, progress: Progress, url: str, proxy: str | None
) -> Exception:
    """Return the error that `URLLib3Session.send` raises, with the progress."""
    if isinstance(error, urllib3_errors.ProxyError) and progress >= Progress.WRITTEN:
        # urllib3 raises it for every broken connection behind a proxy.
        error = error.args[-1]
    translated: Exception
    match error:
        case urllib3_errors.SSLError():
            translated = botocore_errors.SSLError(endpoint_url=url, error=error)
        case urllib3_errors.NewConnectionError():
            translated = botocore_errors.EndpointConnectionError(
                endpoint_url=url, error=error
            )
        case urllib3_errors.ProxyError():
            translated = botocore_errors.ProxyConnectionError(
                proxy_url=mask_proxy_url(str(proxy)), error=error
            )
        case urllib3_errors.ConnectTimeoutError():
            translated = botocore_errors.ConnectTimeoutError(
                endpoint_url=url, error=error
            )
        case urllib3_errors.ReadTimeoutError() | TimeoutError():
            translated = botocore_errors.ReadTimeoutError(endpoint_url=url, error=error)
        case urllib3_errors.ProtocolError() | OSError() | HTTPException():
            translated = botocore_errors.ConnectionClosedError(
                endpoint_url=url, error=error
            )
        case _:
            translated = botocore_errors.HTTPClientError(error=error)
    vars(translated)["progress"] = progress
    return translated
