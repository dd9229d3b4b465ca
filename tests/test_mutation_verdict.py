"""Mutation testing: which mutants are tested, and when their survival is a fault."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mutation.mutants import Mutant, changed, distinct, listed, verdict

SOURCE = """\
from __future__ import annotations

def half(number: int | None, *, odd: bool = False) -> int | None:
    found: int | None = number // 2
    return found
"""


@pytest.mark.parametrize(
    ("old", "new", "matters"),
    [
        ("number: int | None", "number: int + None", False),
        ("-> int | None", "-> int + None", False),
        ("found: int | None", "found: int + None", False),
        ("number // 2", "number //  2", False),
        ("*,", "", True),
        ("*,", "+,", False),
        ("number // 2", "number / 2", True),
        ("False", "True", True),
    ],
)
def test_a_mutant_is_tested_that_is_a_program_and_another_one(
    old: str, new: str, matters: bool
) -> None:
    assert SOURCE.count(old) == 1
    assert list(distinct([SOURCE], [SOURCE.replace(old, new)])) == [matters]


def test_of_two_mutants_that_are_the_same_program_one_is_tested() -> None:
    mutants = [SOURCE.replace("2", number) for number in ("3", "4", "3", "0x4")]
    assert list(distinct([SOURCE], mutants)) == [True, True, False, False]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "    return found",
            "    return not found",
            ("return found", "return not found"),
        ),
        ("\n    return found\n", "", ("return found", "")),
        ("2\n    return found", "2", ("return found", "")),
    ],
)
def test_a_mutant_is_known_by_the_lines_that_it_changes(
    old: str, new: str, expected: tuple[str, str]
) -> None:
    diff = difflib.unified_diff(
        SOURCE.splitlines(), SOURCE.replace(old, new).splitlines(), lineterm=""
    )
    shown = "\n".join(["--- mutation diff ---", *diff])
    assert changed("half.py", shown) == Mutant("half.py", *expected)


ODD = Mutant("half.py", 'print("é")', "")
EVEN = Mutant("half.py", "return found", "return not found")
ROW = """
[[survivor]]
module = "half.py"
line = "print(\\"é\\")"
mutant = ""
"""


def test_nothing_is_wrong_when_what_survives_is_what_is_listed() -> None:
    assert verdict(Counter([ODD, EVEN]), Counter([EVEN, ODD])) == []


@pytest.mark.parametrize("others", [[], [ODD], [ODD, EVEN]])
def test_a_survivor_is_wrong_for_which_there_is_no_row_of_its_own(
    others: list[Mutant],
) -> None:
    wrong = verdict(Counter([ODD, *others]), Counter(others))
    assert wrong == [f"# survives, and is not listed{ROW}"]


@pytest.mark.parametrize("others", [[], [ODD], [ODD, EVEN]])
def test_a_row_is_wrong_for_which_there_is_no_survivor_of_its_own(
    others: list[Mutant],
) -> None:
    wrong = verdict(Counter(others), Counter([ODD, *others]))
    assert wrong == [f"# is listed, and does not survive{ROW}"]


def row(mutant: Mutant, reason: str) -> dict[str, str]:
    return {**asdict(mutant), "reason": reason}


@given(st.lists(st.sampled_from([ODD, EVEN])))
def test_every_row_of_a_list_is_counted(mutants: list[Mutant]) -> None:
    rows = [row(mutant, "equivalent") for mutant in mutants]
    assert listed({"survivor": rows} if rows else {}) == Counter(mutants)


def test_a_row_says_its_reason() -> None:
    with pytest.raises(ValueError, match="no reason is given for 'return not found'"):
        listed({"survivor": [row(EVEN, "")]})
