"""A readable form of function signatures."""

from __future__ import annotations

import inspect
from collections.abc import Callable


def in_words(function: Callable[..., object]) -> list[str]:
    """Return the parameters in order, `!` after a required one, `*` as Python has it.

    The default of an optional parameter has to be None.
    """
    words = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        required = parameter.default is parameter.empty
        assert required or parameter.default is None, parameter
        words.append(f"{parameter.name}!" if required else parameter.name)
    return words
