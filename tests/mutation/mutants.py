"""What a mutant is, which ones matter, and what is said of those that no test noticed."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Mutant:
    """One changed line of a module.

    Attributes
    ----------
    module : str
        The path of the module in the repository.
    line : str
        As it is, without its indentation; several lines are joined by a newline.
    mutant : str
        As the mutant has it.
    """

    module: str
    line: str
    mutant: str


def program(source: str) -> str | None:
    """Return what Python runs of a module, or None if it is no Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        match node:
            case ast.arg():
                node.annotation = None
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.returns = None
            case ast.AnnAssign():
                node.annotation = ast.Constant(None)
    return ast.dump(tree)


def distinct(originals: Iterable[str], mutated: Iterable[str]) -> Iterator[bool]:
    """Tell of each mutant whether it is a program, and another one than those before.

    Parameters
    ----------
    originals : iterable of str
        The sources of the modules.
    mutated : iterable of str
        The sources of their mutants.
    """
    seen = {None, *map(program, originals)}
    for source in mutated:
        made = program(source)
        yield made not in seen
        seen.add(made)


def changed(module: str, diff: str) -> Mutant:
    """Return the mutant that a unified diff of one module shows."""
    body = diff.split("\n")[3:]  # after the names of the file

    def lines(sign: str) -> str:
        found = (line[1:].strip() for line in body if line.startswith(sign))
        return "\n".join(filter(None, found))

    return Mutant(module, lines("-"), lines("+"))


def listed(table: Mapping[str, Any]) -> Counter[Mutant]:
    """Return the mutants that may survive, from the rows of a list.

    Raises
    ------
    ValueError
        A row says no reason.
    """
    rows = Counter[Mutant]()
    for row in table.get("survivor", []):
        if not row["reason"]:
            raise ValueError(f"no reason is given for {row['mutant']!r}")
        rows[Mutant(row["module"], row["line"], row["mutant"])] += 1
    return rows


def verdict(survived: Counter[Mutant], allowed: Counter[Mutant]) -> list[str]:
    """Return what is wrong: survivors without a row, and rows without a survivor."""
    return [
        *(
            f"# survives, and is not listed\n{_row(mutant)}"
            for mutant in sorted((survived - allowed).elements())
        ),
        *(
            f"# is listed, and does not survive\n{_row(mutant)}"
            for mutant in sorted((allowed - survived).elements())
        ),
    ]


def _row(mutant: Mutant) -> str:
    # A string of JSON is one of TOML.
    fields = {"module": mutant.module, "line": mutant.line, "mutant": mutant.mutant}
    return "[[survivor]]\n" + "".join(
        f"{name} = {json.dumps(text, ensure_ascii=False)}\n"
        for name, text in fields.items()
    )
