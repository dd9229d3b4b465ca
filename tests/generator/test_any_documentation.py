"""A service is generated whatever its documentation contains, and no letter is lost."""

import ast
from textwrap import dedent

from hypothesis import example, given
from hypothesis import strategies as st

from generator.test_docs import visible
from generator.test_docs_properties import VISIBLE_PIECES, letters
from make_paws import render
from support.hypothesis_settings import examples
from support.service_models import described, greeting_model


def documented_model(html):
    """Return a model in which everything has the same documentation."""
    model = greeting_model()
    shapes = model["shapes"].values()
    members = (each for shape in shapes for each in shape.get("members", {}).values())
    for documented in (model, *model["operations"].values(), *shapes, *members):
        documented["documentation"] = html
    return model


def docstrings(html):
    """Generate the service, and return its docstrings by the names they belong to."""
    files = render.service(described(documented_model(html)), "paws")
    found = {}
    for source in files.values():
        for node in ast.walk(compile(source, "<generated>", "exec", ast.PyCF_ONLY_AST)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[node.name] = ast.get_docstring(node) or ""
    return found


@examples(100)
@given(st.lists(st.sampled_from([*VISIBLE_PIECES]), max_size=12))
@example(["<ip>", "<ul>", "<li>", "<sup>", "word", "</p>"])
def test_any_documentation_is_generated_and_kept(pieces):
    shown = letters("".join(VISIBLE_PIECES[piece] for piece in pieces))
    found = docstrings("".join(pieces))
    _, _, body = found["example_greet"].partition("\n\n")
    description = body.partition("\n\nParameters\n")[0]
    assert letters(visible(description)) == shown or not shown
    error = found["Busy"].partition("\n\nAttributes\n---")[0]
    assert letters(visible(error)) == shown or not shown
    service = found["example"].partition("\n\n")[2].partition("Parameters\n---")[0]
    assert letters(visible(service)) == shown
    parameter = body.partition("\nName : str\n")[2].partition("\nTimes : int")[0]
    text = dedent(parameter).removeprefix("[required]")
    assert letters(visible(text)) == shown
    member = body.partition("Greeting : str | None\n")[2].partition("\nRaises\n---")[0]
    assert letters(visible(dedent(member))) == shown
