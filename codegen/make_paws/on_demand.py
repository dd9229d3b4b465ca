"""Generate a service for the runtime, which finds this module through an entry point.

The runtime stores the result, and imports it (``paws_common/on_demand.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

from make_paws import emit, naming, overrides, render, spec
from make_paws.parse import parse


def generate(
    service: str,
    content: bytes,
    extras: bytes | None,
    examples: bytes | None,
    waiters: bytes | None,
) -> tuple[str, Mapping[str, bytes]]:
    """Return the constructor of a service, and its modules.

    Parameters
    ----------
    service : str
        botocore's name.
    content, extras, examples, waiters : bytes
        The contents of botocore's files for the service: the model, the additions to it,
        the examples and the waiters.

    Returns
    -------
    tuple of str and mapping
        The name of the constructor, and a mapping of file names to contents.

    Raises
    ------
    MakePawsError
        The model is malformed, or has unknown keys or values.
    """
    loaded = spec.decode(service, spec.Content(content, extras, examples, waiters))
    described = parse(loaded, overrides.load())
    files = emit.encoded(render.service(described, naming.PACKAGE))
    return described.constructor, {path.name: files[path] for path in files}


def constructor(service: str, content: bytes) -> str:
    """Return the name of the constructor of a service.

    Raises
    ------
    MakePawsError
        The model has no usable name.
    """
    metadata = spec.metadata(spec.decode(service, spec.Content(content)))
    return naming.constructor(overrides.load().service_name(service, metadata))
