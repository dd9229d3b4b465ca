"""Blobs: bytes, text and files, and what is refused: arrays, tables, other files."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import accumulate
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any, BinaryIO

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common import Violation, shapes
from paws_common.validation.validator import validate
from support.example_services import (
    error_of,
    mandatory_violation_of,
    operation_of,
    sent,
    taking,
    violation_of,
)
from support.programs import run_program

either = pytest.mark.parametrize("limits", [True, False], ids=["on", "off"])
payloads = pytest.mark.parametrize("payload", [True, False], ids=["payload", "member"])


def not_contiguous(content: bytes) -> memoryview:
    twice = bytes(byte for byte in content for _ in range(2))
    return memoryview(twice)[::2]


BYTES_LIKE = [bytes, bytearray, memoryview, not_contiguous]


@given(st.sampled_from(BYTES_LIKE), st.binary(max_size=8), st.booleans())
def test_whatever_is_like_bytes_is_sent_as_bytes(kind, content, payload) -> None:
    result = sent(taking(shapes.Blob(), payload=payload), kind(content))
    assert (type(result), result) == (bytes, content)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
def test_text_is_sent_as_utf_8(text) -> None:
    assert sent(taking(shapes.Blob()), text) == text.encode("utf-8")


@given(st.binary(max_size=8), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8))
def test_blob_length_counts_unread_bytes(content, position, least, most) -> None:
    position = min(position, len(content))
    file = io.BytesIO(content)
    file.seek(position)
    left = content[position:]
    operation = taking(shapes.Blob(min=least, max=most), payload=True)
    are = "1 byte is" if len(left) == 1 else f"{len(left)} bytes are"
    if len(left) < least:
        expected = f"{are} less than {least}"
    elif len(left) > most:
        expected = f"{are} more than {most}"
    else:
        body = sent(operation, file)
        assert file.tell() == position
        # botocore sends a body again from its position 0.
        assert [body.read(), body.seek(0), body.read()] == [left, 0, left]
        return
    assert violation_of(operation, file) == Violation("Value", expected, True)
    assert file.tell() == position


def test_string_is_as_long_as_its_utf_8() -> None:
    reason = violation_of(taking(shapes.Blob(max=1)), "é").reason
    assert reason == "2 bytes are more than 1"


@given(st.binary(max_size=8), st.integers(0, 8))
def test_nested_file_is_read_from_its_position(content, position) -> None:
    file = io.BytesIO(content)
    file.seek(position)
    assert sent(taking(shapes.Blob()), file) == content[position:]


def test_file_is_sent_as_one_for_the_body_alone() -> None:
    names = ["A", "Body", "C"]
    structure = shapes.Structure(
        {name: shapes.Member("Blob") for name in names}, payload="Body"
    )
    operation = operation_of({"Input": structure, "Blob": shapes.Blob()})
    files = {name: io.BytesIO(name.encode()) for name in names}
    result = validate(operation.request(files), limits=True)
    assert (result["A"], result["Body"].read(), result["C"]) == (b"A", b"Body", b"C")


@contextmanager
def pipe_of(content: bytes) -> Iterator[BinaryIO]:
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe:
        os.write(writing, content)
        os.close(writing)
        yield pipe


@payloads
def test_pipe_is_read_whole(payload) -> None:
    with pipe_of(b"1,2") as pipe:
        assert sent(taking(shapes.Blob(), payload=payload), pipe) == b"1,2"


class Parts:
    """A reader of a few bytes at a time, which has `read` and nothing else."""

    def __init__(self, parts: list[bytes]) -> None:
        self.left = [*parts, b""]

    def read(self, size: int) -> bytes:
        assert 0 < size <= 2**20
        return self.left.pop(0)


@either
@payloads
@given(
    parts=st.lists(st.binary(min_size=1, max_size=3), max_size=4),
    bounds=st.lists(st.integers(0, 8), min_size=2, max_size=2).map(sorted),
)
@example(parts=[b"1", b"2", b"3"], bounds=[0, 1])
def test_reader_is_read_only_up_to_the_limit(parts, bounds, payload, limits) -> None:
    least, most = bounds
    operation = taking(shapes.Blob(min=least, max=most), payload=payload)
    reader, content = Parts(parts), b"".join(parts)
    read = list(accumulate(parts, initial=b""))
    if not limits or least <= len(content) <= most:
        assert sent(operation, reader, limits=limits) == content
        assert reader.left == []
        return
    violation = violation_of(operation, reader)
    assert violation.limit
    if len(content) > most:
        enough = next(found for found in read if len(found) > most)
        assert violation.reason.endswith(f"more than {most}")
        assert b"".join(reader.left) == content[len(enough) :]
    else:
        assert violation.reason.endswith(f"less than {least}")


class Device(io.BytesIO):
    """A file whose size is 0, like those of /dev."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return 0 if whence == io.SEEK_END else super().seek(offset, whence)


def test_device_of_size_zero_is_read_completely() -> None:
    assert sent(taking(shapes.Blob(), payload=True), Device(b"1,2")) == b"1,2"


def test_file_without_bytes_is_sent_as_a_file() -> None:
    body = sent(taking(shapes.Blob(), payload=True), io.BytesIO())
    assert (body.length, body.read()) == (0, b"")


class OtherSeries:
    __qualname__ = __name__ = "Series"


class NotReadable:
    read = True


def closed() -> io.BytesIO:
    with io.BytesIO() as file:
        return file


def released() -> memoryview:
    with memoryview(b"1,2") as view:
        return view


@payloads
@pytest.mark.parametrize(
    ("create", "reason"),
    [
        (io.StringIO, "text mode"),
        (closed, "closed file"),
        (released, "released memoryview"),
        (dict, "a value of type dict is not bytes, .* json.dumps"),
        (list, "a value of type list is not bytes, .* json.dumps"),
        (tuple, "a value of type tuple is not bytes, .* json.dumps"),
        (int, "a value of type int is not bytes, a str or a binary file$"),
        (object, "a value of type object is not bytes"),
        (OtherSeries, "a value of type OtherSeries is not bytes, a str or .* file$"),
        (NotReadable, "a value of type NotReadable is not bytes, a str or .* file$"),
    ],
)
def test_invalid_blob_is_always_refused(create, reason, payload) -> None:
    operation = taking(shapes.Blob(), payload=payload)
    assert re.search(reason, mandatory_violation_of(operation, create()).reason)


@payloads
@pytest.mark.parametrize(
    ("open_file", "reason"),
    [
        (
            partial(NamedTemporaryFile, "w+"),
            "a file whose read() does not return bytes",
        ),
        (partial(TemporaryFile, "wb"), "a file that is not open for reading"),
    ],
)
def test_file_without_bytes_is_always_refused(open_file, reason, payload) -> None:
    operation = taking(shapes.Blob(), payload=payload)
    with open_file() as file:
        assert reason in mandatory_violation_of(operation, file).reason


@either
def test_invalid_call_reads_no_file(limits) -> None:
    members = {name: shapes.Member(name) for name in ("Body", "Location", "Number")}
    structure = shapes.Structure(
        members, payload="Body", exactly_one_of=(("Location", "Body"),)
    )
    operation = operation_of(
        {
            "Input": structure,
            "Body": shapes.Blob(max=1),
            "Location": shapes.String(),
            "Number": shapes.Integer(),
        }
    )
    with pipe_of(b"1,2") as pipe:
        error = error_of(operation, {"Body": pipe, "Number": "one"}, limits=limits)
        assert [violation.path for violation in error.violations] == ["Number"]
        assert pipe.read() == b"1,2"


ARRAY = "array.tobytes()"
TABLE = "df.to_csv(index=False).encode()"
COLUMN = "series.to_csv(index=False).encode()"


class DataFrame:
    """Has its columns as attributes, like the class of pandas."""

    __module__ = "pandas.core.frame"

    def __init__(self, **columns: Any) -> None:
        vars(self).update(columns)


class GeoDataFrame(DataFrame):
    __module__ = "geopandas"

    def read(self) -> bytes:
        return b"not the body"


class Series:
    __module__ = "pandas.core.series"


@payloads
@pytest.mark.parametrize(
    ("value", "expression"),
    [
        (np.zeros(3), ARRAY),
        (np.ma.masked_array([1, 2]), ARRAY),
        (DataFrame(), TABLE),
        (DataFrame(read=Series()), TABLE),
        (GeoDataFrame(), TABLE),
        (Series(), COLUMN),
    ],
)
def test_array_or_table_gets_the_line_to_write(value, expression, payload) -> None:
    reason = mandatory_violation_of(
        taking(shapes.Blob(), payload=payload), value
    ).reason
    assert reason.endswith(f"; encode it first: {expression}")
    assert type(value).__name__ in reason


def test_line_to_write_encodes_objects_of_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    df = pandas.DataFrame({"read": [1, 2]})
    for value, name in ((df, "df"), (df["read"], "series")):
        reason = violation_of(taking(shapes.Blob()), value).reason
        body = eval(reason.partition("encode it first: ")[2], {name: value})
        assert body == b"read\n1\n2\n"


class Asynchronous:
    async def read(self, size: int = -1) -> bytes:
        return b"body"

    async def seekable(self) -> bool:
        return True

    async def readable(self) -> bool:
        return True


class ReturnsCoroutine:
    def read(self, size: int = -1) -> Any:
        return Asynchronous().read(size)


@payloads
@pytest.mark.parametrize("kind", [Asynchronous, ReturnsCoroutine])
def test_asynchronous_file_is_refused_without_warning(kind, payload) -> None:
    operation = taking(shapes.Blob(), payload=payload)
    reason = "is an asynchronous file; pass its bytes: await file.read()"
    assert mandatory_violation_of(operation, kind()).reason == reason


def test_numpy_and_pandas_are_not_imported() -> None:
    code = """
import sys, paws
try:
    paws.sagemakerruntime(region="us-east-1").invoke_endpoint("demo", object())
except ValueError:
    print([name for name in ("numpy", "pandas") if name in sys.modules])
"""
    assert run_program(code) == "[]"
