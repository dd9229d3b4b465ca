"""faults.toml: the faults of R's pages, each with its reason."""

import pytest

from make_paws.errors import FactsError
from make_paws.parity import faults

ROW = """
[[fault]]
paws_commit = "c"
known_in = ["example"]
pattern = "x"
instead = ""
reason = "R wrote it so."
"""
WRONG = "a row lacks, or should not have: "


def test_a_row_may_say_where_it_applies(tmp_path):
    path = tmp_path / "faults.toml"
    path.write_text(ROW + 'what = "title"\n' + ROW)

    first, second = faults.load(path)

    assert (first.what, second.what) == ("title", "")
    assert (first.known_in, first.reason) == (("example",), "R wrote it so.")


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ("[", "Invalid"),
        ("fault = 1", "holds something else than rows [[fault]]"),
        ("[[other]]", "holds something else than rows [[fault]]"),
        (ROW + "more = 1", f"{WRONG}more"),
        (
            "[[fault]]",
            f"{WRONG}instead, known_in, pattern, paws_commit, reason",
        ),
        (ROW.replace('["example"]', '"example"'), "'example' cannot be the known_in"),
        (ROW.replace('["example"]', "[]"), "[] cannot be the known_in of a row"),
        (ROW.replace('"x"', '""'), "'' cannot be the pattern of a row"),
        (ROW.replace('"x"', '"("'), "'(': missing ), unterminated subpattern"),
        (
            ROW.replace('instead = ""', "instead = '\\1'"),
            "'x': invalid group reference",
        ),
    ],
)
def test_a_row_of_another_form_raises_and_says_what(tmp_path, rows, error):
    path = tmp_path / "faults.toml"
    path.write_text(rows)

    with pytest.raises(FactsError) as raised:
        faults.load(path)

    assert str(raised.value).startswith(f"{path}: {error}")
