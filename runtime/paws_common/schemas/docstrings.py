"""Parse the docstrings of generated functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import dedent
from typing import NamedTuple

_SECTION = re.compile(r"^(?P<name>Parameters|Returns)\n-+$", re.MULTILINE)
_PARAMETER = re.compile(r"^(?P<name>\w+) : .*$", re.MULTILINE)
_REQUIRED = "[required]"


class HelpPage(NamedTuple):
    """The title, the description, and the text of each parameter by its name."""

    title: str
    description: str
    parameters: Mapping[str, str]


def parse_docstring(docstring: str) -> HelpPage:
    """Parse the docstring of a generated function, which has no indentation."""
    head, *sections = _SECTION.split(docstring)
    title, _, description = head.strip().partition("\n\n")
    texts = dict(zip(sections[::2], sections[1::2], strict=True))
    _, *parameters = _PARAMETER.split(texts.get("Parameters", ""))
    return HelpPage(
        " ".join(title.split()),
        description.strip(),
        {
            name: dedent(text).strip().removeprefix(_REQUIRED).strip()
            for name, text in zip(parameters[::2], parameters[1::2], strict=True)
        },
    )
