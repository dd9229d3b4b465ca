"""What the benchmarks compute; what they measure is tried by ``tox -e benchmarks``."""

from __future__ import annotations

from math import isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measuring import interleave, paired, spread
from run import BENCHMARKS
from sampling import IMPORT, Place, Sample
from stages import OTHER, STAGES, by_stages
from tables import replaced, table

README = Path(__file__).parents[1] / "benchmarks" / "README.md"

figures = st.floats(min_value=1e-6, max_value=1e3)
many = st.lists(figures, min_size=1, max_size=50)
names = st.text("abcdefgh-", min_size=1, max_size=8)
texts = st.text("abc |\n", max_size=30)
places = st.builds(
    Place,
    st.sampled_from([*(f"/lib/{stage.path}" for stage in STAGES), "/lib/json.py"]),
    st.sampled_from(["send", "load_file", "begin", "<module>", "anything"]),
) | st.builds(
    Place, st.just(IMPORT), st.sampled_from(["json.decoder", "botocore.auth"])
)
samples = st.lists(
    st.builds(Sample, figures, st.lists(places, max_size=6)), max_size=20
)


@given(many)
def test_whoever_is_compared_with_itself_has_the_ratio_1(seconds):
    assert paired(seconds, seconds) == spread([1.0] * len(seconds))


@given(many, st.floats(min_value=0.1, max_value=10))
def test_a_machine_that_slows_down_between_rounds_leaves_the_ratio_as_it_is(
    seconds, factor
):
    slower = [each * factor for each in seconds]

    assert isclose(paired(slower, seconds).lower, factor)
    assert isclose(paired(slower, seconds).upper, factor)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_no_more_than_a_quarter_of_the_figures_lies_beyond_either_quartile(seconds):
    found = spread(seconds)
    quarter = (len(seconds) + 3) // 4

    assert found.lower <= found.median <= found.upper
    assert sum(each < found.lower for each in seconds) <= quarter
    assert sum(each > found.upper for each in seconds) <= quarter


@given(st.sets(names, min_size=1), st.integers(1, 5))
def test_everybody_takes_a_turn_in_every_round_and_the_first_round_does_not_count(
    candidates, rounds
):
    turns = []

    def candidate(name):
        return lambda: turns.append(name) or turns.count(name)

    measured = interleave({name: candidate(name) for name in candidates}, rounds)

    assert measured == {name: list(range(2, rounds + 2)) for name in candidates}
    for start in range(0, len(turns), len(candidates)):
        assert set(turns[start : start + len(candidates)]) == candidates


@given(samples)
def test_no_time_is_lost_and_none_counted_twice(taken):
    assert isclose(
        sum(by_stages(taken).values()),
        sum(sample.seconds for sample in taken),
        abs_tol=1e-9,
    )


@pytest.mark.parametrize(
    ("stack", "stage"),
    [
        (["/lib/hmac.py new", "/lib/botocore/auth.py _sign"], "signing"),
        (["/lib/botocore/hooks.py emit", "/lib/botocore/client.py call"], "events"),
        (
            ["/lib/urllib3/util/url.py <module>", "import urllib3.util"],
            "import urllib3",
        ),
        (["import json.decoder", "import botocore.loaders"], "import botocore"),
        (
            ["/lib/http/client.py send", "/lib/urllib3/connection.py request"],
            "writing the request",
        ),
        (["/home/somebody/script.py main"], OTHER),
    ],
)
def test_a_sample_belongs_to_the_innermost_stage_that_is_known(stack, stage):
    sample = Sample(1.0, [Place(*place.split()) for place in stack])

    assert by_stages([sample]) == {stage: 1.0}


@given(texts, texts, texts, texts)
def test_what_stands_around_a_table_survives_and_what_was_in_it_does_not(
    before, old, new, after
):
    text = f"{before}<!-- call -->\n{old}<!-- /call -->\n{after}"

    once = replaced(text, {"call": new})

    assert once == f"{before}<!-- call -->\n\n{new}\n\n<!-- /call -->\n{after}"
    assert replaced(once, {"call": new}) == once


def test_a_text_without_a_place_for_a_table_is_refused():
    with pytest.raises(ValueError, match="no place for a section: <!-- call -->"):
        replaced("<!-- /call -->\n<!-- calls -->\n", {"call": "…"})


def test_a_table_has_figures_to_the_right_of_its_texts():
    assert table(("", "ms"), [("paws", "1.0")]).splitlines() == [
        "|  | ms |",
        "| --- | ---: |",
        "| paws | 1.0 |",
    ]


def test_the_readme_has_a_place_for_every_benchmark():
    text = README.read_text(encoding="utf-8")

    assert replaced(text, dict.fromkeys(["machine", *BENCHMARKS], "…"))
