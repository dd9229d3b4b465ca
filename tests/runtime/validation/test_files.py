"""The remainder of a file, from its position, behaves like a file."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common.validation.files import FileSlice, ShrunkFileError

steps = st.one_of(
    st.tuples(st.just("read"), st.tuples(st.integers(-1, 9))),
    st.tuples(st.just("seek"), st.tuples(st.integers(0, 9))),
    st.tuples(st.just("seek"), st.tuples(st.just(0), st.just(io.SEEK_CUR))),
    st.tuples(st.just("seek"), st.tuples(st.just(0), st.just(io.SEEK_END))),
    st.tuples(st.just("tell"), st.just(())),
    st.tuples(st.just("seekable"), st.just(())),
)


@given(content=st.binary(max_size=9), start=st.integers(0, 9), steps=st.lists(steps))
@example(b"abc", 1, [("read", (0,)), ("read", (1,)), ("read", (9,))])
@example(b"abc", 1, [("seek", (1,))])
@example(b"abc", 1, [("seek", (9,)), ("read", (-1,))])
@example(b"abc", 4, [("seek", (0, io.SEEK_END))])
def test_file_remainder_behaves_like_a_file(content, start, steps) -> None:
    file, model = io.BytesIO(content), io.BytesIO(content[start:])
    file.seek(start)
    rest = FileSlice(file)
    for name, arguments in steps:
        assert getattr(rest, name)(*arguments) == getattr(model, name)(*arguments)
    assert rest.read() == model.read()


@given(st.integers(0, 9), st.integers(1, 9), st.data())
def test_what_has_been_cut_off_a_file_is_missed(start, length, data) -> None:
    file = io.BytesIO(bytes(start + length))
    file.seek(start)
    rest = FileSlice(file)
    kept = data.draw(st.integers(0, length - 1))
    file.truncate(start + kept)
    rest.seek(0)
    assert rest.read(kept) == bytes(kept)
    assert rest.read(0) == b""
    with pytest.raises(ShrunkFileError, match=f": {length - kept} of {length} "):
        rest.read()


@given(st.binary(max_size=9), st.integers(0, 9), st.integers(-1, 9))
def test_what_is_written_to_a_file_later_is_not_read(content, start, size) -> None:
    file = io.BytesIO(content)
    file.seek(start)
    rest = FileSlice(file)
    file.seek(0, io.SEEK_END)
    file.write(b"later")
    rest.seek(0)
    was_there = io.BytesIO(content[start:])
    assert rest.read(size) == was_there.read(size)
    assert rest.read() == was_there.read()
