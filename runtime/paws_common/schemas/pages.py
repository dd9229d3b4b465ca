"""The texts of a help page, read back from the docstring of a generated function."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import dedent
from typing import NamedTuple

_SECTION = re.compile(r"^(?P<name>Parameters|Returns)\n-+$", re.MULTILINE)
_PARAMETER = re.compile(r"^(?P<name>\w+) : .*$", re.MULTILINE)
_REQUIRED = "[required] "


class Page(NamedTuple):
    """The title, what follows it, and the texts of the parameters by their names."""

    title: str
    description: str
    parameters: Mapping[str, str]


def page(docstring: str) -> Page:
    """Return what a help page says of a function and of its parameters.

    Parameters
    ----------
    docstring : str
        The docstring without its indentation; an empty one makes an empty page.
    """
    head, *sections = _SECTION.split(docstring)
    title, _, description = head.strip().partition("\n\n")
    texts = dict(zip(sections[::2], sections[1::2], strict=True))
    _, *parameters = _PARAMETER.split(texts.get("Parameters", ""))
    return Page(
        " ".join(title.split()),
        description.strip(),
        {
            name: dedent(text).strip().removeprefix(_REQUIRED)
            for name, text in zip(parameters[::2], parameters[1::2], strict=True)
        },
    )
