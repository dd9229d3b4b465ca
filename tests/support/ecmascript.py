"""Matches in ECMAScript, by an ECMAScript engine, and in Python."""

import re

import regress
from hypothesis import strategies as st

# Where the two languages part: ends of lines, spaces, letters that fold into ASCII's.
_ODD = "\n\r\t\x0b\x00\x1c\x7f\x85\xa0é\u017f\u0663\u2028\u212a\ufeff😀\U0010ffff"
_SIGNS = _ODD + "aAkKsSzZ059 -_.:/@#$^|\\[](){}*+?,"
_LONGEST = 64  # characters; a long text could be searched for very long


def finds(pattern: str, text: str) -> bool:
    """Return whether ECMAScript, with the flag ``u``, finds a match of a pattern."""
    return regress.Regex(pattern, "u").find(text) is not None


def python_finds(regex: str, text: str) -> bool:
    """Return whether the runtime's validation finds a match."""
    return re.search(regex, text, re.ASCII) is not None


@st.composite
def texts_near(draw: st.DrawFn, regex: str) -> str:
    """Return a text that a regular expression finds, or one that is nearly one."""
    some = st.text(_SIGNS, max_size=3)
    text = draw(st.from_regex(regex, fullmatch=True) | some)[:_LONGEST]
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    return text[:start] + draw(some) + text[draw(st.sampled_from([start, end])) :]
