"""What to do about errors whose messages do not say it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

# Amazon CloudWatch Logs User Guide: arn:aws:logs:region:account:log-group:NAME, and
# :log-stream:NAME behind it. SageMaker may leave the stream out.
_LOG = re.compile(
    r"arn:[\w-]+:logs:([\w-]+):[0-9]*:log-group:([^:\s]+)"
    r"(?::log-stream:([^\s]+)|:\*)?"
)

_COMPONENT = (
    "The endpoint hosts inference components: give InferenceComponentName, the name of "
    "the one that is to answer (`aws sagemaker list-inference-components` lists them)."
)
_NO_COMPONENT = ("INFERENCE_COMPONENT_NAME_MISSING", "Inference Component Name header")


def hint(code: str, message: str, members: Mapping[str, Any]) -> str | None:
    """Return what to do about an error, where that is known.

    Parameters
    ----------
    code, message : str
        What the service says.
    members : mapping
        The other members of the error.
    """
    texts = [code, message, *(str(value) for value in members.values())]
    if any(sign in text for sign in _NO_COMPONENT for text in texts):
        return _COMPONENT
    arn = members.get("LogStreamArn")
    log = _LOG.fullmatch(arn.strip()) if isinstance(arn, str) else None
    return f"The log tells more: {_command(*log.groups())}" if log else None


def _command(region: str, group: str, stream: str | None) -> str:
    """Return the command that shows a log; the names came over the wire, and are quoted."""
    parts = ["aws", "logs", "tail", group, "--region", region, "--since", "1h"]
    if stream:
        parts += ["--log-stream-names", stream]
    return shlex.join(parts)
