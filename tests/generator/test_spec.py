"""The sources of service models, and the errors of invalid sources."""

import gzip
import importlib.util
import json
import re
import zipfile

import pytest
from botocore.loaders import Loader

from make_paws import spec
from make_paws.errors import ModelError, SourceError
from support.programs import run_program
from support.service_models import (
    greeting_model,
    service_model,
    write_model,
    write_wheel,
)

PIECES = {"serviceFullName": "Amazon Bits and Pieces", "serviceId": "Bits"}


@pytest.fixture
def data(tmp_path):
    write_model(tmp_path / "data", greeting_model())
    write_model(tmp_path / "data", service_model(**PIECES), service="bits")
    (tmp_path / "data" / "_retry.json").write_text("{}")
    return tmp_path / "data"


@pytest.fixture
def wheel(tmp_path):
    return write_wheel(tmp_path / "botocore.whl", {"example": greeting_model()})


# --- Sources


def test_folder_wheel_and_file_have_the_same_model(data, wheel, tmp_path):
    packed = data / "example" / "2020-01-02" / "service-2.json.gz"
    plain = tmp_path / "service-2.json"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    write_model(tmp_path / "plain", greeting_model(), packed=False)
    sources = (data, packed, plain, wheel, tmp_path / "plain")
    first, *others = (spec.load("example", source) for source in sources)
    assert first.model == greeting_model()
    assert others == [first] * 4
    assert len(first.model_hash) == 12


def test_botocore_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SourceError, match="botocore is not installed"):
        spec.load("sagemaker-runtime")


def test_plain_file_precedes_the_packed_one(data, wheel):
    """The order of botocore's JSONFileLoader, in a folder as in a wheel."""
    plain = json.dumps(service_model(serviceFullName="Plain"))
    (data / "example" / "2020-01-02" / "service-2.json").write_text(plain)
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("botocore/data/example/2020-01-02/service-2.json", plain)
    theirs = Loader(extra_search_paths=[str(data)])
    assert theirs.load_service_model("example", "service-2") == json.loads(plain)
    for source in (data, wheel):
        assert spec.load("example", source).model == json.loads(plain)
        content = spec.contents(source)["example"]
        assert spec.decode("example", content).model == json.loads(plain)


# --- Names


def test_service_is_found_by_its_name_in_r(data):
    assert spec.load("bitsandpieces", data) == spec.load("bits", data)
    assert spec.load("bits", data).service == "bits"
    assert spec.load("costexplorer").service == "ce"


def test_single_file_has_the_name_of_its_folder(data, monkeypatch):
    (path,) = (data / "bits").glob("*/*")
    monkeypatch.chdir(data / "bits")
    for each in (path, path.relative_to(data / "bits")):
        assert list(spec.services(each)) == ["bits"]


def test_single_file_has_the_name_of_its_service_id(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(service_model(serviceId="Two Words")))
    assert list(spec.services(path)) == ["two-words"]
    assert spec.load("two-words", path).service == "two-words"


def test_services_are_sorted_with_their_metadata(tmp_path, data):
    model = greeting_model()
    model["metadata"] = model.pop("metadata")  # the last key of the file
    write_model(data, model, service="a")
    metadata = [service_model(**PIECES)["metadata"], model["metadata"]]
    assert list(spec.services(data)) == ["a", "bits", "example"]
    assert [*spec.services(data).values()] == [metadata[1], *metadata]


def test_unknown_service_raises_with_suggestions(data):
    said = "service 'sagemaker-runtim' does not exist.*did you mean sagemaker-runtime"
    with pytest.raises(SourceError, match=said):
        spec.load("sagemaker-runtim")
    with pytest.raises(SourceError, match=r"^service 'zzzzzzzz' does not exist$"):
        spec.load("zzzzzzzz", data)


@pytest.mark.parametrize("name", ["my_service", "MyService", "my.service", "3s-4"])
def test_any_safe_name_of_a_folder_is_a_service(tmp_path, name):
    write_model(tmp_path, greeting_model(), service=name)
    assert spec.load(name, tmp_path).service == name
    assert spec.load("example", tmp_path).service == name  # R's name


@pytest.mark.parametrize("name", ["x\nimport os", "-x", ".x", "_x", "x y", "sérvice"])
def test_unsafe_name_of_a_folder_is_refused(tmp_path, name):
    """Generated code contains the name, also that which is generated on first use."""
    write_model(tmp_path, greeting_model(), service=name)
    (content,) = spec.contents(tmp_path).values()
    said = (
        f"the name {name!r} of a service is not supported: its folder can contain only "
        "ASCII letters, digits, '.', '_' and '-', and begins with a letter or digit"
    )
    with pytest.raises(SourceError, match=re.escape(said)):
        spec.load(name, tmp_path)
    with pytest.raises(SourceError, match="is not supported"):
        spec.decode(name, content)


@pytest.mark.parametrize("name", ["..", "../data", "/etc", "", ".", "EXAMPLE"])
def test_name_that_is_no_folder_does_not_exist(data, name):
    with pytest.raises(SourceError, match="does not exist"):
        spec.load(name, data)


# --- Invalid models


def test_source_without_models_raises_and_names_it(tmp_path):
    """`commands/test_diff.py` tests the errors of other invalid sources."""
    (tmp_path / "example" / "2020-01-02").mkdir(parents=True)
    with pytest.raises(SourceError, match=r"contains no service-2\.json"):
        spec.load("example", tmp_path)


def test_wheel_with_a_broken_directory_raises(wheel):
    content = wheel.read_bytes()
    directory = content.rindex(b"PK\x01\x02")
    wheel.write_bytes(content[:directory] + b"XXXX" + content[directory + 4 :])
    # From Python 3.14 on, `zipfile.is_zipfile` reads the directory too.
    with pytest.raises(SourceError, match=r"botocore\.whl"):
        spec.load("example", wheel)


def test_wheel_with_a_broken_model_raises(wheel):
    content = bytearray(wheel.read_bytes())
    content[len(content) // 2] ^= 0xFF
    wheel.write_bytes(content)
    said = r"botocore\.whl.*service-2\.json\.gz: cannot be read"
    with pytest.raises(SourceError, match=said):
        spec.load("example", wheel)


@pytest.mark.parametrize("kept", [11, 100, -8])
def test_truncated_file_raises_and_names_the_place(tmp_path, kept):
    folder = write_model(tmp_path, greeting_model())
    packed = folder / "service-2.json.gz"
    packed.write_bytes(packed.read_bytes()[:kept])
    with pytest.raises(SourceError, match=r"service-2\.json\.gz: cannot be read"):
        spec.load("example", tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"{]", b"\xff\xfe", b"[" * 100_000, b"[1, 2]"),
        rb'{"documentation": "\ud800"}',
    ],
)
def test_invalid_json_raises_with_service_and_offset(tmp_path, content):
    folder = write_model(tmp_path, greeting_model(), packed=False)
    (folder / "service-2.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"service-2\.json is not (a )?JSON") as caught:
        spec.load("example", tmp_path)
    assert caught.value.service == "example"


@pytest.mark.parametrize(
    "model",
    [
        {},
        {"metadata": []},
        {"metadata": {"serviceFullName": ""}},
        {"metadata": {"serviceFullName": 5}},
        {"metadata": {"serviceFullName": "x", "serviceAbbreviation": []}},
    ],
)
def test_model_without_a_service_name_raises(tmp_path, model):
    write_model(tmp_path / "data", model)
    write_model(tmp_path / "data", greeting_model(), service="sound")
    found = spec.services(tmp_path / "data")
    assert str(found["example"]) == "example: metadata: has no name of the service"
    assert found["sound"] == greeting_model()["metadata"]


@pytest.mark.parametrize("name", ["service-2.json", "service-2.json.gz"])
def test_file_that_is_too_large_is_an_error(data, wheel, monkeypatch, name):
    """A small file may be packed from a large one."""
    monkeypatch.setattr(spec, "MAX_BYTES", 2000)
    content = json.dumps({"documentation": 2000 * "x"}).encode()
    content = gzip.compress(content) if name.endswith("gz") else content
    path = f"large/2020-01-02/{name}"
    (data / path).parent.mkdir(parents=True)
    (data / path).write_bytes(content)
    with zipfile.ZipFile(wheel, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"botocore/data/{path}", content)
    for source in (data, wheel):
        with pytest.raises(SourceError, match=r"large.*has more than"):
            spec.load("large", source)
        assert spec.load("example", source).model == greeting_model()
    is_plain = isinstance(spec.contents(data)["large"], SourceError)
    assert is_plain == name.endswith("json")


def test_unreadable_model_does_not_hide_the_others(data):
    (path,) = (data / "bits").glob("*/*")
    path.unlink()
    path.mkdir()
    (path.parent / "service-2.json").write_bytes(b"{")
    assert spec.names(data) == ["bits", "example"]
    assert isinstance(spec.services(data)["bits"], ModelError)
    assert spec.load("example", data).service == "example"
    assert spec.find("example", data) == "example"


def test_encrypted_model_is_an_error(wheel):
    content = bytearray(wheel.read_bytes())
    # APPNOTE.TXT 4.4.4: bit 0 of the flags, at 6 in a file header and 8 in the directory.
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    wheel.write_bytes(content)
    with pytest.raises(SourceError, match=r"cannot be read: File .* is encrypted"):
        spec.load("example", wheel)


def test_smithy_model_is_named_as_one(tmp_path):
    path = tmp_path / "example.json"
    shapes = {"example#Greet": {"type": "operation"}}
    for model in (
        {"smithy": "2.0", "metadata": {"suppressions": []}, "shapes": shapes},
        {"metadata": {"suppressions": []}, "smithy": "2.0", "shapes": shapes},
    ):
        path.write_text(json.dumps(model))
        for read in (spec.names, spec.services, spec.contents):
            said = r"is a Smithy model \(JSON AST '2\.0'"
            with pytest.raises(ModelError, match=said):
                read(path)


def test_botocore_is_read_and_not_imported():
    source = (
        "import sys; from make_paws import spec; spec.load('sagemaker-runtime'); "
        "print('botocore' in sys.modules)"
    )
    assert run_program(source) == "False"
