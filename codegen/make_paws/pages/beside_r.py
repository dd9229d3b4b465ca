"""What differs from R's help page of a function, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from make_paws import ir
from make_paws.parity import comparison
from make_paws.parity.facts import Facts, Page
from make_paws.parity.faults import Fault

_TEXTS: Mapping[str, str] = {
    comparison.TITLE: "The title",
    comparison.DESCRIPTION: "The description",
    comparison.TEXT: "The text",
    comparison.RESULT: "The syntax of the result",
    comparison.REQUEST: "The syntax of the request",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that differs: of the `parameter`, or of the page where it is empty."""

    parameter: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BesideR:
    """A function beside R's page of it: `origin` says where that is from.

    `is_compared` is False where there is no page of R; then nothing is known to differ.
    """

    origin: str
    is_compared: bool
    remarks: tuple[Remark, ...] = ()


def of(
    service: ir.Service, facts: Facts, faults: Sequence[Fault]
) -> Mapping[str, BesideR]:
    """Return every function of a service beside R's, by AWS's name of the operation."""
    origin = _origin(facts)
    pages = facts.services.get(service.name, {})
    compared = comparison.compare(service, pages, faults)
    found: dict[str, list[comparison.Difference]] = {}
    for difference in compared.differences:
        found.setdefault(difference.function, []).append(difference)
    return {
        operation.name: BesideR(
            origin=origin,
            is_compared=name in pages,
            remarks=(
                (
                    *_parameters(operation, pages[name]),
                    *_texts(found.get(name, ())),
                )
                if name in pages
                else ()
            ),
        )
        for name, operation in comparison.by_r_name(service).items()
    }


def _origin(facts: Facts) -> str:
    parts = [
        f"at {facts.paws_commit[:8]}" if facts.paws_commit else "",
        f"from botocore {facts.botocore}" if facts.botocore else "",
    ]
    told = ", ".join(part for part in parts if part)
    return f"R's paws ({told})" if told else "R's paws"


def _parameters(operation: ir.Operation, page: Page) -> Iterator[Remark]:
    ours = {each.member: each for each in operation.parameters}
    theirs = {each.name: each for each in page.params}
    for name, parameter in ours.items():
        if name not in theirs:
            yield Remark(name, "R does not have it.")
        elif parameter.required != theirs[name].required:
            then = "required" if theirs[name].required else "optional"
            now = "required" if parameter.required else "optional"
            yield Remark(name, f"It is {then} in R, and {now} here.")
    for name in theirs:
        if name not in ours:
            yield Remark(name, "Only R has it.")
    if [name for name in ours if name in theirs] != [
        name for name in theirs if name in ours
    ]:
        yield Remark("", "The parameters have another order in R.")


def _texts(differences: Sequence[comparison.Difference]) -> Iterator[Remark]:
    for difference in differences:
        if difference.what in _TEXTS:
            text = f"{_TEXTS[difference.what]} is not R's."
            yield Remark(difference.parameter, text, difference.reason)
