"""A local endpoint that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from paws_common import LocalEndpoint


@pytest.fixture(scope="module")
def local() -> Iterator[LocalEndpoint]:
    """Return a local endpoint whose model returns the body unchanged."""
    with LocalEndpoint(lambda body, request: body) as endpoint:
        yield endpoint
