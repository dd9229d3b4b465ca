"""The notice of a deprecation in help, on reference pages and in `diff`."""

import pytest
from hypothesis import given

from make_paws import render
from make_paws.deprecation import notice
from make_paws.diff import generated, public_api
from make_paws.pages import page, site
from make_paws.parity import comparison
from make_paws.parity.facts import Page, Parameter
from support import rendered_pages as rendered
from support.random_models import texts
from support.service_models import described, greeting_model, loaded


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({}, ""),
        ({"deprecated": False, "deprecatedMessage": "Use B."}, ""),
        ({"deprecatedSince": "2025-12-01"}, ""),
        ({"deprecated": True}, "Deprecated."),
        ({"deprecated": True, "deprecatedMessage": "Use B."}, "Deprecated: Use B."),
        (
            {"deprecated": True, "deprecatedSince": "2025-12-01"},
            "Deprecated since 2025-12-01.",
        ),
        (
            {
                "deprecated": True,
                "deprecatedSince": "2025-12-01",
                "deprecatedMessage": "Use\n  B",
            },
            "Deprecated since 2025-12-01: Use B",
        ),
    ],
)
def test_notice_has_date_and_message(described, expected):
    assert notice(described) == expected


@given(texts, texts)
def test_any_notice_is_one_line(since, message):
    made = notice(
        {"deprecated": True, "deprecatedSince": since, "deprecatedMessage": message}
    )
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
    assert name.deprecated == "Deprecated: Use *B* & <C>"
    assert times.deprecated == "Deprecated: Use *B* & <C>"
    model["shapes"]["GreetInput"]["members"]["Times"] |= {"deprecated": True}
    assert described(model).operations[0].parameters[1].deprecated == "Deprecated."


def test_reference_page_begins_with_the_notice():
    model = deprecated_model()
    service = described(model)
    functions = page.functions(
        service, loaded(model), earlier=(), rules=(), r_comparison={}
    )
    (text,) = (
        text
        for path, text in site.service(service, functions).items()
        if path.name == "example_greet.md"
    )
    tree = rendered.tree(text)
    heading, warning = tree[:2]
    assert heading.tag == "h1"
    assert warning.get("class") == "admonition warning"
    assert rendered.words(warning) == "Deprecated since 2025: Use *B* & <C>"
    for _, warning, *_ in rendered.arguments(tree).values():
        assert rendered.words(warning) == "Deprecated: Use *B* & <C>"


def test_generated_code_has_the_facts_of_the_model(tmp_path):
    """The notices are not a part of the documentation that `diff` compares."""
    service = described(deprecated_model())
    for path, source in render.service(service, "paws").items():
        (tmp_path / path.name).write_text(source)
    found = generated.read(tmp_path)
    (function,) = found.functions
    assert found == public_api.of(service)
    assert function.deprecated == "Deprecated since 2025: Use *B* & <C>"
    assert function.documentation == "Greets somebody Greets somebody."
    assert [each.deprecated for each in function.parameters] == [
        "Deprecated: Use *B* & <C>",
        "Deprecated: Use *B* & <C>",
    ]


def test_notices_are_ignored_by_parity():
    """R's pages have no notices, so they are compared without them."""
    model = deprecated_model()
    model["shapes"]["GreetInput"]["members"]["Name"] |= {"idempotencyToken": True}
    page_of_r = Page(
        title="Greets somebody",
        description="Greets somebody.",
        params=(Parameter("Name", True, "Of whom."), Parameter("Times", False, "")),
        value='list(\n  Greeting = "string"\n)',
        request='svc$greet(\n  Name = "string",\n  Times = 123\n)',
        examples="",
    )
    found = comparison.compare(described(model), {"example_greet": page_of_r})
    assert found.differences == ()
