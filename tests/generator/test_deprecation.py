"""The notice of a deprecation in help, on reference pages and in `diff`."""

import pytest
from hypothesis import given

from make_paws.deprecation import notice
from make_paws.diff import generated, public_api
from make_paws.parity import comparison
from support import help_pages
from support import rendered_pages as rendered
from support.random_models import texts
from support.service_models import described, greeting_model, write_service

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
    """Return a model with a deprecated operation, member, shape and error."""
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


def test_reference_page_begins_with_the_notice():
    tree = rendered.tree(rendered.pages(deprecated_model())["example_greet.md"])
    heading, warning = tree[:2]
    assert heading.tag == "h1"
    assert warning.get("class") == "admonition warning"
    assert rendered.words(warning) == "Deprecated since 2025: Use *B* & <C>"
    for _, warning, *_ in rendered.arguments(tree).values():
        assert rendered.words(warning) == NOTICE


def test_generated_code_has_the_facts_of_the_model(tmp_path):
    """The notices are not a part of the documentation that `diff` compares."""
    service = described(deprecated_model())
    found = generated.read(write_service(tmp_path, service))
    (function,) = found.functions
    assert found == public_api.of(service)
    assert function.deprecated == "Deprecated since 2025: Use *B* & <C>"
    assert function.documentation == "Greets somebody Greets somebody."
    assert [each.deprecated for each in function.parameters] == [NOTICE, NOTICE]


def test_notices_are_ignored_by_parity():
    """R's pages have no notices, so they are compared without them."""
    model = deprecated_model()
    model["shapes"]["GreetInput"]["members"]["Name"] |= {"idempotencyToken": True}
    found = comparison.compare(described(model), {"example_greet": help_pages.page()})
    assert found.differences == ()
