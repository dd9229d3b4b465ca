"""Read service models; no other module reads them.

A source is the installed botocore, a botocore wheel, a ``botocore/data`` folder or one
``service-2.json``, plain or gzipped. botocore is not imported.
"""

from __future__ import annotations

import difflib
import gzip
import hashlib
import importlib.util
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Any

from make_paws import naming
from make_paws.errors import MakePawsError, ModelError, SourceError

# A folder on disk or inside a wheel.
Folder = Path | zipfile.Path
# The folders of the newest version of a service, in order of precedence, or its only file.
Folders = tuple[Folder, ...]

_MODEL = "service-2.json"
_EXTRAS = "service-2.sdk-extras.json"
_EXAMPLES = "examples-1.json"
_WAITERS = "waiters-2.json"
_GZIP = b"\x1f\x8b"
_HEAD = 8192  # bytes; the longest metadata of botocore 1.44.5 takes 1,100
# The limit for one file, before and after decompression. The largest model of botocore
# 1.44.8, ec2's, has 4.4 MB; 1.5 MB of gzip can become 1.5 GB.
MAX_BYTES = 16 * 2**20
_LEADING = re.compile(r'\s*\{\s*("version"\s*:\s*"[^"]*"\s*,\s*)?"metadata"\s*:\s*')
# The names of services that are safe in generated code and as the name of a folder.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PACKED = re.compile(r"botocore/data/([^/]+)/([^/]+)/service-2\.json(?:\.gz)?")
_METADATA = re.compile(r"botocore-[^/]+\.dist-info/METADATA")
_STATED = re.compile(r"(?m)^Version: ([0-9]+(?:\.[0-9]+)*)\s*$")
_ASSIGNED = re.compile(r"(?m)^__version__ = ['\"]([0-9]+(?:\.[0-9]+)*)['\"]")


@dataclass(frozen=True, slots=True)
class Spec:
    """The model of one service in botocore's format.

    `model` is the service's own model, `extras` are botocore's additions to it, and
    `examples` and `waiters` are the files of these names: parsed JSON, in the order of the
    file. `model_hash` is a short hash of the merged model, the same for ``.json`` and
    ``.json.gz``.
    """

    service: str
    model: Mapping[str, Any]
    examples: Mapping[str, Any]
    model_hash: str
    extras: Mapping[str, Any] = field(default_factory=dict)
    waiters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def merged(self) -> Mapping[str, Any]:
        """The model that botocore's clients use.

        It can have arguments that the service does not have. For example, botocore
        creates the `PreSignedUrl` of rds from `SourceRegion`.
        """
        return _merge(self.model, self.extras)


@dataclass(frozen=True, slots=True)
class Content:
    """The files of one model as bytes; models with equal files are equal.

    `extras`, `examples` and `waiters` are None if the service does not have them.
    """

    model: bytes
    extras: bytes | None = None
    examples: bytes | None = None
    waiters: bytes | None = None


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
        The service does not exist, its name is not supported, or `botocore` is not a
        source.
    ModelError
        The model is not JSON.
    """
    folders = _single_service(service, botocore) or _folders(botocore)
    service = _find(service, folders, botocore)
    own = folders[service]
    files = (
        _read(own, name, service) if name == _MODEL or _file(own, name) else {}
        for name in (_MODEL, _EXTRAS, _EXAMPLES, _WAITERS)
    )
    return _spec(service, files)


def find(wanted: str, botocore: Path | None = None) -> str:
    """Return botocore's name of the service that botocore or R calls `wanted`.

    Raises
    ------
    SourceError
        The service does not exist, or `botocore` is not a source, as for `load`.
    """
    return _find(wanted, _folders(botocore), botocore)


def contents(botocore: Path | None = None) -> dict[str, Content | SourceError]:
    """Return the unparsed model of every service of a source, which can be gzipped.

    So models can be compared without parsing. Examples and waiters are not read.

    Returns
    -------
    dict
        Maps botocore's name of each service to the content, or to the error of reading it.

    Raises
    ------
    SourceError
        As `names` does.
    """

    def content(folders: Folders) -> Content | SourceError:
        try:
            extras = _file(folders, _EXTRAS)
            return Content(
                model=_without_gzip_mtime(_content(_open(folders, _MODEL))),
                extras=_without_gzip_mtime(_content(extras)) if extras else None,
            )
        except SourceError as error:
            return error

    return {name: content(folders) for name, folders in _sorted(botocore).items()}


def decode(service: str, content: Content) -> Spec:
    """Parse the files of a model.

    Raises
    ------
    SourceError
        The name of the service is not supported.
    ModelError
        A file is not JSON.
    """
    files = content.model, content.extras, content.examples, content.waiters
    decoded = (_decoded(file, service, service) if file else {} for file in files)
    return _spec(service, decoded)


def metadata(loaded: Spec) -> Mapping[str, Any]:
    """Return the metadata of a model.

    Raises
    ------
    ModelError
        The metadata does not contain the name of the service.
    """
    return _named(loaded.model.get("metadata"), loaded.service)


def names(botocore: Path | None = None) -> list[str]:
    """Return botocore's names of the services of a source, sorted.

    Raises
    ------
    SourceError
        `botocore` is not a source, as for `load`.
    """
    return list(_sorted(botocore))


def services(
    botocore: Path | None = None,
) -> dict[str, Mapping[str, Any] | MakePawsError]:
    """Return the metadata of every service of a source.

    Returns
    -------
    dict
        Maps botocore's name of each service, sorted, to its metadata, or to the error of
        reading it.

    Raises
    ------
    SourceError
        As `names` does.
    """

    def read(name: str, folders: Folders) -> Mapping[str, Any] | MakePawsError:
        try:
            return _metadata(folders, name)
        except MakePawsError as error:
            return error

    return {name: read(name, folders) for name, folders in _sorted(botocore).items()}


def version(botocore: Path) -> str | None:
    """Return the version of botocore of a source, None if it is unknown.

    Raises
    ------
    SourceError
        A wheel cannot be read.
    """
    if is_wheel(botocore):
        return _wheel_version(botocore)
    # For a data folder or a model in it, the package above contains the version.
    up = 0 if botocore.is_dir() else 3
    package = next(islice(botocore.resolve().parents, up, None), botocore)
    initial = package / "__init__.py"
    if not initial.is_file():
        return None
    found = _ASSIGNED.search(_content(initial).decode(errors="replace"))
    return found[1] if found else None


def is_wheel(botocore: Path) -> bool:
    """Return whether a source is a wheel."""
    return botocore.is_file() and zipfile.is_zipfile(botocore)


def _wheel_version(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as wheel:
            for name in filter(_METADATA.fullmatch, wheel.namelist()):
                content = _content(zipfile.Path(wheel, name))
                found = _STATED.search(content.decode(errors="replace"))
                return found[1] if found else None
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error
    return None


def _single_service(service: str, botocore: Path | None) -> dict[str, Folders]:
    """Return the folders of a service if they can be found without reading all others."""
    folders = _data_folders() if botocore is None else [botocore]
    if not all(data.is_dir() for data in folders):
        return {}
    # Not all file systems distinguish the case of names.
    return _newest(data / service for data in folders if service in os.listdir(data))


def _sorted(botocore: Path | None) -> dict[str, Folders]:
    return dict(sorted(_folders(botocore).items()))


def _folders(botocore: Path | None) -> dict[str, Folders]:
    """Return the folders of the newest API version of each service."""
    if botocore is None:
        return _versions(_data_folders())
    if botocore.is_dir():
        return _versions([botocore])
    if not botocore.exists():
        raise SourceError(f"{botocore} does not exist")
    if not botocore.is_file():  # /dev/zero has no end
        raise SourceError(f"{botocore} is neither a file nor a folder")
    if is_wheel(botocore):
        return _wheel(botocore)
    if botocore.suffix == ".whl":
        raise SourceError(f"{botocore} is not a wheel, because it is not a zip archive")
    return {_single_name(botocore): (botocore,)}


def _wheel(path: Path) -> dict[str, Folders]:
    try:
        wheel = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error
    # Do not iterate over folders: that reads all file names again for each of 900 folders.
    newest: dict[str, str] = {}
    for found in filter(None, map(_PACKED.fullmatch, wheel.namelist())):
        service, version = found.groups()
        newest[service] = max(version, newest.get(service, ""))
    if not newest:
        raise SourceError(f"{path} contains no service-2.json")
    data = zipfile.Path(wheel, "botocore/data/")
    return {service: (data / service / newest[service],) for service in newest}


def installed() -> Path:
    """Return the data folder of the installed botocore.

    Raises
    ------
    SourceError
        botocore is not installed.
    """
    found = importlib.util.find_spec("botocore")
    if found is None or found.origin is None:
        raise SourceError(
            "botocore is not installed: install it, or name a wheel, a data folder "
            "or a service-2.json with --botocore"
        )
    return Path(found.origin).parent / "data"


def _data_folders() -> list[Path]:
    """Return the folders in which botocore looks for models (``botocore/loaders.py``)."""
    paths = os.environ.get("AWS_DATA_PATH", "").split(os.pathsep)
    expanded = [os.path.expandvars(path) for path in paths if path]
    private = map(Path, map(os.path.expanduser, [*expanded, "~/.aws/models"]))
    return [*(folder for folder in private if folder.is_dir()), installed()]


def _versions(folders: Sequence[Path]) -> dict[str, Folders]:
    found = _newest(service for data in folders for service in data.iterdir())
    if not found:
        raise SourceError(f"{folders[-1]} contains no service-2.json")
    return found


def _newest(services: Iterable[Path]) -> dict[str, Folders]:
    """Return the folders of the newest version of each service.

    Like botocore, use the first file of each name: the own model of a user and botocore's
    waiters, for example (``botocore.loaders.Loader.load_data``).
    """
    folders: dict[str, list[Path]] = {}
    for service in services:
        folders.setdefault(service.name, []).append(service)
    newest: dict[str, Folders] = {}
    for name, own in folders.items():
        versions = {
            version.name
            for folder in own
            if folder.is_dir()
            for version in folder.iterdir()
            if _file((version,), _MODEL)
        }
        if versions:
            newest[name] = tuple(folder / max(versions) for folder in own)
    return newest


def _single_name(path: Path) -> str:
    """Return botocore's name of the service in one file.

    It is the name of the folder if the path ends as in botocore's data:
    ``<service>/<API version>/<file>``.
    """
    metadata = _metadata((path,), path.name)
    version = path.resolve().parent
    if version.name == metadata.get("apiVersion"):
        return version.parent.name
    return naming.botocore_name(metadata)


def _file(folders: Folders, name: str) -> Folder | None:
    """Return the first file called `name`; the plain one of a folder first, like botocore."""
    paths = (folder / each for folder in folders for each in (name, f"{name}.gz"))
    return next((path for path in paths if path.is_file()), None)


def _open(folders: Folders, name: str) -> Folder:
    """Return the file called `name`, or the only file of a service."""
    if folders[0].is_file():
        return folders[0]
    path = _file(folders, name)
    if path is None:
        raise SourceError(f"{folders[0]} contains no {name}")
    return path


def _read(folders: Folders, name: str, service: str) -> dict[str, Any]:
    path = _open(folders, name)
    return _decoded(_content(path), str(path), service)


def _content(path: Folder) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file, str(path))
    # zipfile raises RuntimeError for an encrypted file or an unknown compression.
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error


def _bounded(file: IO[bytes] | gzip.GzipFile, origin: str) -> bytes:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // 2**20
        raise SourceError(f"{origin}: has more than {limit} MiB, so it is not a model")
    return content


def _without_gzip_mtime(content: bytes) -> bytes:
    """Return gzipped content without the time, which differs in every release.

    RFC 1952, section 2.3: MTIME is in the bytes 4 to 7, and zero if there is none.
    """
    if not content.startswith(_GZIP):
        return content
    return content[:4] + bytes(4) + content[8:]


def _decoded(content: bytes, origin: str, service: str) -> dict[str, Any]:
    try:
        if content.startswith(_GZIP):
            with gzip.GzipFile(fileobj=BytesIO(content)) as file:
                content = _bounded(file, origin)
        parsed = json.loads(content)
        # JSON can contain half of a surrogate pair, which a Python str cannot encode.
        json.dumps(parsed, ensure_ascii=False).encode()
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{origin}: cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{origin} is not JSON: {error}", service=service) from error
    if not isinstance(parsed, dict):
        raise ModelError(f"{origin} is not a JSON object", service=service)
    if "smithy" in parsed:
        raise ModelError(
            f"{origin} is a Smithy model (JSON AST {parsed['smithy']!r:.20}); make-paws "
            "reads the format of botocore's service-2.json",
            service=service,
        )
    return parsed


def _spec(service: str, files: Iterable[Mapping[str, Any]]) -> Spec:
    model, extras, examples, waiters = files
    if not _NAME.fullmatch(service):
        raise SourceError(
            f"the name {service!r} of a service is not supported: its folder can contain "
            "only ASCII letters, digits, '.', '_' and '-', and begins with a letter or "
            "digit"
        )
    merge = extras.get("merge", {})
    if not isinstance(merge, dict):
        raise ModelError("merge is not a JSON object", (_EXTRAS,), service)
    merged = json.dumps(_merge(model, merge), separators=(",", ":")).encode()
    model_hash = hashlib.sha256(merged).hexdigest()[:12]
    return Spec(service, model, examples, model_hash, merge, waiters)


def _merge(model: Mapping[str, Any], extras: Mapping[str, Any]) -> dict[str, Any]:
    """Return `model` with `extras` merged over it (``botocore.utils.deep_merge``)."""
    both = {
        key: _merge(model[key], extra)
        for key, extra in extras.items()
        if isinstance(model.get(key), dict) and isinstance(extra, dict)
    }
    return {**model, **extras, **both}


def _metadata(folders: Folders, service: str) -> Mapping[str, Any]:
    metadata = _leading_metadata(_open(folders, _MODEL))
    if not _is_named(metadata):
        metadata = _read(folders, _MODEL, service).get("metadata")
    return _named(metadata, service)


def _named(metadata: Any, service: str) -> Mapping[str, Any]:
    if not _is_named(metadata):
        raise ModelError("has no name of the service", ("metadata",), service)
    result: Mapping[str, Any] = metadata
    return result


def _is_named(metadata: Any) -> bool:
    keys = ("serviceFullName", "serviceAbbreviation", "serviceId")
    return (
        isinstance(metadata, dict)
        and bool(metadata.get("serviceFullName"))
        and all(isinstance(metadata.get(key, ""), str) for key in keys)
    )


def _leading_metadata(path: Folder) -> Any:
    """Return the metadata from the start of the file, where botocore has it, else None.

    So the rest is not read: all models have 300 MB of JSON, and their metadata 200 KB.
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


def _find(wanted: str, folders: Mapping[str, Folders], botocore: Path | None) -> str:
    """Return botocore's name of the service that botocore or R calls `wanted`.

    If two services have the same name in R, the other one has botocore's name without
    hyphens.
    """
    if wanted in folders:
        return wanted
    likely = [name for name in folders if name.replace("-", "") == wanted]
    for candidates in (likely, folders):
        for name in candidates:
            with suppress(MakePawsError):  # another service must not stop this one
                if naming.service_name(_metadata(folders[name], name)) == wanted:
                    return name
    if likely:
        return likely[0]
    private = " in botocore's data or in the folders of AWS_DATA_PATH"
    where = private if botocore is None else ""
    raise SourceError(
        f"service {wanted!r} does not exist{where}{suggestion(wanted, folders)}"
    )


def suggestion(wanted: str, names: Iterable[str]) -> str:
    """Return the end of an error message that suggests similar `names`."""
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    return f"; did you mean {', '.join(near)}?" if near else ""
