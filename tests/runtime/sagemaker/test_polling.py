"""When to ask again."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from paws_common.sagemaker.polling import MAX_DELAY_SECONDS, rounds
from support.moto_s3 import Time


@given(
    timeout=st.floats(0, 1e5),
    poll=st.floats(0.1, 1e4),
    work=st.lists(st.floats(0, 100), max_size=10),
)
@example(timeout=0.0, poll=1.0, work=[])
@example(timeout=900.0, poll=1.0, work=[])
@example(timeout=900.0, poll=60.0, work=[])
def test_delays_grow_to_a_limit_until_the_deadline(timeout, poll, work) -> None:
    time = Time()
    deadline = time.now + timeout
    numbers = []
    for number in rounds(timeout, poll, time.clock):
        numbers.append(number)
        if time.slept:  # no pause ends after the deadline, but for the last bits
            assert time.now <= deadline + 1e-6
        time.now += work.pop() if work else 0
    *pauses, _ = [*time.slept, 0.0]
    grown, cut = pauses[:-1], pauses[-1:]
    assert numbers == list(range(len(pauses) + 1))
    assert time.now >= deadline
    assert grown[:1] in ([], [poll])
    longest = max(poll, MAX_DELAY_SECONDS)
    assert all(b == longest or 1.19 * a < b < 1.81 * a for a, b in pairwise(grown))
    assert grown == sorted(grown)
    assert all(0 < pause <= longest for pause in [*grown, *cut])
    assert sum(pauses) <= timeout + 1e-6


def test_default_wait_has_about_forty_polls() -> None:
    time = Time()
    assert 30 < len(list(rounds(900, 1.0, time.clock))) < 60
