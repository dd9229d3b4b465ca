"""`paws_common.local.store`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paws_common.local.store import MAX_BYTES, MAX_ITEMS, BoundedStore

MB = 1024 * 1024


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 90)), max_size=40))
def test_most_recent_items_within_the_limit_are_stored(puts) -> None:
    """The stored items are the newest ones of all that were put."""
    store = BoundedStore[int, int](lambda megabytes: megabytes * MB)
    for key, megabytes in puts:
        store.put(key, megabytes)
    newest_first: dict[int, int] = {}
    for key, megabytes in reversed(puts):
        newest_first.setdefault(key, megabytes)
    stored = list(store.items().items())
    expected = list(newest_first.items())[: len(stored)]
    assert stored[::-1] == expected
    total = sum(megabytes for _, megabytes in stored)
    assert total * MB <= MAX_BYTES or len(stored) == 1
    assert len(stored) >= min(1, len(puts))


def test_item_over_the_count_drops_the_oldest() -> None:
    store = BoundedStore[int, bytes](len)
    for number in range(MAX_ITEMS + 3):
        store.put(number, b"")
    assert list(store.items()) == list(range(3, MAX_ITEMS + 3))
    assert (store.get(2), store.get(3)) == (None, b"")


def test_small_items_are_all_stored() -> None:
    store = BoundedStore[int, bytes](len)
    for number in range(64):
        store.put(number, bytes(MB))
    assert len(store.items()) == 64
    store.put(64, b"1")
    assert list(store.items()) == list(range(1, 65))
