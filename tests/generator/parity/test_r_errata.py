"""r_errata.toml: errors of R's help pages, each with its reason."""

import pytest

from make_paws.errors import FactsError
from make_paws.parity import r_errata

ROW = """
[[erratum]]
paws_commit = "c"
known_in = ["example"]
pattern = "x"
instead = ""
reason = "R wrote it so."
"""
WRONG = "missing or unknown keys of an erratum: "


@pytest.fixture
def path(tmp_path):
    return tmp_path / "r_errata.toml"


def test_erratum_may_be_limited_to_a_path(path):
    path.write_text(ROW + 'what = "title"\n' + ROW)
    first, second = r_errata.load(path)
    assert (first.what, second.what) == ("title", "")
    assert (first.known_in, first.reason) == (("example",), "R wrote it so.")


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ("[", "Invalid"),
        ("erratum = 1", "must contain only [[erratum]] tables"),
        ("[[other]]", "must contain only [[erratum]] tables"),
        (ROW + "more = 1", f"{WRONG}more"),
        ("[[erratum]]", f"{WRONG}instead, known_in, pattern, paws_commit, reason"),
        (ROW.replace('["example"]', '"x"'), "'x' is not valid as the known_in"),
        (ROW.replace('["example"]', "[]"), "[] is not valid as the known_in"),
        (ROW.replace('"x"', '""'), "'' is not valid as the pattern"),
        (ROW.replace('"x"', '"("'), "'(': missing ), unterminated subpattern"),
        (ROW.replace('""', "'\\1'"), "'x': invalid group reference"),
    ],
)
def test_malformed_erratum_raises_with_the_reason(path, rows, error):
    path.write_text(rows)
    with pytest.raises(FactsError) as raised:
        r_errata.load(path)
    assert str(raised.value).startswith(f"{path}: {error}")
