"""Shortcuts through botocore's client, which do what it does in less time.

This is the one module that uses what is private to botocore. Where that is not as it was,
the client goes the long way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from urllib3 import PoolManager

from paws_common.wire.connections import OneSend, Response
from paws_common.wire.signing import SigV4

if TYPE_CHECKING:
    from botocore.client import BaseClient


def take_shortcuts(client: BaseClient) -> None:
    """Have a client remember its pool, use our connections, and sign by `SigV4`."""
    session: Any = getattr(getattr(client, "_endpoint", None), "http_session", None)
    manager: Any = getattr(session, "_manager", None)
    # That of a proxy is another.
    if type(manager) is PoolManager:
        manager.__class__ = _Manager
        if manager.pool_classes_by_scheme == _POOLS:
            manager.pool_classes_by_scheme = _FASTER_POOLS
    signer: Any = getattr(client, "_request_signer", None)
    if hasattr(signer, "get_auth_instance"):
        _sign_faster(signer)


class _Manager(PoolManager):
    """A manager of connections that knows the pool that it gave last.

    urllib3 finds the pool of every request by ten settings of it: 5 % of a call.
    """

    _last: tuple[str, Any] = ("", None)

    def connection_from_url(self, url: str, *args: Any, **kwargs: Any) -> Any:
        known, pool = self._last
        # The path begins behind the two slashes of the scheme and the host.
        end = url.find("/", url.find("//") + 2)
        origin = url[:end] if end > 0 else url
        if origin != known:
            pool = super().connection_from_url(url, *args, **kwargs)
            self._last = origin, pool
        return pool

    def clear(self) -> None:
        self._last = ("", None)
        super().clear()


def _faster(pool: Any, connection: Any) -> Any:
    """Return a class of pools whose connections are ours in the place of botocore's.

    Those who record what is sent, such as VCR.py, put connections of their own into
    botocore's pool. They may be there already, or come later.
    """
    ours = type("Connection", (OneSend, connection), {"response_class": Response})

    def choose(_: object) -> Any:
        chosen = pool.ConnectionCls
        return ours if chosen is connection else chosen

    return type("Pool", (pool,), {"ConnectionCls": property(choose)})


_POOLS = {"http": AWSHTTPConnectionPool, "https": AWSHTTPSConnectionPool}
_FASTER_POOLS = {
    "http": _faster(AWSHTTPConnectionPool, AWSHTTPConnection),
    "https": _faster(AWSHTTPSConnectionPool, AWSHTTPSConnection),
}


def _sign_faster(signer: Any) -> None:
    get_auth_instance = signer.get_auth_instance

    def get_faster(*args: Any, **kwargs: Any) -> Any:
        auth = get_auth_instance(*args, **kwargs)
        # Neither one of its many subclasses nor the signer of the CRT.
        if type(auth) is SigV4Auth:
            auth.__class__ = SigV4
        return auth

    signer.get_auth_instance = get_faster
