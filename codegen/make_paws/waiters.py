"""Describe botocore's waiters for help and the reference pages.

At runtime the installed botocore defines them (``paws_common/waiters.py``), so a malformed
definition is omitted here instead of being an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from make_paws import ir, naming


def describe(
    found: Mapping[str, Any], methods: Mapping[str, str]
) -> tuple[ir.Waiter, ...]:
    """Return the waiters of a service, sorted by name.

    Parameters
    ----------
    found : mapping
        The parsed ``waiters-2.json``, empty if the service has none.
    methods : mapping
        AWS's name of each operation to its method.
    """
    definitions = found.get("waiters")
    if not isinstance(definitions, dict):
        return ()
    waiters = [
        ir.Waiter(
            name=naming.snake_case(name),
            operation=waiter["operation"],
            method=methods[waiter["operation"]],
            delay=waiter["delay"],
            max_attempts=waiter["maxAttempts"],
            conditions=tuple(_conditions(waiter["acceptors"])),
        )
        for name, waiter in definitions.items()
        if _is_valid(waiter, methods) and naming.snake_case(name).isidentifier()
    ]
    return tuple(sorted(waiters, key=lambda waiter: waiter.name))


def note(waiter: ir.Waiter) -> str:
    """Return the note on a waiter in the help of the operation that it polls."""
    return (
        f'`wait_until` with the waiter `"{waiter.name}"` calls it up to '
        f"{waiter.max_attempts} times, {waiter.delay} s apart. "
        f"{'; '.join(waiter.conditions)}."
    )


def _is_valid(waiter: object, methods: Mapping[str, str]) -> bool:
    if not isinstance(waiter, dict):
        return False
    operation, acceptors = waiter.get("operation"), waiter.get("acceptors")
    return (
        isinstance(operation, str)
        and operation in methods
        and isinstance(waiter.get("delay"), int)
        and isinstance(waiter.get("maxAttempts"), int)
        and isinstance(acceptors, list)
        and all(map(_is_acceptor, acceptors))
    )


def _is_acceptor(acceptor: object) -> bool:
    return (
        isinstance(acceptor, dict)
        and acceptor.get("state") in ("success", "failure", "retry")
        and isinstance(acceptor.get("argument", ""), str)
    )


def _conditions(acceptors: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the conditions of success and failure; otherwise, the waiter calls again."""
    for state, label in (("success", "Success"), ("failure", "Failure")):
        conditions = [
            _condition(acceptor) for acceptor in acceptors if acceptor["state"] == state
        ]
        if conditions:
            yield f"{label}: {' or '.join(conditions)}"


def _condition(acceptor: Mapping[str, Any]) -> str:
    """Describe a condition: ``AcceptorConfig`` in botocore/waiter.py."""
    argument, expected = acceptor.get("argument", ""), acceptor.get("expected")
    match acceptor.get("matcher"):
        case "pathAll":
            return f"all of {_code(argument)} are {_code(repr(expected))}"
        case "pathAny":
            return f"any of {_code(argument)} is {_code(repr(expected))}"
        case "status":
            return f"HTTP status {expected}"
        case "error" if isinstance(expected, bool):
            return "any error" if expected else "no error"
        case "error":
            return f"the error {_code(str(expected))}"
        case _:
            return f"{_code(argument)} is {_code(repr(expected))}"


def _code(text: str) -> str:
    """Return a code span (CommonMark 0.31, section 6.1); JMESPath has literals in "`"."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"
