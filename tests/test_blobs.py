"""Blobs: bytes, text and files, what is sent for them, and what is refused."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hand_made import error_of, faults_of, operation_of, sent, taking
from paws_common import Fault, shapes
from paws_common.validation.requests import validate

either = pytest.mark.parametrize("limits", [True, False], ids=["on", "off"])


def not_contiguous(content: bytes) -> memoryview:
    twice = bytes(byte for byte in content for _ in range(2))
    return memoryview(twice)[::2]


BYTES_LIKE = [bytes, bytearray, memoryview, not_contiguous]


@given(st.sampled_from(BYTES_LIKE), st.binary(max_size=8), st.booleans())
def test_whatever_is_like_bytes_is_sent_as_bytes(
    kind: Callable[[bytes], Any], content: bytes, payload: bool
) -> None:
    result = sent(taking(shapes.Blob(), payload=payload), kind(content))
    assert (type(result), result) == (bytes, content)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
def test_text_is_sent_as_utf_8(text: str) -> None:
    assert sent(taking(shapes.Blob()), text) == text.encode("utf-8")


@given(st.binary(max_size=8), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8))
def test_the_length_of_a_blob_is_that_of_what_is_left_to_read_in_bytes(
    content: bytes, position: int, least: int, most: int
) -> None:
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
        assert sent(operation, left) == left
        body = sent(operation, file)
        assert file.tell() == position
        # botocore sends a body again from its position 0.
        assert [body.read(), body.seek(0), body.read()] == [left, 0, left]
        return
    for value in (left, file):
        assert faults_of(operation, value) == (Fault("Value", expected, True),)
    assert file.tell() == position


def test_a_string_is_as_long_as_its_utf_8() -> None:
    (fault,) = faults_of(taking(shapes.Blob(max=1)), "é")
    assert fault.reason == "2 bytes are more than 1"


@given(st.binary(max_size=8), st.integers(0, 8))
def test_a_file_inside_of_a_request_is_read_from_its_position(
    content: bytes, position: int
) -> None:
    file = io.BytesIO(content)
    file.seek(position)
    assert sent(taking(shapes.Blob()), file) == content[position:]


def test_a_file_is_sent_as_one_for_the_body_alone() -> None:
    names = ["A", "Body", "C"]
    structure = shapes.Structure(
        {name: shapes.Member("Blob") for name in names}, payload="Body"
    )
    operation = operation_of({"Input": structure, "Blob": shapes.Blob()})
    files = {name: io.BytesIO(name.encode()) for name in names}
    result = validate(operation.request(files), limits=True)
    assert (result["A"], result["Body"].read(), result["C"]) == (b"A", b"Body", b"C")


@pytest.mark.parametrize("payload", [True, False])
def test_a_pipe_is_read_whole(payload: bool) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe:
        os.write(writing, b"1,2")
        os.close(writing)
        assert sent(taking(shapes.Blob(), payload=payload), pipe) == b"1,2"


class Parts:
    """A reader of a few bytes at a time, which has `read` and nothing else."""

    def __init__(self, parts: list[bytes]) -> None:
        self.left = [*parts, b""]

    def read(self, size: int) -> bytes:
        assert 0 < size <= 2**20
        return self.left.pop(0)


@either
@pytest.mark.parametrize("payload", [True, False])
@given(
    parts=st.lists(st.binary(min_size=1, max_size=3), max_size=4),
    bounds=st.lists(st.integers(0, 8), min_size=2, max_size=2).map(sorted),
)
@example(parts=[b"1", b"2", b"3"], bounds=[0, 1])
def test_a_reader_is_read_until_it_is_known_to_be_too_long_and_no_further(
    parts: list[bytes], bounds: list[int], payload: bool, limits: bool
) -> None:
    least, most = bounds
    operation = taking(shapes.Blob(min=least, max=most), payload=payload)
    reader, content = Parts(parts), b"".join(parts)
    read = list(accumulate(parts, initial=b""))
    if not limits or least <= len(content) <= most:
        assert sent(operation, reader, limits=limits) == content
        assert reader.left == []
        return
    (fault,) = faults_of(operation, reader)
    assert fault.limit
    if len(content) > most:
        enough = next(found for found in read if len(found) > most)
        assert fault.reason.endswith(f"more than {most}")
        assert b"".join(reader.left) == content[len(enough) :]
    else:
        assert fault.reason.endswith(f"less than {least}")


class Device(io.BytesIO):
    """A file that says that it is empty, as those of /dev do."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return 0 if whence == io.SEEK_END else super().seek(offset, whence)


def test_a_device_is_read_whole_although_it_says_that_it_is_empty() -> None:
    assert sent(taking(shapes.Blob(), payload=True), Device(b"1,2")) == b"1,2"


def test_a_file_without_bytes_is_sent_as_a_file() -> None:
    body = sent(taking(shapes.Blob(), payload=True), io.BytesIO())
    assert (body.length, body.read()) == (0, b"")


def closed() -> io.BytesIO:
    with io.BytesIO() as file:
        return file


def released() -> memoryview:
    with memoryview(b"1,2") as view:
        return view


@either
@pytest.mark.parametrize("payload", [True, False])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (io.StringIO, "text mode"),
        (closed, "closed file"),
        (released, "released memoryview"),
        (dict, "a value of type dict is neither .* json.dumps"),
        (list, "a value of type list is neither .* json.dumps"),
        (tuple, "a value of type tuple is neither .* json.dumps"),
        (int, "a value of type int is neither bytes, nor text, nor a binary file$"),
        (object, "a value of type object is neither"),
    ],
)
def test_what_is_no_blob_is_refused_and_no_setting_lifts_it(
    make: Callable[[], Any], said: str, payload: bool, limits: bool
) -> None:
    (fault,) = faults_of(taking(shapes.Blob(), payload=payload), make(), limits=limits)
    assert re.search(said, fault.reason)
    assert not fault.limit


@either
@pytest.mark.parametrize("payload", [True, False])
@pytest.mark.parametrize(
    ("opened", "mode", "said"),
    [
        (tempfile.TemporaryFile, "w+", "is a file in text mode"),
        (tempfile.NamedTemporaryFile, "w+", "is a file that does not give bytes"),
        (tempfile.TemporaryFile, "wb", "is a file that is not open for reading"),
    ],
)
def test_a_file_that_gives_no_bytes_is_refused_and_no_setting_lifts_it(
    opened: Callable[[str], Any], mode: str, said: str, payload: bool, limits: bool
) -> None:
    with opened(mode) as file:
        (fault,) = faults_of(
            taking(shapes.Blob(), payload=payload), file, limits=limits
        )
    assert fault.reason.startswith(said)
    assert not fault.limit


@either
def test_no_file_is_read_for_a_call_that_cannot_be_made(limits: bool) -> None:
    operation = operation_of(
        {
            "Input": shapes.Structure(
                {
                    "Body": shapes.Member("Blob"),
                    "Location": shapes.Member("Text"),
                    "Number": shapes.Member("Number"),
                },
                payload="Body",
                exactly_one_of=(("Location", "Body"),),
            ),
            "Blob": shapes.Blob(max=1),
            "Text": shapes.String(),
            "Number": shapes.Integer(),
        }
    )
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe:
        os.write(writing, b"1,2")
        os.close(writing)
        error = error_of(operation, {"Body": pipe, "Number": "one"}, limits=limits)
        assert [fault.path for fault in error.faults] == ["Number"]
        assert pipe.read() == b"1,2"
