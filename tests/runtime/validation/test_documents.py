"""Arguments that are any JSON: documents, and the JSON values of headers."""

from __future__ import annotations

import json
import math
from collections import UserDict, UserList
from datetime import datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given

from paws_common import Violation
from paws_common.shapes import Structure
from support import model_arguments
from support.example_services import mandatory_violation_of, sent, taking, violations_of

DOCUMENT = taking(Structure({}, document=True))


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (("a", 1), ["a", 1]),
        (UserDict({"a": UserList([np.int8(1)])}), {"a": [1]}),
        (Decimal("1.5"), 1.5),
        (np.float32(0.5), 0.5),
        (2**70, 2**70),
        (False, False),
    ],
)
def test_json_like_value_is_sent_as_json(value, result) -> None:
    checked = sent(DOCUMENT, value)
    assert json.dumps(checked) == json.dumps(result)


@pytest.mark.parametrize(
    ("value", "path", "shown"),
    [
        ({"a": [0, b"1"]}, "Value['a'][1]", "a value of type bytes"),
        ({"a": {1, 2}}, "Value['a']", "a value of type set"),
        ([math.nan], "Value[0]", "nan"),
        ([math.inf], "Value[0]", "inf"),
        (np.array([1, 2]), "Value", "a value of type ndarray"),
        (np.timedelta64("NaT", "s"), "Value", "a value of type timedelta64"),
        (datetime(2020, 1, 2), "Value", "a value of type datetime"),
    ],
)
def test_value_without_json_is_refused_at_its_path(value, path, shown) -> None:
    violation = mandatory_violation_of(DOCUMENT, value)
    assert violation == Violation(path, f"{shown} is not a JSON value", False)


def test_key_without_json_is_refused_at_its_path() -> None:
    violation = mandatory_violation_of(DOCUMENT, {"a": {1: 2}})
    assert violation == Violation("Value['a']", "1 is no key of JSON", False)


@given(model_arguments.JSON_VALUES.filter(lambda value: value is not None))
def test_json_value_is_sent_unchanged(value) -> None:
    assert sent(DOCUMENT, value) == value


def test_secret_is_in_neither_path_nor_reason() -> None:
    secret = taking(Structure({}, document=True, sensitive=True))
    inside, key = violations_of(secret, {"hunter2": math.nan, 7: 1})
    assert inside == Violation(
        "Value[<7 characters>]", "a value of type float is not a JSON value", False
    )
    assert key == Violation("Value", "a value of type int is no key of JSON", False)
