"""Decorators that make functions and methods of `paws_common.custom`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar

from paws_common.api import Api
from paws_common.service import Service, default_service, set_method_signature

Parameters = ParamSpec("Parameters")
Output = TypeVar("Output")


class CustomCall(NamedTuple, Generic[Output]):
    """A call of a function of `paws_common.custom`, without the service."""

    api: Api
    function: Callable[..., Output]
    arguments: tuple[Any, ...]  # except for the first one, the service


def custom_function(
    build: Callable[Parameters, CustomCall[Output]],
) -> Callable[Parameters, Output]:
    """Return a function that makes the call that a generated function builds.

    It uses the default service of the process. Signature and docstring are those of
    `build`, except for the type of the result.
    """
    annotations = build.__annotations__
    returns: str = annotations["return"]  # ``from __future__ import annotations``
    annotations["return"] = returns.removeprefix("CustomCall[").removesuffix("]")

    @functools.wraps(build)
    def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Output:
        built = build(*args, **kwargs)
        return built.function(default_service(built.api), *built.arguments)

    call.__annotations__ = annotations  # Python 3.14 does not copy them
    return call


def custom_method(
    function: Callable[Parameters, Output],
) -> Callable[Concatenate[Service, Parameters], Output]:
    """Return a method that calls what `custom_function` returned with its own service."""
    build: Callable[Parameters, CustomCall[Output]] = inspect.unwrap(function)

    @functools.wraps(function)
    def call(
        self: Service, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Output:
        built = build(*args, **kwargs)
        return built.function(self, *built.arguments)

    set_method_signature(call, function)
    return call
