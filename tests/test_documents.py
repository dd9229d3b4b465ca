"""Arguments that are any JSON: documents, and the JSON values of headers."""

from __future__ import annotations

import json
import math
from collections import UserDict, UserList
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import model_arguments
from hand_made import faults_of, sent, taking
from paws_common import Fault
from paws_common.shapes import Structure

either = pytest.mark.parametrize("limits", [True, False], ids=["on", "off"])

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
def test_what_is_like_json_is_sent_as_what_python_writes_as_json(
    value: Any, result: Any
) -> None:
    checked = sent(DOCUMENT, value)
    assert json.dumps(checked) == json.dumps(result)


@either
@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        ({"a": [0, b"1"]}, "Value['a'][1]", "a value of type bytes has no JSON"),
        ({"a": {1, 2}}, "Value['a']", "a value of type set has no JSON"),
        ([math.nan], "Value[0]", "nan has no JSON"),
        ([math.inf], "Value[0]", "inf has no JSON"),
        (np.array([1, 2]), "Value", "a value of type ndarray has no JSON"),
        (
            np.timedelta64("NaT", "s"),
            "Value",
            "a value of type timedelta64 has no JSON",
        ),
        (datetime(2020, 1, 2), "Value", "a value of type datetime has no JSON"),
        ({"a": {1: 2}}, "Value['a']", "1 is no key of JSON"),
    ],
)
def test_what_has_no_json_is_refused_where_it_stands(
    value: Any, path: str, reason: str, limits: bool
) -> None:
    assert faults_of(DOCUMENT, value, limits=limits) == (Fault(path, reason, False),)


@given(model_arguments.JSON_VALUES.filter(lambda value: value is not None))
def test_any_json_is_sent_as_it_is(value: Any) -> None:
    assert sent(DOCUMENT, value) == value


def test_what_is_secret_is_shown_neither_in_a_path_nor_in_a_reason() -> None:
    secret = taking(Structure({}, document=True, sensitive=True))
    inside, key = faults_of(secret, {"hunter2": math.nan, 7: 1})
    assert inside == Fault(
        "Value[<7 characters>]", "a value of type float has no JSON", False
    )
    assert key == Fault("Value", "a value of type int is no key of JSON", False)
