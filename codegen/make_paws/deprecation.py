"""Describe the ``deprecated`` trait of an operation, member or shape in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def notice(described: Mapping[str, Any]) -> str:
    """Return the notice: ``Deprecated since 2025-12-01: use ApplicationType``.

    Parameters
    ----------
    described : mapping
        An operation, a reference or a shape of a model.

    Returns
    -------
    str
        One line of plain text; "" if `described` is not deprecated.
    """
    if not described.get("deprecated"):
        return ""
    since, message = (
        " ".join(described.get(key, "").split())
        for key in ("deprecatedSince", "deprecatedMessage")
    )
    start = f"Deprecated since {since}" if since else "Deprecated"
    return f"{start}: {message}" if message else f"{start}."
