"""Detect operations and parameters that the installed botocore does not support.

botocore drops unknown members silently. The functions may have been generated from a
newer model than the one that botocore uses: its own, or one in a folder of the user.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, NamedTuple

import botocore
from botocore.exceptions import BotoCoreError, UnsupportedServiceProtocolsError
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, StructureShape

from paws_common.api import Operation
from paws_common.client.error_origins import is_raised_by_user_code
from paws_common.errors import ConfigError
from paws_common.shapes import event_streams, structure_of
from paws_common.validation.scalars import Violations

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import Shape
    from botocore.session import Session


class OperationSupport(NamedTuple):
    """An operation in the model that botocore uses."""

    method: str  # of the client
    source: ModelSource
    shape: StructureShape | None  # of the input
    scalars: frozenset[str]  # the parameters whose values have no members
    host_labels: frozenset[str]  # the parameters that become a part of the host name
    event_streams: tuple[str, ...]  # the members of the response that are streams
    payload: str | None  # the member of the response that is its body

    def supports(self, parameter: str) -> bool:
        """Return whether the operation has a parameter."""
        return self.shape is not None and parameter in self.shape.members

    def check(self, operation: Operation[Any], arguments: Mapping[str, Any]) -> None:
        """Raise a `ParameterError` for arguments that botocore would drop.

        It is also raised if a part of the host name is missing.
        """
        # Fast path: scalars have no members to check.
        if arguments.keys() <= self.scalars and self.host_labels <= arguments.keys():
            return
        if self.shape is None:
            return
        reason = f"is not supported by {self.source}, or omit it"
        violations = Violations()
        for path in _unsupported_paths(self.shape, arguments):
            violations.add(path, reason)
        for name in self.shape.members:
            if name in self.host_labels and name not in arguments:
                violations.add(name, "is required: it is a part of the host name")
        violations.check(operation.function, operation.api.version)


def operation_support(
    client: BaseClient, operation: Operation[Any], source: ModelSource
) -> OperationSupport:
    """Return an operation in the model of a client.

    A `ConfigError` is raised if the model does not have it.
    """
    names = client.meta.method_to_api_mapping
    method = next((name for name in names if names[name] == operation.name), None)
    if method is None:
        raise ConfigError(
            f"{operation.function}: {operation.name} is not supported by {source}"
        )
    model = client.meta.service_model.operation_model(operation.name)
    shape = model.input_shape
    members: Mapping[str, Shape] = shape.members if shape else {}
    output = structure_of(operation.api.shapes, operation.output)
    return OperationSupport(
        method,
        source,
        shape,
        frozenset(name for name in members if not _has_members(members[name])),
        frozenset(
            name for name in members if members[name].serialization.get("hostLabel")
        ),
        event_streams(operation.api.shapes, output),
        output.payload,
    )


class ModelSource(NamedTuple):
    """The origin of a service's model; `folder` is None for the installed botocore."""

    folder: str | None

    def __str__(self) -> str:
        """Describe the source, and how to update it."""
        if self.folder is None:
            return f"botocore {botocore.__version__}; install a newer one"
        return f"the service model in {self.folder}; remove or update it"

    @contextmanager
    def translate_errors(self, service: str) -> Iterator[None]:
        """Raise a `ConfigError` if botocore cannot use the user's own model."""
        try:
            yield
        except Exception as error:
            # Other errors of botocore are about the options.
            is_other = isinstance(error, BotoCoreError | ConfigError)
            if is_other and not isinstance(error, UnsupportedServiceProtocolsError):
                raise
            # botocore raises undocumented exceptions for a model that is broken or too
            # new, and ValueError for invalid options.
            is_option = isinstance(error, ValueError) and not isinstance(
                error, JSONDecodeError | UnicodeDecodeError
            )
            if self.folder is None or is_option or is_raised_by_user_code(error):
                raise
            raise ConfigError(
                f"{service}: botocore {botocore.__version__} cannot use {self} "
                f"({type(error).__name__}: {error})"
            ) from error


def find_source(session: Session, service: str) -> ModelSource:
    """Return the origin of the model of a service.

    botocore searches AWS_DATA_PATH and ``~/.aws/models`` before its own folder.
    """
    loader: Any = session.get_component("data_loader")
    for path in loader.search_paths:
        folder = os.path.join(path, service)
        if path != Loader.BUILTIN_DATA_PATH and os.path.isdir(folder):
            return ModelSource(folder)
    return ModelSource(None)


def _has_members(shape: Shape) -> bool:
    return isinstance(shape, StructureShape | ListShape | MapShape)


def _unsupported_paths(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    if value is None:
        return
    match shape:
        case StructureShape(is_document_type=False):
            for name, item in value.items():
                inner = f"{path}.{name}" if path else name
                if name in shape.members:
                    yield from _unsupported_paths(shape.members[name], item, inner)
                else:
                    yield inner
        case ListShape(member=member) if _has_members(member):
            for index, item in enumerate(value):
                yield from _unsupported_paths(member, item, f"{path}[{index}]")
        case MapShape(value=member) if _has_members(member):
            for key, item in value.items():
                yield from _unsupported_paths(member, item, f"{path}[{key!r}]")
