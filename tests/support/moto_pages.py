"""moto's server, and paginated operations with any number of elements."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from paws_common import ParameterError, Violation, paginate
from support.hypothesis_settings import examples
from support.moto_server import MotoServer

PACKAGE = "paginated_paws"
SERVICES = ("dynamodb", "iam", "s3")
KEY = {"access_key_id": "key", "secret_access_key": "secret"}
REGION = "us-east-1"
MOST = 6  # elements of the longest result


class Case(NamedTuple):
    """A method, its argument for a number of elements, and its page size parameter."""

    service: str
    method: str
    parameter: str
    value: str
    key: str
    size: str

    def arguments(self, count: int) -> dict[str, str]:
        return {self.parameter: self.value.format(count)}


CASES = [
    Case("s3", "list_objects_v2", "Bucket", "bucket-{}", "Contents", r"max-keys=(\d+)"),
    Case("dynamodb", "scan", "TableName", "table-{}", "Items", r'"Limit": (\d+)'),
    Case("iam", "list_roles", "PathPrefix", "/path{}/", "Roles", r"MaxItems=(\d+)"),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.service)
some_examples = examples(20)  # each is many requests
counts = st.integers(0, MOST)
sizes = st.none() | st.integers(1, MOST + 1)


class Moto(MotoServer):
    """moto's server, which records requests."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        super().__init__()

    def _instead(self, environ: dict[str, Any], body: bytes) -> None:
        self.requests.append(f"{environ['QUERY_STRING']} {body.decode()}")


def call(services: dict[str, Any], case: Case) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(services[case.service], case.method)
    return found


def elements(services: dict[str, Any], case: Case, count: int) -> list[Any]:
    """Return all elements, which the server gives in one page when it is not paginated."""
    found = call(services, case)(**case.arguments(count))[case.key] or []
    assert len(found) == count
    return list(found)


def refused(*args: Any, **kwargs: Any) -> tuple[Violation, ...]:
    """Return what is wrong with the arguments of a pagination."""
    with pytest.raises(ParameterError) as caught:
        paginate(*args, **kwargs)
    assert caught.value.__cause__ is caught.value.__context__ is None
    return caught.value.violations
