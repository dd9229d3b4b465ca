"""Any valid model becomes a package that imports and has the model's signatures.

`diff/test_random_models.py` reads the shapes back.
"""

import importlib
import inspect
import itertools
import keyword
import os
import sys
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import emit, render
from paws_common.service import Service
from support.hypothesis_settings import examples
from support.random_models import EVIL, FLAG, examples_of, service_models
from support.service_models import described

numbers = itertools.count()
RENAMED = {*keyword.kwlist, "__debug__", "self"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of which packages can be imported."""
    folder = tmp_path_factory.mktemp("generated")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


class Package:
    """The package of one service, generated and imported."""

    def __init__(self, service, folder):
        self.name = f"random_{next(numbers)}"
        self.folder = folder
        self.service = service
        exports = {service.constructor: render.functions(service)}
        files = render.package(exports, self.name)
        files |= render.service(service, self.name)
        emit.write(emit.encoded(files), folder)

    def __enter__(self):
        importlib.invalidate_caches()
        self.top = importlib.import_module(self.name)
        self.of_service = self.module("")
        return self

    def __exit__(self, *error):
        for name in [name for name in sys.modules if name.startswith(self.name)]:
            del sys.modules[name]

    def module(self, name):
        place = f"{self.name}.services.{self.service.constructor}.{name}"
        return importlib.import_module(place.rstrip("."))

    def function(self, operation):
        return getattr(self.of_service, operation.function)


def members(model, shape):
    return model["shapes"][shape]["members"] if shape else {}


def required(model, shape):
    return model["shapes"][shape].get("required", ()) if shape else ()


def check_signature(function, operation, model, constants):
    """The names and requiredness are the model's, in its order."""
    expected = members(model, operation.input)
    parameters = inspect.signature(function).parameters
    assert len(parameters) == len(expected)
    optional_before = False
    for member, parameter in zip(expected, parameters.values(), strict=True):
        assert parameter.name.startswith(member)
        assert set(parameter.name[len(member) :]) <= {"_"}
        if member not in RENAMED | constants and not member.endswith("_"):
            assert parameter.name == member
        if member in required(model, operation.input):
            assert parameter.default is inspect.Parameter.empty
        else:
            optional_before = True
            assert parameter.default is None
        keyword_only = parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert keyword_only == optional_before


def check_request(function, operation, model):
    """An argument with a Python name is sent with AWS's name."""
    expected = members(model, operation.input)
    parameters = inspect.signature(function).parameters
    values = {name: object() for name in parameters}
    request = inspect.unwrap(function)(**values)
    assert request.operation.name == operation.name
    assert request.operation.input == operation.input
    assert request.operation.output == operation.output
    sent = zip(expected, values.values(), strict=True)
    assert list(request.arguments.items()) == list(sent)


def check_types(package, service):
    """Every annotation can be evaluated; a TypedDict has the members of its shape."""
    for operation in service.operations:
        function = package.function(operation)
        hints = typing.get_type_hints(function)
        assert list(hints) == [*inspect.signature(function).parameters, "return"]
    interfaces = package.module("interfaces")
    for typed in (*service.results, *service.inputs):
        hints = typing.get_type_hints(getattr(interfaces, typed.name))
        assert list(hints) == [field.name for field in typed.fields]
    for error in service.errors:
        raised = getattr(package.module("errors"), error.name)
        hints = typing.get_type_hints(raised)
        for attribute in error.attributes:
            assert attribute.name in hints
            assert getattr(raised("", "", ""), attribute.name) is None


def check_errors(package, service, model):
    """An error takes up what the service sends, under the names that it shows."""
    for error in service.errors:
        sent = {name: object() for name in members(model, error.shape)}
        raised = getattr(package.module("errors"), error.name)
        caught = raised("function", "Code", "text", 400, None, sent)
        shown = {attribute.member: attribute.name for attribute in error.attributes}
        assert {name for name in sent if name.lower() != "message"} == shown.keys()
        for member, name in shown.items():
            assert getattr(caught, name) is sent[member]
        found = (caught.code, caught.message, caught.status_code)
        assert found == ("Code", "text", 400)


@pytest.mark.slow
@examples(50)
@given(st.data())
def test_package_of_a_random_model_matches_the_model(folder, data):
    model = data.draw(service_models())
    service = described(model, data.draw(examples_of(model)))
    with Package(service, folder) as package:
        constants = {operation.constant for operation in service.operations}
        names = [operation.name for operation in service.operations]
        assert names == list(model["operations"])
        for operation in service.operations:
            function = package.function(operation)
            check_signature(function, operation, model, constants)
            check_request(function, operation, model)
            assert getattr(package.top, operation.function) is function
        check_types(package, service)
        check_errors(package, service, model)
        for name in package.of_service.__all__:
            assert hasattr(package.of_service, name)
        made = getattr(package.top, service.constructor)()
        assert isinstance(made, Service)
        for operation in service.operations:
            bound, function = getattr(made, operation.method), package.function(
                operation
            )
            assert inspect.signature(bound) == inspect.signature(function)
            assert inspect.getdoc(bound) == inspect.getdoc(function)
    assert FLAG not in os.environ


def test_flag_is_set_where_a_text_is_executed(monkeypatch):
    monkeypatch.setenv(FLAG, "0")
    eval(EVIL)
    assert os.environ[FLAG] == "1"
