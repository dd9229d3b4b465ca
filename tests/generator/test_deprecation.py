"""The notice of a deprecation; `golden` has its places in help and on pages."""

import pytest
from hypothesis import given

from make_paws.deprecation import notice
from make_paws.parity import comparison
from support import help_pages
from support.random_models import texts
from support.service_models import described, greeting_model

SINCE = {"deprecatedSince": "2025-12-01"}
NOTICE = "Deprecated: Use *B* & <C>"


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({}, ""),
        ({"deprecated": False, "deprecatedMessage": "Use B."}, ""),
        (SINCE, ""),
        ({"deprecated": True}, "Deprecated."),
        ({"deprecated": True, "deprecatedMessage": "Use B."}, "Deprecated: Use B."),
        ({"deprecated": True, **SINCE}, "Deprecated since 2025-12-01."),
        (
            {"deprecated": True, **SINCE, "deprecatedMessage": "Use\n  B"},
            "Deprecated since 2025-12-01: Use B",
        ),
    ],
)
def test_notice_has_date_and_message(described, expected):
    assert notice(described) == expected


@given(texts, texts)
def test_any_notice_is_one_line(since, message):
    traits = {"deprecatedSince": since, "deprecatedMessage": message}
    made = notice({"deprecated": True, **traits})
    assert made.startswith("Deprecated")
    assert len(made.splitlines()) == 1


def deprecated_model():
    model = greeting_model()
    trait = {"deprecated": True, "deprecatedMessage": "Use *B* & <C>"}
    shapes = model["shapes"]
    model["operations"]["Greet"] |= {**trait, "deprecatedSince": "2025"}
    shapes["GreetInput"]["members"]["Name"] |= trait
    shapes["Count"] |= trait
    shapes["Busy"] |= trait
    return model


def test_notice_of_a_shape_is_that_of_its_parameters():
    model = deprecated_model()
    name, times = described(model).operations[0].parameters
    assert (name.deprecated, times.deprecated) == (NOTICE, NOTICE)
    model["shapes"]["GreetInput"]["members"]["Times"] |= {"deprecated": True}
    assert described(model).operations[0].parameters[1].deprecated == "Deprecated."


def test_notices_are_ignored_by_parity():
    """R's pages have no notices, so they are compared without them."""
    model = deprecated_model()
    model["shapes"]["GreetInput"]["members"]["Name"] |= {"idempotencyToken": True}
    found = comparison.compare(described(model), {"example_greet": help_pages.page()})
    assert found.differences == ()
