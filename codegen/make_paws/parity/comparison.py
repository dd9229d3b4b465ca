"""Compare the generated documentation with R's help pages.

Two texts are equal when a reader sees the same letters and digits in the same order,
ignoring case. Punctuation, layout and the form of names (R's ``invoke_endpoint`` for
AWS's ``InvokeEndpoint``) do not matter; links are compared by their text.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import zip_longest
from types import MappingProxyType

from make_paws import ir, naming
from make_paws.parity import normalize, outline
from make_paws.parity.facts import Page
from make_paws.parity.r_errata import Erratum

# The things that are compared.
FUNCTION = "function"
PARAMETER = "parameter"
SIGNATURE = "signature"
TITLE = "title"
DESCRIPTION = "description"
TEXT = "parameter text"
RESULT = "result"
REQUEST = "request"
# The names of their counts, in the order of the report.
MEASURES: Mapping[str, str] = {
    FUNCTION: "functions",
    PARAMETER: "parameters",
    SIGNATURE: "signatures",
    TITLE: "titles",
    DESCRIPTION: "descriptions",
    TEXT: "parameter texts",
    RESULT: "results",
    REQUEST: "requests",
}

_MARK = "&#91;required&#93;"
_NO_NAMES: Mapping[str, str] = MappingProxyType({})
_Signature = Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference, with both texts; "" if one side does not have the thing.

    `reason` is why the difference is an error of R, empty if it is not known to be one.
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
    """How many were compared, are equal, and differ because of an error of R."""

    compared: int = 0
    equal: int = 0
    errata: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.compared + other.compared,
            self.equal + other.equal,
            self.errata + other.errata,
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of the pages of one service with R's.

    `counts` has an entry for each of `MEASURES`. `more_than_r` is the number of
    parameters that have a text here but not in R. `used` are the errata that apply to a
    text that differs.
    """

    service: str
    counts: Mapping[str, Count]
    more_than_r: int
    differences: tuple[Difference, ...]
    used: frozenset[Erratum]


@dataclass(frozen=True, slots=True)
class _Pair:
    """The same thing on both sides; `agree` returns whether both are equal."""

    function: str
    what: str
    ours: str
    theirs: str
    agree: Callable[[str, str], bool] = operator.eq
    parameter: str = ""


def compare(
    service: ir.Service, pages: Mapping[str, Page], errata: Sequence[Erratum] = ()
) -> Comparison:
    """Compare the pages of a service with R's.

    Parameters
    ----------
    service : ir.Service
        The service, as it is passed to the templates.
    pages : mapping of str to Page
        R's pages of that service, by name of function.
    errata : sequence of Erratum
        The known errors of R's pages.
    """
    functions = by_r_name(service)
    custom = {function.function for function in service.functions}
    both = [(functions[name], pages[name]) for name in pages if name in functions]
    counts = dict.fromkeys(MEASURES, Count()) | {PARAMETER: _parameters(both)}
    differences: list[Difference] = []
    used: set[Erratum] = set()
    for pair in _pairs(functions, custom, pages):
        is_equal = pair.agree(pair.ours, pair.theirs)
        counts[pair.what] += Count(compared=1, equal=int(is_equal))
        if is_equal:
            continue
        corrected, found = _corrected(service.name, pair, errata)
        used.update(found)
        reason = ""
        if found and pair.agree(pair.ours, corrected):
            reason = " ".join(" ".join(erratum.reason.split()) for erratum in found)
            counts[pair.what] += Count(errata=1)
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
    """Map R's names of functions to the operations of a service."""
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
    errata: Sequence[Erratum],
    comparisons: Sequence[Comparison],
    paws_commit: str | None,
) -> Iterator[tuple[Erratum, str]]:
    """Yield each erratum that a service of the same commit does not have."""
    for erratum in errata:
        if erratum.paws_commit == paws_commit:
            for each in comparisons:
                if each.service in erratum.known_in and erratum not in each.used:
                    yield erratum, each.service


def _pairs(
    functions: Mapping[str, ir.Operation],
    custom: Collection[str],
    pages: Mapping[str, Page],
) -> Iterator[_Pair]:
    read = cache(partial(normalize.letters, references=normalize.references(pages)))

    def read_alike(ours: str, theirs: str) -> bool:
        return ours == theirs or read(ours) == read(theirs)

    for name in dict.fromkeys([*pages, *functions]):
        ours = name if name in functions or name in custom else ""
        theirs = name if name in pages else ""
        yield _Pair(name, FUNCTION, ours, theirs)
        # The texts of custom functions are not compared.
        if name in custom or not (ours and theirs):
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
    """Yield each parameter of both sides, and both texts without R's ``[required]``."""
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
    """Count parameters; they are equal if name, position and requiredness are."""
    couples = [couple for sides in both for couple in zip_longest(*_signatures(*sides))]
    return Count(len(couples), sum(ours == theirs for ours, theirs in couples))


def _corrected(
    service: str, pair: _Pair, errata: Sequence[Erratum]
) -> tuple[str, list[Erratum]]:
    """Return R's text with its errors corrected, and the errata that applied."""
    text, found = pair.theirs, []
    for erratum in errata:
        if _concerns(erratum, service, pair):
            corrected = erratum.corrected(text)
            if corrected != text:
                text = corrected
                found.append(erratum)
    return text, found


def _concerns(erratum: Erratum, service: str, pair: _Pair) -> bool:
    wanted = erratum.service, erratum.function, erratum.what, erratum.parameter
    given = service, pair.function, pair.what, pair.parameter
    return all(one in ("", other) for one, other in zip(wanted, given, strict=True))
