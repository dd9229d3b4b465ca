"""What the installed botocore knows: it drops in silence, or breaks at, what it does not.

Without a validation of its own, that is; ours goes by the model that the functions were
made from, which may be another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import botocore
from botocore.model import ListShape, MapShape, StructureShape

from paws_common.api import Operation
from paws_common.errors import ConfigError, Fault, ParameterError

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import Shape


class Known(NamedTuple):
    """What the client of a botocore knows of an operation.

    `method` is the name of the client's method, `scalars` are the arguments that hold no
    others, `host_labels` those that are a part of the host's name.
    """

    method: str
    shape: StructureShape | None
    scalars: frozenset[str]
    host_labels: frozenset[str]


# By the name of the operation; nothing in it may hold the client.
_known: WeakKeyDictionary[BaseClient, dict[str, Known]] = WeakKeyDictionary()


def known(client: BaseClient, operation: Operation[Any]) -> Known:
    """Return what a client knows of an operation; it is looked up once.

    Raises
    ------
    ConfigError
        The operation is unknown to it.
    """
    of_client = _known.setdefault(client, {})
    found = of_client.get(operation.name)
    if found is None:
        found = of_client[operation.name] = _look_up(client, operation)
    return found


def _look_up(client: BaseClient, operation: Operation[Any]) -> Known:
    names = client.meta.method_to_api_mapping
    method = next((name for name in names if names[name] == operation.name), None)
    if method is None:
        raise ConfigError(
            f"{operation.function}: botocore {botocore.__version__} does not know "
            f"{operation.name}; install a newer one"
        )
    model = client.meta.service_model.operation_model(operation.name)
    shape = model.input_shape
    members: Mapping[str, Shape] = shape.members if shape else {}
    return Known(
        method,
        shape,
        frozenset(name for name in members if not _holds_others(members[name])),
        frozenset(
            name for name in members if members[name].serialization.get("hostLabel")
        ),
    )


def _holds_others(shape: Shape) -> bool:
    return isinstance(shape, StructureShape | ListShape | MapShape)


def knows(client: BaseClient, operation: Operation[Any], argument: str) -> bool:
    """Tell whether the installed botocore knows an argument of an operation."""
    shape = known(client, operation).shape
    return shape is not None and argument in shape.members


def method_of(
    client: BaseClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> str:
    """Return the name of the client's method for a call with `arguments`.

    Raises
    ------
    ConfigError, ParameterError
        botocore does not know the operation, or an argument; or it lacks one that it
        breaks without.
    """
    found = known(client, operation)
    # What most calls give needs no closer look.
    if not (
        arguments.keys() <= found.scalars and found.host_labels <= arguments.keys()
    ):
        _refuse(operation, found, arguments)
    return found.method


def _refuse(
    operation: Operation[Any], found: Known, arguments: Mapping[str, Any]
) -> None:
    if found.shape is None:
        return
    reason = (
        f"is unknown to botocore {botocore.__version__}; install a newer one, or "
        "leave it out"
    )
    faults = [Fault(path, reason, False) for path in _unknown(found.shape, arguments)]
    faults += [
        Fault(name, "is required: it is a part of the host's name", False)
        for name in found.shape.members
        if name in found.host_labels and name not in arguments
    ]
    if faults:
        raise ParameterError(operation.function, tuple(faults), operation.api.version)


def _unknown(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Give the paths of what is no member of botocore's shape."""
    if value is None:
        return
    match shape:
        case StructureShape(is_document_type=False):
            for name, item in value.items():
                place = f"{path}.{name}" if path else name
                if name in shape.members:
                    yield from _unknown(shape.members[name], item, place)
                else:
                    yield place
        case ListShape(member=inner) if _holds_others(inner):
            for index, item in enumerate(value):
                yield from _unknown(inner, item, f"{path}[{index}]")
        case MapShape(value=inner) if _holds_others(inner):
            for key, item in value.items():
                yield from _unknown(inner, item, f"{path}[{key!r}]")
