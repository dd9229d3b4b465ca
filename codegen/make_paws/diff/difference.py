"""What a difference between two surfaces of a service is, and what it asks of callers."""

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
    """One difference, as the callers of the generated functions meet it.

    Parameters
    ----------
    kind : str
        What differs: a ``service``, an ``operation``, a ``parameter`` of one or a member
        of its ``result``, the class of an ``error`` or an ``attribute`` of it, the class
        of a ``type``, a ``shape`` or a ``member`` of one.
    place : str
        The operation, the class or the shape, by AWS's name.
    name : str
        The parameter, the member or the attribute; empty where it is the place itself.
    aspect : str
        What of it: ``max``, ``requiredness``, ``documentation``; empty where it was
        added or removed as a whole.
    old, new : str, optional
        What was, and what is; None where there is nothing.
    breaking : bool
        Whether a call that was right can be wrong now, before anything is sent or
        because of what comes back.
    action : str
        What callers must do; empty where that is nothing.
    uses : tuple of str
        Where callers meet it: ``function(Parameter)``, ``function()["Member"]``.
    service : str
        botocore's name of the service.
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

    @property
    def change(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


def documentation(
    kind: Kind, place: str, name: str, old: str, new: str
) -> Iterator[Difference]:
    """Yield the difference of two texts, if there is one; it never breaks anything."""
    if old != new:
        yield Difference(
            kind, place, name, "documentation", old=old or None, new=new or None
        )
