"""Test the computations of the benchmarks; `tox -e benchmarks` runs them."""

from __future__ import annotations

from math import isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measuring import interleave, paired, spread
from run import BENCHMARKS
from tables import insert, table

README = Path(__file__).parents[2] / "benchmarks" / "README.md"

numbers = st.lists(st.floats(min_value=1e-6, max_value=1e3), min_size=1, max_size=50)
names = st.text("abcdefgh-", min_size=1, max_size=8)
texts = st.text("abc |\n", max_size=30)


@given(numbers)
def test_ratio_to_itself_is_1(seconds):
    assert paired(seconds, seconds) == spread([1.0] * len(seconds))


@given(numbers, st.floats(min_value=0.1, max_value=10))
def test_ratio_is_of_the_same_round(seconds, factor):
    slower = [each * factor for each in seconds]

    assert isclose(paired(slower, seconds).lower, factor)
    assert isclose(paired(slower, seconds).upper, factor)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_quarter_of_the_values_is_below_a_quartile(seconds):
    quartiles = spread(seconds)
    quarter = (len(seconds) + 3) // 4

    assert quartiles.lower <= quartiles.median <= quartiles.upper
    assert sum(each < quartiles.lower for each in seconds) <= quarter
    assert sum(each > quartiles.upper for each in seconds) <= quarter


@given(st.sets(names, min_size=1), st.integers(1, 5))
def test_candidates_take_turns_after_a_first_round(candidates, rounds):
    turns = []

    def candidate(name):
        return lambda: turns.append(name) or turns.count(name)

    measured = interleave({name: candidate(name) for name in candidates}, rounds)

    assert measured == {name: list(range(2, rounds + 2)) for name in candidates}
    for start in range(0, len(turns), len(candidates)):
        assert set(turns[start : start + len(candidates)]) == candidates


@given(texts, texts, texts, texts)
def test_insert_replaces_only_the_section(before, old, new, after):
    text = f"{before}<!-- call -->\n{old}<!-- /call -->\n{after}"

    once = insert(text, {"call": new})

    assert once == f"{before}<!-- call -->\n\n{new}\n\n<!-- /call -->\n{after}"
    assert insert(once, {"call": new}) == once


def test_insert_needs_the_markers():
    with pytest.raises(ValueError, match="has no section <!-- call -->"):
        insert("<!-- /call -->\n<!-- calls -->\n", {"call": "…"})


def test_table_aligns_numbers_right():
    assert table(("", "ms"), [("paws", "1.0")]).splitlines() == [
        "|  | ms |",
        "| --- | ---: |",
        "| paws | 1.0 |",
    ]


def test_readme_has_a_section_for_every_benchmark():
    text = README.read_text(encoding="utf-8")

    assert insert(text, dict.fromkeys(["machine", *BENCHMARKS], "…"))
