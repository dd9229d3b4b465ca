"""The idle connections of a pool; `integration` has the tests over sockets."""

from __future__ import annotations

import queue

from hypothesis import given
from hypothesis import strategies as st

from paws_common.client.connections import ConnectionStack


def outcome(
    connections: ConnectionStack | queue.LifoQueue[int], step: int | None
) -> object:
    """Add a connection, or remove one if `step` is None."""
    try:
        if step is None:
            return connections.get(block=False)
        return connections.put(step, block=False)
    except (queue.Empty, queue.Full) as error:
        return type(error)


@given(st.integers(1, 3), st.lists(st.none() | st.integers()))
def test_idle_connections_are_those_of_a_queue(maxsize, steps) -> None:
    ours, theirs = ConnectionStack(maxsize), queue.LifoQueue[int](maxsize)
    for step in steps:
        assert outcome(ours, step) == outcome(theirs, step)
        assert ours.qsize() == theirs.qsize()
