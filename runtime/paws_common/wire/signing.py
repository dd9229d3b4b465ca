"""AWS Signature Version 4, as botocore makes it but in less time.

botocore copies the headers through an e-mail message, twice a request, and prepares all of
the request to have a look at its body; that is 8 % of a call. All else of the signature
stays botocore's; and so does everything that is not plain ``v4``, such as S3's own forms
and presigned URLs.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from botocore.auth import SIGNED_HEADERS_BLACKLIST, SigV4Auth

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest

# What proxies and HTTP clients change on the way; botocore's list of it has grown.
_UNSIGNED = frozenset(SIGNED_HEADERS_BLACKLIST)
_PORTS = {"http": 80, "https": 443}


class SigV4(SigV4Auth):
    """The signer of a request (``botocore/auth.py``)."""

    _kept: dict[str, str] | None = None

    def add_auth(self, request: AWSRequest) -> None:
        """Sign a request; what of its headers is signed is collected once."""
        self._kept = {}
        try:
            super().add_auth(request)
        finally:
            self._kept = None

    def headers_to_sign(self, request: AWSRequest) -> Any:
        """Return the canonical values of the headers, by their names and sorted by them."""
        if self._kept is None:
            return _canonical(request)
        self._kept = self._kept or _canonical(request)
        return self._kept

    def payload(self, request: AWSRequest) -> str:
        """Return the checksum of the body, or what stands for it."""
        prepared: Any = request
        if type(request.data) is bytes:
            prepared = _Prepared(request.url, request.context, request.data)
        return super().payload(prepared)

    def canonical_headers(self, headers_to_sign: Any) -> str:
        """Return what `headers_to_sign` gives as the lines of a canonical request."""
        return "\n".join(f"{name}:{value}" for name, value in headers_to_sign.items())

    def signed_headers(self, headers_to_sign: Iterable[str]) -> str:
        """Return the names in what `headers_to_sign` gives."""
        return ";".join(headers_to_sign)

    def signature(self, string_to_sign: str, request: AWSRequest) -> str:
        """Return the signature by a key for the day, the region and the service."""
        key = f"AWS4{self.credentials.secret_key}".encode()
        for part in (*self.credential_scope(request).split("/"), string_to_sign):
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()


class _Prepared(NamedTuple):
    """What a checksum is made of; an `AWSRequest` would prepare all of itself for it."""

    url: str | None
    context: Mapping[str, Any]
    body: bytes


def _canonical(request: AWSRequest) -> dict[str, str]:
    collected: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        text = value.decode() if isinstance(value, bytes) else value
        collected.setdefault(name.lower(), []).append(" ".join(text.split()))
    if "host" not in collected:
        collected["host"] = [_host(str(request.url))]
    names = sorted(collected.keys() - _UNSIGNED)
    return {name: ",".join(collected[name]) for name in names}


def _host(url: str) -> str:
    """Return the host as `http.client` sends it: without the scheme's own port."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
    port = parts.port
    return host if port in (None, _PORTS.get(parts.scheme)) else f"{host}:{port}"
