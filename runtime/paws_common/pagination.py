"""R's ``paginate`` and ``list_paginators``: results that come in pages, one at a time.

Which operations have pages, and how one leads to the next, is botocore's to say: its
definitions (``paginators-1.json``) and its own paginator do the work, through what is
public of them. The rest is this package's: arguments are checked when `paginate` is
called, and every page is a whole result or an error of this package.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from paws_common.api import Operation, Request
from paws_common.errors import Fault, PaginationError, ParameterError
from paws_common.nearest import nearest
from paws_common.service import Service, Target, kind, operations_of, target
from paws_common.shapes import Integer, Shape, String, Structure
from paws_common.validation import scalars
from paws_common.validation.requests import validate
from paws_common.validation.scalars import Faults

if TYPE_CHECKING:
    from botocore.paginate import PageIterator

Page = TypeVar("Page")

_OFFSET = "boto_truncate_amount"  # botocore: elements of the page that were had before
_LISTED = 10  # operations in an error

_INTEGER = scalars.scalar(Integer(), limits=False, sensitive=False)


class Pages(Iterator[Page], Generic[Page]):
    """The pages of a result, each of them asked for when it is wanted; made by `paginate`.

    As any iterator it is gone through once.
    """

    def __init__(
        self,
        operation: Operation[Any],
        pages: PageIterator[Any],
        start: Mapping[str, Any],
        stop_on_same_token: bool,
    ) -> None:
        from paws_common.wire.client import whole_pages

        self._operation = operation
        self._pages = pages
        self._start = start
        self._whole = whole_pages(operation, pages, stop_on_same_token)

    def __next__(self) -> Page:
        return cast(Page, next(self._whole))

    def __repr__(self) -> str:
        return f"<Pages of {self._operation.function}>"

    @property
    def result_keys(self) -> tuple[str, ...]:
        """What `items` can give, as JMESPath's path in a page: ``DistributionList.Items``.

        ``MaxItems`` counts the elements of the first.
        """
        return tuple(key.expression for key in self._pages.result_keys or ())

    @property
    def non_aggregate_part(self) -> dict[str, Any]:
        """What the first page says of the whole result; empty before it has come."""
        return self._pages.non_aggregate_part

    @property
    def resume_token(self) -> str | None:
        """The ``StartingToken`` of what ``MaxItems`` has left; None where that is nothing.

        It is known when the last page has come.
        """
        from paws_common.wire.client import read_token, write_token

        token = cast("str | None", self._pages.resume_token)
        held = read_token(token) if token else None
        # Of the first page botocore knows no token, even where one was sent.
        if held and all(held[name] is None for name in held.keys() - {_OFFSET}):
            return write_token({**held, **self._start})
        return token

    def items(self, name: str | None = None) -> Iterator[Any]:
        """Return an iterator of the elements of all pages that are still to come.

        Parameters
        ----------
        name : str, optional
            One of `result_keys`; where there is only one it goes without saying.

        Returns
        -------
        iterator
            Of the elements. What is no list is one element a page: DynamoDB's ``Count``.

        Raises
        ------
        PaginationError
            There is no such key, or there are several and no name.
        """
        keys = {key.expression: key for key in self._pages.result_keys or ()}
        if name is None and len(keys) == 1:
            (name,) = keys
        if name not in keys:
            what = "there are several" if name is None else f"{name!r} is none of the"
            raise PaginationError(
                f"{self._operation.function}: {what} result keys; "
                f"name one of {', '.join(keys)}"
            )
        return _elements(self, keys[name].search)


def _elements(pages: Iterator[Any], search: Callable[[Any], Any]) -> Iterator[Any]:
    for page in pages:
        found = search(page)
        if isinstance(found, list):
            yield from found
        elif found is not None:
            yield found


# No parameter can be added by keyword to those of `function` (PEP 612): a type checker knows
# what a page is, and not the arguments of the call, which are checked when it is made.
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
    """Return the pages of a result, each of them asked for when it is wanted.

    The four arguments below are the paginator's, as in R, even where the operation has a
    parameter of that name: ``MaxItems`` of IAM's operations is the size of a page, which
    is ``PageSize`` here.

    Parameters
    ----------
    function : callable
        A function of ``paws``, or a method of a service: ``svc.list_objects_v2``.
    *args, **kwargs
        The arguments of the call.
    PageSize : int, optional
        The number of elements that the service is asked for at a time. It may give
        fewer.
    MaxItems : int, optional
        The number of elements after which it ends, counted in the first of the result
        keys. The last page is cut there, and `Pages.resume_token` is where to go on.
    StartingToken : str, optional
        Where to begin: the `Pages.resume_token` of a pagination with the same arguments,
        ``PageSize`` among them; or the service's token, where that is one text.
    StopOnSameToken : bool
        Whether it is the end where the service gives one token twice in a row, and not
        an error.

    Returns
    -------
    Pages
        An iterator of whole results.

    Raises
    ------
    TypeError
        `function` is neither, or an argument is unknown or missing.
    PaginationError
        The operation cannot be paginated.
    ParameterError
        An argument cannot be sent; nothing was.
    ConfigError
        A region is missing, or the installed botocore does not know the operation.

    Notes
    -----
    R: ``paws.common/R/paginate.R``; the definitions: ``botocore/data/*/*/paginators-1.json``.
    """
    called = target(function)
    if called is None:
        raise TypeError(
            "paginate takes a function of paws or a method of a service, and then its "
            f"arguments: paginate(svc.list_objects_v2, Bucket=…); not {kind(function)}"
        )
    definition = _definition(called, function)
    paging = _paging(called, definition, kwargs, PageSize, MaxItems, StartingToken)
    service, operation, ask, parameters = called
    size = {parameters[name]: value for name, value in paging.size.items()}
    arguments = {**ask(*args, **{**size, **kwargs}).arguments, **paging.start}
    sent = _checked(service, Request(operation, arguments), paging)

    from paws_common.wire.client import page_iterator, write_token

    start = {name: sent.get(name) for name in _tokens(definition)}
    token = write_token({**start, _OFFSET: paging.offset}) if paging.offset else None
    pages = page_iterator(service.client, operation, sent, paging.most, token)
    return Pages(operation, pages, start, StopOnSameToken)


def list_paginators(svc: Service) -> list[str]:
    """Return the names of the methods of a service that can be paginated.

    Parameters
    ----------
    svc : Service
        A service: ``paws.s3()``.

    Returns
    -------
    list of str
        In alphabetical order.

    Raises
    ------
    TypeError
        `svc` is no service.
    ConfigError
        The service has a profile that does not exist.

    Notes
    -----
    R: ``paws.common/R/paginate.R``; the definitions: ``botocore/data/*/*/paginators-1.json``.
    """
    if not isinstance(svc, Service):
        raise TypeError(
            "list_paginators takes a service: list_paginators(paws.s3()); "
            f"not {kind(svc)}"
        )
    from paws_common.wire.client import paginators

    return _paginated(type(svc), paginators(svc.api, svc.settings))


def _paginated(place: object, definitions: Mapping[str, Any]) -> list[str]:
    """Return the functions of a module, or methods of a class, that can be paginated."""
    operations = operations_of(place).items()
    return sorted(name for name, each in operations if each.name in definitions)


def _definition(called: Target, function: Callable[..., Any]) -> Mapping[str, Any]:
    """Return botocore's definition of the paginator of an operation.

    Raises
    ------
    PaginationError
        It has none; those that have are named, the nearest first.
    """
    from paws_common.wire.client import paginators

    service, operation, ask, _ = called
    definitions = paginators(operation.api, service.settings)
    if operation.name in definitions:
        return cast("Mapping[str, Any]", definitions[operation.name])
    place = type(service) if inspect.ismethod(function) else inspect.getmodule(ask)
    names = _paginated(place, definitions)
    near = nearest(function.__name__, names, _LISTED, cutoff=0)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    can = f"these can: {', '.join(near)}{more}" if names else "nothing of it can"
    raise PaginationError(f"{operation.function} cannot be paginated; {can}")


def _tokens(definition: Mapping[str, Any]) -> list[str]:
    """Return the members of the input that say where a page begins."""
    token = definition["input_token"]
    return list(token) if isinstance(token, list) else [token]


class _Paging(NamedTuple):
    """The paginator's own arguments.

    `size` and `start` are members of the input, `offset` is how many elements of the
    first page were had before, and after `most` elements it ends.
    """

    size: Mapping[str, Any]
    start: Mapping[str, Any]
    offset: int
    most: int | None


def _paging(
    called: Target,
    definition: Mapping[str, Any],
    given: Mapping[str, Any],
    page_size: object,
    max_items: object,
    starting_token: object,
) -> _Paging:
    """Return what the paginator's own arguments come to; `given` are the others.

    Raises
    ------
    ParameterError
        With everything that is wrong with them.
    """
    operation = called.operation
    faults: Faults = []
    number = _count("PageSize", page_size, 1, faults)
    size = _size(number, operation, definition, faults)
    most = _count("MaxItems", max_items, 0, faults)
    start = _start(starting_token, operation, _tokens(definition), faults)
    offset = start.pop(_OFFSET, 0)
    if number is not None and number < offset:
        reason = f"{number} is less than in the pagination that the token is from"
        faults.append(Fault("PageSize", reason, False))
    for origin, members in (("PageSize", size), ("StartingToken", start)):
        for name in members:
            if given.get(called.parameters[name]) is not None:
                reason = f"is sent as {name}, which is given too; give one of them"
                faults.append(Fault(origin, reason, False))
    if faults:
        raise _refusal(operation, faults)
    return _Paging(size, start, offset, most)


def _count(name: str, value: object, least: int, faults: Faults) -> int | None:
    if value is None:
        return None
    number: int | None = _INTEGER(value, name, faults)
    if number is not None and number < least:
        faults.append(Fault(name, f"{number} is less than {least}", False))
        return None
    return number


def _size(
    number: int | None,
    operation: Operation[Any],
    definition: Mapping[str, Any],
    faults: Faults,
) -> dict[str, Any]:
    """Return the member of the input that ``PageSize`` is sent as, and what is sent."""
    if number is None:
        return {}
    member = definition.get("limit_key", "")
    shape = _shape(operation, member)
    if shape is None:
        reason = "cannot be chosen: the operation has no parameter for it"
        faults.append(Fault("PageSize", reason, False))
        return {}
    # Some services, API Gateway V2 among them, take the number as text.
    return {member: str(number) if isinstance(shape, String) else number}


def _start(
    token: object, operation: Operation[Any], names: list[str], faults: Faults
) -> dict[str, Any]:
    """Return the members of the input that ``StartingToken`` holds, and its offset."""
    if token is None:
        return {}
    if isinstance(token, str) and token:
        from paws_common.wire.client import read_token

        shapes = [_shape(operation, name) for name in names]
        held = read_token(token) or {}
        offset = held.get(_OFFSET, 0)
        sound = isinstance(offset, int) and offset >= 0 and None not in shapes
        if sound and held.keys() - {_OFFSET} == set(names):
            return held
        # Else it may be the service's own, which is JSON in base64 for some.
        (shape, *others), (name, *_) = shapes, names
        if isinstance(shape, String) and not others and _OFFSET not in held:
            return {name: token}
    reason = "is no token of this operation; the resume_token of its pages is one"
    faults.append(Fault("StartingToken", reason, False))
    return {}


def _shape(operation: Operation[Any], member: str) -> Shape | None:
    shapes = operation.api.shapes
    structure = shapes.get(operation.input or "")
    if isinstance(structure, Structure) and member in structure.members:
        return shapes[structure.members[member].shape]
    return None


def _checked(service: Service, request: Request, paging: _Paging) -> dict[str, Any]:
    """Return the arguments as they are sent.

    Raises
    ------
    ParameterError
        A fault has the name of the argument that was given.
    """
    try:
        return validate(request, limits=service.settings.validation)
    except ParameterError as error:
        faults = [_renamed(fault, paging) for fault in error.faults]
    raise _refusal(request.operation, faults)


def _renamed(fault: Fault, paging: _Paging) -> Fault:
    member = re.split(r"[.\[]", fault.path, maxsplit=1)[0]
    rest = fault.path[len(member) :]
    if member in paging.size:
        return fault._replace(path=f"PageSize{rest}")
    if member in paging.start:
        return fault._replace(path=f"StartingToken{rest}")
    return fault


def _refusal(operation: Operation[Any], faults: Faults) -> ParameterError:
    return ParameterError(operation.function, tuple(faults), operation.api.version)
