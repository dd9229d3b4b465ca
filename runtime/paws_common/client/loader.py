"""Load only the data of botocore that a client needs.

To create a client, botocore's own loader lists the folders of all services, and parses
the endpoints of all services. That takes a sixth of the time of a first call.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from botocore.exceptions import DataNotFoundError
from botocore.loaders import JSONFileLoader, Loader

if TYPE_CHECKING:
    from botocore.session import Session

_DECODER = json.JSONDecoder()


def use_lazy_loader(session: Session) -> None:
    """Replace the loader of a session if it is botocore's own."""
    loader: Any = session.get_component("data_loader")
    if type(loader) is Loader:
        session.register_component("data_loader", LazyLoader(loader.search_paths))


class LazyLoader(Loader):
    """A loader that looks for a service in its folder, and parses only its endpoints."""

    def __init__(self, search_paths: Sequence[str]) -> None:
        super().__init__(
            extra_search_paths=list(search_paths),
            file_loader=_FileLoader(),
            include_default_search_paths=False,
        )

    def list_available_services(self, type_name: str) -> Any:
        """Return the names of the services, as a sequence that is loaded when needed."""
        return _Services(self, type_name)


class _Services(Sequence[str]):
    """Names of services; `in` looks for one folder instead of listing all."""

    def __init__(self, loader: LazyLoader, type_name: str) -> None:
        self._loader = loader
        self._type_name = type_name

    def __contains__(self, name: object) -> bool:
        try:
            return bool(self._loader.list_api_versions(str(name), self._type_name))
        except DataNotFoundError:
            return False

    @cached_property
    def _names(self) -> list[str]:
        return Loader.list_available_services(self._loader, self._type_name)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._names[index]

    def __len__(self) -> int:
        return len(self._names)


class _FileLoader(JSONFileLoader):
    def load_file(self, file_path: str) -> Any:
        """Return the content of a file; the services of ``endpoints`` are parsed lazily."""
        path = f"{file_path}.json"
        if os.path.basename(file_path) == "endpoints" and os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                endpoints = parse_endpoints(file.read())
            if endpoints is not None:
                return endpoints
        return super().load_file(file_path)


def parse_endpoints(text: str) -> dict[str, Any] | None:
    """Return the content of ``endpoints.json``, whose services are parsed when needed.

    None if the text does not have the format
    ``{"partitions": [{"defaults": …, "partition": …, "services": {…}}, …]}``.
    """
    partitions = list(_partitions(text))
    if not partitions or len(partitions) != text.count('"partitionName"'):
        return None
    return {"partitions": partitions, "version": 3}


def _partitions(text: str) -> Iterator[dict[str, Any]]:
    for services in re.finditer(r'"services"\s*:\s*\{', text):
        name = text.rfind('"partitionName"', 0, services.start())
        # A partition begins with its defaults. Those of its services come later.
        start = text.rfind("{", 0, text.rfind('"defaults"', 0, max(name, 0)))
        head = f'{text[start : services.start()]}"services": {{}}}}'
        try:
            partition: dict[str, Any] = json.loads(head)
        except ValueError:
            continue
        yield {**partition, "services": _Endpoints(text, services.end() - 1)}


class _Endpoints(Mapping[str, Any]):
    """The services of a partition by the prefixes of their endpoints, parsed when needed.

    A service is parsed once, because botocore adds the defaults of the partition to it.
    The file may change on disk while a process runs, so its text is stored.
    """

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        self._parsed: dict[str, Any] = {}

    def __getitem__(self, prefix: str) -> Any:
        if prefix not in self._parsed:
            self._parsed[prefix] = self._parse(prefix)
        return self._parsed[prefix]

    def _parse(self, prefix: str) -> Any:
        key = re.compile(rf"{re.escape(json.dumps(prefix))}\s*:\s*(?={{)")
        for match in key.finditer(self._text, self._start, self._end):
            service, _ = _DECODER.raw_decode(self._text, match.end())
            # An endpoint of another service may have this name.
            if "endpoints" in service:
                return service
        raise KeyError(prefix)

    @cached_property
    def _end(self) -> int:
        end = self._text.find('"partitionName"', self._start)
        return len(self._text) if end < 0 else end

    @cached_property
    def _all(self) -> Mapping[str, Any]:
        services: Mapping[str, Any]
        services, _ = _DECODER.raw_decode(self._text, self._start)
        return services

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)
