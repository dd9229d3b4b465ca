"""Describe the differences of functions from R's help pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from make_paws import ir
from make_paws.parity import comparison
from make_paws.parity.facts import Facts, Page
from make_paws.parity.r_errata import Erratum

_TEXTS: Mapping[str, str] = {
    comparison.TITLE: "The title",
    comparison.DESCRIPTION: "The description",
    comparison.TEXT: "The text",
    comparison.RESULT: "The structure of the result",
    comparison.REQUEST: "The structure of the arguments",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A difference of a `parameter`, or of the page if `parameter` is empty."""

    parameter: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RComparison:
    """The comparison of a function with R's help page, whose version is `origin`.

    `is_compared` is False if R has no page for the function. `parameters` are R's.
    """

    origin: str
    is_compared: bool
    parameters: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


def of(
    service: ir.Service, facts: Facts, errata: Sequence[Erratum]
) -> Mapping[str, RComparison]:
    """Compare the functions of a service with R's; the keys are AWS's operation names."""
    origin = _origin(facts)
    pages = facts.services.get(service.name, {})
    compared = comparison.compare(service, pages, errata)
    found: dict[str, list[comparison.Difference]] = {}
    for difference in compared.differences:
        found.setdefault(difference.function, []).append(difference)

    def compare(name: str, operation: ir.Operation) -> RComparison:
        if name not in pages:
            return RComparison(origin, is_compared=False)
        parameters = tuple(each.name for each in pages[name].params)
        remarks = _remarks(operation, pages[name], found.get(name, ()))
        return RComparison(origin, True, parameters, remarks)

    functions = comparison.by_r_name(service)
    return {each.name: compare(name, each) for name, each in functions.items()}


def _origin(facts: Facts) -> str:
    parts = [
        f"at {facts.paws_commit[:8]}" if facts.paws_commit else "",
        f"from botocore {facts.botocore}" if facts.botocore else "",
    ]
    versions = ", ".join(part for part in parts if part)
    return f"R's paws ({versions})" if versions else "R's paws"


def _remarks(
    operation: ir.Operation, page: Page, differences: Sequence[comparison.Difference]
) -> tuple[Remark, ...]:
    parameters = tuple(_parameters(operation, page))
    texts = (
        Remark(each.parameter, f"{_TEXTS[each.what]} differs from R's.", each.reason)
        for each in differences
        # If the parameters differ, so does the syntax of the request.
        if each.what in _TEXTS and not (parameters and each.what == comparison.REQUEST)
    )
    return (*parameters, *texts)


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
