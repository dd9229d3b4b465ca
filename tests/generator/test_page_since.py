"""Since when something is there: told of the releases that were compared, and no other."""

import copy
import gzip
import json
import zipfile

import pytest

import needs
import rendered
from make_paws import spec
from make_paws.cli import main
from service_models import greeting_model, service_model, write_model, write_wheel

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
    """Return what the table says of each parameter that has changed."""
    return {
        row.xpath(".//@id")[0]: rendered.words(remark)
        for row in rendered.rows(page, "arguments")
        for remark in row.xpath(".//p[@class = 'paws-since']")
    }


def test_what_a_release_lacks_is_new_and_what_it_required_has_changed(docs, tmp_path):
    pages = docs(write_release(tmp_path, "1.2.3", example=greeting_model()))

    assert remarks(pages["example_greet"]) == {
        "Mood": "New: not in botocore 1.2.3.",
        "Name": "Changed: required in botocore 1.2.3, optional now.",
    }
    assert "Name: Changed: required in botocore 1.2.3" in since(pages["example_greet"])
    assert since(pages["example_leave"]) == (
        "The function is new: not in botocore 1.2.3."
    )
    assert remarks(pages["example_leave"]) == {}


def test_several_releases_are_told_together(docs, tmp_path):
    middle = later_model()
    del middle["operations"]["Leave"]
    del middle["shapes"]["GreetInput"]["members"]["Mood"]
    pages = docs(
        write_release(tmp_path, "1.2", example=greeting_model()),
        write_release(tmp_path, "1.10", example=middle),
    )

    assert remarks(pages["example_greet"]) == {
        "Mood": "New: not in botocore 1.2 and botocore 1.10.",
        "Name": "Changed: required in botocore 1.2, optional now.",
    }
    assert "not in botocore 1.2 and botocore 1.10." in since(pages["example_leave"])


def test_a_release_with_the_same_model_had_everything(docs, tmp_path):
    pages = docs(write_release(tmp_path, "1.2.3", example=later_model()))

    for page in pages.values():
        assert remarks(page) == {}
        assert since(page) == (
            "The function was in botocore 1.2.3 with all its parameters."
        )


def test_all_functions_of_a_service_that_a_release_lacks_are_new(docs, tmp_path):
    pages = docs(write_release(tmp_path, "1.2.3", other=service_model(**OTHER)))

    assert len(pages) == 2
    for page in pages.values():
        assert since(page) == "The function is new: not in botocore 1.2.3."
        assert remarks(page) == {}


def test_a_single_model_tells_nothing_of_other_services(docs, tmp_path):
    path = tmp_path / "service-2.json"
    path.write_text(json.dumps(service_model(**OTHER)))

    for page in docs(path).values():
        assert not page.xpath(".//*[@id = 'section-since']")


def test_a_model_without_a_version_is_called_by_its_hash(docs, tmp_path):
    path = tmp_path / "service-2.json"
    path.write_text(json.dumps(greeting_model()))
    (name,) = spec.services(path)
    known = spec.load(name, path).model_hash

    assert remarks(docs(path)["example_greet"])["Mood"] == (
        f"New: not in the model {known}."
    )


@needs.inline_body
def test_a_rule_that_a_model_does_not_state_is_told_with_its_reason(tmp_path):
    output = tmp_path / "output"
    assert main(["docs", "sagemaker-runtime", "--output", str(output)]) == 0
    (path,) = output.glob("*/sagemakerruntime_invoke_endpoint_async.md")
    page = rendered.tree(path.read_text())

    assert "exactly one is given of InputLocation, Body" in since(page)
    assert "Provide exactly one of them." in since(page)


@pytest.mark.parametrize("text", ["__version__ = '1.2.3'\n", '__version__ = "1.2.3"\n'])
def test_the_version_of_a_data_folder_is_that_of_its_package(tmp_path, text):
    package = tmp_path / "botocore"
    folder = write_model(package / "data", greeting_model())
    (package / "__init__.py").write_text(f"import os\n\n{text}")

    assert spec.version(package / "data") == "1.2.3"
    assert spec.version(folder / "service-2.json.gz") == "1.2.3"


def test_what_tells_no_version_has_none(tmp_path):
    model = tmp_path / "service-2.json.gz"
    model.write_bytes(gzip.compress(json.dumps(greeting_model()).encode()))
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "data").mkdir()
    wheel = write_wheel(tmp_path / "botocore-9.whl", {"example": greeting_model()})

    for source in (model, tmp_path / "data", wheel):
        assert spec.version(source) is None
