"""Single values: accepted types, encodings and violations."""

from __future__ import annotations

import math
import re
import string
import struct
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common import Violation, shapes
from support.example_services import mandatory_violation_of, sent, taking, violation_of

KINDS_OF_INTEGERS = [shapes.Integer(), shapes.Long()]
AT_MOST_64 = "is not an integer of at most 64 bits"
NUMPY_INTEGERS = [
    *(np.int8, np.int16, np.int32, np.int64),
    *(np.uint8, np.uint16, np.uint32, np.uint64),
]


def like_a_bool(module: str, name: str) -> object:
    return type(name, (), {"__module__": module})()


@pytest.mark.parametrize("shape", KINDS_OF_INTEGERS)
@given(st.integers(-(2**63), 2**63 - 1))
@example(-(2**63))
@example(2**63 - 1)
def test_integer_is_sent_unchanged(shape, number) -> None:
    assert sent(taking(shape), number) == number


@given(st.sampled_from(NUMPY_INTEGERS), st.data())
def test_integer_of_numpy_is_sent_as_an_int(kind, data) -> None:
    most = min(int(np.iinfo(kind).max), 2**63 - 1)
    number = data.draw(st.integers(int(np.iinfo(kind).min), most))
    result = sent(taking(shapes.Long()), kind(number))
    assert (type(result), result) == (int, number)


@pytest.mark.parametrize(
    ("kind", "bits"),
    [(float, 53), (np.float64, 53), (np.float32, 24), (np.float16, 11), (Fraction, 53)],
)
@given(data=st.data())
def test_integral_number_is_sent_as_an_int(kind, bits, data) -> None:
    # 100 in R is 100.0; floats represent these integers exactly.
    number = data.draw(st.integers(-(2**bits) + 33, 2**bits - 33))
    result = sent(taking(shapes.Integer()), kind(number))
    assert (type(result), result) == (int, number)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.float64(100.5), "100.5 is not an integer"),
        (True, "True is not an integer"),
        ("100", "'100' is not an integer"),
        ([100], "a value of type list is not an integer"),
        (2**256 - 1, f"{2**256 - 1} {AT_MOST_64}"),
        (2**256, f"an integer of 257 bits {AT_MOST_64}"),
    ],
)
def test_error_shows_what_was_given_in_few_words(value, reason) -> None:
    assert violation_of(taking(shapes.Integer()), value).reason == reason


@pytest.mark.parametrize(
    ("kind", "number_of"),
    [
        (shapes.Integer, int),
        (shapes.Long, int),
        (shapes.Float, float),
        (shapes.Double, float),
    ],
)
@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-60, 60))
def test_number_range_is_enforced(kind, number_of, least, most, value) -> None:
    operation, number = taking(kind(least, most)), number_of(value)
    assert sent(operation, number, limits=False) == number
    if number < least:
        expected = f"{number} is less than {least}"
    elif number > most:
        expected = f"{number} is more than {most}"
    else:
        assert sent(operation, number) == number
        return
    assert violation_of(operation, number) == Violation("Value", expected, True)


@pytest.mark.parametrize("shape", [shapes.Float(), shapes.Double()])
@given(number=st.floats(width=32))
@example(number=math.inf)
@example(number=-math.inf)
@example(number=math.nan)
def test_every_float_is_a_number_even_without_a_value(shape, number) -> None:
    # botocore writes NaN and the infinities as the protocols want them.
    result = sent(taking(shape), number)
    assert result == number or (math.isnan(result) and math.isnan(number))


LARGEST_OF_32_BITS = float(np.finfo(np.float32).max)
# Its last bit is 2**104; a value above by half of that is rounded up.
ROUNDED_UP = LARGEST_OF_32_BITS + 2.0**103


@pytest.mark.parametrize("sign", [1, -1])
@given(number=st.floats(min_value=2.0**127, allow_infinity=False))
@example(number=math.nextafter(ROUNDED_UP, 0))
@example(number=ROUNDED_UP)
@example(number=math.nextafter(ROUNDED_UP, math.inf))
def test_float_must_not_overflow_32_bits(number, sign) -> None:
    value = sign * number
    assert sent(taking(shapes.Double()), value) == value
    single = taking(shapes.Float())
    try:
        struct.pack(">f", value)
    except OverflowError:
        expected = Violation("Value", f"{value} is not a number of 32 bits", False)
        assert mandatory_violation_of(single, value) == expected
    else:
        assert sent(single, value) == value


@pytest.mark.parametrize(
    ("shape", "value", "kind"),
    [
        # botocore sends `1` for 1, and `1.0` for 1.0.
        (shapes.Float(), 3, int),
        (shapes.Double(), 3, int),
        (shapes.Double(), Decimal(3), float),
        (shapes.Double(), Fraction(3), float),
        (shapes.Double(), np.float32(3), float),
        (shapes.Double(), np.int8(3), float),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_number_than_an_int_is_sent_as_a_float(shape, value, kind) -> None:
    result = sent(taking(shape), value)
    assert (type(result), result) == (kind, 3)


@pytest.mark.parametrize("shape", [shapes.Float(min=0), shapes.Double(max=1)])
def test_nan_is_in_no_range(shape) -> None:
    assert violation_of(taking(shape), math.nan).limit


NOT_INTEGERS: list[Any] = [
    *(True, np.True_, 100.5, -100.5, np.float32(0.5), math.nan, math.inf, -math.inf),
    *("100", b"100", Decimal(100), Fraction(1, 2), 100 + 0j, [100], {}),
    *(1e300, Fraction(10**400), np.array([100])),
    *(np.timedelta64(100, "s"), np.timedelta64("NaT", "s")),
]
TOO_LONG = [2**63, -(2**63) - 1, 10**5000]
NOT_NUMBERS = [
    *(True, "1.5", b"1", Decimal("sNaN"), Fraction(10**400), 1j, [1.5], {}),
    np.timedelta64(1, "s"),
]
NO_TIMESTAMPS = [
    *("nonsense", "", "2026-13-01", "inf", b"2026-01-01", True, [], object()),
    *(math.inf, math.nan, 1e300, 10**400),
]
NOT_BOOLEANS = [
    *(0, 1, 1.0, "true", "", [], np.array([True])),
    *(like_a_bool("nump", "bool"), like_a_bool("numpy.ma", "bool")),
]
WRONG = [
    (shapes.Integer(), "is not an integer", NOT_INTEGERS),
    (shapes.Long(), "is not an integer", NOT_INTEGERS),
    (shapes.Integer(), AT_MOST_64, TOO_LONG),
    (shapes.Long(), AT_MOST_64, TOO_LONG),
    (shapes.Double(), "is not a number", NOT_NUMBERS),
    (shapes.String(), "is not a string", [1, 1.5, True, b"a", ["a"], {}, object()]),
    (shapes.Timestamp(), "is not an ISO 8601 timestamp", NO_TIMESTAMPS),
    (shapes.Boolean(), "is neither True nor False", NOT_BOOLEANS),
]


@pytest.mark.parametrize(
    ("shape", "reason", "value"),
    [(shape, reason, value) for shape, reason, values in WRONG for value in values],
    ids=lambda value: type(value).__name__,
)
def test_wrong_type_is_always_refused(shape, reason, value) -> None:
    violation = mandatory_violation_of(taking(shape), value)
    assert violation.path == "Value"
    assert violation.reason.endswith(f" {reason}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("ABCD", "4 characters are more than 3"), ("ABC", "'ABC' does not match [a-z]*")],
)
def test_length_is_checked_before_the_pattern(text, reason) -> None:
    operation = taking(shapes.String(max=3, pattern="[a-z]*", regex=r"\A[a-z]*\Z"))
    assert violation_of(operation, text) == Violation("Value", reason, True)


@given(st.text(string.ascii_lowercase + "0123456789٣é", max_size=4))
def test_pattern_is_searched_with_ascii_classes(text) -> None:
    operation = taking(shapes.String(pattern="pattern", regex=r"\d\w\Z"))
    if len(text) > 1 and text[-2] in string.digits and text[-1].isascii():
        assert sent(operation, text) == text
    else:
        reason = violation_of(operation, text).reason
        assert reason == f"{text!r} does not match pattern"


def test_untranslatable_pattern_is_not_enforced() -> None:
    assert sent(taking(shapes.String(pattern="[a-z&&[^b]]")), "b") == "b"


@given(st.text("ab", max_size=6))
@example("aaaa")
@example("aaaaa")
def test_pattern_is_searched_up_to_its_length_only(text) -> None:
    operation = taking(shapes.String(pattern="b", regex="b", regex_max=4))
    if "b" in text or len(text) > 4:
        assert sent(operation, text) == text
    else:
        expected = Violation("Value", f"{text!r} does not match b", True)
        assert violation_of(operation, text) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a" * 80, f"'{'a' * 80}'"),
        ("a" * 81, f"'{'a' * 79}…"),
        ("a" * 79 + "'", f'"{"a" * 79}\'"'),
        # Only the visible part determines the quotation marks.
        ("a" * 80 + "'", f"'{'a' * 79}…"),
    ],
)
def test_value_over_80_characters_is_cut_in_errors(value, shown) -> None:
    operation = taking(shapes.String(pattern="b", regex="b"))
    assert violation_of(operation, value).reason == f"{shown} does not match b"


@pytest.mark.parametrize("sensitive", [True, False])
@pytest.mark.parametrize("kind", [shapes.String, shapes.Blob])
@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "é\udc80"])
def test_lone_surrogate_is_always_refused(text, kind, sensitive) -> None:
    reason = "contains a lone surrogate, which cannot be encoded as UTF-8"
    violation = mandatory_violation_of(taking(kind(sensitive=sensitive)), text)
    assert violation == Violation("Value", reason, False)


def test_string_of_numpy_is_a_string() -> None:
    assert sent(taking(shapes.String(max=2)), np.str_("ab")) == "ab"


SMALL = ("red", "green", "blue")
EIGHT, NINE = tuple("abcdefgh"), tuple("abcdefghi")
LARGE = tuple(f"ml.m{n}.large" for n in range(40))


@pytest.mark.parametrize("enum", [SMALL, LARGE], ids=["small", "large"])
def test_every_value_of_an_enumeration_is_accepted(enum) -> None:
    for value in enum:
        assert sent(taking(shapes.String(enum=enum)), value) == value


@pytest.mark.parametrize(
    ("enum", "value", "reason"),
    [
        (SMALL, "gren", "'gren' is not one of red, green, blue"),
        (SMALL, "", "'' is not one of red, green, blue"),
        (EIGHT, "?", "'?' is not one of a, b, c, d, e, f, g, h"),
        (NINE, "?", "'?' is not one of 9 values, such as a, b, c"),
        (LARGE, "?", f"'?' is not one of 40 values, such as {', '.join(LARGE[:3])}"),
    ],
)
def test_invalid_enum_value_lists_the_allowed(enum, value, reason) -> None:
    operation = taking(shapes.String(enum=enum))
    assert violation_of(operation, value) == Violation("Value", reason, True)
    assert sent(operation, value, limits=False) == value


def test_large_enum_suggests_three_values() -> None:
    reason = violation_of(taking(shapes.String(enum=LARGE)), "ml.m17.larg").reason
    assert re.search(r"such as ml\.m17\.large(, ml\.m\d+\.large){2}$", reason)


@given(st.datetimes(timezones=st.none() | st.just(UTC)))
def test_datetime_is_sent_unchanged(moment) -> None:
    assert sent(taking(shapes.Timestamp()), moment) is moment


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))
def test_iso_8601_text_is_a_point_in_time(moment) -> None:
    assert sent(taking(shapes.Timestamp()), moment.isoformat()) == moment


@given(st.integers(-(2**31), 2**32) | st.floats(-(2**31), 2**32))
def test_number_counts_the_seconds_since_1970(seconds) -> None:
    result = sent(taking(shapes.Timestamp()), seconds)
    assert result.timestamp() == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize("value", [True, False, np.True_, np.False_])
def test_true_and_false_are_sent_as_such(value) -> None:
    assert sent(taking(shapes.Boolean()), value) is bool(value)
