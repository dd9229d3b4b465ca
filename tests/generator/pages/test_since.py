"""Pages state since which of the compared releases something exists."""

import copy
import json
import zipfile

import pytest

from make_paws import spec
from support import rendered_pages as rendered
from support import requirements as needs
from support.service_models import (
    greeting_model,
    service_model,
    write_model,
    write_wheel,
)


def later_model():
    """Return a model with one function, one parameter and one freedom more."""
    model = greeting_model()
    model["shapes"]["GreetInput"]["members"]["Mood"] = {"shape": "Name"}
    model["shapes"]["GreetInput"]["required"] = []
    leave = {**copy.deepcopy(model["operations"]["Greet"]), "name": "Leave"}
    model["operations"]["Leave"] = leave
    return model


def write_release(folder, version, **models):
    path = write_wheel(folder / f"botocore-{version}-py3-none-any.whl", models)
    text = f"Metadata-Version: 2.4\nName: botocore\nVersion: {version}\n\nText\n"
    with zipfile.ZipFile(path, "a") as wheel:
        wheel.writestr(f"botocore-{version}.dist-info/METADATA", text)
    return path


@pytest.fixture
def docs(run, tmp_path, output):
    """Return the command, which gives the pages of the functions as trees."""
    write_model(tmp_path / "data", later_model())

    def docs(*releases):
        options = [word for path in releases for word in ("--since", path)]
        places = ["--botocore", tmp_path / "data", "--output", output]
        assert run("docs", "example", *places, *options)[0] == 0
        pages = (output / "example").glob("example_*.md")
        return {path.stem: rendered.tree(path.read_text()) for path in pages}

    return docs


def since(page):
    return rendered.words(rendered.section(page, "since"))


def remarks(page):
    """Return the entry of the table for each parameter that has changed."""
    return {
        name: rendered.words(element)
        for name, below in rendered.arguments(page).items()
        for element in below
        if element.get("class") == "paws-since"
    }


def test_additions_and_relaxations_are_dated(docs, tmp_path):
    pages = docs(write_release(tmp_path, "1.2.3", example=greeting_model()))
    changed = "Changed after botocore 1.2.3: required before, optional now."
    expected = {"Mood": "Added after botocore 1.2.3.", "Name": changed}
    assert remarks(pages["example_greet"]) == expected
    assert f"Name: {changed.rstrip('.')}" in since(pages["example_greet"])
    assert since(pages["example_leave"]) == "Added after botocore 1.2.3."
    assert remarks(pages["example_leave"]) == {}


def test_newest_release_without_it_is_named(docs, tmp_path):
    middle = later_model()
    del middle["operations"]["Leave"]
    del middle["shapes"]["GreetInput"]["members"]["Mood"]
    pages = docs(
        write_release(tmp_path, "1.10", example=middle),
        write_release(tmp_path, "1.2", example=greeting_model()),
    )
    assert remarks(pages["example_greet"]) == {
        "Mood": "Added after botocore 1.10.",
        "Name": "Changed after botocore 1.2: required before, optional now.",
    }
    assert "Added after botocore 1.10." in since(pages["example_leave"])


@pytest.mark.parametrize(
    ("release", "text"),
    [
        (
            {"example": later_model()},
            "The function was in botocore 1.2.3 with all its parameters.",
        ),
        ({"other": service_model(serviceId="Other")}, "Added after botocore 1.2.3."),
    ],
)
def test_release_had_everything_or_nothing(docs, tmp_path, release, text):
    pages = docs(write_release(tmp_path, "1.2.3", **release))
    assert len(pages) == 2
    for page in pages.values():
        assert (remarks(page), since(page)) == ({}, text)


def test_single_model_ignores_other_services(docs, tmp_path):
    path = tmp_path / "service-2.json"
    path.write_text(json.dumps(service_model(serviceId="Other")))
    for page in docs(path).values():
        assert not page.xpath(".//*[@id = 'section-since']")


def test_model_without_a_version_is_named_by_its_hash(docs, tmp_path):
    path = tmp_path / "service-2.json"
    path.write_text(json.dumps(greeting_model()))
    (name,) = spec.services(path)
    known = spec.load(name, path).model_hash
    assert remarks(docs(path)["example_greet"])["Mood"] == (
        f"Added after the model {known}."
    )


@needs.inline_body
def test_overridden_rule_is_dated_with_its_reason(run, output):
    assert run("docs", "sagemaker-runtime", "--output", output)[0] == 0
    (path,) = output.glob("*/sagemakerruntime_invoke_endpoint_async.md")
    page = rendered.tree(path.read_text())
    assert "exactly one of InputLocation, Body is required" in since(page)
    assert "Provide exactly one of them." in since(page)


@pytest.mark.parametrize(
    ("text", "version"),
    [("__version__ = '1.2'\n", "1.2"), ('__version__ = "1.2"\n', "1.2"), ("", None)],
)
def test_data_folder_has_the_version_of_its_package(tmp_path, text, version):
    folder = write_model(tmp_path / "data", greeting_model())
    (tmp_path / "__init__.py").write_text(f"import os\n\n{text}")
    assert spec.version(tmp_path / "data") == version
    assert spec.version(folder / "service-2.json.gz") == version
    wheel = write_wheel(tmp_path / "botocore-9.whl", {"example": greeting_model()})
    assert spec.version(wheel) is None


def test_error_of_an_earlier_model_names_its_source(run, tmp_path, data, output):
    model = greeting_model()
    model["operations"]["Greet"]["future"] = True
    release = write_release(tmp_path, "1.2.3", example=model)
    places = ["--botocore", data, "--output", output, "--jobs", 1]
    code, _, errors = run("docs", "--all", "--since", release, *places)
    assert code == 2
    assert errors.startswith(
        f"make-paws: {release}: example: operations/Greet: unknown key 'future'; "
    )
    assert (output / "otherthing" / "index.md").is_file()
