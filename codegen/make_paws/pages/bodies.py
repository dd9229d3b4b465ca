"""Values as the body of a request: JSON, XML, a form, and CBOR as people read it.

A shape is the model's own, with the traits of the reference to it (`resolved`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from make_paws.pages.layout import Lines, block

Model = Mapping[str, Any]
Shapes = Mapping[str, Model]


def resolved(reference: Model, shapes: Shapes) -> Model:
    """Return the shape that is referred to, with the traits of the reference."""
    return {**shapes[reference["shape"]], **reference}


def timestamp(value: datetime, form: str) -> str | int:
    """Return a point in time in one of the formats of a model."""
    match form.lower():
        case "unixtimestamp":
            return int(value.timestamp())
        case "rfc822":
            return format_datetime(value, usegmt=True)
        case _:
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"


def json_text(value: Any) -> str:
    """Return JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def json_value(value: Any, shape: Model, shapes: Shapes) -> Any:
    """Return `value` with the names and types that it has in JSON."""
    match shape["type"]:
        case "structure" if not shape.get("document"):
            return {
                name: json_value(item, member, shapes)
                for name, item, member in _members(value, shape, shapes)
            }
        case "list":
            element = resolved(shape["member"], shapes)
            return [json_value(item, element, shapes) for item in value]
        case "map":
            element = resolved(shape["value"], shapes)
            return {key: json_value(value[key], element, shapes) for key in value}
        case "blob":
            return base64.b64encode(value).decode()
        case "timestamp":
            return timestamp(value, shape.get("timestampFormat", "unixTimestamp"))
        case _:
            return value


def cbor_text(value: Any, shape: Model, shapes: Shapes) -> str:
    """Return `value` in CBOR's diagnostic notation (RFC 8949, section 8)."""
    return "\n".join(_cbor(value, shape, shapes))


def xml_text(value: Any, shape: Model, shapes: Shapes) -> str:
    """Return the document that a structure becomes; its shape names the element."""
    around = ElementTree.Element("document")
    _add_xml(around, shape.get("locationName", shape["shape"]), value, shape, shapes)
    ElementTree.indent(around[0])
    return ElementTree.tostring(around[0], encoding="unicode")


def form(
    value: Any, shape: Model, shapes: Shapes, *, is_ec2: bool
) -> Iterator[tuple[str, str]]:
    """Yield the fields of a form, as the protocols query and ec2 have them."""
    return _fields("", value, shape, shapes, is_ec2)


def _members(
    value: Mapping[str, Any], shape: Model, shapes: Shapes
) -> Iterator[tuple[str, Any, Model]]:
    """Yield the name on the wire, the value and the shape of each member."""
    for name, item in value.items():
        member = resolved(shape["members"][name], shapes)
        yield member.get("locationName", name), item, member


# --- CBOR


def _cbor(value: Any, shape: Model, shapes: Shapes) -> Lines:
    match shape["type"]:
        case "structure":
            members = _members(value, shape, shapes)
            items = [
                (f"{_quoted(name)}: ", _cbor(item, member, shapes))
                for name, item, member in members
            ]
            return block("{", items, "}")
        case "list":
            element = resolved(shape["member"], shapes)
            items = [("", _cbor(item, element, shapes)) for item in value]
            return block("[", items, "]")
        case "map":
            element = resolved(shape["value"], shapes)
            items = [
                (f"{_quoted(key)}: ", _cbor(value[key], element, shapes))
                for key in value
            ]
            return block("{", items, "}")
        case "blob":
            return iter([f"h'{value.hex()}'"])
        case "timestamp":
            return iter([f"1({timestamp(value, 'unixTimestamp')})"])
        case _:
            return iter([_quoted(value)])


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- XML


def _add_xml(
    parent: ElementTree.Element, name: str, value: Any, shape: Model, shapes: Shapes
) -> None:
    match shape["type"]:
        case "structure":
            node = _element(parent, name, shape)
            for inner, item, member in _members(value, shape, shapes):
                if member.get("xmlAttribute"):
                    node.set(inner, str(item))
                else:
                    _add_xml(node, inner, item, member, shapes)
        case "list":
            element = resolved(shape["member"], shapes)
            is_flat = shape.get("flattened")
            node = parent if is_flat else _element(parent, name, shape)
            inner = name if is_flat else element.get("locationName", "member")
            for item in value:
                _add_xml(node, inner, item, element, shapes)
        case "map":
            is_flat = shape.get("flattened")
            node = parent if is_flat else _element(parent, name, shape)
            for key, item in value.items():
                entry = ElementTree.SubElement(node, name if is_flat else "entry")
                for part, given in (("key", key), ("value", item)):
                    inner_shape = resolved(shape[part], shapes)
                    inner = inner_shape.get("locationName", part)
                    _add_xml(entry, inner, given, inner_shape, shapes)
        case _:
            _element(parent, name, shape).text = _text(value, shape)


def _element(
    parent: ElementTree.Element, name: str, shape: Model
) -> ElementTree.Element:
    node = ElementTree.SubElement(parent, name)
    match shape.get("xmlNamespace"):
        case {"uri": uri, "prefix": prefix} if prefix:
            node.set(f"xmlns:{prefix}", uri)
        case {"uri": str(uri)} | str(uri):
            node.set("xmlns", uri)
    return node


# --- forms


def _fields(
    prefix: str, value: Any, shape: Model, shapes: Shapes, is_ec2: bool
) -> Iterator[tuple[str, str]]:
    match shape["type"]:
        case "structure":
            for name, item in value.items():
                member = resolved(shape["members"][name], shapes)
                inner = _field(name, member, is_ec2)
                place = f"{prefix}.{inner}" if prefix else inner
                yield from _fields(place, item, member, shapes, is_ec2)
        case "list":
            element = resolved(shape["member"], shapes)
            place = prefix if is_ec2 else _list(prefix, shape, element)
            for number, item in enumerate(value, start=1):
                yield from _fields(f"{place}.{number}", item, element, shapes, is_ec2)
            if not value and not is_ec2:
                yield prefix, ""
        case "map":
            place = prefix if shape.get("flattened") else f"{prefix}.entry"
            for number, (key, item) in enumerate(value.items(), start=1):
                for part, given in (("key", key), ("value", item)):
                    inner_shape = resolved(shape[part], shapes)
                    name = _field(part, inner_shape, is_ec2)
                    inner = f"{place}.{number}.{name}"
                    yield from _fields(inner, given, inner_shape, shapes, is_ec2)
        case _:
            yield prefix, _text(value, shape)


def _field(name: str, shape: Model, is_ec2: bool) -> str:
    if is_ec2 and "queryName" in shape:
        return str(shape["queryName"])
    wire: str = shape.get("locationName", name)
    return wire[:1].upper() + wire[1:] if is_ec2 and "locationName" in shape else wire


def _list(prefix: str, shape: Model, element: Model) -> str:
    name: str = element.get("locationName", "")
    if not shape.get("flattened"):
        return f"{prefix}.{name or 'member'}"
    if not name:
        return prefix
    return ".".join([*prefix.split(".")[:-1], name])


def _text(value: Any, shape: Model) -> str:
    match value:
        case bool():
            return str(value).lower()
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return str(timestamp(value, shape.get("timestampFormat", "iso8601")))
        case _:
            return str(value)
