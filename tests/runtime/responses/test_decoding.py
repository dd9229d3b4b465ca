"""`paws_common.responses.decoding`: texts that are cut anywhere, complete or not."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common import ServerSentEvent, ServiceError
from paws_common.responses.decoding import (
    StreamDecodeError,
    decode_json,
    decode_sse,
    decode_text,
    skip_byte_order_mark,
    split_lines,
)
from support.http_client import cut, cut_text

OFFSETS = st.lists(st.integers(0, 1000), max_size=8)
TEXT = st.text(
    st.sampled_from('\r\n ,:[]{}"\\de1') | st.characters(codec="utf-8"), max_size=60
)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-7"]
LINE_ENDS = ["\n", "\r\n", "\r"]


def halves(text: str) -> list[list[str]]:
    """Return every way to cut a text into two parts."""
    return [[text[:offset], text[offset:]] for offset in range(1, len(text))]


def drain(items: Iterable[Any]) -> tuple[list[Any], str | None]:
    """Return the items of an iterable, and the message of the error at its end."""
    found: list[Any] = []
    try:
        found.extend(items)
    except StreamDecodeError as error:
        caught = error
    else:
        return found, None
    # The error of a decoder contains the text, which may be private.
    assert (caught.__cause__, caught.__context__) == (None, None)
    return found, str(caught)


def decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)()


def broken_after(*texts: str) -> Iterator[str]:
    yield from texts
    raise ServiceError("f", "Broken", "off")


# --- Text


@given(TEXT, OFFSETS, st.sampled_from(ENCODINGS))
def test_text_cut_anywhere_is_unchanged(text, offsets, encoding) -> None:
    parts = cut(text.encode(encoding), offsets)
    texts, error = drain(decode_text(parts, decoder(encoding)))
    assert "".join(texts) == text
    assert "" not in texts
    assert error is None


# Characters of UTF-8, and their beginnings.
CHARACTERS = ["a", "é", "€", "😀"]
TRUNCATED = st.lists(
    st.sampled_from(
        [character.encode()[:size] for character in CHARACTERS for size in range(1, 5)]
    )
).map(b"".join)


@given(
    TRUNCATED | st.binary(max_size=40), OFFSETS, st.sampled_from(["utf-8", "shift_jis"])
)
@example(b"ab\xe2\x82", [3], "utf-8")
@example(b"ab\xe2\x82cd", [3, 4], "utf-8")
@example(b"ab\xffcd", [], "utf-8")
@example(b"\x93\xfab\xff", [1], "shift_jis")
@example(b"\x93\xfa\x93\xff", [1, 3], "shift_jis")
def test_invalid_bytes_raise_after_text_before_them(content, offsets, encoding) -> None:
    texts, message = drain(decode_text(cut(content, offsets), decoder(encoding)))
    try:
        expected, error = content.decode(encoding), None
    except UnicodeDecodeError as caught:
        expected, error = content[: caught.start].decode(encoding), caught
    assert "".join(texts) == expected
    if error is None:
        assert message is None
    else:
        assert message is not None
        assert message.startswith(f"byte {error.start} is not {encoding}: ")


def test_character_is_yielded_when_complete() -> None:
    parts = iter([b"a\xe2", b"\x82", b"\xac"])
    assert next(decode_text(parts, decoder("utf-8"))) == "a"
    assert list(parts) == [b"\x82", b"\xac"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeffa", "a"),
        ("\ufeff", ""),
        ("\ufeff\ufeffa", "\ufeffa"),
        ("a\ufeff", "a\ufeff"),
        ("", ""),
    ],
)
def test_only_leading_byte_order_mark_is_skipped(text, expected) -> None:
    for texts in ([text] if text else [], list(text)):
        skipped = list(skip_byte_order_mark(texts))
        assert "".join(skipped) == expected
        assert "" not in skipped


# --- Lines


@given(st.text("a\t\r\n", max_size=12) | TEXT, OFFSETS)
@example("a\x0bb\x0cc\x1cd\x85e\u2028f", [])
def test_lines_cut_anywhere_are_those_of_a_file(text, offsets) -> None:
    expected = [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]
    for texts in (cut_text(text, offsets), *halves(text)):
        assert drain(split_lines(texts)) == (expected, None)


def test_line_before_carriage_return_is_not_delayed() -> None:
    texts = iter(["a\r", "\nb"])
    lines = split_lines(texts)
    assert next(lines) == "a"
    assert list(texts) == ["\nb"]


def test_incomplete_line_precedes_the_error() -> None:
    lines = split_lines(broken_after("a\nb", "c"))
    assert [next(lines), next(lines)] == ["a", "bc"]
    with pytest.raises(ServiceError):
        next(lines)


# --- Server-sent events

ONE = ServerSentEvent(data="1")
TOKEN = ServerSentEvent("token")
RETRY = ServerSentEvent(id="7", retry=10)


# conformance/test_server_sent_events.py compares any fields with httpx-sse.
@pytest.mark.parametrize(
    ("text", "events"),
    [
        # WHATWG HTML, section 9.2.6, "Interpreting an event stream"
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [ServerSentEvent(data="YHOO\n+2\n10")]),
        ("data\n\ndata\ndata\n\n", [ServerSentEvent(), ServerSentEvent(data="\n")]),
        (
            ": a\n\ndata: b\nid: 1\n\ndata: c\nid\n\ndata:  d\n\n",
            [
                ServerSentEvent(data="b", id="1"),
                ServerSentEvent(data="c"),
                ServerSentEvent(data=" d"),
            ],
        ),
        # An event without data needs a type or a retry time.
        ("event: token\n\nid: 7\n\nretry: 10\n\n", [TOKEN, RETRY]),
        ("retry: \u0663\nretry: -1\nretry: 1x\nretry\n\n", []),
        ("x: 2\nData: 2\n data: 2\n\ufeffdata: 2\ndata : 2\n\n", []),
        ("data: é\u2028\r\n\ndata:1\r\r", [ServerSentEvent(data="é\u2028"), ONE]),
        # The last event with data needs no blank line.
        ("data: 1", [ONE]),
        ("event: token\r\n\r\ndata: 1\r\n", [TOKEN, ONE]),
        ("data: 1\n\nevent: token\ndata", [ONE]),
        ("data: 1\n\nretry: 10\n", [ONE]),
    ],
)
def test_events_follow_the_standard(text, events) -> None:
    assert list(decode_sse([text])) == events
    assert list(decode_sse([*text])) == events


@given(TEXT, TEXT, OFFSETS)
def test_any_text_is_decoded_alike_however_cut(text, data, offsets) -> None:
    text = f"{text}\ndata:{data}"
    assert list(decode_sse(cut_text(text, offsets))) == list(decode_sse([text]))


def test_event_is_yielded_at_its_blank_line() -> None:
    events = decode_sse(broken_after("data: 1\n\nda", "ta: 2\n"))
    assert next(events) == ServerSentEvent(data="1")
    with pytest.raises(ServiceError):
        next(events)


def test_retry_of_too_many_digits_is_ignored() -> None:
    (event,) = decode_sse([f"data: 1\nretry: {'9' * 5000}\n\n"])
    assert event == ServerSentEvent(data="1")


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
def json_texts(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """Draw a text of JSON values that follow one another, and the values."""
    values = draw(st.lists(VALUES, max_size=4))
    text = draw(st.sampled_from(["", "\n", " \r\n"]))
    for value in values:
        text += draw(dumped(value))
        # Only white space ends a number.
        is_scalar = isinstance(value, bool | int | float) or value is None
        blanks = ["\n", "\r\n", " ", "\n\n\t", "\n[DONE]\n"]
        text += draw(st.sampled_from(blanks if is_scalar else ["", "[DONE]", *blanks]))
    return text, values


@st.composite
def sse_texts(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """Draw a text of server-sent events, and the JSON values of their data."""
    values = draw(st.lists(VALUES, max_size=4))
    end = draw(st.sampled_from(LINE_ENDS))
    others = [":", ": no {value", "event: token", "id", "id: 1", "retry: 10"]
    unknown = ["other", "x: 2", "Data: 2", "tru", "time: 1", "nullable"]
    lines = [draw(st.sampled_from([*others, *unknown])), ":"]
    for value in values:
        lines += draw(st.lists(st.sampled_from([*others, *unknown]), max_size=2))
        field = draw(st.sampled_from(["data:", "data: "]))
        lines += [field + line for line in draw(dumped(value)).split("\n")]
        lines += draw(st.sampled_from([[], [""], ["", ""], ["data"]]))
    lines += draw(st.sampled_from([[], ["data: [DONE]"], ["data:[DONE]", ""]]))
    return end.join([*lines, *draw(st.sampled_from([[], ["[DONE]"]]))]), values


def dumped(value: Any) -> st.SearchStrategy[str]:
    return st.builds(
        json.dumps,
        st.just(value),
        indent=st.sampled_from([None, 1]),
        ensure_ascii=st.booleans(),
    )


@given(json_texts() | sse_texts(), OFFSETS)
@example(("data: 1\n\n[DONE]\n\ndata: [DONE]\n\ndata: 2\n\n", [1, 2]), [])
@example(('event: error\ndata: {"error": {}}\n\n', [{"error": {}}]), [])
@example(('["\\\\\\"]"]', [['\\"]']]), [])
@example(("true\nfalse null", [True, False, None]), [])
@example(("null", [None]), [])
def test_values_cut_anywhere_are_unchanged(drawn, offsets) -> None:
    text, values = drawn
    for texts in (cut_text(text, offsets), list(text), *halves(text)):
        assert drain(decode_json(texts)) == (values, None)


@given(TEXT | st.text('{}[]",:1 \n\\', max_size=20), OFFSETS)
def test_any_text_has_one_outcome_however_cut(text, offsets) -> None:
    expected = drain(decode_json([text] if text else []))
    assert drain(decode_json(cut_text(text, offsets))) == expected


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ('{"a": 1}\n{"a": x}', [{"a": 1}], "character 15 is not JSON: Expecting"),
        ("[1]\n [2, x]\n", [[1]], "character 9 is not JSON: "),
        ('{"a": "unfinished', [], "character 6 is not JSON: Unterminated"),
        ('[1]{"a": 1', [[1]], "character 10 is not JSON: "),
        ("1,2", [], "character 1 is not JSON: Extra data"),
        ("1 }", [1], "character 2 is not JSON: "),
        ("1 " + "9" * 5000, [1], "character 2 is not JSON: Exceeds the limit"),
        ("2 " + "[" * 200_000, [2], "character 2 is not JSON: "),
        ("hello", [], "line 1 is neither JSON nor a field of a server-sent event"),
        ("error: no\n\n", [], "line 1 is neither JSON nor a field"),
        ("\n tru", [], "line 2 is neither JSON nor a field"),
        ("Once\nupon: a\n", [], "line 1 is neither JSON nor a field"),
        ("}", [], "line 1 is neither JSON nor a field"),
        (
            'data: 1\n\n:\ndata: {"a":\ndata: x}\n',
            [1],
            "character 6 of the data at line 4 is not JSON: ",
        ),
        (
            'data: 1\n\ndata: {"a":\n\ndata: 2}\n',
            [1],
            "character 6 of the data at line 3 is not JSON: ",
        ),
        ('data: 1\n\n{"a": 1}\n', [1], "line 3 is JSON outside of a data field"),
        ("data: 1\r\n\r\n [2]\r\n", [1], "line 3 is JSON outside of a data field"),
        ("data: 1\ntrue\n", [1], "line 2 is JSON outside of a data field"),
    ],
)
def test_invalid_json_raises_after_values_before_it(text, values, message) -> None:
    for texts in ([text], list(text)):
        found, error = drain(decode_json(texts))
        assert found == values
        assert error is not None
        assert error.startswith(message)


@given(st.text(st.characters(categories=["Lu"]), min_size=4, max_size=4))
def test_error_never_contains_the_text(secret) -> None:
    for text in (secret, f'{{"{secret}": {secret}}}', f'["{secret}', f"data: {secret}"):
        _, error = drain(decode_json([text]))
        assert error is not None
        assert secret not in error


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1]}', {"a": [1]}),
        ('"a"', "a"),
        ("[1] ", [1]),
        ("12\n", 12),
        ("null\n", None),
        ('data: {"a": 1}\n', {"a": 1}),
        ("data: 12\r", 12),
    ],
)
def test_value_is_yielded_when_complete(text, value) -> None:
    values = decode_json(broken_after(text))
    assert next(values) == value
    with pytest.raises(ServiceError):
        next(values)


@pytest.mark.parametrize(
    "text", ["12", "tru", '{"a', 'data: {"a": 1', "data: 1", "dat", "[1", "hello\n"]
)
def test_incomplete_value_before_an_error_is_dropped(text) -> None:
    with pytest.raises(ServiceError):
        next(decode_json(broken_after(text)))


def test_value_in_many_parts_is_parsed_once(monkeypatch) -> None:
    parsed = []

    def loads(text: str) -> Any:
        parsed.append(text)
        return json.JSONDecoder().decode(text)

    monkeypatch.setattr(json, "loads", loads)
    value = [{"text": 'a"\\}\n', "ids": [1, 2]}] * 100
    assert list(decode_json([*json.dumps(value)])) == [value]
    assert len(parsed) == 1
