"""Draw the picture of README: the help of a function, and completion of its arguments.

    python docs/site/pictures.py [--check]

The texts are those of `help()` and of jedi, the completion of IPython and Jupyter. With
--check, nothing is written: the exit code is 1 if the picture is not what would be drawn.
"""

from __future__ import annotations

import inspect
import io
import sys
import textwrap
from pathlib import Path

import jedi
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

import paws

PICTURE = Path(__file__).parents[1] / "images" / "help.svg"
COLUMNS = 92
PARAMETER_LINES = 14
COMPLETIONS = 6
CODE = """\
import paws
svc = paws.sagemakerruntime()
svc.invoke_endpoint("my-endpoint", b"1,2,3", In"""


def draw() -> str:
    """Return the picture as SVG, without a font of another host."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(_help())
    console.print(Syntax(CODE, "python", theme="monokai"))
    console.print(_completions())
    return console.export_svg(
        title="paws-py", theme=DIMMED_MONOKAI, unique_id="paws", code_format=_FORMAT
    )


def _help() -> Text:
    """Return the signature and the first parameters of a help page."""
    function = paws.sagemakerruntime_invoke_endpoint
    # As help() shows it since Python 3.14: without the quotes of annotations.
    signature = str(inspect.signature(function)).replace("'", "")
    lines = f"{inspect.getdoc(function)}".splitlines()
    parameters = lines[lines.index("Parameters") :][:PARAMETER_LINES]
    indented = textwrap.indent("\n".join(["…", *parameters, "…"]), "    ")
    return Text(
        f">>> help(paws.{function.__name__})\n{function.__name__}{signature}\n{indented}\n"
    )


def _completions() -> Table:
    arguments = [
        each
        for each in jedi.Script(CODE).complete()
        if each.type == "param" and each.name_with_symbols.endswith("=")
    ]
    table = Table.grid(padding=(0, 2))
    for each in arguments[:COMPLETIONS]:
        table.add_row(
            f"    {each.name_with_symbols}", each.description, style="reverse"
        )
    return table


_FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{
  font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


if __name__ == "__main__":
    picture = draw()
    if "--check" in sys.argv:
        sys.exit(picture != PICTURE.read_text(encoding="utf-8"))
    PICTURE.write_text(picture, encoding="utf-8")
