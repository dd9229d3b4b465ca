"""The translation of Java's patterns to Python's."""

import gzip
import importlib.util
import json
import re
import string
import unicodedata
import warnings
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from make_paws.regex.java import UntranslatablePatternError, translate

SOME = r"\u0020-\uD7FF\uE000-\uFFFD"
# Results of Java: pattern, values, find(), matches(). Each row was run with
# java.util.regex of OpenJDK 17.0.15; none of it comes from `re`.
JAVA_SAYS = [
    # a search finds any part, a match takes the whole
    ("", [""], True, True),
    ("", ["a"], True, False),
    ("a|ab", ["ab"], True, True),
    ("^a|b$", ["ab"], True, False),
    ("[a-z]+", ["1a"], True, False),
    # a dot is not a line terminator, of which there are five
    (".", ["a"], True, True),
    (".", ["\n", "\r", "\x85", "\u2028", "\u2029"], False, False),
    (".", ["\x0b", "\U0001f600"], True, True),
    ("..", ["\U0001f600"], False, False),
    ("(?s).", ["\n"], True, True),
    ("(?s:.)", ["\n"], True, True),
    ("(?s:.).", ["\n\n"], False, False),
    # $ and \Z match before the last line terminator, \z does not
    ("^a$", ["a\n", "a\r", "a\r\n", "a\x85", "a\u2029"], True, False),
    ("^a$", ["a\n\n", "a\n\r"], False, False),
    (r"\r$", ["\r\n"], False, False),
    (r"^a$\n", ["a\n"], True, True),
    (r"a\Z", ["a\u2028"], True, False),
    (r"a\z", ["a\n"], False, False),
    (r"\Aa\z", ["a"], True, True),
    ("(a$)", ["a\n"], True, False),
    # the names are those of ASCII
    (r"\d", ["\u0663"], False, False),
    (r"\w", ["\xe9"], False, False),
    (r"\W", ["\xe9"], True, True),
    (r"\s", ["\xa0", "\x1c"], False, False),
    (r"\s", ["\x0b"], True, True),
    (r"\p{Alpha}", ["\xe9"], False, False),
    (r"\P{Alpha}", ["\xe9"], True, True),
    (r"[^\p{Alpha}]", ["a"], False, False),
    (r"[\P{Alpha}b]", ["b"], True, True),
    (r"[\P{Alpha}b]", ["a"], False, False),
    # escapes of one character
    (r"\e\a", ["\x1b\x07"], True, True),
    (r"\c[", ["\x1b"], True, True),
    (r"[\c]]", ["\x1d"], True, True),
    (r"\0101", ["A"], True, True),
    (r"\0400", [" 0"], True, True),
    (r"\x{1F600}", ["\U0001f600"], True, True),
    (r"\x41\u0042", ["AB"], True, True),
    (r"\_\-\é", ["_-é"], True, True),
    # surrogates: a pair is one character, and one alone is not a character
    (r"\uD83D\uDE00", ["\U0001f600"], True, True),
    (r"[\uD83D\uDE00-\uD83D\uDE02]", ["\U0001f601"], True, True),
    (rf"[{SOME}\uD800\uDC00-\uDBFF\uDFFF]", ["\U0001f600"], True, True),
    (rf"[{SOME}\uD800\uDBFF-\uDC00\uDFFF]", ["\U0001f600"], False, False),
    (r"[\uD800-\uDBFF][\uDC00-\uDFFF]", ["\U0001f600"], False, False),
    (r"[\u0020-\uFFFF]", ["\U0001f600"], False, False),
    # brackets, hyphens and their like within a set
    ("[]a]", ["]"], True, True),
    ("[^]a]", ["]"], False, False),
    ("[a^]", ["^"], True, True),
    ("[--]", ["-"], True, True),
    ("[+--]", [","], True, True),
    ("[--/]", ["."], True, True),
    ("[0-9-_]", ["-"], True, True),
    ("[0-9--]", ["-"], True, True),
    (r"[\d-a]", ["-"], True, True),
    (r"[\d-a]", ["b"], False, False),
    (r"[\w-]", ["-"], True, True),
    (r"[\p{Alpha}-~]", ["-"], True, True),
    ("[a||b]", ["|"], True, True),
    ("[a~~b]", ["~"], True, True),
    ("[a&b]", ["&"], True, True),
    # groups, flags, repeats
    ("(?<year>[0-9]{4})", ["2017"], True, True),
    ("(?i)k", ["K"], True, True),
    ("(?i)k", ["\u212a"], False, False),
    ("(?i)[^s]", ["\u017f"], True, True),
    ("a(?i)b", ["aB"], True, True),
    ("a(?i)b", ["AB"], False, False),
    ("c|(?i)a|b", ["B"], True, True),
    ("(?:(?i)a)b", ["aB"], False, False),
    (r"\d{2}+", ["12"], True, True),
    (r"[0-9]{2}+1", ["121"], True, True),
    (r"^a*(?<!a)$", ["aa"], False, False),
    ("b(?<=ab)", ["ab"], True, False),
    ("a{2}}", ["aa}"], True, True),
]

# Patterns that are not translated, and the reasons. Java 17 accepts all of these …
NO_EQUAL = [
    (r"\p{L}", r"a Unicode category (\p{L})"),
    (r"[\P{C}\n]", r"a Unicode category (\P{C})"),
    (r"\pL", r"a Unicode category (\pL)"),
    (r"\p{IsAlphabetic}", r"a Unicode category (\p{IsAlphabetic})"),
    (r"a\b", r"a word boundary (\b)"),  # "aé": Java 17 finds nothing, Java 19 does
    (r"\B.", r"a word boundary (\B)"),
    (r"(.)\1", r"a back-reference (\1)"),
    (r"(?<a>.)\k<a>", r"a back-reference (\k)"),
    (r"\R", r"any line break (\R)"),
    (r"^\\d{12}$", r"a backslash doubled by mistake (\\)"),
    (r"\\+[1-9]", r"a backslash doubled by mistake (\\)"),
    (r"\Qa\E", r"an unsupported escape sequence (\Q)"),
    ("[a[b]]", "a nested or unterminated set ([)"),
    ("[a&&b]", "an intersection of sets ([a&&b])"),
    (r"[\v-]", r"an unsupported escape sequence (\v)"),
    ("a++", "a possessive repeat (++)"),
    ("(?:a){2}+", "a possessive repeat ({2}+)"),
    ("(?>a)", "an unsupported type of group (()"),
    ("(?m)^a", "an unsupported type of group (()"),
    ("(?-i)a", "an unsupported type of group (()"),
    ("a(?i)b|c", "flags for a part of an alternative ((?i))"),
    (r"(?i)\p{Lower}", r"a case-insensitive class of characters (\p{Lower})"),
    (r"(?i:\p{Lower})", r"a case-insensitive class of characters (\p{Lower})"),
    ("(?:a?){2}", "a counted repeat of an expression that can be empty ({2})"),
    ("a{2}{3}", "a repeat of a repeat or of an assertion ({3})"),
    ("(?=a)*", "a repeat of a repeat or of an assertion (*)"),
    ("a${2,64}", "a repeat of a repeat or of an assertion ({2,64})"),
    ("{2}a", "a repeat without an expression ({2})"),
    ("/^[a-z]+$/", "a pattern that no value can match (^)"),
    (r"\uD83D", r"an unpaired surrogate (\uD83D)"),
    ("[\ud83d]", "an unpaired surrogate (\ud83d)"),
    ("(?<=a|bc)d", "a lookbehind at more than ASCII characters ((?<=)"),
    (r"(?<=.)d", "a lookbehind at more than ASCII characters ((?<=)"),
]

# … and rejects these, some of which `re` would take.
NOT_JAVA = [
    ("a{,3}", "a brace that is not a count ({)"),
    ("a{", "a brace that is not a count ({)"),
    ("*a", "a repeat without an expression (*)"),
    ("a|*", "a repeat without an expression (*)"),
    ("a**", "a repeat of a repeat or of an assertion (*)"),
    ("(a", "an unbalanced parenthesis (the end)"),
    ("a)", "an unbalanced parenthesis ())"),
    ("[]", "a nested or unterminated set ([)"),
    ("[^]", "a nested or unterminated set ([)"),
    ("[z-a]", "a range in the wrong order ([z-a])"),
    (r"[a-\d]", r"a range in the wrong order ([a-\d])"),
    (r"[\b]", r"a word boundary (\b)"),
    (r"\08", r"an unsupported escape sequence (\0)"),
    (r"\y", r"an unsupported escape sequence (\y)"),
    ("a\\", "a backslash at the end (\\)"),
    ("(?P<a>b)", "an unsupported type of group (()"),
    (r"(?i)*a", "a repeat without an expression (*)"),
]

# Texts in which the signs of regular expressions are common.
_SIGNS = [
    *"ab0-^$|.*+?()[]{},&~:=!<>\\é\n",
    "(?",
    "(?<",
    r"\p{",
    "[^",
    r"\u",
    "{2}",
    "&&",
]
LIKE_PATTERNS = st.lists(st.sampled_from(_SIGNS)).map("".join)


# The classes of Java's documentation that `re` has no name for, by their characters.
def _range(*bounds):
    return "".join(chr(n) for low, high in bounds for n in range(low, high))


CLASSES = {
    "p{Alnum}": string.ascii_letters + string.digits,
    "p{Alpha}": string.ascii_letters,
    "p{ASCII}": _range((0, 128)),
    "p{Blank}": " \t",
    "p{Cc}": _range((0, 0x20), (0x7F, 0xA0)),
    "p{Cntrl}": _range((0, 0x20), (0x7F, 0x80)),
    "p{Digit}": string.digits,
    "p{Graph}": string.ascii_letters + string.digits + string.punctuation,
    "p{Lower}": string.ascii_lowercase,
    "p{Print}": string.ascii_letters + string.digits + string.punctuation + " ",
    "p{Punct}": string.punctuation,
    "p{Space}": string.whitespace,
    "p{Upper}": string.ascii_uppercase,
    "p{XDigit}": string.hexdigits,
    "p{Zs}": [c for c in map(chr, range(0x10000)) if unicodedata.category(c) == "Zs"],
    "h": " \t\xa0\u1680\u180e\u202f\u205f\u3000" + _range((0x2000, 0x200B)),
    "v": "\n\x0b\f\r\x85\u2028\u2029",
}


def accepts(pattern, value, *, whole):
    """Match as the generated code does."""
    return re.search(translate(pattern, whole=whole), value, re.ASCII) is not None


def characters(pattern, text):
    """Return the characters of a text that a pattern of one character matches."""
    return set(re.findall(translate(pattern, whole=False), text, re.ASCII))


def strings_of(model):
    shapes = json.loads(gzip.decompress(model.read_bytes()))["shapes"]
    return [shape for shape in shapes.values() if "pattern" in shape]


def patterns_of(model):
    return {shape["pattern"] for shape in strings_of(model)}


def models(service="*"):
    botocore = importlib.util.find_spec("botocore")
    assert botocore is not None
    assert botocore.origin is not None
    data = Path(botocore.origin).parent / "data"
    return sorted(data.glob(f"{service}/*/service-2.json.gz"))


def is_translated(pattern, *, whole):
    """Translate and compile, with warnings as errors; False if that is not possible."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(translate(pattern, whole=whole), re.ASCII)
        except UntranslatablePatternError:
            return False
    return True


@pytest.mark.parametrize(("pattern", "values", "finds", "matches"), JAVA_SAYS)
def test_translation_accepts_what_java_accepts(pattern, values, finds, matches):
    assert [v for v in values if accepts(pattern, v, whole=False) is not finds] == []
    assert [v for v in values if accepts(pattern, v, whole=True) is not matches] == []


@pytest.mark.parametrize(("pattern", "reason"), NO_EQUAL + NOT_JAVA)
@pytest.mark.parametrize("whole", [False, True])
def test_untranslatable_pattern_raises_with_the_reason(pattern, reason, whole):
    with pytest.raises(UntranslatablePatternError) as caught:
        translate(pattern, whole=whole)
    assert (caught.value.pattern, caught.value.reason) == (pattern, reason)
    assert str(caught.value) == (
        f"the pattern {pattern!r} cannot be translated: {reason}"
    )


# With each of these Java finds something in the middle of "a😀", where it takes the
# character for two: (?!^). is true of its second half. Its matches() does not go there.
@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("(?!^).", "b", False),
        ("(?!^a|^.).", "b", False),
        ("(?<!a).", "b", True),
        ("(?<!a)", "", True),
        ("^b|(?<!a).", "b", True),
    ],
)
def test_java_match_within_a_character_raises(pattern, value, matches):
    with pytest.raises(UntranslatablePatternError, match="depends on the preceding"):
        translate(pattern, whole=False)
    assert accepts(pattern, value, whole=True) is matches


@pytest.mark.parametrize(
    ("pattern", "part", "whole"),
    [
        ("^[a-zA-Z0-9](-*[a-z])*$", None, r"\A[a-zA-Z0-9](-*[a-z])*\Z"),
        (r"\A[a-z]+\z", r"\A[a-z]+\Z", r"\A[a-z]+\Z"),
        ("a|b", "a|b", r"\A(?:a|b)\Z"),
        (r"\d{2}+", r"\d{2}", r"\A\d{2}\Z"),
        ("^(NEW)$|^[a-z]$", None, r"\A(?:(NEW)|[a-z])\Z"),
        (r"\S[\p{Print}]*", r"\S[\x20-\x7e]*", r"\A\S[\x20-\x7e]*\Z"),
        *(
            (each, each, rf"\A{each}\Z")
            for each in (r"(?!a:)[^\s<&|~]+(?=c)", r"[\u0009\u00FF-\uFFFD\x20-\x7E]*")
        ),
    ],
)
def test_translation_changes_no_more_than_it_must(pattern, part, whole):
    assert part is None or translate(pattern, whole=False) == part
    assert translate(pattern, whole=True) == whole


@given(pattern=st.text() | LIKE_PATTERNS, whole=st.booleans())
@example(pattern="[[a]", whole=False)
@example(pattern="\ud800", whole=False)
@example(pattern="a{99999999999999999999}", whole=False)
@example(pattern="(" * 10_000, whole=True)
@example(pattern="a{2,1}", whole=True)
@example(pattern="(?<a>b)(?<a>c)", whole=True)
@example(pattern=r"\x{110000}", whole=True)
def test_any_text_is_translated_silently_or_refused(pattern, whole):
    is_translated(pattern, whole=whole)


@given(value=st.text(), other=st.text())
def test_escaped_text_matches_only_itself(value, other):
    assume(not re.search(r"\\[DSWdsw](?![0-9A-Za-z])", value))  # a slip, and refused
    pattern = re.sub(r"([^A-Za-z0-9])", r"\\\1", value)
    assert accepts(pattern, value, whole=True)
    assert accepts(pattern, other, whole=True) is (value == other)
    assert accepts(pattern, other + value + other, whole=False)


@given(
    members=st.sets(st.characters(codec="utf-8"), min_size=1),
    other=st.characters(codec="utf-8"),
)
def test_set_of_escaped_members_has_these_alone(members, other):
    inside = re.sub(r"([^A-Za-z0-9])", r"\\\1", "".join(sorted(members)))
    assert all(accepts(f"[{inside}]", member, whole=True) for member in members)
    assert accepts(f"[{inside}]", other, whole=True) is (other in members)
    assert accepts(f"[^{inside}]", other, whole=True) is (other not in members)


@pytest.mark.parametrize("name", CLASSES)
def test_class_has_javas_characters(name):
    positive, negative = f"\\{name}", f"\\{name[0].upper()}{name[1:]}"
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000)]))
    inside, outside = set(CLASSES[name]), set(every) - set(CLASSES[name])
    assert characters(positive, every) == inside
    assert characters(f"[^{negative}]", every) == inside
    assert characters(negative, every) == outside
    assert characters(f"[{negative}]", every) == outside
    if name != "v":  # which Java reads in two ways within a set
        assert characters(f"[{positive}]", every) == inside
        assert characters(f"[^{positive}]", every) == outside


@pytest.mark.slow
def test_pattern_of_every_service_translates_or_raises():
    patterns = set[str]().union(*map(patterns_of, models()))
    assert len(patterns) > 1000
    for whole in (False, True):
        refused = [p for p in patterns if not is_translated(p, whole=whole)]
        # A generator that enforces few of the patterns would be green but of no use.
        assert len(refused) < len(patterns) / 20
