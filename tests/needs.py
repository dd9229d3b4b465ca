"""What a test needs that not every botocore has that is allowed."""

from __future__ import annotations

import botocore
import pytest

import oracle

inline_body = pytest.mark.skipif(
    "Body" not in oracle.members("InvokeEndpointAsync"),
    reason="botocore learnt of the Body of InvokeEndpointAsync with 1.43.29",
)

cbor_type = pytest.mark.skipif(
    tuple(map(int, botocore.__version__.split(".")[:2])) < (1, 44),
    reason="botocore before 1.44 gives a request in CBOR the type of its answer",
)
