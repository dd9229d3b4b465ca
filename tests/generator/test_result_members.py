"""The members of a result have their types and texts in help, one level deep."""

import re

import pytest

from make_paws import render
from make_paws.diff import generated, public_api
from make_paws.diff.compare import compare
from support.service_models import described, greeting_model, write_service

TONE = {"Pitch": {"shape": "Count", "documentation": "<p>In Hz.</p>"}}
MEMBERS = {
    "Greeting": {"shape": "Name", "documentation": "<p>A <b>text</b>.</p>"},
    "Tone": {"shape": "Tone"},
    "Times": {"shape": "Count"},
}


def documented_model(**output):
    """Return a model whose result has a documented, a nested and a plain member."""
    model = greeting_model()
    output = {"members": MEMBERS, "required": ["Greeting"], **output}
    model["shapes"]["GreetOutput"] |= output
    model["shapes"]["Tone"] = {
        "type": "structure",
        "members": TONE,
        "documentation": "<p>How it sounds.</p>",
    }
    return model


def returns(service):
    """Return the section `Returns` of the help of the only operation."""
    files = render.service(service, "paws")
    (source,) = (text for path, text in files.items() if path.name == "operations.py")
    (section,) = re.findall(
        r"\n    Returns\n    -+\n(.*?)\n\n    Raises\n", source, re.DOTALL
    )
    return section


def test_members_follow_the_syntax_of_the_result():
    *_, members = returns(described(documented_model())).partition("        ```\n\n")
    assert members.splitlines() == [
        "        Greeting : str",
        "            A **text**.",
        "        Tone : Tone | None",
        "            How it sounds.",
        "        Times : int | None",
    ]


@pytest.mark.parametrize("has_output", [True, False])
def test_result_without_members_has_no_list(has_output):
    model = documented_model(members={}, required=[])
    if not has_output:
        del model["operations"]["Greet"]["output"]
    service = described(model)
    assert service.operations[0].result_members == ()
    assert " : " not in returns(service)


def test_changed_text_of_a_result_is_a_difference(tmp_path):
    """Read back from generated code, and compared with a newer model."""
    old = generated.read(write_service(tmp_path, described(documented_model())))
    changed = {**MEMBERS["Greeting"], "documentation": "<p>Another text.</p>"}
    new = documented_model(members={**MEMBERS, "Greeting": changed})
    (found,) = compare(old, public_api.of(described(new)))
    assert (found.kind, found.place, found.name) == ("result", "Greet", "Greeting")
    assert (found.aspect, found.breaking) == ("documentation", False)
