"""A model for the local endpoint: returns the text in capitals.

python -m paws_common.local examples/echo.py:predict --port 8080
"""

import re
from collections.abc import Iterable

from paws_common.local import Request


def predict(body: bytes, request: Request) -> bytes | Iterable[bytes]:
    text = body.decode().upper()
    if request.operation == "InvokeEndpointWithResponseStream":
        return (word.encode() for word in re.findall(r"\S+\s*|\s+", text))
    return text.encode()
