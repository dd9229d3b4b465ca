"""botocore's data is loaded partially, with the same results as a complete load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

from paws_common.client.loader import LazyLoader, parse_endpoints, use_lazy_loader

FILE = Path(botocore.__file__).parent / "data" / "endpoints.json"
WHOLE = json.loads(FILE.read_bytes())
CHINA = WHOLE["partitions"][1]
NAMES = {name for each in WHOLE["partitions"] for name in each["services"]}


def lazy_loader() -> Any:
    session = botocore.session.Session()
    use_lazy_loader(session)
    loader = session.get_component("data_loader")
    assert type(loader) is LazyLoader
    return loader


def parsed(text: str = FILE.read_text()) -> Any:
    data = parse_endpoints(text)
    assert data is not None
    return data


def test_partitions_are_those_of_the_file() -> None:
    data = parsed()
    for ours, theirs in zip(data["partitions"], WHOLE["partitions"], strict=True):
        for name in {*NAMES, "us-east-1", "no-such-service", "regions", '"'}:
            assert ours["services"].get(name) == theirs["services"].get(name)
            assert (name in ours["services"]) == (name in theirs["services"])
        assert len(ours["services"]) == len(theirs["services"])
        assert list(ours["services"]) == list(theirs["services"])
    assert json.loads(json.dumps(data, default=dict)) == WHOLE


def test_modified_data_stays_in_its_session() -> None:
    first, other = (parsed()["partitions"][0]["services"] for _ in range(2))
    service = first["lambda"]
    service["endpoints"].clear()
    assert first["lambda"] is service
    assert other["lambda"]["endpoints"]


def test_botocore_upgrade_does_not_change_loaded_data(tmp_path, monkeypatch) -> None:
    """A process runs on with the data that it has read, whatever is parsed later."""
    file = tmp_path / "endpoints.json"
    file.write_text(FILE.read_text())
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    endpoints = lazy_loader().load_data("endpoints")
    file.write_text(f'{{"partitions": [], "newer": "{"x" * 100_000}"}}')
    for ours, theirs in zip(endpoints["partitions"], WHOLE["partitions"], strict=True):
        assert dict(ours["services"]) == theirs["services"]


def test_layout_of_the_text_does_not_matter() -> None:
    dense = parsed(json.dumps(WHOLE, separators=(",", ":")))
    services = [each["services"].get("s3") for each in dense["partitions"]]
    assert services == [each["services"].get("s3") for each in WHOLE["partitions"]]


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"partitions": []},
        {"partitions": [dict(reversed(CHINA.items()))]},
        {**WHOLE, "partitions": [{**CHINA, "partition": {"services": {}}}]},
    ],
    ids=["nothing", "no partition", "another order", "services elsewhere"],
)
def test_other_layout_is_read_completely(other, tmp_path, monkeypatch) -> None:
    (tmp_path / "endpoints.json").write_text(json.dumps(other))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    loader = lazy_loader()
    data = loader.load_data("endpoints")
    assert json.loads(json.dumps(data, default=dict)) == other


@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1", "paginators-1"])
def test_service_names_are_those_of_botocore(kind) -> None:
    session = botocore.session.Session()
    theirs = session.get_component("data_loader").list_available_services(kind)
    ours = lazy_loader().list_available_services(kind)
    assert list(ours) == theirs
    assert (len(ours), ours[0], ours[:2]) == (len(theirs), theirs[0], theirs[:2])
    assert all(name in ours for name in theirs)
    assert "no-such-service" not in ours


def test_missing_service_raises_with_available_names() -> None:
    loader = lazy_loader()
    with pytest.raises(UnknownServiceError, match="no-such-service") as caught:
        loader.load_service_model("no-such-service", "service-2")
    assert "sagemaker-runtime" in str(caught.value)


def test_models_of_one_s_own_are_found_first(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "mine" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text('{"metadata": {"a": 1}}')
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    loader = lazy_loader()
    assert loader.load_service_model("mine", "service-2") == {"metadata": {"a": 1}}
    assert "mine" in loader.list_available_services("service-2")
