"""Recognize hosts on the loopback interface of this machine."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str | None) -> bool:
    """Return whether a host is ``localhost`` or an address of the loopback interface.

    Parameters
    ----------
    host : str or None
        The host of a URL, without brackets and port; None for a URL without a host.

    Notes
    -----
    Other names are not resolved, because DNS can change the address (DNS rebinding).
    """
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
