"""Bodies that are arrays, tables or asynchronous files: refused with the line to write."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from paws_common import shapes
from paws_common.validation.scalars import how_to_encode
from support.example_services import taking, violations_of
from support.programs import run_program

ARRAY = "array.tobytes()"
TABLE = "df.to_csv(index=False).encode()"
COLUMN = "series.to_csv(index=False).encode()"

either = pytest.mark.parametrize("payload", [True, False], ids=["payload", "member"])


class DataFrame:
    """Has its columns as attributes, like the class of pandas."""

    __module__ = "pandas.core.frame"

    def __init__(self, **columns: Any) -> None:
        vars(self).update(columns)


class GeoDataFrame(DataFrame):
    __module__ = "geopandas"

    def read(self) -> bytes:
        return b"not the body"


class Series:
    __module__ = "pandas.core.series"


class OtherSeries:
    __qualname__ = __name__ = "Series"


def reason(value: Any, *, payload: bool) -> str:
    (violation,) = violations_of(
        taking(shapes.Blob(), payload=payload), value, limits=False
    )
    assert not violation.limit
    return violation.reason


@either
@pytest.mark.parametrize(
    ("value", "expression"),
    [
        (np.zeros(3), ARRAY),
        (np.ma.masked_array([1, 2]), ARRAY),
        (DataFrame(), TABLE),
        (DataFrame(read=Series()), TABLE),
        (GeoDataFrame(), TABLE),
        (Series(), COLUMN),
    ],
)
def test_array_or_table_gets_the_line_to_write(value, expression, payload) -> None:
    said = reason(value, payload=payload)
    assert said.endswith(f"; encode it first: {expression}")
    assert type(value).__name__ in said


def test_line_to_write_encodes_objects_of_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    df = pandas.DataFrame({"read": [1, 2]})
    for value, name in ((df, "df"), (df["read"], "series")):
        expression = reason(value, payload=True).partition("encode it first: ")[2]
        body = eval(expression, {name: value})
        assert body == b"read\n1\n2\n"


def test_other_classes_have_no_line() -> None:
    assert how_to_encode(OtherSeries()) is None
    assert how_to_encode(b"") is None
    assert "encode it first" not in reason(OtherSeries(), payload=True)


class Asynchronous:
    async def read(self, size: int = -1) -> bytes:
        return b"body"

    async def seekable(self) -> bool:
        return True

    async def readable(self) -> bool:
        return True


class ReturnsCoroutine:
    def read(self, size: int = -1) -> Any:
        return Asynchronous().read(size)


@either
@pytest.mark.parametrize("kind", [Asynchronous, ReturnsCoroutine])
def test_asynchronous_file_is_refused_without_warning(kind, payload) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = reason(kind(), payload=payload)
    assert said == "is an asynchronous file; pass its bytes: await file.read()"


def test_noncallable_read_attribute_is_not_a_file() -> None:
    class Record:
        read = True

    assert "is not bytes, a str" in reason(Record(), payload=True)


def test_numpy_and_pandas_are_not_imported() -> None:
    code = """
import sys, paws
try:
    paws.sagemakerruntime(region="us-east-1").invoke_endpoint("demo", object())
except ValueError:
    print([name for name in ("numpy", "pandas") if name in sys.modules])
"""
    assert run_program(code) == "[]"
