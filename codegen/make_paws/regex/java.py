"""Translate the patterns of service models from Java's regular expressions to Python's.

The syntax of ``java.util.regex`` is similar to that of ``re``, but for example line
terminators, `.`, `$` and ``\\p{Print}`` have other meanings. `translate` keeps what is
equal in both languages, rewrites what differs, and raises if ``re`` has no equivalent: a
pattern that is not enforced does less harm than one that rejects valid values.

A pattern is split into tokens, tokens are translated to pieces (``a``, ``[a-z]+``,
``(…)``), and pieces are joined. The rules are those of Java's class ``Pattern``, and of
experiments with Java 17 if its documentation does not define a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


class UntranslatablePatternError(ValueError):
    """A pattern has no equivalent in ``re``, or is invalid in Java.

    Parameters
    ----------
    pattern : str
        The pattern of the model.
    reason : str
        The unsupported element: ``a Unicode category (\\p{L})``.
    """

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(pattern, reason)
        self.pattern = pattern
        self.reason = reason

    def __str__(self) -> str:
        return f"the pattern {self.pattern!r} cannot be translated: {self.reason}"


# The classes of characters that have no name in `re`, each as the first and last characters
# of its ranges. Two Unicode categories are included, because they no longer change.
_PROPERTIES = {
    "Alnum": "09AZaz",
    "Alpha": "AZaz",
    "ASCII": "\0\x7f",
    "Blank": "\t\t  ",
    "Cc": "\0\x1f\x7f\x9f",
    "Cntrl": "\0\x1f\x7f\x7f",
    "Digit": "09",
    "Graph": "!~",
    "Lower": "az",
    "Print": " ~",
    "Punct": "!/:@[`{~",
    "Space": "\t\r  ",
    "Upper": "AZ",
    "XDigit": "09AFaf",
    "Zs": "  \xa0\xa0\u1680\u1680\u2000\u200a\u202f\u202f\u205f\u205f\u3000\u3000",
}
_SPACES = {
    "h": "\t\t  \xa0\xa0\u1680\u1680\u180e\u180e\u2000\u200a\u202f\u202f\u205f\u205f"
    "\u3000\u3000",
    "v": "\n\r\x85\x85\u2028\u2029",
}
_CONTROLS = {"a": "\a", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

# Java's `.` matches no line terminator, and its `$` matches before the last one, but not
# between \r and \n. In Python, only \n is a line terminator.
_DOT = r"[^\n\r\x85\u2028\u2029]"
_DOLLAR = r"(?=(?:\r\n|(?<!\r)\n|[\r\x85\u2028\u2029])?\Z)"
_ASSERTIONS = {"^": "^", "$": _DOLLAR, r"\A": r"\A", r"\Z": _DOLLAR, r"\z": r"\Z"}

# The characters after a backslash that was doubled by mistake, as in a string in JSON or
# Java: `\\d{12}` matches a backslash and twelve letters.
_DOUBLED = re.compile(r"[DSWdsw](?![0-9A-Za-z])|[*+?]")

# Reasons: up to Java 18, \b uses the letters of all scripts, but \w does not. A
# back-reference to a group that matched the empty string can fail in Java. A repeated \R
# does not backtrack from \r\n to \r.
_UNSUPPORTED = {
    "[": "a nested or unterminated set",
    "(": "an unsupported type of group",
    "{": "a brace that is not a count",
    "\\": "a backslash at the end",
    r"\b": "a word boundary",
    r"\B": "a word boundary",
    r"\p": "a Unicode category",
    r"\P": "a Unicode category",
    r"\R": "any line break",
    **dict.fromkeys([rf"\{name}" for name in "123456789k"], "a back-reference"),
}

_ESCAPE = r"""\\(?:
    (?P<pair>u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})
  | (?P<hexadecimal>u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})
  | x\{(?P<braced>[0-9A-Fa-f]{1,6})\}
  | 0(?P<octal>[0-3][0-7]{2}|[0-7]{1,2})
  | c(?P<control>[\0-\x7f])
  | (?P<sign>[pP])(?:\{(?P<property>[^}]*)\}|.)
  | (?P<plain>.)
)"""
# A ] at the start of a set does not end it, nor does \c], which is one character.
_MEMBER = re.compile(rf"(?P<escape>{_ESCAPE})|(?P<raw>.)", re.VERBOSE | re.DOTALL)
_TOKEN = re.compile(
    rf"""
    (?P<assertion>[$^]|\\[AZz])
  | (?P<escape>{_ESCAPE})
  | (?P<set>\[(?P<negation>\^|(?!\^))
            (?P<members>(?:\]|\\c?.|[^]\\[])(?:\\c?.|[^]\\[])*)\])
  | (?P<flags>\(\?(?P<letters>[is]+)\))
  | (?P<open>\((?:\?(?:[:=!]|<[=!]|<[A-Za-z][A-Za-z0-9]*>|[is]+:)|(?!\?)))
  | (?P<close>\)|\Z)
  | (?P<bar>\|)
  | (?P<dot>\.)
  | (?P<repeat>(?P<count>[*+?]|\{{(?P<min_count>[0-9]{{1,9}})(?:,[0-9]{{0,9}})?\}})
               (?P<mode>[+?]?))
  | (?P<raw>[^\\[({{])
  | (?P<unknown>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Character:
    """One character (`code`) or a class, as `text` and as a `member` of a set."""

    text: str
    member: str
    code: int | None
    is_ascii: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the translation that a quantifier can follow.

    A ``"literal"`` is one ASCII character, a ``"class"`` is a set of ASCII characters, and
    a ``"character"`` is any other character or set.
    """

    text: str
    kind: Literal["literal", "class", "character", "group", "assertion", "repeat"]
    can_be_empty: bool = False


def translate(pattern: str, *, whole: bool) -> str:
    """Return the Python regular expression that is equivalent to a Java pattern.

    The result is for ``re.compile(…, re.ASCII).search(value)``, for any `value` that
    UTF-8 can encode, and has the same meaning in every Python from 3.11 on.

    Parameters
    ----------
    pattern : str
        A pattern of a service model: a regular expression of ``java.util.regex``.
    whole : bool
        Whether the complete value must match (Java's ``matches``, Amazon SageMaker) or
        any part of it (Java's ``find``, which is Smithy's rule).

    Returns
    -------
    str
        The regular expression, equal to `pattern` if both languages agree.

    Raises
    ------
    UntranslatablePatternError
        ``re`` has no equivalent, or the pattern is invalid in Java.
    """
    tokens = tuple(_TOKEN.finditer(pattern))
    try:
        alternatives = _alternatives(iter(tokens), frozenset(), closing="")
        result = _whole(alternatives) if whole else _joined(alternatives)
        re.compile(result, re.ASCII)
    except (re.error, RecursionError) as error:
        raise UntranslatablePatternError(pattern, f"Python's re: {error}") from error
    if not whole and _depends_on_preceding(tokens, alternatives):
        reason = "a search that depends on the preceding character"
        raise UntranslatablePatternError(pattern, reason)
    return result


def _depends_on_preceding(
    tokens: tuple[re.Match[str], ...], alternatives: list[list[_Piece]]
) -> bool:
    """Return whether Java can find a match between the halves of a surrogate pair.

    Java's searches also start there, where `^` does not match and half a character
    precedes. There, a dot matches the other half, and an empty expression matches.
    """
    texts = {token.group() for token in tokens}
    looks_back = "(?<=" in texts or "(?<!" in texts
    refuses_the_start = "(?!" in texts and ("^" in texts or r"\A" in texts)
    if not (looks_back or refuses_the_start):
        return False
    return any(
        ("." in texts or _can_be_empty(pieces))
        and not (pieces and pieces[0].text in ("^", r"\A"))
        for pieces in alternatives
    )


def _alternatives(
    tokens: Iterator[re.Match[str]], flags: frozenset[str], closing: str
) -> list[list[_Piece]]:
    """Read the alternatives of a group, and the parenthesis or the end after them."""
    alternatives: list[list[_Piece]] = [[]]
    while True:
        token, pieces = next(tokens), alternatives[-1]
        match token.lastgroup:
            case "close":
                if token.group() != closing:
                    raise _untranslatable(token, "an unbalanced parenthesis")
                return alternatives
            case "bar":
                alternatives.append([])
            case "flags":
                # In Java, flags apply up to the end of the group that contains them.
                rest = _alternatives(tokens, flags | {*token["letters"]}, closing)
                if pieces and len(rest) > 1:
                    raise _untranslatable(token, "flags for a part of an alternative")
                pieces.append(_group(token, f"(?{token['letters']}:", rest))
                return alternatives
            case "open":
                opening = token.group()
                inner = flags | {*opening} if opening.endswith(":") else flags
                inside = _alternatives(tokens, inner, closing=")")
                pieces.append(_group(token, opening, inside))
            case "repeat":
                if not pieces:
                    raise _untranslatable(token, "a repeat without an expression")
                pieces.append(_repeated(pieces.pop(), token))
            case "escape" if token["plain"] == "\\" and _DOUBLED.match(
                token.string, token.end()
            ):
                raise _untranslatable(token, "a backslash doubled by mistake")
            case _:
                # A mistake, such as JavaScript's /^…$/ with its delimiters.
                if token.group() == "^" and not _can_be_empty(pieces):
                    raise _untranslatable(token, "a pattern that no value can match")
                pieces.append(_piece(token, flags))


def _group(
    token: re.Match[str], opening: str, alternatives: list[list[_Piece]]
) -> _Piece:
    text = f"{opening}{_joined(alternatives)})"
    if opening in ("(?=", "(?!"):
        return _Piece(text, "assertion", True)
    if opening in ("(?<=", "(?<!"):
        # Java steps back by UTF-16 code units, so only ASCII has the same meaning.
        kinds = [piece.kind for pieces in alternatives for piece in pieces]
        is_plain = kinds == ["class"] or {*kinds} <= {"literal"}
        if len(alternatives) > 1 or not is_plain:
            raise _untranslatable(token, "a lookbehind at more than ASCII characters")
        return _Piece(text, "assertion", True)
    can_be_empty = any(_can_be_empty(pieces) for pieces in alternatives)
    return _Piece(re.sub(r"\A\(\?<", "(?P<", text), "group", can_be_empty)


def _repeated(piece: _Piece, token: re.Match[str]) -> _Piece:
    count, mode = token["count"], token["mode"]
    min_count = int(token["min_count"] or count == "+")
    if piece.kind in ("assertion", "repeat"):
        raise _untranslatable(token, "a repeat of a repeat or of an assertion")
    if piece.can_be_empty and min_count > 1:
        # Java does not repeat an empty match, not even to reach the count.
        raise _untranslatable(
            token, "a counted repeat of an expression that can be empty"
        )
    if mode == "+":
        # ECMAScript, which JSON Schema uses, has no possessive repeats, and those
        # of Python before 3.11.5 are wrong (python/cpython#106052). A repeat of a fixed
        # number of characters cannot backtrack, so the plain form means the same.
        if piece.kind == "group" or count != f"{{{token['min_count']}}}":
            raise _untranslatable(token, "a possessive repeat")
        mode = ""
    can_be_empty = min_count == 0 or piece.can_be_empty
    return _Piece(f"{piece.text}{count}{mode}", "repeat", can_be_empty)


def _piece(token: re.Match[str], flags: frozenset[str]) -> _Piece:
    text = token.group()
    match token.lastgroup:
        case "assertion":
            return _Piece(_ASSERTIONS[text], "assertion", True)
        case "dot":
            return _Piece("." if "s" in flags else _DOT, "character")
        case "set":
            return _set(token, flags)
        case "escape":
            character = _escaped(token, flags)
        case "raw":
            character = _raw(token)
        case _:
            raise _untranslatable(token, _UNSUPPORTED[text])
    if character.code is None:
        return _Piece(character.text, "class" if character.is_ascii else "character")
    if 0xD800 <= character.code <= 0xDFFF:
        raise _untranslatable(token, "an unpaired surrogate")
    return _Piece(character.text, "literal" if character.is_ascii else "character")


def _set(token: re.Match[str], flags: frozenset[str]) -> _Piece:
    members = [
        _escaped(member, flags) if member.lastgroup == "escape" else _raw(member)
        for member in _MEMBER.finditer(token.string, *token.span("members"))
    ]
    text, index, hyphen_is_clear = "", 0, True
    while index < len(members):
        first, *rest = members[index : index + 3]
        is_range = len(rest) == 2 and rest[0].member == "-" and first.code is not None
        if is_range:
            part = _range(token, first, rest[1])
        elif first.member == "-" and rest and not hyphen_is_clear:
            part = r"\-"
        else:
            part = first.member
        if part[0] in "&-|~" and text.endswith(part[0]):
            if part[0] == "&":
                raise _untranslatable(token, "an intersection of sets")
            part = f"\\{part}"  # re warns that two of them may get a meaning.
        text += part
        index += 3 if is_range else 1
        hyphen_is_clear = is_range
    is_ascii = not token["negation"] and all(member.is_ascii for member in members)
    text = f"[{token['negation']}{text}]"
    return _Piece(text, "class" if is_ascii else "character")


def _range(token: re.Match[str], first: _Character, last: _Character) -> str:
    if first.code is None or last.code is None or last.code < first.code:
        raise _untranslatable(token, "a range in the wrong order")
    return "-".join(r"\-" if end.member == "-" else end.member for end in (first, last))


def _raw(token: re.Match[str]) -> _Character:
    text = token.group()
    if "\ud800" <= text <= "\udfff":
        raise _untranslatable(token, "an unpaired surrogate")
    return _Character(text, r"\]" if text == "]" else text, ord(text), text.isascii())


def _escaped(escape: re.Match[str], flags: frozenset[str]) -> _Character:
    """Translate an escape sequence for a character or a class of characters."""
    text, plain, code = escape.group(), escape["plain"] or "", _code(escape)
    if code is not None:
        is_common = escape["hexadecimal"] or plain not in ("", "e")
        text = text if is_common else _source(code)
        return _Character(text, text, code, code < 0x80)
    if plain and plain in "dswDSW":
        return _Character(text, text, None, plain.islower())
    edges = _PROPERTIES.get(escape["property"]) or _SPACES.get(plain.lower())
    # In a set, Java's \v before a hyphen is the character U+000B.
    if edges is None or (plain == "v" and escape.re is _MEMBER):
        what = _UNSUPPORTED.get(text[:2], "an unsupported escape sequence")
        raise _untranslatable(escape, what)
    if "i" in flags:
        raise _untranslatable(escape, "a case-insensitive class of characters")
    if escape["sign"] == "P" or plain.isupper():
        others = _members(_complement(edges))
        return _Character(f"[^{_members(edges)}]", others, None, False)
    return _Character(f"[{_members(edges)}]", _members(edges), None, edges.isascii())


def _code(escape: re.Match[str]) -> int | None:
    """Return the code point of an escape sequence, None for a class of characters."""
    if pair := escape["pair"]:
        return ord(bytes.fromhex(pair[1:5] + pair[7:]).decode("utf-16-be"))
    if digits := escape["braced"] or (escape["hexadecimal"] or "")[1:]:
        return int(digits, 16)
    if escape["octal"]:
        return int(escape["octal"], 8)
    if escape["control"]:
        return ord(escape["control"]) ^ 0x40
    plain = _CONTROLS.get(escape["plain"], escape["plain"] or "a")
    return None if plain.isascii() and plain.isalnum() else ord(plain)


def _source(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _members(edges: str) -> str:
    """Write ranges as members of a set, with all but ASCII letters and digits escaped."""
    sources = [
        edge if edge.isascii() and edge.isalnum() else _source(ord(edge))
        for edge in edges
    ]
    return "".join(
        first if first == last else f"{first}-{last}"
        for first, last in zip(sources[::2], sources[1::2], strict=True)
    )


def _complement(edges: str) -> str:
    codes = [-1, *map(ord, edges), 0x110000]
    return "".join(
        chr(last + 1) + chr(first - 1)
        for last, first in zip(codes[::2], codes[1::2], strict=True)
        if last + 1 < first
    )


def _can_be_empty(pieces: list[_Piece]) -> bool:
    return all(piece.can_be_empty for piece in pieces)


def _joined(alternatives: list[list[_Piece]]) -> str:
    return "|".join("".join(piece.text for piece in pieces) for pieces in alternatives)


def _whole(alternatives: list[list[_Piece]]) -> str:
    """Anchor the alternatives at both ends, and omit the anchors that they have."""
    bare = [list(pieces) for pieces in alternatives]
    for pieces in bare:
        if pieces and pieces[0].text in ("^", r"\A"):
            del pieces[0]
        if pieces and pieces[-1].text in (_DOLLAR, r"\Z"):
            del pieces[-1]
    body = _joined(bare)
    return rf"\A{body}\Z" if len(bare) == 1 else rf"\A(?:{body})\Z"


def _untranslatable(token: re.Match[str], what: str) -> UntranslatablePatternError:
    text = token.group() or "the end"
    return UntranslatablePatternError(token.string, f"{what} ({text})")
