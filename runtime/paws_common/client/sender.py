"""Choose the sender of a client's requests: `Pipeline`, or botocore's own.

`Pipeline` needs functions of botocore that are public, but not documented. If a later
botocore lacks one of them, or it takes other arguments, botocore's own sender is used. It
is slower, and does not record whether a failed request was written, so fewer failures can
be retried.
"""

from __future__ import annotations

import inspect
import logging
import os
import socket
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import botocore
from botocore.utils import get_environ_proxies

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

    from paws_common.client.transport import Transport, TransportOptions

_logger = logging.getLogger("paws")


def register_sender(
    session: Session,
    client: BaseClient,
    verify: bool | str | None,
    shared: Transport | None = None,
) -> Transport | None:
    """Make `Pipeline` send the requests of a client, if botocore supports it.

    It is registered last with ``before-call``: a handler that returns a response, such
    as that of botocore's Stubber, has precedence. It uses the connections of `shared` if
    the options allow it. `verify` is the option ``ca_bundle`` of the service.

    Returns
    -------
    Transport or None
        The sender of the requests; None if it is botocore's own.
    """
    if not is_pipeline_supported():
        return None
    from paws_common.client.pipeline import Pipeline
    from paws_common.client.transport import Transport

    options = transport_options(session, client, verify)
    transport = Transport(options) if shared is None else shared.view(options)
    parsers = session.get_component("response_parser_factory")
    pipeline: Any = Pipeline(client, transport, parsers)
    client.meta.events.register_last("before-call", pipeline)

    # A client closes the connections of botocore's sender only, and has no event for it.
    vars(client)["close"] = partial(_close, client.close, transport.close)
    return transport


def _close(*functions: Callable[[], None]) -> None:
    for function in functions:
        function()


@cache
def is_pipeline_supported() -> bool:
    """Return whether the installed botocore has the functions that `Pipeline` calls."""
    try:
        from paws_common.client.pipeline import CALLED
        from paws_common.client.transport import CALLED as CALLED_BY_TRANSPORT

        for function, arguments in (*CALLED, *CALLED_BY_TRANSPORT):
            inspect.signature(function).bind(*range(arguments))
    except (AttributeError, ImportError, TypeError) as error:
        _logger.warning(
            "botocore %s sends the requests itself: %s; a newer paws-py may support it",
            botocore.__version__,
            error,
        )
        return False
    return True


def transport_options(
    session: Session, client: BaseClient, verify: bool | str | None
) -> TransportOptions:
    """Return the connection options of the client, the session and the environment.

    botocore's own sender uses the same ones.
    """
    from paws_common.client.transport import TransportOptions

    config: Any = client.meta.config
    socket_options: list[tuple[Any, ...]] = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ]
    keepalive = config.tcp_keepalive
    if keepalive is None:
        keepalive = session.get_config_variable("tcp_keepalive")
    if keepalive:
        socket_options.append((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1))
    if verify is None:
        # Some releases of botocore do not verify certificates if one of them is empty.
        bundle: str | None = session.get_config_variable("ca_bundle")
        verify = bundle or os.environ.get("REQUESTS_CA_BUNDLE") or True
    proxies = config.proxies
    if proxies is None:
        proxies = get_environ_proxies(client.meta.endpoint_url)
    return TransportOptions(
        connect_timeout=config.connect_timeout,
        read_timeout=config.read_timeout,
        max_connections=config.max_pool_connections,
        verify=verify,
        client_cert=config.client_cert,
        socket_options=tuple(socket_options),
        proxies=proxies,
        proxies_config=config.proxies_config or {},
    )
