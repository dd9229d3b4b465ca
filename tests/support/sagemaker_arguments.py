"""Arguments of sagemaker-runtime: strategies for right ones, and tables of wrong ones.

Validity is defined by the model, and by a table of AWS's patterns as Python expressions;
neither the generator nor the runtime is imported.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from hypothesis import strategies as st

from support import oracle


class Meaning(NamedTuple):
    """Texts that match a pattern, and texts that do not, whatever their length.

    `prefix` and any number of letters match too, if they have the length `shortest`.
    """

    right: tuple[str, ...]
    wrong: tuple[str, ...]
    shortest: int = 1
    prefix: str = ""

    def filled(self, length: int) -> str:
        """Return a text with a length."""
        return self.prefix + "a" * (length - len(self.prefix))


_NAME = Meaning(
    ("a", "Z9", "a-b", "0--1", "aB-9-c"), ("a_b", "-a", "a-", "é", "a b", "a\n")
)
PATTERNS: Mapping[str, Meaning] = {
    r"\p{ASCII}*": Meaning(("", " a~", "a\tb"), ("é", "日本", "\x80"), 0),
    # Java's \S is anything but ASCII whitespace; only the rest must be ASCII.
    r"\A\S[\p{Print}]*\z": Meaning(
        ("a", "~ b", "é z", "\u2028a"), (" a", "\ta", "a\tb", "aé", "a\x80")
    ),
    "^[a-zA-Z0-9](-*[a-zA-Z0-9])*": _NAME,
    "^[a-zA-Z0-9](-*[a-zA-Z0-9])*$": _NAME,
    r"^[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?$": _NAME,
    "^(NEW_SESSION)$|^[a-zA-Z0-9](-*[a-zA-Z0-9])*$": Meaning(
        ("NEW_SESSION", *_NAME.right), ("NEW_SESSIONS_", "new_session", "a-", "-a")
    ),
    # The dot does not match line separators.
    ".*": Meaning(("", "a\tb", "é 😀"), ("\u2028", "a\x85", "a\u2029b"), 0),
    "^(https|s3)://([^/]+)/?(.*)$": Meaning(
        ("s3://b", "s3://b.c-d/e/f é", "https://b/", "https://b//\t"),
        ("http://bucket/key", "s3:/bucket", "s3://", "s3:///key", " s3://b"),
        *(6, "s3://"),
    ),
    r"^(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9-_\.]*$": Meaning(
        ("a", "a.b", "9-_", "A_.z"), ("a.b.c", ".a", "_a", "a/b", "a b")
    ),
    "^(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]+$": Meaning(
        ("a", "/", "!_.*'()-", "s3"), ("s3:", "https://b", "a:b", "a b", "é")
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
            right = [text for text in meaning.right if least <= len(text) <= most]
            lengths = st.integers(max(least, meaning.shortest), most)
            return st.sampled_from(right) | lengths.map(meaning.filled)
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
