"""R's ``paginate`` and ``list_paginators``: iterate over the pages of a result.

botocore's definitions (``paginators-1.json``) and its public paginator determine which
operations have pages, and how to request the next page. This package validates the
arguments when `paginate` is called, builds a complete result from each page, and
translates the errors.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from paws_common.api import Api, Operation, Request
from paws_common.errors import PaginationError, ParameterError, Violation
from paws_common.responses.builder import build_result
from paws_common.service import (
    BoundOperation,
    Service,
    check_support,
    describe_object,
    operations_of,
    resolve_operation,
)
from paws_common.settings import Settings
from paws_common.shapes import Shape, String, structure_of
from paws_common.suggestions import close_matches
from paws_common.validation.scalars import Violations, check_count
from paws_common.validation.validator import validate

if TYPE_CHECKING:
    from botocore.paginate import PageIterator

Page = TypeVar("Page")

# A key of botocore's tokens: how many elements of the page to skip.
_OFFSET = "boto_truncate_amount"
_MAX_LISTED = 10  # operations in an error


class Pages(Iterator[Page], Generic[Page]):
    """An iterator over the pages of a result, which `paginate` returns.

    Each page is requested when it is needed. The pages can be iterated over once.
    """

    def __init__(
        self,
        operation: Operation[Any],
        pages: PageIterator[Any],
        responses: Iterator[Mapping[str, Any]],
        start: Mapping[str, Any],
    ) -> None:
        self._operation = operation
        self._pages = pages
        self._responses = responses
        self._start = start

    def __next__(self) -> Page:
        return cast(Page, build_result(self._operation, next(self._responses)))

    def __repr__(self) -> str:
        return f"<Pages of {self._operation.function}>"

    @property
    def result_keys(self) -> tuple[str, ...]:
        """The names that `items` accepts: JMESPath expressions for a part of each page.

        For example ``DistributionList.Items``. ``MaxItems`` counts the elements of the
        first one.
        """
        return tuple(key.expression for key in self._pages.result_keys or ())

    @property
    def non_aggregate_part(self) -> dict[str, Any]:
        """The members of the first page that apply to all pages; empty before it arrives."""
        return self._pages.non_aggregate_part

    @property
    def resume_token(self) -> str | None:
        """The ``StartingToken`` for the elements after ``MaxItems``; None if there are none.

        It is set when the last page arrives.
        """
        from paws_common.client.service_client import read_token, write_token

        token = cast("str | None", self._pages.resume_token)
        values = read_token(token) if token else None
        # botocore's token for the first page is empty, even if a token was sent.
        if values and all(values[name] is None for name in values.keys() - {_OFFSET}):
            return write_token({**values, **self._start})
        return token

    def items(self, name: str | None = None) -> Iterator[Any]:
        """Return an iterator over the elements of the remaining pages.

        Parameters
        ----------
        name : str, optional
            One of `result_keys`. It is required if there are several.

        Returns
        -------
        iterator
            The elements of the lists. A value that is not a list, such as DynamoDB's
            ``Count``, is one element of its page.

        Raises
        ------
        PaginationError
            `name` is not a result key, or is omitted although there are several.
        """
        keys = {key.expression: key for key in self._pages.result_keys or ()}
        if name is None and len(keys) == 1:
            (name,) = keys
        if name not in keys:
            reason = "name is required" if name is None else f"{name!r} is invalid"
            raise PaginationError(
                f"{self._operation.function}: {reason}; pass one of the result keys: "
                f"{', '.join(keys)}"
            )
        return _elements(self, keys[name].search)


def _elements(pages: Iterator[Any], search: Callable[[Any], Any]) -> Iterator[Any]:
    for page in pages:
        found = search(page)
        if isinstance(found, list):
            yield from found
        elif found is not None:
            yield found


# No parameter can be added by keyword to those of `function` (PEP 612): type checkers infer
# the type of a page, but do not check the arguments.
def paginate(
    function: Callable[..., Page],
    /,
    *args: Any,
    PageSize: int | None = None,
    MaxItems: int | None = None,
    StartingToken: str | None = None,
    StopOnSameToken: bool = False,
    **kwargs: Any,
) -> Pages[Page]:
    """Return an iterator over the pages of a result. Each is requested when it is needed.

    As in R, the four arguments below always belong to the paginator, even if the operation
    has a parameter with the same name: the parameter ``MaxItems`` of IAM's operations is
    the size of a page, so it is ``PageSize`` here.

    Parameters
    ----------
    function : callable
        A function of ``paws``, or a method of a service: ``svc.list_objects_v2``.
    *args, **kwargs
        The arguments of the call.
    PageSize : int, optional
        The number of elements to request at a time. The service may return fewer.
    MaxItems : int, optional
        The maximum number of elements, counted in the first of the result keys. The last
        page is truncated, and `Pages.resume_token` is the token for the rest.
    StartingToken : str, optional
        Where to start: the `Pages.resume_token` of a pagination with the same arguments,
        including ``PageSize``; or the service's own token, if it is a single string.
    StopOnSameToken : bool
        Whether to stop if the service returns the same token twice in a row. Otherwise,
        that is an error.

    Returns
    -------
    Pages
        An iterator over complete results.

    Raises
    ------
    TypeError
        `function` is not a function of ``paws`` or a method of a service, or an argument
        is unknown or missing.
    PaginationError
        The operation cannot be paginated.
    ParameterError
        An argument is invalid; nothing was sent.
    ConfigError
        A region is missing, or the installed botocore does not support the operation.

    Notes
    -----
    R: ``paws.common/R/paginate.R``; the definitions: ``botocore/data/*/*/paginators-1.json``.
    """
    called = resolve_operation(function)
    if called is None:
        raise TypeError(
            "paginate takes a function of paws or a method of a service, and then its "
            f"arguments: paginate(svc.list_objects_v2, Bucket=…); not {describe_object(function)}"
        )
    service, operation, build = called
    check_support(operation)
    definition = _definition(called, function)
    names = {member: name for name, member in operation.parameters.items()}
    passed = {member: kwargs.get(name) for member, name in names.items()}
    paging = _validate_options(
        operation, definition, passed, PageSize, MaxItems, StartingToken
    )
    size = {names[member]: value for member, value in paging.size.items()}
    arguments = {**build(*args, **{**size, **kwargs}).arguments, **paging.start}
    sent = _validate_arguments(service, Request(operation, arguments), paging)

    from paws_common.client.service_client import write_token

    start = {name: sent.get(name) for name in _tokens(definition)}
    token = write_token({**start, _OFFSET: paging.offset}) if paging.offset else None
    client = service.connect()
    pages = client.paginate(operation, sent, paging.max_items, token)
    responses = client.read_pages(operation, pages, StopOnSameToken)
    return Pages(operation, pages, responses, start)


def list_paginators(svc: Service) -> list[str]:
    """Return the names of the methods of a service that can be paginated.

    Parameters
    ----------
    svc : Service
        A service: ``paws.s3()``.

    Returns
    -------
    list of str
        The names, in alphabetical order.

    Raises
    ------
    TypeError
        `svc` is not a service.
    ConfigError
        The service has a profile that does not exist.

    Notes
    -----
    R: ``paws.common/R/paginate.R``; the definitions: ``botocore/data/*/*/paginators-1.json``.
    """
    if not isinstance(svc, Service):
        raise TypeError(
            "list_paginators takes a service: list_paginators(paws.s3()); "
            f"not {describe_object(svc)}"
        )
    return _paginated(type(svc), _load_paginators(svc.api, svc.settings))


def _load_paginators(api: Api, settings: Settings) -> Mapping[str, Any]:
    """Return botocore's definitions of the paginators of a service, by AWS's names."""
    from paws_common.client.service_client import load_definitions

    data = load_definitions(api, settings, "paginators-1")
    return cast("Mapping[str, Any]", data.get("pagination", {}))


def _paginated(owner: object, definitions: Mapping[str, Any]) -> list[str]:
    """Return the functions of a module, or methods of a class, that can be paginated."""
    operations = operations_of(owner).items()
    return sorted(name for name, each in operations if each.name in definitions)


def _definition(
    called: BoundOperation, function: Callable[..., Any]
) -> Mapping[str, Any]:
    """Return botocore's definition of the paginator of an operation.

    The error for an operation without one lists those with one, the most similar first.
    """
    service, operation, build = called
    definitions = _load_paginators(operation.api, service.settings)
    if operation.name in definitions:
        return cast("Mapping[str, Any]", definitions[operation.name])
    owner = type(service) if inspect.ismethod(function) else inspect.getmodule(build)
    names = _paginated(owner, definitions)
    near = close_matches(function.__name__, names, _MAX_LISTED, cutoff=0)
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    listed = f"{', '.join(near)}{more}" if names else "none"
    raise PaginationError(
        f"{operation.function} cannot be paginated; operations with pages: {listed}"
    )


def _tokens(definition: Mapping[str, Any]) -> list[str]:
    """Return the members of the input that contain the token of a page."""
    token = definition["input_token"]
    return list(token) if isinstance(token, list) else [token]


class _PagingOptions(NamedTuple):
    """The paginator's own arguments.

    `size` and `start` are members of the input, `offset` is the number of elements of the
    first page to skip, and `max_items` is the maximum number of elements.
    """

    size: Mapping[str, Any]
    start: Mapping[str, Any]
    offset: int
    max_items: int | None


def _validate_options(
    operation: Operation[Any],
    definition: Mapping[str, Any],
    passed: Mapping[str, Any],
    page_size: object,
    max_items: object,
    starting_token: object,
) -> _PagingOptions:
    """Validate the paginator's own arguments; `passed` are the arguments of the call."""
    violations = Violations()
    number = check_count("PageSize", page_size, 1, violations)
    size = _size(number, operation, definition, violations)
    limit = check_count("MaxItems", max_items, 0, violations)
    start = _start(starting_token, operation, _tokens(definition), violations)
    offset = start.pop(_OFFSET, 0)
    if number is not None and number < offset:
        reason = (
            f"{number} is less than in the pagination that returned the StartingToken; "
            "pass the same PageSize"
        )
        violations.add("PageSize", reason)
    for origin, members in (("PageSize", size), ("StartingToken", start)):
        for name in members:
            if passed.get(name) is not None:
                reason = f"is sent as {name}, which is also passed; omit one of them"
                violations.add(origin, reason)
    violations.check(operation.function, operation.api.version)
    return _PagingOptions(size, start, offset, limit)


def _size(
    number: int | None,
    operation: Operation[Any],
    definition: Mapping[str, Any],
    violations: Violations,
) -> dict[str, Any]:
    """Return the member of the input that contains ``PageSize``, and its value."""
    if number is None:
        return {}
    member = definition.get("limit_key", "")
    shape = _shape(operation, member)
    if shape is None:
        reason = "is not supported: the operation has no parameter for it"
        violations.add("PageSize", reason)
        return {}
    # The parameter of some services, such as API Gateway V2, is a string.
    return {member: str(number) if isinstance(shape, String) else number}


def _start(
    token: object, operation: Operation[Any], names: list[str], violations: Violations
) -> dict[str, Any]:
    """Return the members of the input that ``StartingToken`` contains, and its offset."""
    if token is None:
        return {}
    if isinstance(token, str) and token:
        from paws_common.client.service_client import read_token

        shapes = [_shape(operation, name) for name in names]
        values = read_token(token) or {}
        offset = values.get(_OFFSET, 0)
        is_valid = isinstance(offset, int) and offset >= 0 and None not in shapes
        if is_valid and values.keys() - {_OFFSET} == set(names):
            return values
        # Otherwise, it may be the service's own; those of some are JSON in base64, too.
        (shape, *others), (name, *_) = shapes, names
        if isinstance(shape, String) and not others and _OFFSET not in values:
            return {name: token}
    reason = "is not a token of this operation; pass the resume_token of its pages"
    violations.add("StartingToken", reason)
    return {}


def _shape(operation: Operation[Any], member: str) -> Shape | None:
    shapes = operation.api.shapes
    found = structure_of(shapes, operation.input).members.get(member)
    return None if found is None else shapes[found.shape]


def _validate_arguments(
    service: Service, request: Request[Any], paging: _PagingOptions
) -> dict[str, Any]:
    """Validate all arguments; a path begins with the argument that the caller passed."""
    try:
        return validate(request, limits=service.settings.validation)
    except ParameterError as error:
        violations = tuple(_renamed(each, paging) for each in error.violations)
    operation = request.operation
    raise ParameterError(operation.function, violations, operation.api.version)


def _renamed(violation: Violation, paging: _PagingOptions) -> Violation:
    member = re.split(r"[.\[]", violation.path, maxsplit=1)[0]
    origins = dict.fromkeys(paging.size, "PageSize")
    origins |= dict.fromkeys(paging.start, "StartingToken")
    rest = violation.path[len(member) :]
    return violation._replace(path=f"{origins.get(member, member)}{rest}")
