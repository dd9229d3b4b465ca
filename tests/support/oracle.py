"""The request that a call must send, derived from botocore's ``service-2.json`` alone.

Neither the generator nor the runtime is imported: shared code could not reveal its bugs.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import botocore


@dataclass(frozen=True)
class Wire:
    """One HTTP request; the names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@cache
def model() -> Mapping[str, Any]:
    """Return the newest model of sagemaker-runtime in the installed botocore."""
    folder = Path(botocore.__file__).parent / "data" / "sagemaker-runtime"
    path = max(folder.glob("*/service-2.json.gz"))
    parsed: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return parsed


def operations() -> list[str]:
    """Return the names of the operations."""
    return list(model()["operations"])


def members(operation: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the members of an operation's input, each with its shape merged in."""
    shapes = model()["shapes"]
    references = _input(operation)["members"]
    return {name: {**shapes[ref["shape"]], **ref} for name, ref in references.items()}


def required(operation: str) -> list[str]:
    """Return the members that the model requires."""
    return list(_input(operation).get("required", ()))


def expected(operation: str, arguments: Mapping[str, Any]) -> Wire:
    """Return the request for `arguments`: text, integers, and bytes as the body."""
    http = model()["operations"][operation]["http"]
    path, headers = http["requestUri"], {}
    for name, value in arguments.items():
        member = members(operation)[name]
        if member.get("location") == "uri":
            label = f"{{{member['locationName']}}}"
            path = path.replace(label, quote(value, safe="-_.~"))
        elif member.get("location") == "header":
            # RFC 9110, section 5.5: whitespace around a value does not belong to it.
            headers[member["locationName"].lower()] = str(value).strip(" \t")
    body = arguments.get(_input(operation).get("payload", ""), b"")
    if body:
        # R's own defaults: paws.common, restjson_build.
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            **headers,
        }
    return Wire(http["method"], path, headers, body)


def _input(operation: str) -> Mapping[str, Any]:
    shape = model()["operations"][operation]["input"]["shape"]
    structure: Mapping[str, Any] = model()["shapes"][shape]
    return structure
