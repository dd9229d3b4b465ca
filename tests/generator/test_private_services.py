"""Services that botocore finds by AWS_DATA_PATH."""

import json
import os

import pytest
from botocore.loaders import Loader

from make_paws import render, spec
from make_paws.errors import SourceError
from make_paws.overrides import Overrides
from make_paws.parse import parse
from support.private_models import write_private_service
from support.service_models import greeting_model, write_model


@pytest.fixture
def models(tmp_path, monkeypatch):
    folder = tmp_path / "models"
    monkeypatch.setenv("AWS_DATA_PATH", str(folder))
    return folder


def source(service):
    described = parse(spec.load(service), Overrides())
    return "\n".join(render.service(described, "paws").values())


def test_private_service_is_listed(models, run):
    write_private_service(models)
    code, out, _ = run("list")
    lines = [line.split() for line in out.splitlines()]
    assert code == 0
    assert ["greeter", "greeter", "Greeter"] in lines
    assert ["s3", "s3", "Amazon", "Simple", "Storage", "Service"] in lines


def test_only_services_of_aws_link_to_r(models):
    write_private_service(models)
    assert "paws-r-sdk" not in source("greeter")
    assert "https://www.paws-r-sdk.com/docs/sts_" in source("sts")


@pytest.mark.parametrize("version", ["v1", "2020-01-02.1", "latest", "1.0"])
def test_any_version_is_generated(models, version):
    write_private_service(models, apiVersion=version)
    assert f'version="{version}"' in source("greeter")


def test_newest_version_of_all_folders_is_used(tmp_path, monkeypatch):
    folders = [tmp_path / name for name in ("one", "two", "three")]
    versions = ("2020-01-01", "2021-01-01", "2021-01-01")
    for folder, version in zip(folders, versions, strict=True):
        model = greeting_model(serviceFullName=f"In {folder.name}", apiVersion=version)
        write_model(folder, model, service="greeter", version=version)
    monkeypatch.setenv("AWS_DATA_PATH", ":".join(map(str, folders)))
    assert spec.load("greeter").model["metadata"]["serviceFullName"] == "In two"
    assert spec.services()["greeter"]["serviceFullName"] == "In two"


def test_missing_files_come_from_the_next_folder(models, tmp_path, monkeypatch):
    """As in botocore: an own model keeps the additions and waiters of the other folder."""
    others = tmp_path / "others"
    write_private_service(models, name="Own Greeter")
    write_private_service(others)
    folder = others / "greeter" / "2020-01-02"
    merge = {"shapes": {"Count": {"max": 20}}}
    (folder / "service-2.sdk-extras.json").write_text(json.dumps({"merge": merge}))
    for name in ("waiters-2", "examples-1"):
        (folder / f"{name}.json").write_text(json.dumps({"from": name}))
    monkeypatch.setenv("AWS_DATA_PATH", f"{models}{os.pathsep}{others}")
    loaded = spec.load("greeter")
    assert loaded.model["metadata"]["serviceFullName"] == "Own Greeter"
    theirs = Loader(extra_search_paths=[str(models), str(others)])
    assert loaded.merged == theirs.load_service_model("greeter", "service-2")
    assert loaded.extras == merge
    assert loaded.waiters == {"from": "waiters-2"}
    assert loaded.examples == {"from": "examples-1"}


def test_missing_service_names_the_variable(models):
    write_private_service(models)
    said = r"'greeeter' does not exist .*AWS_DATA_PATH; did you mean greeter"
    with pytest.raises(SourceError, match=said):
        spec.load("greeeter")
