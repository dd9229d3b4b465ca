"""Compare two patterns by the values that callers can send."""

from __future__ import annotations

import re

from make_paws import ir
from make_paws.regex.inclusion import UnsupportedExpressionError, includes

_EXAMPLE = 40  # characters of an example that are shown


def compare(old: ir.String, new: ir.String) -> tuple[bool, str]:
    """Compare the values that two patterns accept, within the other limits of both.

    Returns
    -------
    tuple of bool and str
        Whether the new pattern is narrower (some value matches only the old one), and an
        explanation. Patterns that cannot be compared count as narrower. If the budget is
        used up before a counterexample is found, the new pattern counts as wider.
    """
    if new.regex is None:
        return False, "not enforced" if new.pattern else ""
    if old.pattern and old.regex is None:
        return True, "the old pattern was not enforced"
    if old.enum:
        return _compare_values(old, new, new.regex)
    limits = [one for one in (old.max, new.max, new.regex_max) if one is not None]
    min_length, max_length = max(old.min or 0, new.min or 0), min(limits, default=None)
    if max_length is not None and min_length > max_length:
        return False, ""
    try:
        found = includes(
            new.regex, old.regex or "", min_length=min_length, max_length=max_length
        )
    except UnsupportedExpressionError as error:
        return True, f"cannot be compared: {error}"
    if found.counterexample is not None:
        return _narrower(found.counterexample)
    return False, "wider" if found.is_proven else "looks wider"


def _compare_values(old: ir.String, new: ir.String, regex: str) -> tuple[bool, str]:
    for value in old.enum:
        is_kept = not new.enum or value in new.enum
        if is_kept and not re.search(regex, value, re.ASCII):
            return _narrower(value)
    return False, "wider"


def _narrower(example: str) -> tuple[bool, str]:
    short = example if len(example) <= _EXAMPLE else f"{example[:_EXAMPLE]}…"
    return True, f"narrower: {short!r} no longer matches"
