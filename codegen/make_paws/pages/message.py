"""An HTTP request as data, and as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

UNRESERVED = "-._~"  # RFC 3986, section 2.3: besides letters and digits


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; `query` are the pairs of what follows the path, decoded."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def text(self) -> str:
        """The request as it goes over the wire, of HTTP/1.1."""
        pairs = "&".join(
            f"{encoded(name)}={encoded(value)}" for name, value in self.query
        )
        joint = "&" if "?" in self.path else "?"
        target = f"{self.path}{joint}{pairs}" if pairs else self.path
        lines = [f"{self.method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\n".join([*lines, "", self.body]).rstrip("\n")


def method(operation: Mapping[str, Any]) -> str:
    """Return the method of an operation of a service model."""
    return str(operation.get("http", {}).get("method", "POST"))


def encoded(text: str) -> str:
    """Return a text as it may stand in a query or a form."""
    return quote(text, safe=UNRESERVED)
