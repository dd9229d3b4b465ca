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
Subject = tuple[Kind, str, str]  # the kind, place and name of a difference


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


def changed(
    kind: Kind,
    place: str,
    name: str,
    aspect: str,
    old: str | None,
    new: str | None,
    action: str = "",
    note: str = "",
) -> Iterator[Difference]:
    """Yield the difference of two values, if they differ; it is breaking if it has an action."""
    if old != new:
        values = old or None, new or None, bool(action), action
        yield Difference(kind, place, name, aspect, *values, note=note)


def flagged(
    kind: Kind, place: str, name: str, trait: str, old: bool, new: bool
) -> Iterator[Difference]:
    """Yield the difference of a trait, if only one side has it; it is never breaking."""
    then, now = (trait if flag else None for flag in (old, new))
    return changed(kind, place, name, trait, then, now)


def removed(
    kind: Kind, place: str, name: str, old: str, action: str, uses: tuple[str, ...] = ()
) -> Difference:
    """Return the difference of something that was removed, which is breaking."""
    return Difference(kind, place, name, "", old, None, True, action, uses)
