"""`typing.get_type_hints` on everything public, and which `TypedDict` results are."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from support.programs import run_program

MODULES = ("paws", "paws_common", "paws.services.sagemakerruntime")


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public function, method and property."""
    for module in map(import_module, MODULES):
        for name in dir(module):
            # paws lists services that an older botocore does not have.
            value = getattr(module, name, None)
            if name.startswith("_"):
                continue
            if inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value
            elif inspect.isclass(value):
                yield from methods(value)


def methods(kind: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, value in inspect.getmembers_static(kind):
        function = value.fget if isinstance(value, property) else value
        if name.startswith("_") or not inspect.isfunction(function):
            continue
        if function.__module__.partition(".")[0] in MODULES:
            yield f"{kind.__name__}.{name}", function


@pytest.mark.parametrize(
    "function", [pytest.param(each, id=name) for name, each in functions()]
)
def test_type_hints_of_public_functions_resolve(function) -> None:
    hints = typing.get_type_hints(function)
    assert hints.keys() == {*inspect.get_annotations(function)}


def test_every_public_function_is_found() -> None:
    found = {name for name, _ in functions()}
    assert {"paws.config", "paws.paginate", "Service.client", "Pages.items"} <= found


def test_typed_dict_is_the_one_that_pydantic_accepts() -> None:
    pytest.importorskip("typing_extensions")
    module = "import paws_common; print(paws_common.TypedDict.__module__)"
    expected = "typing" if sys.version_info >= (3, 12) else "typing_extensions"
    assert run_program(module) == expected
    hidden = "import sys; sys.modules['typing_extensions'] = None; "
    assert run_program(hidden + module) == "typing"


def test_pydantic_accepts_results() -> None:
    """FastAPI does the same with the return type of a handler."""
    pydantic = pytest.importorskip("pydantic")
    from paws.services.sagemakerruntime import InvokeEndpointAsyncOutput

    result = {
        "InferenceId": "1",
        "OutputLocation": "s3://bucket/key",
        "FailureLocation": None,
        "ResponseMetadata": {
            "HTTPStatusCode": 200,
            "HTTPHeaders": {},
            "RetryAttempts": 0,
        },
    }
    adapter = pydantic.TypeAdapter(InvokeEndpointAsyncOutput)
    assert adapter.validate_python(result) == result
