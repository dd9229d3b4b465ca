"""`paws_common.local.event_stream`, judged by botocore's decoder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paws_common.local import event_stream
from support.http_client import cut, messages

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    st.lists(st.tuples(st.dictionaries(TEXTS, TEXTS), st.binary()), max_size=4),
    st.lists(st.integers(min_value=0), max_size=8),
)
def test_messages_cut_anywhere_are_decoded_unchanged(sent, offsets) -> None:
    stream = b"".join(
        event_stream.encode(headers, payload) for headers, payload in sent
    )
    assert messages(*cut(stream, offsets)) == sent


@pytest.mark.parametrize(
    ("headers", "payload"),
    [
        ({"n" * 255: "v" * 65_535}, b""),
        ({"a": "v" * 65_535, "b": "w" * (128 * 1024 - 65_535 - 10)}, b""),
        ({}, bytes(24 * 1024 * 1024)),
    ],
    ids=["name and value", "headers", "payload"],
)
def test_message_of_maximum_length_is_decoded(headers, payload) -> None:
    assert messages(event_stream.encode(headers, payload)) == [(headers, payload)]


@pytest.mark.parametrize(
    ("headers", "payload", "message"),
    [
        ({"é" * 128: ""}, b"", "name of header .* 256 bytes .* maximum of 255"),
        ({"n": "v" * 65_536}, b"", "value of header 'n': 65536 bytes"),
        ({"a": "v" * 65_535, "b": "w" * 65_535}, b"", "headers: 131080 bytes"),
        ({}, bytes(24 * 1024 * 1024 + 1), "payload: 25165825 bytes"),
    ],
)
def test_too_long_message_is_rejected(headers, payload, message) -> None:
    with pytest.raises(ValueError, match=message):
        event_stream.encode(headers, payload)
