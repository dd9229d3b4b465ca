"""Build complete results: each member of the model is present, None if it was not sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from paws_common.api import Operation
from paws_common.responses.streams import EventStream
from paws_common.shapes import Blob, List, Map, Structure, event_streams

_Build: TypeAlias = Callable[[Any], Any]


def build_result(
    operation: Operation[Any], response: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all members of a response, in the order of the model.

    The response was parsed by botocore, and contains no unread bodies.
    """
    # botocore's Stubber returns a response without metadata.
    metadata = response.get("ResponseMetadata", {})
    if operation.output is None:
        return {"ResponseMetadata": metadata}
    result: dict[str, Any] = _builder(operation, operation.output)(response)
    result["ResponseMetadata"] = metadata
    return result


@cache
def _builder(operation: Operation[Any], name: str) -> _Build:
    """Return the function that builds the complete value of a shape.

    It looks up the functions of its members in this cache when it is called, so shapes can
    be recursive.
    """
    shape = operation.api.shapes[name]
    match shape:
        case Structure(document=True):
            return _unchanged
        case Structure(event_stream=True):
            build, blobs = _one_member(operation, shape), _blobs(operation, shape)
            return lambda events: EventStream(operation, events, build, blobs)
        case Structure(union=True):
            return _one_member(operation, shape)
        case Structure():
            return _structure(operation, shape)
        case List():
            return lambda items: [
                item if item is None else _builder(operation, shape.member)(item)
                for item in items
            ]
        case Map():
            return lambda items: {
                key: item if item is None else _builder(operation, shape.value)(item)
                for key, item in items.items()
            }
        case _:
            return _unchanged


def _unchanged(value: Any) -> Any:
    return value


def _structure(operation: Operation[Any], shape: Structure) -> _Build:
    streams = event_streams(operation.api.shapes, shape)

    def build(value: Mapping[str, Any]) -> dict[str, Any]:
        result = {}
        for name, member in shape.members.items():
            item = value.get(name)
            if item is not None and not member.json_value:
                item = _builder(operation, member.shape)(item)
            result[name] = item
        for name in streams:
            # R's name of a stream, in addition to the model's.
            result.setdefault("stream", result[name])
        return result

    return build


def _one_member(operation: Operation[Any], shape: Structure) -> _Build:
    """Return the builder of a union or an event: only the member that was sent.

    boto3's `TypeDeserializer` and ``next(iter(value.items()))`` expect the first key of a
    DynamoDB AttributeValue to be its type.
    """

    def build(value: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: _builder(operation, shape.members[name].shape)(member)
            for name, member in value.items()
            if name in shape.members and member is not None
        }

    return build


def _blobs(operation: Operation[Any], shape: Structure) -> Mapping[str, str]:
    """Return the name of the blob in each type of event that has one."""
    shapes = operation.api.shapes
    return {
        name: member
        for name, event in shape.members.items()
        if isinstance(structure := shapes[event.shape], Structure)
        for member, inner in structure.members.items()
        if isinstance(shapes[inner.shape], Blob)
    }
