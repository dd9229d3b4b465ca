"""Any service model of the installed botocore, and valid arguments of its operations.

The models are those of botocore's own loader. Neither the generator nor the runtime is
imported, because these tests judge both.
"""

from __future__ import annotations

import datetime
import gzip
import importlib.util
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from botocore.loaders import ExtrasProcessor
from hypothesis import strategies as st

Model = Mapping[str, Any]
Arguments = dict[str, Any]

_HEAD = 8192  # characters; the longest metadata of botocore 1.44.5 takes 1,100
_SPREAD = 4  # elements or characters beyond the least number
_OPTIONAL = (4, 2, 1)  # optional members that are given, by depth; then none
_INTEGER = 2**31  # Smithy's integer has 32 bits, its long 64
_LONG = 2**63
_MILLION = 10**6

_CONSTRAINTS = frozenset({"enum", "max", "min", "pattern", "sensitive"})

_WORD = "abcxyzABCXYZ0189"
_LINE = _WORD + " -_.~/+&=%?#:@!$'()*,;<>\"\\[]{}|^`"
_TEXT = _LINE + "\n\té€😀"

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(_TEXT, max_size=_SPREAD),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(_TEXT, max_size=_SPREAD), inner, max_size=3)
    ),
    max_leaves=5,
)

_NOT_NULL = JSON_VALUES.filter(lambda value: value is not None)

_MOMENTS = st.datetimes(
    datetime.datetime(1971, 1, 1), datetime.datetime(2099, 12, 31, 23, 59, 59)
)
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(
    lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes))
)
_AWARE = st.builds(lambda moment, zone: moment.replace(tzinfo=zone), _MOMENTS, _OFFSETS)
# Every type of a timestamp that botocore accepts; the runtime also accepts `date`.
TIMESTAMPS = (
    _MOMENTS
    | _AWARE
    | _AWARE.map(datetime.datetime.isoformat)
    | _MOMENTS.map(lambda moment: moment.strftime("%Y-%m-%d"))
    | st.integers(0, 2**32)
)


@cache
def files() -> Mapping[str, Path]:
    """Return the newest model of every service, by botocore's name, sorted."""
    found = importlib.util.find_spec("botocore")
    assert found is not None
    assert found.origin is not None
    data = Path(found.origin).parent / "data"
    newest = {path.parts[-3]: path for path in sorted(data.glob("*/*/service-2.json*"))}
    return dict(sorted(newest.items()))


# All of them together would take gigabytes; tests come service by service.
@lru_cache(maxsize=8)
def model(service: str) -> Model:
    """Return the model of a service, merged with its extras."""
    content = files()[service].read_bytes()
    parsed: Model = json.loads(gzip.decompress(content))
    extras = files()[service].with_name("service-2.sdk-extras.json")
    if extras.exists():
        ExtrasProcessor().process(parsed, [json.loads(extras.read_bytes())])
    return parsed


def resolved(shapes: Model, reference: Model) -> Model:
    """Return the shape of a reference, with the constraints that the reference adds."""
    own = {key: reference[key] for key in _CONSTRAINTS & reference.keys()}
    return {**shapes[reference["shape"]], **own}


@cache
def protocols(service: str) -> tuple[str, ...]:
    """Return how the requests of a service can be written, without reading all of it."""
    with gzip.open(files()[service], "rt", encoding="utf-8") as file:
        head = file.read(_HEAD)
    # The metadata is the first entry of every model of botocore.
    start = head.index("{", head.index('"metadata"'))
    metadata, _ = json.JSONDecoder().raw_decode(head, start)
    return tuple(metadata.get("protocols", [metadata["protocol"]]))


def spread(values: Sequence[str], number: int) -> list[str]:
    """Return so many of `values`, or all, at equal distances."""
    return list(values[:: math.ceil(len(values) / number)]) if values else []


def operations(service: str) -> list[str]:
    """Return the operations of a service that can be called without an event stream."""
    return [
        name
        for name in model(service)["operations"]
        if not any(
            model(service)["shapes"][member["shape"]].get("eventstream")
            for member in members(service, name).values()
        )
    ]


def members(service: str, operation: str) -> Mapping[str, Model]:
    """Return the members of an operation's input."""
    found: Mapping[str, Model] = _part(service, operation, "input").get("members", {})
    return found


def output(service: str, operation: str) -> Model:
    """Return the output structure of an operation, and its traits."""
    return _part(service, operation, "output")


def _part(service: str, operation: str, part: str) -> Model:
    described = model(service)
    reference = described["operations"][operation].get(part)
    return {**described["shapes"][reference["shape"]], **reference} if reference else {}


def has_blob_payload(service: str, operation: str) -> bool:
    """Whether the body of the request is a blob itself."""
    payload = _part(service, operation, "input").get("payload")
    if payload is None:
        return False
    shape = members(service, operation)[payload]["shape"]
    return bool(model(service)["shapes"][shape]["type"] == "blob")


def arguments(service: str, operation: str) -> st.SearchStrategy[Arguments]:
    """Return valid arguments of an operation, in the order of the model."""
    given = model(service)["operations"][operation].get("input")
    return _of_shape(service, _Reference.of(given)) if given else st.just({})


@dataclass(frozen=True)
class _Place:
    """Where in a request a value goes, as far as it limits the value."""

    location: str | None = None
    json: bool = False
    named: bool = False  # in a host, a bucket or an ARN

    @staticmethod
    def of(reference: Model) -> _Place:
        """Return the place of a member of a structure."""
        return _Place(
            reference.get("location"),
            bool(reference.get("jsonvalue")),
            bool(reference.get("hostLabel")) or "contextParam" in reference,
        )


@dataclass(frozen=True)
class _Reference:
    """A reference to a shape, as a key of a cache: the name and the constraints."""

    shape: str
    constraints: str  # as JSON

    @staticmethod
    def of(reference: Model) -> _Reference:
        """Return the cacheable form of a reference of a model."""
        own = {key: reference[key] for key in sorted(_CONSTRAINTS & reference.keys())}
        return _Reference(reference["shape"], json.dumps(own))

    def resolved(self, shapes: Model) -> Model:
        """Return the shape with the constraints of the reference."""
        return {**shapes[self.shape], **json.loads(self.constraints)}


@cache  # a strategy takes long to build, and little time to draw from
def _of_shape(
    service: str, reference: _Reference, depth: int = 0, place: _Place = _Place()
) -> st.SearchStrategy[Any]:
    """Return valid values of a shape.

    Parameters
    ----------
    service : str
        botocore's name of the service.
    reference : _Reference
        The shape, and the constraints of the reference to it.
    depth : int
        How many shapes it is inside of: the deeper, the less is given.
    place : _Place
        Where in the request the member goes that refers to it.
    """
    shape = reference.resolved(model(service)["shapes"])
    match shape["type"]:
        case "string" if place.json and place.location == "header":
            return _NOT_NULL
        case "structure" if shape.get("document"):
            return _NOT_NULL
        case "structure":
            return _structures(service, reference.shape, depth)
        case "list":
            element = _Reference.of(shape["member"])
            inner = _of_shape(service, element, depth + 1, place)
            least, most = _sizes(shape, depth)
            return st.lists(inner, min_size=least, max_size=most)
        case "map":
            return _maps(service, shape, depth, place)
        case "string":
            return _strings(shape, place)
        case _:
            return _scalars(shape)


@cache
def depth_of(service: str, name: str) -> float:
    """Return how many shapes the least value of a shape is deep."""
    return _depth(model(service)["shapes"], name, ())


def _depth(shapes: Model, name: str, above: tuple[str, ...]) -> float:
    shape = shapes[name]
    if name in above:
        return math.inf
    above = (*above, name)
    match shape["type"]:
        case "structure":
            held = shape.get("members", {})
            depths = {
                key: _depth(shapes, member["shape"], above)
                for key, member in held.items()
                if shape.get("union") or key in shape.get("required", ())
            }
            if shape.get("union"):
                return 1 + min(depths.values(), default=0)
            return 1 + max(depths.values(), default=0)
        case "list" if shape.get("min", 0):
            return 1 + _depth(shapes, shape["member"]["shape"], above)
        case "map" if shape.get("min", 0):
            return 1 + _depth(shapes, shape["value"]["shape"], above)
        case _:
            return 1


@st.composite
def _structures(draw: st.DrawFn, service: str, name: str, depth: int) -> Arguments:
    shape = model(service)["shapes"][name]
    held = shape.get("members", {})
    required = [key for key in shape.get("required", ()) if key in held]
    optional = [
        key
        for key, member in held.items()
        if key not in required and depth_of(service, member["shape"]) < math.inf
    ]
    if shape.get("union"):
        chosen = {_one(draw, service, held, depth)}
    else:
        most = _OPTIONAL[depth] if depth < len(_OPTIONAL) else 0
        some = st.lists(st.sampled_from(optional or [""]), max_size=most, unique=True)
        chosen = {*required, *(draw(some) if optional and most else ())}
    return {
        key: draw(
            _of_shape(service, _Reference.of(member), depth + 1, _Place.of(member))
        )
        for key, member in held.items()
        if key in chosen
    }


def _one(draw: st.DrawFn, service: str, held: Mapping[str, Model], depth: int) -> str:
    """Return the member that a union holds; deep down, one that ends soon."""
    depths = {key: depth_of(service, member["shape"]) for key, member in held.items()}
    most = math.inf if depth < len(_OPTIONAL) else min(depths.values()) + 1
    fitting = [key for key, deep in depths.items() if deep < most]
    return draw(st.sampled_from(fitting))


def _maps(
    service: str, shape: Model, depth: int, place: _Place
) -> st.SearchStrategy[dict[str, Any]]:
    least, most = _sizes(shape, depth)
    keys = resolved(model(service)["shapes"], shape["key"])
    # A map of headers has their names for keys.
    of_keys = _Place(named=True) if place.location == "headers" else place
    enum = keys.get("enum")
    return st.dictionaries(
        _strings(keys, of_keys),
        _of_shape(service, _Reference.of(shape["value"]), depth + 1, place),
        min_size=least,
        max_size=min(most, len(enum)) if enum else most,
    )


def _sizes(shape: Model, depth: int) -> tuple[int, int]:
    least = shape.get("min", 0)
    spread = 2 if depth < len(_OPTIONAL) else 0
    return least, min(shape.get("max", math.inf), least + spread)


def _strings(shape: Model, place: _Place) -> st.SearchStrategy[str]:
    """Return strings within their limits, without regard to the pattern."""
    if shape.get("enum"):
        return st.sampled_from(shape["enum"])
    # A host, a bucket or an ARN of any text would not become a request at all.
    alphabet = _WORD if place.named else _LINE if place.location else _TEXT
    least = max(shape.get("min", 0), 3 if place.named else 1 if place.location else 0)
    most = min(shape.get("max", math.inf), least + _SPREAD)
    if least > 64:
        return st.sampled_from([letter * least for letter in "aZ0"])
    texts = st.text(alphabet, min_size=least, max_size=max(least, int(most)))
    return texts.filter(_leaves_the_path)


def _leaves_the_path(text: str) -> bool:
    # These change it, and are refused.
    return text not in (".", "..")


def _scalars(shape: Model) -> st.SearchStrategy[Any]:
    least, most = shape.get("min"), shape.get("max")
    match shape["type"]:
        case "boolean":
            return st.booleans()
        case "timestamp":
            return TIMESTAMPS
        case "blob":
            return _blobs(least or 0, most)
        case "integer" | "long" as kind:
            bound = _LONG if kind == "long" else _INTEGER
            return st.integers(
                -bound if least is None else least, bound - 1 if most is None else most
            )
        case "float" | "double":
            low, high = (
                -_MILLION if least is None else least,
                _MILLION if most is None else most,
            )
            whole = st.integers(math.ceil(low), math.floor(high))
            return st.floats(low, high) | (whole if low <= high - 1 else st.nothing())
        case other:
            raise ValueError(f"no arguments are known for a {other}")


def _blobs(least: int, most: int | None) -> st.SearchStrategy[bytes | bytearray | str]:
    size = min(math.inf if most is None else most, least + _SPREAD)
    content = st.binary(min_size=least, max_size=int(size))
    text = st.text(_WORD, min_size=least, max_size=int(size))
    return content | content.map(bytearray) | text
