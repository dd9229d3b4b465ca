"""Create the checks of scalar shapes.

A check is a function of a value, its path and a list of violations. It returns the value to
send, and appends violations to the list.
"""

from __future__ import annotations

import inspect
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, cast

from paws_common.errors import ParameterError, Violation
from paws_common.header_values import find_control_character
from paws_common.shapes import (
    Blob,
    Boolean,
    Double,
    Float,
    Integer,
    List,
    Long,
    Map,
    Number,
    Shape,
    String,
    Timestamp,
)
from paws_common.suggestions import close_matches
from paws_common.validation.files import FileSlice

_SHOWN = 80  # characters of a value in an error
_LISTED = 8  # values of an enumeration in an error
_PART = 1_048_576  # bytes of a pipe that are read at once
# Numbers from this one on round to infinity in 32 bits (IEEE 754, binary32).
_SINGLE = float.fromhex("0x1.ffffffp127")

# Raised for infinities and huge fractions, NaN, and NumPy's durations, which are `Integral`.
_CONVERSION_ERRORS = (OverflowError, ValueError, TypeError)

# How to encode objects of NumPy and pandas, by the names of their classes, so that neither
# package is imported.
_EXPRESSIONS: Mapping[tuple[str, str], str] = {
    ("numpy", "ndarray"): "array.tobytes()",
    ("pandas", "DataFrame"): "df.to_csv(index=False).encode()",
    ("pandas", "Series"): "series.to_csv(index=False).encode()",
}

_LONE_SURROGATE = "contains a lone surrogate, which cannot be encoded as UTF-8"
_ASYNCHRONOUS = "is an asynchronous file; pass its bytes: await file.read()"


class Violations(list[Violation]):
    """The violations that were found in the arguments of a call."""

    def add(self, path: str, reason: str, *, limit: bool = False) -> None:
        """Append a violation, which may be one of a limit of the service model."""
        self.append(Violation(path, reason, limit))

    def check(self, function: str, version: str) -> None:
        """Raise a `ParameterError` with all violations, if there are any."""
        if self:
            raise ParameterError(function, tuple(self), version)


Check = Callable[[Any, str, Violations], Any]


def scalar(shape: Shape, limits: bool, sensitive: bool, payload: bool = False) -> Check:
    """Return the check of a shape other than a list, a map or a structure.

    It checks the limits of the service model if `limits` is true. Its errors do not
    contain a sensitive value. A payload is the body of the request: a file is sent without
    reading it into memory.
    """
    match shape:
        case String():
            return _string(shape, limits, sensitive)
        case Blob():
            return _blob(shape, limits, payload)
        case Integer() | Long():
            return _number(shape, _integer, "an integer", limits, sensitive)
        case Float():
            return _number(shape, _single, "a number of 32 bits", limits, sensitive)
        case Double():
            return _number(shape, _float, "a number", limits, sensitive)
        case Boolean():
            return _boolean(sensitive)
        case Timestamp():
            return _timestamp(sensitive)
        case _:
            raise TypeError(f"{shape!r} is not a scalar shape")


def describe(value: object, sensitive: bool) -> str:
    """Return a short text that describes a value; a sensitive text only by its length."""
    if isinstance(value, str):
        if sensitive:
            return f"<{_count(len(value), 'character')}>"
        text = repr(value[:_SHOWN])
        return text if len(value) <= _SHOWN else f"{text[:_SHOWN]}…"
    # Python does not convert integers of more than 4,300 digits to text.
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, (int, float)) and not sensitive:
        return str(value)
    return f"a value of type {type(value).__name__}"


def header(check: Check) -> Check:
    """Return `check` for a value of an HTTP header, or a map of headers.

    A control character could end the header and begin another one. It is the only
    violation that is reported for the value, and it is always checked.
    """

    def checked(value: Any, path: str, violations: Violations) -> Any:
        if type(value) is str and value.isascii() and value.isprintable():
            return check(value, path, violations)
        found = next(filter(None, map(find_control_character, _texts(value))), None)
        if found is None:
            return check(value, path, violations)
        violations.add(path, f"contains {found}")
        return value

    return checked


def label(check: Check) -> Check:
    """Return `check` for a value in the path of the URI."""

    def checked(value: Any, path: str, violations: Violations) -> Any:
        if isinstance(value, str) and value in ("", ".", ".."):
            violations.add(path, f"{value!r} is not valid in the path of a URI")
            return value
        return check(value, path, violations)

    return checked


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, Sequence):
        return [text for text in value if isinstance(text, str)]
    return []


def _string(shape: String, limits: bool, sensitive: bool) -> Check:
    minimum, maximum = _bounds(shape.min, shape.max)
    search = re.compile(shape.regex, re.ASCII).search if shape.regex else None
    searched = math.inf if shape.regex_max is None else shape.regex_max
    enum = frozenset(shape.enum)

    def check(value: Any, path: str, violations: Violations) -> Any:
        if not isinstance(value, str):
            violations.add(path, f"{describe(value, sensitive)} is not a string")
        elif not (value.isascii() or _encodable(value)):
            violations.add(path, _LONE_SURROGATE)
        elif not limits:
            pass
        elif not minimum <= len(value) <= maximum:
            reason = _length(len(value), minimum, maximum, "character")
            violations.add(path, reason, limit=True)
        # The length is checked first, because it limits the time of a search.
        elif search and len(value) <= searched and search(value) is None:
            reason = f"{describe(value, sensitive)} does not match {shape.pattern}"
            if shape.hint and re.fullmatch(shape.hint.regex, value):
                reason += f"; {shape.hint.text}"
            violations.add(path, reason, limit=True)
        elif enum and value not in enum:
            reason = _not_one_of(value, shape.enum, sensitive)
            violations.add(path, reason, limit=True)
        return value

    return check


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _not_one_of(value: str, enum: tuple[str, ...], sensitive: bool) -> str:
    if len(enum) <= _LISTED:
        expected = f"one of {', '.join(enum)}"
    else:
        near = () if sensitive else close_matches(value, enum, 3)
        hint = f", such as {', '.join(near or enum[:3])}"
        expected = f"one of {len(enum)} values{hint}"
    return f"{describe(value, sensitive)} is not {expected}"


def _blob(shape: Blob, limits: bool, payload: bool) -> Check:
    _, maximum = _bounds(shape.min, shape.max)

    def check(value: Any, path: str, violations: Violations) -> Any:
        try:
            sent, length = _bytes(value, payload, maximum if limits else math.inf)
        except (TypeError, ValueError, OSError) as error:
            violations.add(path, str(error))
            return value
        if limits:
            check_size(length, shape, "byte", path, violations)
        return sent

    return check


def _bytes(value: Any, payload: bool, max_length: float) -> tuple[Any, int]:
    """Return the value to send for a blob, and its length in bytes.

    A pipe may be endless, so reading it stops after more than `max_length` bytes.
    """
    if isinstance(value, str):
        if not _encodable(value):
            raise ValueError(_LONE_SURROGATE)
        value = value.encode()
    elif isinstance(value, (bytearray, memoryview)):
        value = bytes(value)
    if isinstance(value, bytes):
        return value, len(value)
    expression = how_to_encode(value)
    if expression is None and is_file(value):
        return _file(value, payload, max_length)
    hint = f"; encode it first: {expression}" if expression else ""
    if isinstance(value, (Mapping, list, tuple)):
        hint = "; encode it first, for instance with json.dumps"
    raise TypeError(
        f"a value of type {type(value).__name__} is not bytes, a str or a binary file"
        f"{hint}"
    )


def how_to_encode(value: object) -> str | None:
    """Return an expression that encodes an array, a data frame or a series, or None."""
    for base in type(value).__mro__:
        package = base.__module__.partition(".")[0]
        if expression := _EXPRESSIONS.get((package, base.__name__)):
            return expression
    return None


def is_file(value: object) -> bool:
    """Return whether a value has a method `read`, not just an attribute (a DataFrame)."""
    return callable(getattr(value, "read", None))


def _file(file: Any, payload: bool, max_length: float) -> tuple[Any, int]:
    if inspect.iscoroutinefunction(file.read):
        raise TypeError(_ASYNCHRONOUS)
    if isinstance(file, io.TextIOBase):
        raise TypeError('is a file in text mode; open it in mode "rb"')
    if getattr(file, "closed", False):
        raise ValueError("is a closed file")
    if hasattr(file, "readable") and not file.readable():
        raise ValueError("is a file that is not open for reading")
    # A pipe is read into memory: it cannot be rewound to sign the request or to retry it.
    if payload and hasattr(file, "seekable") and file.seekable():
        remainder, start = FileSlice(file), file.tell()
        first = _read(file, 1)
        file.seek(start)
        # A device such as /dev/zero reports a length of 0, but has bytes to read.
        if remainder.length or not first:
            return remainder, remainder.length
    content = bytearray()
    while len(content) <= max_length and (part := _read(file, _PART)):
        content += part
    return bytes(content), len(content)


def _read(file: Any, size: int) -> bytes:
    content = file.read(size)
    if inspect.iscoroutine(content):
        content.close()  # prevents Python's warning that it was never awaited
        raise TypeError(_ASYNCHRONOUS)
    if not isinstance(content, bytes):
        raise TypeError("is a file whose read() does not return bytes")
    return content


def _number(
    shape: Number,
    convert: Callable[[Any], int | float | None],
    noun: str,
    limits: bool,
    sensitive: bool,
) -> Check:
    minimum, maximum = shape.min, shape.max

    def check(value: Any, path: str, violations: Violations) -> Any:
        number = convert(value)
        if number is None:
            is_long = isinstance(value, int) and not isinstance(value, bool)
            size = " of at most 64 bits" if is_long else ""
            violations.add(path, f"{describe(value, sensitive)} is not {noun}{size}")
        # Comparisons with NaN are False, so that NaN violates every limit.
        elif limits and minimum is not None and not number >= minimum:
            reason = f"{describe(number, sensitive)} is less than {minimum}"
            violations.add(path, reason, limit=True)
        elif limits and maximum is not None and not number <= maximum:
            reason = f"{describe(number, sensitive)} is more than {maximum}"
            violations.add(path, reason, limit=True)
        return number

    return check


def _integer(value: Any) -> int | None:
    """Return an integer of at most 64 bits, the size of Smithy's long; else None."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        # R's 100 is a double; reticulate passes it as 100.0.
        number = int(cast(Any, value))  # typeshed does not accept `int` of a `Real`
    except _CONVERSION_ERRORS:
        return None
    return number if -(2**63) <= number < 2**63 and number == value else None


def _single(value: Any) -> float | None:
    number = _float(value)
    if number is None or not _SINGLE <= abs(number) < math.inf:
        return number
    return None


def _float(value: Any) -> float | None:
    if isinstance(value, (Real, Decimal)) and not isinstance(value, bool):
        try:
            number = float(value)
        except _CONVERSION_ERRORS:
            return None
        # botocore serializes 1 and 1.0 differently.
        return int(value) if isinstance(value, int) else number
    return None


def json_number(value: Any) -> int | float | None:
    """Return a number that JSON can represent, so neither an infinity nor NaN; else None."""
    if isinstance(value, Integral):
        try:
            return int(value)
        except _CONVERSION_ERRORS:
            return None
    number = _float(value)
    return number if number is not None and math.isfinite(number) else None


def _boolean(sensitive: bool) -> Check:
    def check(value: Any, path: str, violations: Violations) -> Any:
        if isinstance(value, bool):
            return value
        # NumPy's bool is not a bool. Its name is compared, so that NumPy is not imported.
        of_numpy = type(value).__module__ == "numpy"
        if of_numpy and type(value).__name__ in ("bool", "bool_"):
            return bool(value)
        violations.add(path, f"{describe(value, sensitive)} is neither True nor False")
        return value

    return check


def _timestamp(sensitive: bool) -> Check:
    def check(value: Any, path: str, violations: Violations) -> Any:
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime.combine(value, time(), UTC)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            from botocore.utils import parse_to_aware_datetime

            try:
                return parse_to_aware_datetime(cast(Any, value))
            except (ValueError, OverflowError, OSError, RuntimeError):
                pass
        reason = f"{describe(value, sensitive)} is not an ISO 8601 timestamp"
        violations.add(path, reason)
        return value

    return check


def _bounds(minimum: int | None, maximum: int | None) -> tuple[float, float]:
    return 0 if minimum is None else minimum, math.inf if maximum is None else maximum


def _length(length: int, minimum: float, maximum: float, unit: str) -> str:
    verb = "is" if length == 1 else "are"
    limit = f"less than {minimum}" if length < minimum else f"more than {maximum}"
    return f"{_count(length, unit)} {verb} {limit}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def check_size(
    size: int, shape: Blob | List | Map, unit: str, path: str, violations: Violations
) -> None:
    """Check the number of bytes, elements or keys of a value."""
    low, high = _bounds(shape.min, shape.max)
    if not low <= size <= high:
        violations.add(path, _length(size, low, high, unit), limit=True)


# The checks of options, which are not in a service model.
check_integer = scalar(Integer(), limits=False, sensitive=False)
check_number = scalar(Double(), limits=False, sensitive=False)


def check_count(
    name: str, value: object, minimum: int, violations: Violations
) -> int | None:
    """Return an option that is an integer; None if it is omitted or invalid."""
    if value is None:
        return None
    number: int | None = check_integer(value, name, violations)
    if number is not None and number < minimum:
        violations.add(name, f"{number} is less than {minimum}")
        return None
    return number
