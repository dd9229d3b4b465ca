"""botocore's data, of which no more is read than is needed, says what all of it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

from paws_common.wire.data import lean_endpoints, lean_loader

FILE = Path(botocore.__file__).parent / "data" / "endpoints.json"
WHOLE = json.loads(FILE.read_bytes())
CHINA = WHOLE["partitions"][1]
NAMES = {name for each in WHOLE["partitions"] for name in each["services"]}


@pytest.fixture
def lean() -> Any:
    data = lean_endpoints(str(FILE))
    assert data is not None
    return data


def test_everything_but_the_services_is_told_of_a_partition(lean: Any) -> None:
    def without_services(data: Any) -> Any:
        heads = [{**each, "services": None} for each in data["partitions"]]
        return {**data, "partitions": heads}

    assert without_services(lean) == without_services(WHOLE)


def test_every_service_is_what_it_is_in_every_partition(lean: Any) -> None:
    for ours, theirs in zip(lean["partitions"], WHOLE["partitions"], strict=True):
        for name in {*NAMES, "us-east-1", "no-such-service", "regions", '"'}:
            assert ours["services"].get(name) == theirs["services"].get(name)
            assert (name in ours["services"]) == (name in theirs["services"])


def test_what_is_written_into_the_data_of_a_session_is_not_another_s(lean: Any) -> None:
    other = lean_endpoints(str(FILE))
    assert other is not None
    service = lean["partitions"][0]["services"]["lambda"]
    service["endpoints"].clear()
    assert lean["partitions"][0]["services"]["lambda"] is service
    assert other["partitions"][0]["services"]["lambda"]["endpoints"]


def test_the_services_can_be_listed(lean: Any) -> None:
    for ours, theirs in zip(lean["partitions"], WHOLE["partitions"], strict=True):
        assert list(ours["services"]) == list(theirs["services"])
        assert len(ours["services"]) == len(theirs["services"])


def test_the_layout_of_the_text_does_not_matter(tmp_path: Path) -> None:
    dense = tmp_path / "endpoints.json"
    dense.write_text(json.dumps(WHOLE, separators=(",", ":")))
    data = lean_endpoints(str(dense))
    assert data is not None
    services = [each["services"].get("s3") for each in data["partitions"]]
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
def test_a_file_that_is_laid_out_otherwise_is_read_whole(
    other: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "endpoints.json").write_text(json.dumps(other))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    loader = lean_loader(botocore.session.Session())
    data = loader.load_data("endpoints")
    assert json.loads(json.dumps(data, default=dict)) == other


@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1", "paginators-1"])
def test_the_names_of_the_services_are_those_that_botocore_lists(kind: str) -> None:
    session = botocore.session.Session()
    theirs = session.get_component("data_loader").list_available_services(kind)
    ours = lean_loader(session).list_available_services(kind)
    assert list(ours) == theirs
    assert (len(ours), ours[0], ours[:2]) == (len(theirs), theirs[0], theirs[:2])
    assert all(name in ours for name in theirs)
    assert "no-such-service" not in ours


def test_a_service_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    loader = lean_loader(botocore.session.Session())
    with pytest.raises(UnknownServiceError, match="no-such-service") as caught:
        loader.load_service_model("no-such-service", "service-2")
    assert "sagemaker-runtime" in str(caught.value)


def test_models_of_one_s_own_are_found_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text('{"metadata": {"a": 1}}')
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    loader = lean_loader(botocore.session.Session())
    assert loader.load_service_model("mine", "service-2") == {"metadata": {"a": 1}}
    assert "mine" in loader.list_available_services("service-2")
