"""The members of a result have their types and texts in help, one level deep."""

import re

import pytest

from make_paws import emit, ir, render
from make_paws.diff import generated, public_api
from make_paws.diff.compare import compare
from support.service_models import described, greeting_model


def documented_model():
    """Return a model whose result has a documented, a nested and a plain member."""
    model = greeting_model()
    model["shapes"] |= {
        "GreetOutput": {
            "type": "structure",
            "required": ["Greeting"],
            "members": {
                "Greeting": {"shape": "Name", "documentation": "<p>A <b>text</b>.</p>"},
                "Tone": {"shape": "Tone"},
                "Times": {"shape": "Count"},
            },
        },
        "Tone": {
            "type": "structure",
            "members": {"Pitch": {"shape": "Count", "documentation": "<p>In Hz.</p>"}},
            "documentation": "<p>How it sounds.</p>",
        },
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


@pytest.mark.parametrize("change", ["no output", "no members"])
def test_result_without_members_has_no_list(change):
    model = documented_model()
    if change == "no output":
        del model["operations"]["Greet"]["output"]
    else:
        model["shapes"]["GreetOutput"] = {"type": "structure", "members": {}}
    service = described(model)
    assert service.operations[0].result_members == ()
    assert " : " not in returns(service)


def test_nested_members_are_not_in_help():
    assert "In Hz" not in returns(described(documented_model()))


def test_changed_text_of_a_result_is_a_difference(tmp_path):
    """Read back from generated code, and compared with a newer model."""
    model = documented_model()
    service = described(model)
    emit.write(emit.encoded(render.service(service, "paws")), tmp_path)
    old = generated.read(tmp_path / "paws/services/example")
    assert compare(old, public_api.of(service)) == ()
    greeting = model["shapes"]["GreetOutput"]["members"]["Greeting"]
    greeting["documentation"] = "<p>Another text.</p>"
    (found,) = compare(old, public_api.of(described(model)))
    assert (found.kind, found.place, found.name) == ("result", "Greet", "Greeting")
    assert (found.aspect, found.breaking) == ("documentation", False)


def test_result_members_are_those_of_the_output():
    (operation,) = described(documented_model()).operations
    assert operation.result_members == (
        ir.ResultMember("Greeting", "str", "A **text**."),
        ir.ResultMember("Tone", "Tone | None", "How it sounds."),
        ir.ResultMember("Times", "int | None", ""),
    )
