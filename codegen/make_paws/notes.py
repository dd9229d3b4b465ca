"""Describe request bodies and streams, which differ from R's, for the help pages."""

from __future__ import annotations

from collections.abc import Iterator

from make_paws.model import protocol
from make_paws.shapes import Model, reachable

_BLOB = "A `Blob` is bytes, text (sent as UTF-8) or a file that is open in binary mode."
_HEADERS = (
    "The default of the headers `Content-Type` and `Accept` is `application/json`."
)
_READ_EVENTS = "Iterate over it to read the events."
_READ_BYTES = (
    "Iterate over it to read the events, or read their content with `iter_json`, "
    "`iter_sse`, `iter_lines`, `iter_text` or `iter_bytes`."
)


def describe(model: Model, operation: Model) -> tuple[str, ...]:
    """Return the notes on an operation, in Markdown.

    Parameters
    ----------
    model : mapping
        The model of the service.
    operation : mapping
        The operation, an element of the model.

    Returns
    -------
    tuple of str
        The accepted values for a blob, the default headers (as in
        `paws_common.client.handlers`), and how to read a stream.
    """
    shapes = model["shapes"]
    notes: list[str] = []
    if "input" in operation:
        name = operation["input"]["shape"]
        if any(_is_blob(shapes[inner]) for inner in reachable(shapes, [name])):
            notes.append(_BLOB)
        is_rest_json = protocol(model["metadata"]) == "rest-json"
        if is_rest_json and _has_blob_payload(shapes, shapes[name]):
            notes.append(_HEADERS)
    output = shapes[operation["output"]["shape"]] if "output" in operation else {}
    return (*notes, *_streams(shapes, output))


def _streams(shapes: Model, output: Model) -> Iterator[str]:
    for name, member in output.get("members", {}).items():
        stream = shapes[member["shape"]]
        if stream.get("eventstream"):
            key = f'`result["{name}"]`'
            if name != "stream":
                key += ' (also `result["stream"]`, as in R)'
            has_bytes = any(
                _is_blob(shapes[inner["shape"]])
                for event in stream.get("members", {}).values()
                for inner in shapes[event["shape"]].get("members", {}).values()
            )
            how = _READ_BYTES if has_bytes else _READ_EVENTS
            yield f"{key} is an `EventStream`. {how}"


def _has_blob_payload(shapes: Model, structure: Model) -> bool:
    member = structure.get("members", {}).get(structure.get("payload"))
    return member is not None and _is_blob(shapes[member["shape"]])


def _is_blob(shape: Model) -> bool:
    return bool(shape["type"] == "blob")
