"""What a process keeps in memory under a lock, and a forked one is not to have of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


class ForkGuard:
    """A lock around what a process keeps, and of which a forked child begins anew.

    A thread that held it in the parent is not in the child, and would never let go.

    Parameters
    ----------
    forget : callable
        What makes the child begin anew.

    Attributes
    ----------
    lock : threading.Lock
        That of this process.
    """

    def __init__(self, forget: Callable[[], object]) -> None:
        self.lock = threading.Lock()
        self._forget = forget
        if hasattr(os, "register_at_fork"):  # Windows has no fork
            os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        self.lock = threading.Lock()
        self._forget()
