"""The check of a single value: what is accepted, what is sent for it, what is wrong.

A check takes a value, its path and the list of faults; it returns what is sent, and adds
to the list what is wrong.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timezone
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, cast

from paws_common.errors import Fault
from paws_common.nearest import nearest
from paws_common.shapes import (
    Blob,
    Boolean,
    Double,
    Float,
    Integer,
    Long,
    Number,
    Shape,
    String,
    Timestamp,
)
from paws_common.validation.rewinding import Rest

Faults = list[Fault]
Check = Callable[[Any, str, Faults], Any]

_SHOWN = 80  # characters of a value in an error
_LISTED = 8  # values of an enumeration in an error
_PART = 1_048_576  # bytes of a pipe that are read at once: a mebibyte
# From here on, the nearest number of 32 bits is an infinity: IEEE 754, binary32.
_SINGLE = float.fromhex("0x1.ffffffp127")

# Infinities and huge fractions, NaN, NumPy's durations (which say that they are integers).
_NO_NUMBER = (OverflowError, ValueError, TypeError)

# RFC 9110, section 5.5: a field value holds no control character but the tab.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def scalar(shape: Shape, limits: bool, sensitive: bool, payload: bool = False) -> Check:
    """Return the check of a shape that holds no other.

    Parameters
    ----------
    shape : Shape
        Neither a list nor a map nor a structure.
    limits : bool
        Whether the limits of the service model are checked.
    sensitive : bool
        Whether a value must never be shown.
    payload : bool
        Whether a file may be sent as it is: the body of the request itself.
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
            raise TypeError(f"{shape!r} is no scalar")


def describe(value: object, sensitive: bool) -> str:
    """Return a short text for a value; of a sensitive one, no more than its length."""
    if isinstance(value, str):
        if sensitive:
            return f"<{_count(len(value), 'character')}>"
        text = repr(value[:_SHOWN])
        return text if len(value) <= _SHOWN else f"{text[:_SHOWN]}…"
    # Python refuses to write integers of thousands of digits.
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, (int, float)) and not sensitive:
        return str(value)
    return f"a value of type {type(value).__name__}"


def header(check: Check) -> Check:
    """Return `check` for what goes into an HTTP header, or into the names of several.

    Whatever else is wrong with a value that would break out of its header, this is
    reported, and no setting lifts it.
    """

    def checked(value: Any, path: str, faults: Faults) -> Any:
        found = next(filter(None, map(_CONTROL.search, _texts(value))), None)
        if found is None:
            return check(value, path, faults)
        reason = f"holds the control character U+{ord(found[0]):04X}"
        faults.append(Fault(path, reason, False))
        return value

    return checked


def label(check: Check) -> Check:
    """Return `check` for what goes into the path of the URI."""

    def checked(value: Any, path: str, faults: Faults) -> Any:
        if isinstance(value, str) and value in ("", ".", ".."):
            faults.append(
                Fault(path, f"{value!r} cannot stand in the path of a URI", False)
            )
            return value
        return check(value, path, faults)

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
    least, most = _bounds(shape.min, shape.max)
    search = re.compile(shape.regex, re.ASCII).search if shape.regex else None
    searched = math.inf if shape.regex_max is None else shape.regex_max
    enum = frozenset(shape.enum)

    def check(value: Any, path: str, faults: Faults) -> Any:
        if not isinstance(value, str):
            reason = f"{describe(value, sensitive)} is not a string"
            faults.append(Fault(path, reason, False))
        elif not (value.isascii() or _encodable(value)):
            faults.append(
                Fault(path, "holds a lone surrogate, which has no UTF-8", False)
            )
        elif not limits:
            pass
        elif not least <= len(value) <= most:
            reason = _length(len(value), least, most, "character")
            faults.append(Fault(path, reason, True))
        # The length comes first: it bounds what a pattern can cost.
        elif search and len(value) <= searched and search(value) is None:
            from paws_common.sagemaker.stateful_sessions import session_hint

            reason = f"{describe(value, sensitive)} does not match {shape.pattern}"
            reason += session_hint(value)
            faults.append(Fault(path, reason, True))
        elif enum and value not in enum:
            reason = _not_one_of(value, shape.enum, sensitive)
            faults.append(Fault(path, reason, True))
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
        known = f"one of {', '.join(enum)}"
    else:
        near = () if sensitive else nearest(value, enum, 3)
        hint = f", such as {', '.join(near or enum[:3])}"
        known = f"one of {len(enum)} values{hint}"
    return f"{describe(value, sensitive)} is not {known}"


def _blob(shape: Blob, limits: bool, payload: bool) -> Check:
    least, most = _bounds(shape.min, shape.max)

    def check(value: Any, path: str, faults: Faults) -> Any:
        try:
            sent, length = _bytes(value, payload, most if limits else math.inf)
        except (TypeError, ValueError, OSError) as error:
            faults.append(Fault(path, str(error), False))
            return value
        if limits and not least <= length <= most:
            faults.append(Fault(path, _length(length, least, most, "byte"), True))
        return sent

    return check


def _bytes(value: Any, payload: bool, most: float) -> tuple[Any, int]:
    """Return what is sent for a blob, and its length in bytes.

    Of what has no end that is known, no more is read than tells that it is more than
    `most` bytes.
    """
    if isinstance(value, str):
        if not _encodable(value):
            raise ValueError("holds a lone surrogate, which has no UTF-8")
        value = value.encode()
    elif isinstance(value, (bytearray, memoryview)):
        value = bytes(value)
    if isinstance(value, bytes):
        return value, len(value)
    if hasattr(value, "read"):
        return _file(value, payload, most)
    hint = ""
    if isinstance(value, (Mapping, list, tuple)):
        hint = "; encode it first, for instance with json.dumps"
    raise TypeError(
        f"a value of type {type(value).__name__} is neither bytes, nor text, nor a "
        f"binary file{hint}"
    )


def _file(file: Any, payload: bool, most: float) -> tuple[Any, int]:
    if isinstance(file, io.TextIOBase):
        raise TypeError('is a file in text mode; open it with mode "rb"')
    if getattr(file, "closed", False):
        raise ValueError("is a closed file")
    if hasattr(file, "readable") and not file.readable():
        raise ValueError("is a file that is not open for reading")
    # A pipe cannot be rewound, and so neither be signed nor sent again.
    if payload and hasattr(file, "seekable") and file.seekable():
        rest, start = Rest(file), file.tell()
        first = _read(file, 1)
        file.seek(start)
        # A device says that it has no bytes, and gives them.
        if rest.length or not first:
            return rest, rest.length
    content = bytearray()
    while len(content) <= most and (part := _read(file, _PART)):
        content += part
    return bytes(content), len(content)


def _read(file: Any, size: int) -> bytes:
    content = file.read(size)
    if not isinstance(content, bytes):
        raise TypeError("is a file that does not give bytes")
    return content


def _number(
    shape: Number,
    convert: Callable[[Any], int | float | None],
    noun: str,
    limits: bool,
    sensitive: bool,
) -> Check:
    least, most = shape.min, shape.max

    def check(value: Any, path: str, faults: Faults) -> Any:
        number = convert(value)
        if number is None:
            reason = f"{describe(value, sensitive)} is not {noun}"
            faults.append(Fault(path, reason, False))
        # Within limits there is no NaN; without, it is a number like another.
        elif limits and least is not None and not number >= least:
            reason = f"{describe(number, sensitive)} is less than {least}"
            faults.append(Fault(path, reason, True))
        elif limits and most is not None and not number <= most:
            reason = f"{describe(number, sensitive)} is more than {most}"
            faults.append(Fault(path, reason, True))
        return number

    return check


def _integer(value: Any) -> int | None:
    """Return an integer of at most 64 bits, which is what Smithy's long can hold."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        # R's 100 is a double, and comes as 100.0.
        number = int(cast(Any, value))  # typeshed knows no `int` of a Real
    except _NO_NUMBER:
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
        except _NO_NUMBER:
            return None
        # botocore writes 1 and 1.0 as they are given.
        return int(value) if isinstance(value, int) else number
    return None


def json_number(value: Any) -> int | float | None:
    """Return a number as JSON has it: neither an infinity nor NaN; None for the rest."""
    if isinstance(value, Integral):
        try:
            return int(value)
        except _NO_NUMBER:
            return None
    number = _float(value)
    return number if number is not None and math.isfinite(number) else None


def _boolean(sensitive: bool) -> Check:
    def check(value: Any, path: str, faults: Faults) -> Any:
        if isinstance(value, bool):
            return value
        # NumPy's bool is no bool; it is known by its name, to leave NumPy alone.
        if type(value).__module__ == "numpy" and type(value).__name__ in (
            "bool",
            "bool_",
        ):
            return bool(value)
        reason = f"{describe(value, sensitive)} is neither True nor False"
        faults.append(Fault(path, reason, False))
        return value

    return check


def _timestamp(sensitive: bool) -> Check:
    def check(value: Any, path: str, faults: Faults) -> Any:
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime.combine(value, time(), timezone.utc)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            from botocore.utils import parse_to_aware_datetime

            try:
                return parse_to_aware_datetime(cast(Any, value))
            except (ValueError, OverflowError, OSError, RuntimeError):
                pass
        reason = f"{describe(value, sensitive)} is no point in time (ISO 8601)"
        faults.append(Fault(path, reason, False))
        return value

    return check


def _bounds(least: int | None, most: int | None) -> tuple[float, float]:
    return 0 if least is None else least, math.inf if most is None else most


def _length(length: int, least: float, most: float, unit: str) -> str:
    verb = "is" if length == 1 else "are"
    limit = f"less than {least}" if length < least else f"more than {most}"
    return f"{_count(length, unit)} {verb} {limit}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def size(number: int, least: int | None, most: int | None, unit: str) -> str | None:
    """Return what is wrong with a number of elements or keys, if anything."""
    low, high = _bounds(least, most)
    return None if low <= number <= high else _length(number, low, high, unit)
