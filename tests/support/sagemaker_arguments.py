"""Arguments of sagemaker-runtime: strategies for right ones, and tables of wrong ones.

Validity is defined by the model, and by a table of AWS's patterns as Python expressions;
neither the generator nor the runtime is imported.
"""

from __future__ import annotations

import operator
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from support import oracle


@dataclass(frozen=True)
class Meaning:
    """A pattern that matches a complete value.

    `right` are values that match, `filled` returns one with a length, of which `shortest`
    is the least; `wrong` are values that do not match, whatever their length.
    """

    right: st.SearchStrategy[str]
    filled: Callable[[int], str]
    wrong: tuple[str, ...]
    shortest: int = 0


def _letters(length: int) -> str:
    return "a" * length


# `from_regex` would draw one character at a time, which takes most of the time of a test.
_ALPHANUMERIC = string.ascii_letters + string.digits
_PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
# A header takes any character but controls; the dot of a pattern, but line separators.
_LINE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.just("\t")
)
_NAME = Meaning(
    st.text(_ALPHANUMERIC + "-", min_size=1).filter(lambda s: "-" not in (s[0], s[-1])),
    _letters,
    ("a_b", "-a", "a-", "é", "a b", "a\n"),
    1,
)
_ASCII = Meaning(st.text(_PRINTABLE | st.just("\t")), _letters, ("é", "日本", "\x80"))
# Java's \S is anything but ASCII whitespace; only the rest must be ASCII.
_PRINTED = Meaning(
    st.builds(
        operator.concat,
        st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=" "),
        st.text(_PRINTABLE),
    ),
    _letters,
    (" a", "\ta", "a\tb", "aé", "a\x80"),
    1,
)
PATTERNS: Mapping[str, Meaning] = {
    r"\p{ASCII}*": _ASCII,
    r"\A\S[\p{Print}]*\z": _PRINTED,
    "^[a-zA-Z0-9](-*[a-zA-Z0-9])*": _NAME,
    "^[a-zA-Z0-9](-*[a-zA-Z0-9])*$": _NAME,
    r"^[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?$": _NAME,
    "^(NEW_SESSION)$|^[a-zA-Z0-9](-*[a-zA-Z0-9])*$": Meaning(
        st.just("NEW_SESSION") | _NAME.right,
        _letters,
        ("NEW_SESSIONS_", "new_session", "a-", "-a"),
        1,
    ),
    ".*": Meaning(_LINE, _letters, ("\u2028", "a\x85", "a\u2029b")),
    "^(https|s3)://([^/]+)/?(.*)$": Meaning(
        st.builds(
            "{}://{}/{}".format,
            st.sampled_from(["https", "s3"]),
            st.text(string.ascii_lowercase + string.digits + ".-", min_size=1),
            _LINE,
        ),
        lambda length: "s3://" + _letters(length - 5),
        ("http://bucket/key", "s3:/bucket", "s3://", "s3:///key", " s3://b"),
        6,
    ),
    r"^(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9-_\.]*$": Meaning(
        st.text(_ALPHANUMERIC + "-_.", min_size=1).filter(
            lambda s: s[0] in _ALPHANUMERIC and s.count(".") < 2
        ),
        _letters,
        ("a.b.c", ".a", "_a", "a/b", "a b"),
        1,
    ),
    "^(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]+$": Meaning(
        st.text(_ALPHANUMERIC + "!_.*'()/-", min_size=1),
        _letters,
        ("s3:", "https://b", "a:b", "a b", "é"),
        1,
    ),
}


@cache  # a strategy is slow to create, and fast to draw from
def _valid(operation: str, name: str) -> st.SearchStrategy[Any]:
    """Return right values of a member: text, integers, bytes."""
    member = oracle.members(operation)[name]
    least, most = member.get("min", 0), member.get("max")
    match member["type"]:
        case "string":
            meaning = PATTERNS[member["pattern"]]
            return meaning.right.filter(lambda text: least <= len(text) <= most)
        case "integer":
            return st.integers(least, most)
        case "blob":
            return st.binary(max_size=200)
        case unknown:
            raise AssertionError(f"the tests know nothing of {unknown}")


@st.composite
def calls(draw: st.DrawFn, operation: str, members: Iterable[str]) -> dict[str, Any]:
    """Return right arguments of an operation: all required members, and any others."""
    required = oracle.required(operation)
    optional = [name for name in members if name not in required]
    names = {*required, *draw(st.lists(st.sampled_from(optional), unique=True))}
    if operation == "InvokeEndpointAsync" and "Body" in members:
        # "Body and InputLocation are mutually exclusive. Provide exactly one of them."
        other = {"InputLocation", "Body"}
        names = names - other | {draw(st.sampled_from(sorted(other)))}
    return {name: draw(_valid(operation, name)) for name in members if name in names}


def at_the_bounds(member: Mapping[str, Any]) -> list[Any]:
    """Return the values of a member with its least and its greatest size."""
    least, most = member.get("min", 0), member.get("max")
    match member["type"]:
        case "string":
            meaning = PATTERNS[member["pattern"]]
            return [meaning.filled(n) for n in (max(least, meaning.shortest), most)]
        case "integer":
            return [least, most]
        case _:
            return [bytes(least), bytes(most)]


def wrong(member: Mapping[str, Any]) -> list[Any]:
    """Return values just beyond each bound, and values that the pattern does not match."""
    least, most = member.get("min", 0), member.get("max")
    match member["type"]:
        case "string":
            meaning = PATTERNS[member["pattern"]]
            short = ["a" * (least - 1)] if least else []
            return [meaning.filled(most + 1), *short, *meaning.wrong]
        case "integer":
            return [least - 1, most + 1]
        case _:
            return [bytes(most + 1)]
