"""Marks of tests that need something that not every supported botocore has."""

import botocore
import pytest

from support import oracle, pins

pinned_botocore = pytest.mark.skipif(
    botocore.__version__ != pins.pinned_botocore(),
    reason="the committed code is generated from the pinned botocore",
)

inline_body = pytest.mark.skipif(
    "Body" not in oracle.members("InvokeEndpointAsync"),
    reason="botocore learnt of the Body of InvokeEndpointAsync with 1.43.29",
)

cbor_type = pytest.mark.skipif(
    tuple(map(int, botocore.__version__.split(".")[:2])) < (1, 44),
    reason="botocore before 1.44 gives a request in CBOR the type of its answer",
)
