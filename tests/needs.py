"""What a test needs that not every botocore has that is allowed."""

from __future__ import annotations

import pytest

import oracle

inline_body = pytest.mark.skipif(
    "Body" not in oracle.members("InvokeEndpointAsync"),
    reason="botocore learnt of the Body of InvokeEndpointAsync with 1.43.29",
)
