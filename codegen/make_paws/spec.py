"""Where the service models come from: the only place that reads them.

A source is the installed botocore, a botocore wheel, a ``botocore/data`` folder or one
``service-2.json``, plain or gzipped. botocore is never imported for it.
"""

from __future__ import annotations

import difflib
import gzip
import hashlib
import importlib.util
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from make_paws import naming
from make_paws.errors import ModelError, SourceError

# A folder on disk and the inside of a wheel are walked alike.
Folder = Path | zipfile.Path

_MODEL = "service-2.json"
_EXAMPLES = "examples-1.json"
_GZIP = b"\x1f\x8b"
_HEAD = 8192  # bytes; the longest metadata of botocore 1.44.5 takes 1,100
_LEADING = re.compile(r'\s*\{\s*("version"\s*:\s*"[^"]*"\s*,\s*)?"metadata"\s*:\s*')
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PACKED = re.compile(r"botocore/data/([^/]+)/([^/]+)/service-2\.json(?:\.gz)?")
_METADATA = re.compile(r"botocore-[^/]+\.dist-info/METADATA")
_STATED = re.compile(r"(?m)^Version: ([0-9]+(?:\.[0-9]+)*)\s*$")
_ASSIGNED = re.compile(r"(?m)^__version__ = ['\"]([0-9]+(?:\.[0-9]+)*)['\"]")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Spec:
    """The model of one service, as botocore ships it.

    `model` and `examples` are parsed JSON, in the order of the file; `model_hash` is a
    short hash of the model's content, the same for ``.json`` and ``.json.gz``.
    """

    service: str
    model: Mapping[str, Any]
    examples: Mapping[str, Any]
    model_hash: str


def load(service: str, botocore: Path | None = None) -> Spec:
    """Return the model of `service`.

    Parameters
    ----------
    service : str
        botocore's name of the service, or R's.
    botocore : pathlib.Path, optional
        A botocore wheel, a ``botocore/data`` folder, or one ``service-2.json`` or
        ``.json.gz``; without it, the installed botocore.

    Raises
    ------
    SourceError
        There is no such service, or `botocore` is none of these.
    ModelError
        The model is not JSON.
    """
    folders = _alone(service, botocore) or _folders(botocore)
    if service not in folders:
        service = _find(service, folders)
    if not _NAME.fullmatch(service):
        raise SourceError(f"{service!r} is no name that botocore gives to a service")
    folder = folders[service]
    model = _read(folder, _MODEL, service)
    examples = _read(folder, _EXAMPLES, service) if _file(folder, _EXAMPLES) else {}
    return Spec(service, model, examples, _hash(model))


def contents(botocore: Path | None = None) -> dict[str, bytes]:
    """Return the model of every service of a source, gzipped where it is so there.

    To tell that a model is the same as in another source, it needs not be parsed.

    Raises
    ------
    SourceError
        As `load` does.
    """
    folders = _folders(botocore)
    return {
        name: _timeless(_content(_open(folders[name], _MODEL)))
        for name in sorted(folders)
    }


def decode(service: str, content: bytes) -> Spec:
    """Return a model of `contents`, which is without examples.

    Raises
    ------
    ModelError
        The model is not JSON.
    """
    model = _decoded(content, service, service)
    return Spec(service, model, {}, _hash(model))


def services(botocore: Path | None = None) -> dict[str, Mapping[str, Any]]:
    """Return the metadata of every service of a source, by botocore's name, sorted.

    Raises
    ------
    SourceError, ModelError
        As `load` does.
    """
    folders = _folders(botocore)
    return {name: _metadata(folders[name], name) for name in sorted(folders)}


def version(botocore: Path) -> str | None:
    """Return the version of botocore that a source is of, None where it tells none.

    Raises
    ------
    SourceError
        A wheel cannot be read.
    """
    if is_wheel(botocore):
        return _wheel_version(botocore)
    # A data folder, and a model in it, stand in the package that has the version.
    up = 0 if botocore.is_dir() else 3
    package = next(islice(botocore.resolve().parents, up, None), botocore)
    initial = package / "__init__.py"
    if not initial.is_file():
        return None
    found = _ASSIGNED.search(_content(initial).decode(errors="replace"))
    return found[1] if found else None


def is_wheel(botocore: Path) -> bool:
    """Whether a source is a wheel."""
    return botocore.is_file() and zipfile.is_zipfile(botocore)


def _wheel_version(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as wheel:
            for name in filter(_METADATA.fullmatch, wheel.namelist()):
                found = _STATED.search(wheel.read(name).decode(errors="replace"))
                return found[1] if found else None
    except (OSError, zlib.error, zipfile.BadZipFile) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error
    return None


def _alone(service: str, botocore: Path | None) -> dict[str, Folder]:
    """Return the folder of a service that can be had without a look at all others."""
    data = _installed() if botocore is None else botocore
    if not _NAME.fullmatch(service) or not data.is_dir():
        return {}
    return _newest([data / service])


def _folders(botocore: Path | None) -> dict[str, Folder]:
    """Return the folder of the newest API version of each service."""
    if botocore is None:
        return _versions(_installed())
    if botocore.is_dir():
        return _versions(botocore)
    if not botocore.exists():
        raise SourceError(f"{botocore}: there is no such file or folder")
    if zipfile.is_zipfile(botocore):
        return _wheel(botocore)
    if botocore.suffix == ".whl":
        raise SourceError(f"{botocore} is no wheel: it is no zip archive")
    return {_single_name(botocore): botocore}


def _wheel(path: Path) -> dict[str, Folder]:
    try:
        wheel = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error
    # Walking it as folders reads the names of all files again for each of 900 folders.
    newest: dict[str, str] = {}
    for found in filter(None, map(_PACKED.fullmatch, wheel.namelist())):
        service, version = found.groups()
        newest[service] = max(version, newest.get(service, ""))
    if not newest:
        raise SourceError(f"{path}: holds no service-2.json of any service")
    data = zipfile.Path(wheel, "botocore/data/")
    return {service: data / service / newest[service] for service in newest}


def _installed() -> Path:
    found = importlib.util.find_spec("botocore")
    if found is None or found.origin is None:
        raise SourceError(
            "botocore is not installed: install it, or name a wheel, a data folder "
            "or a service-2.json with --botocore"
        )
    return Path(found.origin).parent / "data"


def _versions(data: Path) -> dict[str, Folder]:
    folders = _newest(data.iterdir())
    if not folders:
        raise SourceError(f"{data}: holds no service-2.json of any service")
    return folders


def _newest(services: Iterable[Path]) -> dict[str, Folder]:
    return {
        service.name: max(models, key=lambda version: version.name)
        for service in services
        if service.is_dir()
        and (
            models := [
                version
                for version in service.iterdir()
                if version.is_dir() and _file(version, _MODEL)
            ]
        )
    }


def _single_name(path: Path) -> str:
    """Return botocore's name of the service in one file, from its place or its content."""
    version = path.resolve().parent
    if _VERSION.fullmatch(version.name):
        return version.parent.name
    return naming.botocore_name(_metadata(path, path.name))


def _file(folder: Folder, name: str) -> Folder | None:
    candidates = (folder / f"{name}.gz", folder / name)
    return next((path for path in candidates if path.is_file()), None)


def _open(folder: Folder, name: str) -> Folder:
    """Return the file called `name`; a source that is one file is its own model."""
    if folder.is_file():
        return folder
    path = _file(folder, name)
    if path is None:
        raise SourceError(f"{folder}: holds no {name}")
    return path


def _read(folder: Folder, name: str, service: str) -> dict[str, Any]:
    path = _open(folder, name)
    return _decoded(_content(path), str(path), service)


def _content(path: Folder) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error


def _timeless(content: bytes) -> bytes:
    """Return what was gzipped without the time, which differs in every release.

    RFC 1952, section 2.3: MTIME is the bytes 4 to 7; without one, they are zero.
    """
    if not content.startswith(_GZIP):
        return content
    return content[:4] + bytes(4) + content[8:]


def _decoded(content: bytes, origin: str, service: str) -> dict[str, Any]:
    try:
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        parsed = json.loads(content)
        # JSON can write half of a surrogate pair, which no text can hold.
        json.dumps(parsed, ensure_ascii=False).encode()
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{origin}: cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{origin} is not JSON: {error}", service=service) from error
    if not isinstance(parsed, dict):
        raise ModelError(f"{origin} holds no JSON object", service=service)
    return parsed


def _hash(model: Mapping[str, Any]) -> str:
    content = json.dumps(model, separators=(",", ":")).encode()
    return hashlib.sha256(content).hexdigest()[:12]


def _metadata(folder: Folder, service: str) -> Mapping[str, Any]:
    metadata = _leading_metadata(_open(folder, _MODEL))
    if metadata is None:
        metadata = _read(folder, _MODEL, service).get("metadata")
    if not isinstance(metadata, dict) or not metadata.get("serviceFullName"):
        raise ModelError("has no serviceFullName", ("metadata",), service)
    return metadata


def _leading_metadata(path: Folder) -> Any:
    """Return the metadata if it leads the file, as botocore's does, without the rest.

    All models together are 300 MB of JSON, their metadata 200 KB.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(_GZIP):
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        text = head.decode(errors="replace")
        leading = _LEADING.match(text)
        return leading and json.JSONDecoder().raw_decode(text, leading.end())[0]
    except (OSError, ValueError, RecursionError, zlib.error, zipfile.BadZipFile):
        return None


def _find(wanted: str, folders: Mapping[str, Folder]) -> str:
    """Return botocore's name of the service that R calls `wanted`.

    Where R has one name for two, the other one is called as in botocore, but for hyphens.
    """
    likely = [name for name in folders if name.replace("-", "") == wanted]
    for candidates in (likely, folders):
        for name in candidates:
            if naming.service_name(_metadata(folders[name], name)) == wanted:
                return name
    if likely:
        return likely[0]
    raise SourceError(f"there is no service {wanted!r}{nearest(wanted, folders)}")


def nearest(wanted: str, names: Iterable[str]) -> str:
    """Return the end of an error's text: which of `names` may have been meant."""
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    return f"; did you mean {', '.join(near)}?" if near else ""
