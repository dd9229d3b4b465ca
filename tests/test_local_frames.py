"""`paws_common.local.frames`; the decoder of botocore, which is not ours, judges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_http import cut, messages
from paws_common.local import frames

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    st.lists(st.tuples(st.dictionaries(texts, texts), st.binary()), max_size=4),
    st.lists(st.integers(min_value=0), max_size=8),
)
def test_messages_are_decoded_to_what_was_encoded_however_they_are_cut(sent, places):
    stream = b"".join(frames.encode(headers, payload) for headers, payload in sent)
    assert messages(*cut(stream, places)) == sent


@pytest.mark.parametrize(
    ("headers", "payload"),
    [
        ({"n" * 255: "v" * 65_535}, b""),
        ({"a": "v" * 65_535, "b": "w" * (128 * 1024 - 65_535 - 10)}, b""),
        ({}, bytes(24 * 1024 * 1024)),
    ],
    ids=["name and value", "headers", "payload"],
)
def test_a_message_of_the_greatest_length_is_decoded(headers, payload):
    assert messages(frames.encode(headers, payload)) == [(headers, payload)]


@pytest.mark.parametrize(
    ("headers", "payload", "named"),
    [
        ({"é" * 128: ""}, b"", "name of header .* 256 bytes, the most is 255"),
        ({"n": "v" * 65_536}, b"", "value of header 'n': 65536 bytes"),
        ({"a": "v" * 65_535, "b": "w" * 65_535}, b"", "headers: 131080 bytes"),
        ({}, bytes(24 * 1024 * 1024 + 1), "payload: 25165825 bytes"),
    ],
)
def test_a_message_too_long_to_be_decoded_is_refused(headers, payload, named):
    with pytest.raises(ValueError, match=named):
        frames.encode(headers, payload)
