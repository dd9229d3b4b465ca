"""The title of a function on the reference pages."""

from dataclasses import replace

import pytest

from make_paws.pages import titles
from support.service_models import described, greeting_model

ACTION = "Deletes the *bucket*, e.g. `logs`. It must be empty."


@pytest.mark.parametrize(
    "notice",
    [
        "> This operation is not supported for directory buckets.",
        "End of support notice: As of May 1, it ends.",
        "This change affects the regions US East (N. Virginia) and Europe.",
        "This is AWS WAF Classic documentation.",
        "This API works with the following fleet types: EC2",
        "This action is deprecated.",
        "If you use it after May 1, it fails.",
        "- A list item.",
    ],
)
def test_title_is_first_sentence_without_notice(notice):
    assert short(f"{notice}\n\n{ACTION}") == "Deletes the bucket, e.g. logs"


def test_title_of_notices_only_is_that_of_r():
    assert short("This action is deprecated.") == "R's title"


def test_long_title_is_shortened_at_a_word():
    title = short("Deletes " + "words " * 50 + "at last.")
    assert len(title) <= 100
    assert title.endswith("words …")


def short(documentation):
    (operation,) = described(greeting_model()).operations
    return titles.short(
        replace(operation, documentation=documentation, title="R's title")
    )
