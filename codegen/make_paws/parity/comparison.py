"""Whether the help pages that are made here say what R's do.

Two texts are equal when a reader sees the same letters and digits in the same order,
ignoring case: punctuation, layout and the form of names (R's ``invoke_endpoint`` for
AWS's ``InvokeEndpoint``) do not count, and links count by their text.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import zip_longest
from types import MappingProxyType

from make_paws import ir, naming
from make_paws.parity import outline, visible
from make_paws.parity.facts import Page
from make_paws.parity.faults import Fault

# What is compared, in the order in which it is told.
FUNCTION = "function"
PARAMETER = "parameter"
SIGNATURE = "signature"
TITLE = "title"
DESCRIPTION = "description"
TEXT = "parameter text"
RESULT = "result"
REQUEST = "request"
MEASURES = (
    FUNCTION,
    PARAMETER,
    SIGNATURE,
    TITLE,
    DESCRIPTION,
    TEXT,
    RESULT,
    REQUEST,
)

_MARK = "&#91;required&#93;"
_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_Signature = Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not the same, with both texts; "" is what one side does not have.

    `reason` is why it is R's fault, empty where nothing says so.
    """

    service: str
    function: str
    what: str
    parameter: str
    ours: str
    theirs: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """Of what was compared, how much is equal and how much differs by R's fault."""

    compared: int = 0
    equal: int = 0
    faults: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.compared + other.compared,
            self.equal + other.equal,
            self.faults + other.faults,
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pages of one service beside R's.

    `counts` has every measure; `more_than_r` is how many parameters have a text here and
    none in R; `used` are the faults that were found in a text that differs.
    """

    service: str
    counts: Mapping[str, Count]
    more_than_r: int
    differences: tuple[Difference, ...]
    used: frozenset[Fault]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One thing on both sides, and when it counts as equal."""

    function: str
    what: str
    ours: str
    theirs: str
    agree: Callable[[str, str], bool] = operator.eq
    parameter: str = ""


def compare(
    service: ir.Service, pages: Mapping[str, Page], faults: Sequence[Fault] = ()
) -> Comparison:
    """Return how the pages of a service compare with R's.

    Parameters
    ----------
    service : ir.Service
        The service, as its templates get it.
    pages : mapping of str to Page
        R's pages of that service, by the name of the function.
    faults : sequence of Fault
        The known faults of R's pages.
    """
    functions = by_r_name(service)
    both = [(functions[name], pages[name]) for name in pages if name in functions]
    counts = dict.fromkeys(MEASURES, Count()) | {PARAMETER: _parameters(both)}
    differences: list[Difference] = []
    used: set[Fault] = set()
    for pair in _pairs(functions, pages):
        is_equal = pair.agree(pair.ours, pair.theirs)
        counts[pair.what] += Count(compared=1, equal=int(is_equal))
        if is_equal:
            continue
        mended, found = _mended(service.name, pair, faults)
        used.update(found)
        reason = ""
        if found and pair.agree(pair.ours, mended):
            reason = " ".join(" ".join(fault.reason.split()) for fault in found)
            counts[pair.what] += Count(faults=1)
        place = (service.name, pair.function, pair.what, pair.parameter)
        differences.append(Difference(*place, pair.ours, pair.theirs, reason))
    return Comparison(
        service=service.name,
        counts=counts,
        more_than_r=sum(
            bool(text and not r_text)
            for operation, page in both
            for _, text, r_text in _texts(operation, page)
        ),
        differences=tuple(differences),
        used=frozenset(used),
    )


def by_r_name(service: ir.Service) -> Mapping[str, ir.Operation]:
    """Return the operations of a service by R's names of their functions."""
    return {
        f"{service.name}_{naming.snake_case(operation.name)}": operation
        for operation in service.operations
    }


def total(comparisons: Sequence[Comparison]) -> Mapping[str, Count]:
    """Return the sum of every count."""
    return {
        what: sum((each.counts[what] for each in comparisons), Count())
        for what in MEASURES
    }


def unused(
    faults: Sequence[Fault], comparisons: Sequence[Comparison], paws_commit: str | None
) -> Iterator[tuple[Fault, str]]:
    """Yield each fault with a service that should have it, by its commit, and has not."""
    for fault in faults:
        if fault.paws_commit == paws_commit:
            for each in comparisons:
                if each.service in fault.known_in and fault not in each.used:
                    yield fault, each.service


def _pairs(
    functions: Mapping[str, ir.Operation], pages: Mapping[str, Page]
) -> Iterator[_Pair]:
    read = cache(partial(visible.letters, references=visible.references(pages)))

    def read_alike(ours: str, theirs: str) -> bool:
        return ours == theirs or read(ours) == read(theirs)

    for name in dict.fromkeys([*pages, *functions]):
        ours, theirs = (name if name in side else "" for side in (functions, pages))
        yield _Pair(name, FUNCTION, ours, theirs)
        if not (ours and theirs):
            continue
        operation, page = functions[name], pages[name]
        ours, theirs = map(_in_words, _signatures(operation, page))
        yield _Pair(name, SIGNATURE, ours, theirs)
        yield _Pair(name, TITLE, operation.title, page.title, read_alike)
        yield _Pair(
            name, DESCRIPTION, operation.documentation, page.description, read_alike
        )
        for parameter, text, r_text in _texts(operation, page):
            if r_text:
                yield _Pair(name, TEXT, text, r_text, read_alike, parameter)
        yield _Pair(name, RESULT, operation.result_syntax, page.value, _same_syntax)
        members = {each.name: each.member for each in operation.parameters}
        yield _Pair(
            name,
            REQUEST,
            operation.request_syntax,
            page.request,
            partial(_same_syntax, members=members),
        )


def _texts(operation: ir.Operation, page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield each parameter that both sides have, and its texts without R's mark."""
    texts = {each.member: each.documentation for each in operation.parameters}
    for parameter in page.params:
        if parameter.name in texts:
            r_text = parameter.text.removeprefix(_MARK).strip()
            yield parameter.name, texts[parameter.name], r_text


def _same_syntax(
    ours: str, theirs: str, members: Mapping[str, str] = _NO_NAMES
) -> bool:
    outlined = [
        (
            entry._replace(key=members.get(entry.key, entry.key))
            if entry.depth == 1 and entry.key
            else entry
        )
        for entry in outline.of_python(ours)
    ]
    return outline.agree(outlined, outline.of_r(theirs))


def _signatures(operation: ir.Operation, page: Page) -> tuple[_Signature, _Signature]:
    """Return the parameters of both sides, and whether each is required."""
    return (
        [(each.member, each.required) for each in operation.parameters],
        [(each.name, each.required) for each in page.params],
    )


def _in_words(signature: _Signature) -> str:
    return ", ".join(
        f"{name} (required)" if required else name for name, required in signature
    )


def _parameters(both: Sequence[tuple[ir.Operation, Page]]) -> Count:
    """Count parameters: equal are those of one name, place and requiredness."""
    couples = [couple for sides in both for couple in zip_longest(*_signatures(*sides))]
    return Count(len(couples), sum(ours == theirs for ours, theirs in couples))


def _mended(
    service: str, pair: _Pair, faults: Sequence[Fault]
) -> tuple[str, list[Fault]]:
    """Return R's text without its faults, and those that it has."""
    text, found = pair.theirs, []
    for fault in faults:
        mended = fault.mended(text) if _concerns(fault, service, pair) else text
        if mended != text:
            text = mended
            found.append(fault)
    return text, found


def _concerns(fault: Fault, service: str, pair: _Pair) -> bool:
    return all(
        wanted in ("", given)
        for wanted, given in (
            (fault.service, service),
            (fault.function, pair.function),
            (fault.what, pair.what),
            (fault.parameter, pair.parameter),
        )
    )
