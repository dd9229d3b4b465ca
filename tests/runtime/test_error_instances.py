"""Members of errors are attributes of the instance; their `repr` is one line."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from paws.services.sagemakerruntime import ModelError, ModelStreamError
from paws_common import (
    AsyncInferenceError,
    ConfigError,
    EndpointConnectionError,
    ParameterError,
    PawsError,
    ResponseTimeoutError,
    ResultTimeoutError,
    ServiceError,
    Violation,
)

MEMBERS = {"OriginalMessage": "out of\nmemory", "OriginalStatusCode": 500, "Other": 1}
ERRORS = [
    ModelError("function", "ModelError", "It\nfailed.", 424, members=MEMBERS, hint="?"),
    ServiceError("function", "Throttling", "slow\r\ndown", content=b"\n" * 9),
    ParameterError(
        "function", (Violation("A", "is", True), Violation("B", "no", False)), "1"
    ),
    ConfigError("two\nlines"),
    EndpointConnectionError("no\nconnection"),
    ResponseTimeoutError("too\nlate"),
    ResultTimeoutError("function", 1.5, "s3://bucket/key", None),
    AsyncInferenceError("function", "s3://bucket/key", b"not\ngood"),
]
every_error = pytest.mark.parametrize("error", ERRORS, ids=lambda e: type(e).__name__)


@every_error
def test_repr_is_one_line_with_class_and_message(error) -> None:
    assert repr(error) == f"{type(error).__name__}({str(error)!r})"
    assert len(repr(error).splitlines()) == 1


def dual(cause: PawsError) -> Any:
    """Return an error as Ray raises it: of both classes, with the attributes of `cause`.

    `ray.exceptions.RayTaskError.make_dual_exception_instance`
    """

    class Dual(type(cause)):
        def __init__(self) -> None:
            self.cause = cause

        def __getattr__(self, name: str) -> Any:
            return getattr(self.cause, name)

    return Dual()


@every_error
def test_copy_of_both_classes_has_every_attribute(error) -> None:
    copied = dual(error)
    assert isinstance(copied, type(error))
    for name, value in vars(error).items():
        assert getattr(copied, name) == value, name


@every_error
def test_pickled_error_has_every_attribute(error) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again)) == (type(error), vars(error))


def test_modeled_members_are_set_and_others_are_not() -> None:
    error = ERRORS[0]
    assert isinstance(error, ModelError)
    assert error.OriginalMessage == "out of\nmemory"
    assert error.OriginalStatusCode == 500
    assert error.LogStreamArn is None
    assert not hasattr(error, "Other")


def test_unsent_member_reads_as_none() -> None:
    assert ModelStreamError("function", "ModelStreamError", "").ErrorCode is None


@pytest.mark.parametrize("kind", [EndpointConnectionError, ResponseTimeoutError])
def test_new_error_counts_one_attempt(kind) -> None:
    error = kind("message")
    assert error.attempts == 1
    error.attempts = 3
    assert pickle.loads(pickle.dumps(error)).attempts == 3
