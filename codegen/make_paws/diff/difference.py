"""A difference between two versions of the API of a service, and its effect on callers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "service",
    "operation",
    "parameter",
    "result",
    "error",
    "attribute",
    "type",
    "shape",
    "member",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of the API of generated functions.

    Parameters
    ----------
    kind : str
        What differs: a ``service``, an ``operation``, its ``parameter`` or a member of
        its ``result``, the class of an ``error`` or its ``attribute``, the class of a
        ``type``, a ``shape`` or its ``member``.
    place : str
        AWS's name of the operation, class or shape.
    name : str
        The parameter, member or attribute; empty for a difference of `place` itself.
    aspect : str
        The aspect that changed, such as ``max``, ``requiredness`` or ``documentation``;
        empty if all of it was added or removed.
    old, new : str, optional
        The value before and after the change; None if there is no value.
    breaking : bool
        Whether a call that worked can fail now, because an argument is invalid or
        because the result is different.
    action : str
        What callers must do; empty if they need not do anything.
    uses : tuple of str
        Where callers use it: ``function(Parameter)``, ``function()["Member"]``.
    service : str
        botocore's name of the service.
    note : str
        An explanation of the change, such as ``wider``; usually empty.
    """

    kind: Kind
    place: str
    name: str = ""
    aspect: str = ""
    old: str | None = None
    new: str | None = None
    breaking: bool = False
    action: str = ""
    uses: tuple[str, ...] = ()
    service: str = ""
    note: str = ""

    @property
    def change(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


def documentation(
    kind: Kind, place: str, name: str, old: str, new: str
) -> Iterator[Difference]:
    """Yield the difference of two texts, if they differ; it is never breaking."""
    if old != new:
        yield Difference(
            kind, place, name, "documentation", old=old or None, new=new or None
        )
