"""botocore's data, of which no more is read than is needed.

For one client, botocore's own loader looks into the folders of all services, twice, and
reads the endpoints of all services, for what they say of one. That is a fifth of the time
of a first call, and 7 MB.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from botocore.exceptions import DataNotFoundError
from botocore.loaders import JSONFileLoader, Loader

if TYPE_CHECKING:
    from botocore.session import Session

_DECODER = json.JSONDecoder()
_NO_SERVICES = '"services": {}}'


def lean_loader(session: Session) -> Loader:
    """Return the loader of a session: where it looks is as AWS_DATA_PATH says."""
    path = session.get_config_variable("data_path")
    folders = path.split(os.pathsep) if path else []
    return LeanLoader(
        extra_search_paths=[
            os.path.expanduser(os.path.expandvars(folder)) for folder in folders
        ],
        file_loader=_FileLoader(),
    )


class LeanLoader(Loader):
    """A loader that looks for a service where it would be."""

    def list_available_services(self, type_name: str) -> Any:
        """Return the names of the services; only who reads them all has them looked for."""
        return _Services(self, type_name)

    def every_service(self, type_name: str) -> list[str]:
        """Return the names of all services that have such a file."""
        return super().list_available_services(type_name)


class _Services(Sequence[str]):
    """The names of all services, sorted."""

    def __init__(self, loader: LeanLoader, type_name: str) -> None:
        self._loader = loader
        self._type_name = type_name

    def __contains__(self, name: object) -> bool:
        try:
            return bool(self._loader.list_api_versions(str(name), self._type_name))
        except DataNotFoundError:
            return False

    @cached_property
    def _all(self) -> list[str]:
        return self._loader.every_service(self._type_name)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)


class _FileLoader(JSONFileLoader):
    def load_file(self, file_path: str) -> Any:
        """Return what is in a file; of ``endpoints``, the services are read one by one."""
        plain = f"{file_path}.json"
        if os.path.basename(file_path) == "endpoints" and os.path.isfile(plain):
            return lean_endpoints(plain) or super().load_file(file_path)
        return super().load_file(file_path)


def lean_endpoints(path: str) -> dict[str, Any] | None:
    """Return what is in ``endpoints.json``, but for the services, which are looked up.

    Parameters
    ----------
    path : str
        The file: ``{"partitions": [{"defaults": …, "partition": …, "services": …}, …]}``.

    Returns
    -------
    dict or None
        None for a file whose text is not laid out like that.
    """
    text = _text(path)
    heads = list(_heads(text))
    if not heads or len(heads) != text.count('"partitionName"'):
        return None
    ends = [*(head.start for head in heads[1:]), len(text)]
    partitions = [
        {**head.facts, "services": _Endpoints(path, head.end, end)}
        for head, end in zip(heads, ends, strict=True)
    ]
    return {"partitions": partitions, "version": 3}


class _Head(NamedTuple):
    """What is told of a partition before its services, and from where to where."""

    start: int
    end: int
    facts: dict[str, Any]


def _heads(text: str) -> Iterator[_Head]:
    for services in re.finditer(r'"services"\s*:\s*\{', text):
        name = text.rfind('"partitionName"', 0, services.start())
        # It begins with its defaults; so do services, but they stand behind.
        start = text.rfind("{", 0, text.rfind('"defaults"', 0, max(name, 0)))
        try:
            facts = json.loads(f"{text[start : services.start()]}{_NO_SERVICES}")
        except ValueError:
            continue
        yield _Head(start, services.end(), facts)


class _Endpoints(Mapping[str, Any]):
    """What is told of each service of a partition, by the prefix of its endpoints.

    A service is read once: botocore writes the defaults of a partition into it.
    """

    def __init__(self, path: str, start: int, end: int) -> None:
        self._path = path
        self._start = start
        self._end = end
        self._found: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def _look_up(self, name: str) -> Any:
        text = _text(self._path)
        key = re.compile(rf"{re.escape(json.dumps(name))}\s*:\s*(?={{)")
        for place in key.finditer(text, self._start, self._end):
            service, _ = _DECODER.raw_decode(text, place.end())
            # An endpoint may have the name of a service.
            if "endpoints" in service:
                return service
        raise KeyError(name)

    @cached_property
    def _all(self) -> Collection[str]:
        services: Mapping[str, Any]
        services, _ = _DECODER.raw_decode(_text(self._path), self._start - 1)
        return services.keys()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
