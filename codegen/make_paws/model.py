"""Check a service model before anything is generated from it.

A model is untrusted input. The rest of the generator relies on its form, and on names that
cannot become code. A key or value that is not supported could change requests, so it is an
error, unless the caller allows unknown keys.
"""

from __future__ import annotations

import copy
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from make_paws import model_keys
from make_paws.errors import ModelError
from make_paws.ir import Path, UnusedKeys
from make_paws.model_keys import Form

_LATER = "a newer paws-py may support it"
# In the order of botocore.utils.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS.
_PROTOCOLS = ("json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor", "query", "ec2")
# botocore.auth.AUTH_TYPE_TO_SIGNATURE_VERSION. It signs sigv4a with awscrt only.
_SIGV4A = "aws.auth#sigv4a"
_AUTH = frozenset(
    {"aws.auth#sigv4", _SIGV4A, "smithy.api#httpBearerAuth", "smithy.api#noAuth"}
)
# botocore.auth.AUTH_TYPE_MAPS and botocore.handlers.set_operation_specific_signer.
_SIGNATURES = frozenset({"bearer", "s3", "s3v4", "v2", "v3", "v3https", "v4", "v4a"})
_VALUES: Mapping[str, frozenset[str]] = {
    "authtype": _SIGNATURES | {"none", "v4-unsigned-body"},
    # RestSerializer and BaseRestParser of botocore; another one is not sent at all.
    "location": frozenset({"header", "headers", "querystring", "statusCode", "uri"}),
    "signatureVersion": _SIGNATURES,
    # botocore.serialize.Serializer compares it in lower case.
    "timestampFormat": frozenset({"iso8601", "rfc822", "unixtimestamp"}),
}
# The names of Smithy (Smithy 2.0, "Shape ID ABNF").
_NAME = re.compile(r"_*[A-Za-z][A-Za-z0-9_]*")


@contextmanager
def place(*path: str) -> Iterator[None]:
    """Prepend `path` to the path of a `ModelError` that the block raises."""
    try:
        yield
    except ModelError as error:
        raise error.at(*path) from error.__cause__


def check(model: Mapping[str, Any], *, allow_unknown: bool = False) -> UnusedKeys:
    """Check the form of a service model.

    Parameters
    ----------
    model : mapping
        The parsed ``service-2.json``.
    allow_unknown : bool
        Whether unknown keys are returned instead of raised.

    Returns
    -------
    UnusedKeys
        The keys that the generator does not use.

    Raises
    ------
    ModelError
        With the path inside the model. Malformed values are reported before unknown keys.
    """
    found = _Check(model.get("shapes", {}))
    found.model(model)
    if found.unknown and not allow_unknown:
        raise _unknown(found.unknown)
    return UnusedKeys(found.unknown, found.ignored, found.malformed)


def protocol(metadata: Mapping[str, Any]) -> str:
    """Return the protocol that botocore uses (``ServiceModel.resolved_protocol``).

    Raises
    ------
    ModelError
        botocore supports none of the protocols.
    """
    listed = metadata.get("protocols")
    for supported in _PROTOCOLS:
        if supported in (listed or (metadata["protocol"],)):
            return supported
    key = "protocols" if listed else "protocol"
    raise ModelError(f"unknown protocol {metadata[key]!r:.80}; {_LATER}", (key,))


def without(model: Mapping[str, Any], keys: UnusedKeys) -> Mapping[str, Any]:
    """Return a model without unknown keys and malformed texts.

    Parameters
    ----------
    model : mapping
        The model that was checked, or the part of it that comes from one file.
    keys : UnusedKeys
        The result of the check.
    """
    unknown = [(*path, key) for key, paths in keys.unknown.items() for path in paths]
    if not unknown and not keys.malformed:
        return model
    result = copy.deepcopy(dict(model))
    for *path, key in (*unknown, *keys.malformed):
        with suppress(LookupError, TypeError):
            value: Any = result
            for step in path:
                value = value[int(step) if isinstance(value, list) else step]
            value.pop(key, None)
    return result


def examples(found: Mapping[str, Any], operation: str) -> list[Mapping[str, Any]]:
    """Return the well-formed examples of an operation.

    Examples are documentation, so a malformed one is omitted and never an error.

    Parameters
    ----------
    found : mapping
        The parsed ``examples-1.json``, empty if the service has none.
    operation : str
        AWS's name of the operation.
    """
    by_operation = found.get("examples")
    listed = by_operation.get(operation) if isinstance(by_operation, dict) else None
    return [
        example
        for example in (listed if isinstance(listed, list) else ())
        if isinstance(example, dict)
        and isinstance(example.get("input", {}), dict)
        and isinstance(example.get("title", ""), str)
        and isinstance(example.get("description", ""), str)
    ]


@dataclass(slots=True)
class _Check:
    """One check of a model, which collects the keys that are not used."""

    shapes: Mapping[str, Any]
    unknown: dict[str, list[Path]] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)
    malformed: list[Path] = field(default_factory=list)

    def model(self, model: Mapping[str, Any]) -> None:
        required = ("metadata", "operations", "shapes")
        self.keys(model, model_keys.MODEL, "model", (), required)
        self.metadata(model["metadata"], ("metadata",))
        for name, shape in model["shapes"].items():
            _name(name, ("shapes",))
            self.shape(shape, ("shapes", name))
        for name, operation in model["operations"].items():
            _name(name, ("operations",))
            self.operation(operation, ("operations", name))

    def metadata(self, metadata: Mapping[str, Any], path: Path) -> None:
        required = ("apiVersion", "protocol", "serviceFullName")
        metadata = self.keys(metadata, model_keys.METADATA, "metadata", path, required)
        for key in ("auth", "protocols"):
            _texts(metadata, key, path)
        with place(*path):
            protocol(metadata)
        if not _is_folder(metadata["apiVersion"]):
            raise ModelError(
                f"{metadata['apiVersion']!r:.80} cannot be the name of a folder",
                (*path, "apiVersion"),
            )
        _signing(metadata, "signatureVersion", path)

    def shape(self, shape: Any, path: Path) -> None:
        _object(shape, path)
        kind = shape.get("type")
        form = model_keys.SHAPES.get(kind) if isinstance(kind, str) else None
        if form is None:
            raise ModelError(f"unknown type {kind!r:.80}; {_LATER}", (*path, "type"))
        shape = self.keys(shape, form, "shape", path)
        _value(shape, "timestampFormat", path)
        for trait in ("enum", "required"):
            _texts(shape, trait, path)
        self.keys(shape.get("error", {}), model_keys.ERROR, "error", (*path, "error"))
        members = shape.get("members", {})
        for name, member in members.items():
            _name(name, (*path, "members"))
            self.reference(member, "member", (*path, "members", name))
        parts = {"list": ("member",), "map": ("key", "value")}.get(kind, ())
        for part in parts:
            self.reference(shape.get(part), "element", (*path, part))
        mentions = [("required", name) for name in shape.get("required", ())]
        mentions += [("payload", shape["payload"])] if "payload" in shape else []
        for trait, name in mentions:
            if name not in members:
                raise ModelError(f"unknown member {name!r:.80}", (*path, trait))

    def operation(self, operation: Any, path: Path) -> None:
        operation = self.keys(operation, model_keys.OPERATION, "operation", path)
        for key, form in (("http", model_keys.HTTP), ("endpoint", model_keys.ENDPOINT)):
            self.keys(operation.get(key, {}), form, key, (*path, key))
        _texts(operation, "auth", path)
        _signing(operation, "authtype", path)
        for part in ("input", "output"):
            if part in operation:
                self.structure(operation[part], part, (*path, part))
        for number, error in enumerate(operation.get("errors", ())):
            self.structure(error, "error", (*path, "errors", str(number)))

    def structure(self, reference: Any, kind: str, path: Path) -> None:
        self.reference(reference, kind, path)
        name = reference["shape"]
        shape = self.shapes[name]
        if shape["type"] != "structure" or shape.get("document"):
            raise ModelError(f"{name!r:.80} is not a structure", (*path, "shape"))

    def reference(self, reference: Any, kind: str, path: Path) -> None:
        form = model_keys.REFERENCES[kind]
        reference = self.keys(reference, form, "reference", path, ("shape",))
        for key in ("location", "timestampFormat"):
            _value(reference, key, path)
        _texts(reference, "enum", path)
        name = reference["shape"]
        if name not in self.shapes:
            raise ModelError(f"unknown shape {name!r:.80}", (*path, "shape"))
        self.limits(reference, self.shapes[name], path)

    def limits(self, reference: Mapping[str, Any], shape: Any, path: Path) -> None:
        """Check that the limits of a reference are valid for the type of its shape."""
        kind = shape.get("type") if isinstance(shape, dict) else None
        form = model_keys.SHAPES.get(kind, {}) if isinstance(kind, str) else {}
        for key in ("min", "max"):
            if key in reference and not _is(reference[key], form.get(key, object)):
                raise ModelError(
                    f"{reference[key]!r:.80} cannot be the {key} of a {kind}",
                    (*path, key),
                )

    def keys(
        self,
        values: Any,
        form: Form,
        where: str,
        path: Path,
        required: tuple[str, ...] = (),
    ) -> Mapping[str, Any]:
        """Check the keys of an object and the types of their values.

        Returns
        -------
        mapping
            The object without unknown and ignored keys: their values have any type.
        """
        _object(values, path)
        for key in required:
            if key not in values:
                raise ModelError(f"has no {key!r}", path)
        for key, value in values.items():
            if key in form:
                if _is(value, form[key]):
                    continue
                if key not in model_keys.TEXTS:
                    raise ModelError(f"{value!r:.80} cannot be a {key}", (*path, key))
                self.malformed.append((*path, key))
            elif key in model_keys.IGNORED[where]:
                self.ignored[f"{where}.{key}"] += 1
            else:
                self.unknown.setdefault(key, []).append(path)
        if values.keys() <= form.keys():
            known: Mapping[str, Any] = values
            return known
        return {key: value for key, value in values.items() if key in form}


def _unknown(keys: Mapping[str, Sequence[Path]]) -> ModelError:
    (key, paths), *others = keys.items()
    number = f" ({len(paths):,} occurrences)" if len(paths) > 1 else ""
    more = f", and {len(others):,} other unknown keys" if others else ""
    return ModelError(
        f"unknown key {key!r:.80}{number}{more}; {_LATER}, --allow-unknown ignores it",
        paths[0],
    )


def _signing(values: Mapping[str, Any], legacy: str, path: Path) -> None:
    """Check the signature of requests; botocore prefers `auth` to the older key."""
    if not values.get("auth"):
        _value(values, legacy, path)
        return
    # botocore.auth.resolve_auth_type takes the first supported scheme.
    for scheme in values["auth"]:
        if scheme not in _AUTH:
            raise ModelError(
                f"unknown authentication scheme {scheme!r:.80}; {_LATER}",
                (*path, "auth"),
            )
        if scheme != _SIGV4A:
            return


def _value(values: Mapping[str, Any], key: str, path: Path) -> None:
    """Check a value that affects requests."""
    value = values.get(key)
    if value is None:
        return
    if (value.lower() if key == "timestampFormat" else value) not in _VALUES[key]:
        raise ModelError(f"unknown {key} {value!r:.80}; {_LATER}", (*path, key))


def _texts(values: Mapping[str, Any], key: str, path: Path) -> None:
    for value in values.get(key, ()):
        if not isinstance(value, str):
            raise ModelError(f"{value!r:.80} is not a string", (*path, key))


def _is_folder(name: str) -> bool:
    """Return whether a name, such as an API version, is valid as the name of a folder."""
    is_part = name not in ("", ".", "..") and not {"/", "\\"} & {*name}
    return is_part and name.isprintable()


def _name(name: str, path: Path) -> None:
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"{name!r:.80} is not a name of letters, digits and underscores",
            (*path, name),
        )


def _object(values: Any, path: Path) -> None:
    if not isinstance(values, dict):
        raise ModelError("is not a JSON object", path)


def _is(value: Any, kind: Any) -> bool:
    # In Python, True is an int. A JSON number like 1e999 becomes infinite.
    if isinstance(value, bool):
        return kind is bool
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, kind)
