"""Any service model of the installed botocore, and valid arguments of its operations.

The models are those of botocore's own loader. Neither the generator nor the runtime is
imported, because these tests judge both.
"""

from __future__ import annotations

import datetime
import gzip
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import botocore
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

NOT_NULL = JSON_VALUES.filter(lambda value: value is not None)

_YEARS = datetime.datetime(1971, 1, 1), datetime.datetime(2099, 12, 31)
_ZONES = st.integers(-14 * 60, 14 * 60).map(
    lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes))
)
_MOMENTS, _AWARE = st.datetimes(*_YEARS), st.datetimes(*_YEARS, timezones=_ZONES)
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
    data = Path(botocore.__file__).parent / "data"
    # The paths are sorted, so that the newest version of a service is its last.
    return {path.parts[-3]: path for path in sorted(data.glob("*/*/service-2.json*"))}


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
    described = model(service)
    streams = {
        name for name, shape in described["shapes"].items() if "eventstream" in shape
    }
    return [
        name
        for name in described["operations"]
        if not streams & {each["shape"] for each in members(service, name).values()}
    ]


def members(service: str, operation: str) -> Mapping[str, Model]:
    """Return the members of an operation's input."""
    found: Mapping[str, Model] = _part(service, operation, "input").get("members", {})
    return found


def _part(service: str, operation: str, part: str) -> Model:
    described = model(service)
    reference = described["operations"][operation].get(part)
    return {**described["shapes"][reference["shape"]], **reference} if reference else {}


def has_blob_payload(service: str, operation: str) -> bool:
    """Return whether the body of the request is a blob itself."""
    given = _part(service, operation, "input")
    member = given.get("members", {}).get(given.get("payload"))
    is_blob = member and model(service)["shapes"][member["shape"]]["type"] == "blob"
    return bool(is_blob)


def arguments(service: str, operation: str) -> st.SearchStrategy[Arguments]:
    """Return valid arguments of an operation, in the order of the model."""
    given = model(service)["operations"][operation].get("input")
    return _of_shape(service, _Reference.of(given)) if given else st.just({})


class _Place(NamedTuple):
    """The location of a value in a request, which limits the value."""

    location: str | None = None
    json: bool = False
    named: bool = False  # in a host, a bucket or an ARN

    @staticmethod
    def of(reference: Model) -> _Place:
        """Return the location of a member of a structure."""
        return _Place(
            reference.get("location"),
            bool(reference.get("jsonvalue")),
            bool(reference.get("hostLabel")) or "contextParam" in reference,
        )


_ANYWHERE = _Place()


class _Reference(NamedTuple):
    """A reference to a shape, as a key of a cache: the name, and constraints as JSON."""

    shape: str
    constraints: str

    @staticmethod
    def of(reference: Model) -> _Reference:
        own = {key: reference[key] for key in sorted(_CONSTRAINTS & reference.keys())}
        return _Reference(reference["shape"], json.dumps(own))

    def resolved(self, shapes: Model) -> Model:
        """Return the shape with the constraints of the reference."""
        return {**shapes[self.shape], **json.loads(self.constraints)}


@cache  # a strategy takes long to build, and little time to draw from
def _of_shape(
    service: str, reference: _Reference, depth: int = 0, place: _Place = _ANYWHERE
) -> st.SearchStrategy[Any]:
    """Return valid values of a shape; the deeper it is nested, the fewer members."""
    shape = reference.resolved(model(service)["shapes"])
    match shape["type"]:
        case "string" if place.json and place.location == "header":
            return NOT_NULL
        case "structure" if shape.get("document"):
            return NOT_NULL
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
def _min_depth(service: str, name: str, above: tuple[str, ...] = ()) -> float:
    """Return how many shapes are nested in the smallest value of a shape."""
    if name in above:
        return math.inf
    shape = model(service)["shapes"][name]
    match shape["type"]:
        case "structure":
            required = shape.get("required", ())
            inner = [
                member["shape"]
                for key, member in shape.get("members", {}).items()
                if shape.get("union") or key in required
            ]
        case "list" | "map" if shape.get("min", 0):
            inner = [shape["member" if shape["type"] == "list" else "value"]["shape"]]
        case _:
            return 1
    depths = [_min_depth(service, each, (*above, name)) for each in inner]
    return 1 + (min if shape.get("union") else max)(depths, default=0)


@st.composite
def _structures(draw: st.DrawFn, service: str, name: str, depth: int) -> Arguments:
    shape = model(service)["shapes"][name]
    held = shape.get("members", {})
    required = [key for key in shape.get("required", ()) if key in held]
    depths = {key: _min_depth(service, held[key]["shape"]) for key in held}
    most = _OPTIONAL[depth] if depth < len(_OPTIONAL) else 0
    if shape.get("union"):  # deep down, a member that ends soon
        limit = math.inf if most else min(depths.values()) + 1
        chosen = {draw(st.sampled_from([key for key in held if depths[key] < limit]))}
    else:
        optional = {key for key in held if depths[key] < math.inf} - {*required}
        some = st.lists(st.sampled_from(sorted(optional)), max_size=most, unique=True)
        chosen = {*required, *(draw(some) if optional and most else ())}
    return {
        key: draw(
            _of_shape(service, _Reference.of(member), depth + 1, _Place.of(member))
        )
        for key, member in held.items()
        if key in chosen
    }


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
    # Dots would change the path, and are refused.
    return texts.filter(lambda text: text not in (".", ".."))


def _scalars(shape: Model) -> st.SearchStrategy[Any]:
    least, most = shape.get("min"), shape.get("max")
    match shape["type"]:
        case "boolean":
            return st.booleans()
        case "timestamp":
            return TIMESTAMPS
        case "blob":
            size = min(math.inf if most is None else most, (least or 0) + _SPREAD)
            sizes = {"min_size": least or 0, "max_size": int(size)}
            content = st.binary(**sizes)
            return content | content.map(bytearray) | st.text(_WORD, **sizes)
        case "integer" | "long" as kind:
            bound = _LONG if kind == "long" else _INTEGER
            low = -bound if least is None else least
            return st.integers(low, bound - 1 if most is None else most)
        case "float" | "double":
            low = -_MILLION if least is None else least
            high = _MILLION if most is None else most
            whole = st.integers(math.ceil(low), math.floor(high))
            return st.floats(low, high) | (whole if low <= high - 1 else st.nothing())
        case other:
            raise ValueError(f"no arguments are known for a {other}")
