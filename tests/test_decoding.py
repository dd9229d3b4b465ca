"""Text, lines and JSON values of parts that are cut anywhere."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from local_http import cut
from paws_common import ServiceError
from paws_common.results.decoding import UnreadableError, to_json, to_lines, to_text

PLACES = st.lists(st.integers(0, 1000), max_size=8)
TEXT = st.text(
    st.sampled_from('\r\n ,:[]{}"\\de1') | st.characters(codec="utf-8"), max_size=60
)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-7"]


def texts_of(text: str, places: Sequence[int]) -> list[str]:
    """Return a text in parts, none of them empty."""
    content = text.encode("utf-32-le", "surrogatepass")
    pieces = cut(content, [place * 4 % (len(content) + 4) for place in places])
    return [piece.decode("utf-32-le", "surrogatepass") for piece in pieces if piece]


def halves(text: str) -> list[list[str]]:
    """Return every way to cut a text in two."""
    return [[text[:place], text[place:]] for place in range(1, len(text))]


def drained(items: Iterable[Any]) -> tuple[list[Any], str | None]:
    """Return what an iterable gives, and what it says is unreadable."""
    found: list[Any] = []
    try:
        found.extend(items)
    except UnreadableError as error:
        fault = error
    else:
        return found, None
    # The error of a decoder has the body in it.
    assert (fault.__cause__, fault.__context__) == (None, None)
    return found, str(fault)


def decoder_of(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)()


# --- Text


@given(TEXT, PLACES, st.sampled_from(ENCODINGS))
def test_text_is_the_same_however_its_bytes_are_cut(
    text: str, places: list[int], encoding: str
) -> None:
    parts = cut(text.encode(encoding), places)
    given_back, fault = drained(to_text(parts, decoder_of(encoding)))
    assert "".join(given_back) == text
    assert "" not in given_back
    assert fault is None


# Characters of UTF-8, and what is left where such are cut.
PIECES = ["a", "é", "€", "😀"]
BROKEN = st.lists(
    st.sampled_from([piece.encode()[:size] for piece in PIECES for size in range(1, 5)])
).map(b"".join)


@given(BROKEN | st.binary(max_size=40), PLACES, st.sampled_from(["utf-8", "shift_jis"]))
@example(b"ab\xe2\x82", [3], "utf-8")
@example(b"ab\xe2\x82cd", [3, 4], "utf-8")
@example(b"ab\xffcd", [], "utf-8")
@example(b"\x93\xfab\xff", [1], "shift_jis")
@example(b"\x93\xfa\x93\xff", [1, 3], "shift_jis")
def test_bytes_that_are_no_text_are_told_after_the_text_before_them(
    content: bytes, places: list[int], encoding: str
) -> None:
    texts, fault = drained(to_text(cut(content, places), decoder_of(encoding)))
    try:
        expected, wrong = content.decode(encoding), None
    except UnicodeDecodeError as error:
        expected, wrong = content[: error.start].decode(encoding), error
    assert "".join(texts) == expected
    if wrong is None:
        assert fault is None
    else:
        assert fault is not None
        assert fault.startswith(f"byte {wrong.start} is no {encoding}: ")


def test_a_character_is_given_as_soon_as_it_is_whole() -> None:
    parts = iter([b"a\xe2", b"\x82", b"\xac"])
    assert next(to_text(parts, decoder_of("utf-8"))) == "a"
    assert list(parts) == [b"\x82", b"\xac"]


# --- Lines


@given(st.text("a\t\r\n", max_size=12) | TEXT, PLACES)
def test_lines_are_those_of_a_file_however_the_text_is_cut(
    text: str, places: list[int]
) -> None:
    expected = [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]
    for texts in (texts_of(text, places), *halves(text)):
        assert drained(to_lines(texts)) == (expected, None)


def test_what_does_not_end_a_line_in_a_file_ends_none() -> None:
    text = "a\x0bb\x0cc\x1cd\x85e\u2028f"
    assert list(to_lines([text])) == [text]


def test_a_line_that_ends_with_a_return_is_given_without_waiting_for_more() -> None:
    texts = iter(["a\r", "\nb"])
    lines = to_lines(texts)
    assert next(lines) == "a"
    assert list(texts) == ["\nb"]


def broken_after(*texts: str) -> Iterator[str]:
    yield from texts
    raise ServiceError("f", "Broken", "off")


def test_the_line_before_an_error_is_given_before_the_error_is_raised() -> None:
    lines = to_lines(broken_after("a\nb", "c"))
    assert [next(lines), next(lines)] == ["a", "bc"]
    with pytest.raises(ServiceError):
        next(lines)


# --- JSON

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.text('"\\{}[]\n\r', max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def following(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """Draw values, and a text of them one after the other."""
    values = draw(st.lists(VALUES, max_size=4))
    text = draw(st.sampled_from(["", "\n", " \r\n", "\ufeff"]))
    for value in values:
        text += written(draw, value)
        # Nothing else tells where a number ends.
        loose = isinstance(value, bool | int | float) or value is None
        blanks = ["\n", "\r\n", " ", "\n\n\t", "\n[DONE]\n"]
        text += draw(st.sampled_from(blanks if loose else ["", "[DONE]", *blanks]))
    return text, values


@st.composite
def server_sent(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """Draw values, and a text of them in server-sent events."""
    values = draw(st.lists(VALUES, max_size=4))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    others = [":", ": no {value", "event: token", "id", "id: 1", "retry: 10"]
    lines = [draw(st.sampled_from(others))]
    for value in values:
        lines += draw(st.lists(st.sampled_from(others), max_size=2))
        field = draw(st.sampled_from(["data:", "data: "]))
        lines += [field + line for line in written(draw, value).split("\n")]
        lines += draw(st.sampled_from([[], [""], ["", ""], ["data"]]))
    lines += draw(st.sampled_from([[], ["data: [DONE]"], ["data:[DONE]", ""]]))
    return end.join(lines), values


def written(draw: st.DrawFn, value: Any) -> str:
    indent, escaped = draw(st.sampled_from([None, 1])), draw(st.booleans())
    return json.dumps(value, indent=indent, ensure_ascii=escaped)


@given(following() | server_sent(), PLACES)
@example(('["\\\\\\"]"]', [['\\"]']]), [])
def test_values_are_the_same_however_their_text_is_cut(
    told: tuple[str, list[Any]], places: list[int]
) -> None:
    text, values = told
    for texts in (texts_of(text, places), list(text), *halves(text)):
        assert drained(to_json(texts)) == (values, None)


@given(TEXT | st.text('{}[]",:1 \n\\', max_size=20), PLACES)
def test_what_is_no_json_is_told_the_same_however_the_text_is_cut(
    text: str, places: list[int]
) -> None:
    pieces = texts_of(text, places)
    assert drained(to_json(pieces)) == drained(to_json([text] if text else []))


@pytest.mark.parametrize(
    ("text", "values", "place"),
    [
        ("hello", [], 0),
        ('{"a": 1}\n{"a": x}', [{"a": 1}], 15),
        ("[1]\n [2, x]\n", [[1]], 9),
        ('{"a": "unfinished', [], 6),
        ('[1]{"a": 1', [[1]], 10),
        ("1,2", [], 1),
        ("}", [], 0),
        ("\ufeff\n tru", [], 3),
        ("1 " + "9" * 5000, [1], 2),
        ("2 " + "[" * 200_000, [2], 2),
        ("error: no", [], 0),
        ('data: 1\n\ndata: {"a":\ndata: x}\n', [1], 27),
        ('data: 1\n\ndata: {"a":\n\ndata: 2}\n', [1], 21),
        ("data: 1\n\nother: 2\n", [1], 9),
        ("data: 1\r\n\r\n:\r\ndatum: 2", [1], 14),
    ],
)
def test_what_is_no_json_is_told_with_its_place_after_the_values_before_it(
    text: str, values: list[Any], place: int
) -> None:
    for texts in ([text], list(text)):
        found, fault = drained(to_json(texts))
        assert found == values
        assert fault is not None
        assert fault.startswith(f"character {place}: no ")


WHOLE = st.lists(st.sampled_from(["1", '"a\\n"', "{}", "[[], 2]"]), max_size=5)


def lines_of(values: Sequence[str], items: Sequence[str], end: str) -> str:
    """Return values and the beginning of a list, all on lines of their own."""
    return "".join(f"{line}{end}" for line in [*values, "[", *map("{},".format, items)])


def events_of(values: Sequence[str], items: Sequence[str], end: str) -> str:
    """Return the same as server-sent events."""
    whole = "".join(f"data: {value}{end}id{end}{end}" for value in values)
    begun = "".join(f"data:{line}{end}" for line in ["[", *map("{},".format, items)])
    return f"{whole}{begun}:{end}data: "


@given(
    st.sampled_from([lines_of, events_of]),
    st.text(" \n"),
    WHOLE,
    WHOLE,
    st.sampled_from(["\n", "\r\n", "\r"]),
    PLACES,
)
def test_a_place_is_counted_from_the_first_character_of_the_stream(
    form: Callable[[Sequence[str], Sequence[str], str], str],
    blank: str,
    values: list[str],
    items: list[str],
    end: str,
    places: list[int],
) -> None:
    before = blank + form(values, items, end)
    for texts in ([f"{before}x]"], texts_of(f"{before}x]", places)):
        found, fault = drained(to_json(texts))
        assert found == [json.loads(value) for value in values]
        assert fault is not None
        assert fault.startswith(f"character {len(before)}: no JSON: ")


@given(st.text(st.characters(categories=["Lu"]), min_size=4, max_size=4))
def test_what_is_no_json_is_never_shown(secret: str) -> None:
    for text in (secret, f'{{"{secret}": {secret}}}', f'["{secret}', f"data: {secret}"):
        _, fault = drained(to_json([text]))
        assert fault is not None
        assert secret not in fault


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1]}', {"a": [1]}),
        ('"a"', "a"),
        ("[1] ", [1]),
        ("12\n", 12),
        ('data: {"a": 1}\n', {"a": 1}),
    ],
)
def test_a_value_is_given_as_soon_as_it_is_whole(text: str, value: Any) -> None:
    values = to_json(broken_after(text))
    assert next(values) == value
    with pytest.raises(ServiceError):
        next(values)


@pytest.mark.parametrize(
    "text", ["12", "tru", '{"a', 'data: {"a": 1', "data: 1", "dat", "[1"]
)
def test_half_a_value_before_an_error_is_no_value_and_no_other_error(text: str) -> None:
    with pytest.raises(ServiceError):
        next(to_json(broken_after(text)))


@pytest.mark.parametrize("make", [to_lines, to_json])
def test_nothing_is_nothing(make: Callable[[list[str]], Iterator[Any]]) -> None:
    assert list(make([])) == []
