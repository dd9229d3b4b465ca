"""What is left of a file is a file."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from paws_common.validation.rewinding import Rest

steps = st.one_of(
    st.tuples(st.just("read"), st.tuples(st.integers(-1, 9))),
    st.tuples(st.just("seek"), st.tuples(st.integers(0, 9))),
    st.tuples(st.just("seek"), st.tuples(st.just(0), st.just(io.SEEK_CUR))),
    st.tuples(st.just("seek"), st.tuples(st.just(0), st.just(io.SEEK_END))),
    st.tuples(st.just("tell"), st.just(())),
    st.tuples(st.just("seekable"), st.just(())),
)


@given(content=st.binary(max_size=9), start=st.integers(0, 9), steps=st.lists(steps))
def test_the_rest_of_a_file_is_read_like_a_file_of_its_own(
    content: bytes, start: int, steps: list[tuple[str, tuple[int, ...]]]
) -> None:
    start = min(start, len(content))
    file, model = io.BytesIO(content), io.BytesIO(content[start:])
    file.seek(start)
    rest = Rest(file)

    for name, arguments in steps:
        assert getattr(rest, name)(*arguments) == getattr(model, name)(*arguments)
    assert rest.read() == model.read()
