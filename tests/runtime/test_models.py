"""Which files of a model are found: those that botocore's loader finds."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import botocore.loaders
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paws_common import models

FILES = ("service-2", "service-2.sdk-extras", "examples-1", "waiters-2", "paginators-1")
VERSIONS = ("2019-12-31", "2020-01-02", "v1", "2020-01-02.1")


def written(folder: Path, files: list[tuple[str, str, str]]) -> None:
    """Write files with their own path as the content."""
    for version, name, suffix in files:
        path = folder / "greeter" / version / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"path": str(path)}).encode()
        path.write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)


def botocore_finds(loader: botocore.loaders.Loader) -> list[str | None] | None:
    """Return the paths that botocore reads, None if it has no such service."""
    found: dict[str, str | None] = dict.fromkeys(FILES[:4])
    try:
        version = loader.determine_latest_version("greeter", "service-2")
    except botocore.exceptions.DataNotFoundError:
        return None
    for name in found:
        with suppress(botocore.exceptions.DataNotFoundError):
            found[name] = loader.load_data(f"greeter/{version}/{name}")["path"]
    return list(found.values())


def path_in(content: bytes | None) -> Any:
    is_packed = content is not None and content.startswith(b"\x1f\x8b")
    text = gzip.decompress(content) if is_packed else content
    return text and json.loads(text)["path"]


FILE = st.tuples(
    st.sampled_from(VERSIONS),
    st.sampled_from(FILES),
    st.sampled_from([".json", ".json.gz"]),
)


@given(st.lists(st.lists(FILE, unique=True, max_size=8), min_size=1, max_size=3))
def test_model_found_is_the_one_of_botocore(tmp_path_factory, folders) -> None:
    paths = [tmp_path_factory.mktemp("data") for _ in folders]
    for path, files in zip(paths, folders, strict=True):
        written(path, files)
    search = ":".join(["/does/not/exist", *map(str, paths)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DATA_PATH", search)
        expected = botocore_finds(botocore.loaders.create_loader(search))
        found = models.find_model("greeter")
    assert (found and list(map(path_in, found[1:]))) == expected
    assert found is None or found.service == "greeter"


def test_folders_are_those_of_botocore(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HERE", "here")
    search = "~/models:/$HERE/models"
    monkeypatch.setenv("AWS_DATA_PATH", search)
    loader = botocore.loaders.create_loader(search)
    # botocore reads the home folder when it is imported.
    own = str(tmp_path / ".aws" / "models")
    expected = [
        own if path == loader.CUSTOMER_DATA_PATH else path
        for path in loader.search_paths
    ]
    assert models.data_folders() == expected


def test_names_are_those_of_botocore() -> None:
    loader = botocore.loaders.create_loader()
    assert models.service_names() == {*loader.list_available_services("service-2")}
