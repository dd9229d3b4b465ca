"""Recognize hosts on the loopback interface of this machine."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str | None) -> bool:
    """Return whether a host is ``localhost`` or an address of the loopback interface.

    The host is that of a URL, without brackets and port, or None. Other names are not
    resolved, because DNS can change the address (DNS rebinding).
    """
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
