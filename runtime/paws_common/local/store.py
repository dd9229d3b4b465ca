"""A store of limited size, for the requests and objects of a local endpoint."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

MAX_ITEMS = 1000
MAX_BYTES = 64 * 1024 * 1024

Key = TypeVar("Key")
Item = TypeVar("Item")


class BoundedStore(Generic[Key, Item]):
    """The most recent items: at most `MAX_ITEMS`, and `MAX_BYTES` in total.

    The last item is always stored. Threads may share a store. `size` returns the number
    of bytes of an item.
    """

    def __init__(self, size: Callable[[Item], int]) -> None:
        self._size = size
        self._items: dict[Key, Item] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, key: Key, item: Item) -> None:
        """Store an item as the most recent one, and drop the oldest ones over the limit."""
        with self._lock:
            self._drop(key)
            self._items[key] = item
            self._bytes += self._size(item)
            while len(self._items) > 1 and (
                len(self._items) > MAX_ITEMS or self._bytes > MAX_BYTES
            ):
                self._drop(next(iter(self._items)))

    def get(self, key: Key) -> Item | None:
        """Return an item, or None if it is not stored."""
        with self._lock:
            return self._items.get(key)

    def items(self) -> dict[Key, Item]:
        """Return a copy of all items, the oldest first."""
        with self._lock:
            return self._items.copy()

    def _drop(self, key: Key) -> None:
        if key in self._items:
            self._bytes -= self._size(self._items.pop(key))
