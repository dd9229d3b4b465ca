"""Whole results: every member of the model is there, None where nothing was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from paws_common.api import Operation
from paws_common.results.streams import EventStream
from paws_common.shapes import Blob, List, Map, Structure

Whole = Callable[[Any], Any]

_PART = 2**20  # bytes


def complete(operation: Operation[Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what botocore parsed, in the order of the model and with nothing missing.

    Parameters
    ----------
    operation : Operation
        What was called.
    answer : mapping
        botocore's result. A streaming body in it is read.
    """
    # botocore's Stubber gives none.
    metadata = answer.get("ResponseMetadata", {})
    if operation.output is None:
        return {"ResponseMetadata": metadata}
    result: dict[str, Any] = _whole(operation, operation.output)(
        _with_whole_body(operation, operation.output, answer)
    )
    result["ResponseMetadata"] = metadata
    return result


def _with_whole_body(
    operation: Operation[Any], output: str, answer: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the answer with the bytes of its streaming body, if it has one."""
    payload = getattr(operation.api.shapes[output], "payload", None)
    body = answer.get(payload) if payload else None
    if not hasattr(body, "read"):
        return answer
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return {**answer, str(payload): _read(body, headers.get("content-length", ""))}


def _read(body: Any, length: str) -> bytes:
    """Return the bytes of a body, for which no more memory is taken than comes.

    For all of a body at once, `http.client` takes as much as its Content-Length says; of
    one that is small, that is faster by 1 % of a call.
    """
    if length.isdecimal() and len(length) <= 6:
        return bytes(body.read())
    return b"".join(iter(partial(body.read, _PART), b""))


@cache
def _whole(operation: Operation[Any], name: str) -> Whole:
    """Return what completes a shape; made once, so that a recursive one finds itself."""
    shape = operation.api.shapes[name]
    match shape:
        case Structure(document=True):
            return _as_it_is
        case Structure(event_stream=True):
            whole, bytes_in = _events(operation, shape), _bytes_in(operation, shape)
            return lambda events: EventStream(operation, events, whole, bytes_in)
        case Structure():
            return _structure(operation, shape)
        case List():
            return lambda items: [
                item if item is None else _whole(operation, shape.member)(item)
                for item in items
            ]
        case Map():
            return lambda items: {
                key: item if item is None else _whole(operation, shape.value)(item)
                for key, item in items.items()
            }
        case _:
            return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _structure(operation: Operation[Any], shape: Structure) -> Whole:
    shapes = operation.api.shapes
    streams = [
        name
        for name, member in shape.members.items()
        if getattr(shapes[member.shape], "event_stream", False)
    ]

    def whole(answer: Mapping[str, Any]) -> dict[str, Any]:
        result = {}
        for name, member in shape.members.items():
            value = answer.get(name)
            if value is not None and not member.json_value:
                value = _whole(operation, member.shape)(value)
            result[name] = value
        for name in streams:
            # R's name of it, whatever the model's is.
            result.setdefault("stream", result[name])
        return result

    return whole


def _events(operation: Operation[Any], shape: Structure) -> Whole:
    """Return what completes an event: the one member that it is."""

    def whole(event: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: _whole(operation, shape.members[name].shape)(value)
            for name, value in event.items()
            if name in shape.members
        }

    return whole


def _bytes_in(operation: Operation[Any], shape: Structure) -> Mapping[str, str]:
    """Return of each event that has bytes which member they are."""
    shapes = operation.api.shapes
    return {
        name: member
        for name, event in shape.members.items()
        if isinstance(structure := shapes[event.shape], Structure)
        for member, inner in structure.members.items()
        if isinstance(shapes[inner.shape], Blob)
    }
