"""Pages state since which of the compared releases something exists."""

import copy
import gzip
import json
import zipfile

import pytest

from make_paws import spec
from make_paws.cli import main
from support import rendered_pages as rendered
from support import requirements as needs
from support.service_models import (
    greeting_model,
    service_model,
    write_model,
    write_wheel,
)

OTHER = {"serviceFullName": "Amazon Other Thing", "serviceId": "Other Thing"}


def later_model():
    """Return a model with one function, one parameter and one freedom more."""
    model = greeting_model()
    model["shapes"]["GreetInput"]["members"]["Mood"] = {"shape": "Name"}
    model["shapes"]["GreetInput"]["required"] = []
    leave = {**copy.deepcopy(model["operations"]["Greet"]), "name": "Leave"}
    model["operations"]["Leave"] = leave
    return model


def write_release(folder, version, **models):
    """Write a wheel of botocore with the models of services."""
    path = folder / f"botocore-{version}-py3-none-any.whl"
    write_wheel(path, models)
    with zipfile.ZipFile(path, "a") as wheel:
        wheel.writestr(
            f"botocore-{version}.dist-info/METADATA",
            f"Metadata-Version: 2.4\nName: botocore\nVersion: {version}\n\nText\n",
        )
    return path


@pytest.fixture
def docs(tmp_path, capsys):
    """Return the command, which gives the pages of the functions as trees."""
    write_model(tmp_path / "data", later_model())

    def run(*releases):
        words = [word for path in releases for word in ("--since", str(path))]
        output = tmp_path / "output"
        places = ["--botocore", str(tmp_path / "data"), "--output", str(output)]
        assert main(["docs", "example", *places, *words]) == 0
        pages = (output / "example").glob("example_*.md")
        return {path.stem: rendered.tree(path.read_text()) for path in pages}

    return run


def since(page):
    """Return the words of the section."""
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

    assert remarks(pages["example_greet"]) == {
        "Mood": "Added after botocore 1.2.3.",
        "Name": "Changed after botocore 1.2.3: required before, optional now.",
    }
    assert "Name: Changed after botocore 1.2.3: required before" in since(
        pages["example_greet"]
    )
    assert since(pages["example_leave"]) == ("Added after botocore 1.2.3.")
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


def test_release_with_the_same_model_had_everything(docs, tmp_path):
    pages = docs(write_release(tmp_path, "1.2.3", example=later_model()))

    for page in pages.values():
        assert remarks(page) == {}
        assert since(page) == (
            "The function was in botocore 1.2.3 with all its parameters."
        )


def test_functions_of_a_new_service_are_new(docs, tmp_path):
    pages = docs(write_release(tmp_path, "1.2.3", other=service_model(**OTHER)))

    assert len(pages) == 2
    for page in pages.values():
        assert since(page) == "Added after botocore 1.2.3."
        assert remarks(page) == {}


def test_single_model_ignores_other_services(docs, tmp_path):
    path = tmp_path / "service-2.json"
    path.write_text(json.dumps(service_model(**OTHER)))

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
def test_overridden_rule_is_dated_with_its_reason(tmp_path):
    output = tmp_path / "output"
    assert main(["docs", "sagemaker-runtime", "--output", str(output)]) == 0
    (path,) = output.glob("*/sagemakerruntime_invoke_endpoint_async.md")
    page = rendered.tree(path.read_text())

    assert "exactly one of InputLocation, Body is required" in since(page)
    assert "Provide exactly one of them." in since(page)


@pytest.mark.parametrize("text", ["__version__ = '1.2.3'\n", '__version__ = "1.2.3"\n'])
def test_data_folder_has_the_version_of_its_package(tmp_path, text):
    package = tmp_path / "botocore"
    folder = write_model(package / "data", greeting_model())
    (package / "__init__.py").write_text(f"import os\n\n{text}")

    assert spec.version(package / "data") == "1.2.3"
    assert spec.version(folder / "service-2.json.gz") == "1.2.3"


def test_source_without_a_version_has_none(tmp_path):
    model = tmp_path / "service-2.json.gz"
    model.write_bytes(gzip.compress(json.dumps(greeting_model()).encode()))
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "data").mkdir()
    wheel = write_wheel(tmp_path / "botocore-9.whl", {"example": greeting_model()})

    for source in (model, tmp_path / "data", wheel):
        assert spec.version(source) is None


def test_error_of_an_earlier_model_names_its_source(tmp_path, data, capsys):
    model = greeting_model()
    model["operations"]["Greet"]["future"] = True
    release = write_release(tmp_path, "1.2.3", example=model)
    places = ["--botocore", str(data), "--output", str(tmp_path / "pages")]
    arguments = ["docs", "--all", "--jobs", "1", "--since", str(release), *places]
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(
        f"make-paws: {release}: example: operations/Greet: unknown key 'future'; "
    )
    assert (tmp_path / "pages" / "otherthing" / "index.md").is_file()
