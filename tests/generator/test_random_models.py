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
from contextlib import contextmanager

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


@contextmanager
def imported(service, folder):
    """Generate a package; return it, and a function that imports a service's module."""
    name = f"random_{next(numbers)}"
    files = render.package({service.constructor: render.functions(service)}, name)
    emit.write(emit.encoded({**files, **render.service(service, name)}), folder)
    importlib.invalidate_caches()
    place = f"{name}.services.{service.constructor}"
    yield importlib.import_module(name), lambda path: importlib.import_module(
        place + path
    )
    for module in [module for module in sys.modules if module.startswith(name)]:
        del sys.modules[module]


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


def check_types(module, service):
    """Every annotation can be evaluated; a TypedDict has the members of its shape."""
    for operation in service.operations:
        function = getattr(module(""), operation.function)
        hints = typing.get_type_hints(function)
        assert list(hints) == [*inspect.signature(function).parameters, "return"]
    for typed in (*service.results, *service.inputs):
        hints = typing.get_type_hints(getattr(module(".interfaces"), typed.name))
        assert list(hints) == [field.name for field in typed.fields]


def check_errors(module, service, model):
    """An error takes up what the service sends, under the names that it shows."""
    for error in service.errors:
        raised = getattr(module(".errors"), error.name)
        sent = {name: object() for name in members(model, error.shape)}
        caught = raised("function", "Code", "text", 400, None, sent)
        empty, hints = raised("", "", ""), typing.get_type_hints(raised)
        shown = {attribute.member: attribute.name for attribute in error.attributes}
        assert {name for name in sent if name.lower() != "message"} == shown.keys()
        for member, name in shown.items():
            assert name in hints
            assert getattr(empty, name) is None
            assert getattr(caught, name) is sent[member]
        found = (caught.code, caught.message, caught.status_code)
        assert found == ("Code", "text", 400)


@pytest.mark.slow
@examples(50)
@given(st.data())
def test_package_of_a_random_model_matches_the_model(folder, data):
    model = data.draw(service_models())
    service = described(model, data.draw(examples_of(model)))
    constants = {operation.constant for operation in service.operations}
    with imported(service, folder) as (package, module):
        names = [operation.name for operation in service.operations]
        assert names == list(model["operations"])
        made = getattr(package, service.constructor)()
        assert isinstance(made, Service)
        for operation in service.operations:
            function = getattr(module(""), operation.function)
            check_signature(function, operation, model, constants)
            check_request(function, operation, model)
            assert getattr(package, operation.function) is function
            bound = getattr(made, operation.method)
            assert inspect.signature(bound) == inspect.signature(function)
            assert inspect.getdoc(bound) == inspect.getdoc(function)
        check_types(module, service)
        check_errors(module, service, model)
        for name in module("").__all__:
            assert hasattr(module(""), name)
    assert FLAG not in os.environ


def test_flag_is_set_where_a_text_is_executed(monkeypatch):
    monkeypatch.setenv(FLAG, "0")
    eval(EVIL)
    assert os.environ[FLAG] == "1"
