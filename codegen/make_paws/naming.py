"""Names of services, functions, parameters and types, by the rules of R's generator.

The rules are in ``make.paws/R/make_names.R``. In addition, Python's keywords and reserved
names get a trailing underscore; requests and documentation still use AWS's name.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Mapping
from typing import Any

from make_paws.errors import ModelError


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# R's own exceptions: `service_alias` in make.paws/R/make_names.R.
SERVICE_ALIASES: Mapping[str, str] = {
    "agentsforamazonbedrock": "bedrockagent",
    "agentsforamazonbedrockruntime": "bedrockagentruntime",
    "config": "configservice",
    "dataautomationforamazonbedrock": "bedrockdataautomation",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "runtimeforamazonbedrockdataautomation": "bedrockdataautomationruntime",
}

# Names that are keywords in Python's grammar.
_KEYWORDS = frozenset(keyword.kwlist) | {"__debug__"}

# Modules of a service's package; a class with such a name would hide the module.
MODULES = frozenset({"aio", "custom", "errors", "interfaces", "operations", "service"})

# Names that generated modules with types import, define or use from Python. All built-in
# names would be a different list in each version of Python.
RESERVED_TYPES = MODULES | _words("""
    API Any Api Blob Callable Creds CustomCall ERRORS EmptyResult EventStream Mapping
    MappingProxyType NotRequired Operation PathLike Request ResponseMetadata SHAPES
    Sequence ServiceError Timestamp TypedDict annotations bool bytes custom_function
    datetime dict float int list operation shapes str type
    """)
RESERVED_SERVICES = RESERVED_TYPES | _words(
    "AsyncService Config Credentials Service custom_method method"
)

# The package that users import, its folder in a checkout, and its names of the runtime.
PACKAGE = "paws"
FOLDER = "generated"
RUNTIME = (
    "config",
    "credentials",
    "creds",
    "list_paginators",
    "list_waiters",
    "paginate",
    "paws_reset_cache",
    "wait_until",
)

# Names that all functions, errors and services already use (paws_common).
RESERVED_PARAMETERS = frozenset({"self"})
RESERVED_ATTRIBUTES = _words("""
    add_note args attempts code content function hint host message renamed request_id
    retryable status_code with_traceback
    """)
# `method`, `async_method`, `custom_method`, `custom` and `operations` create the methods
# that follow in a class, and `async_operation` would be the function of an operation of a
# service called "async".
RESERVED_METHODS = _words("""
    aio api async_method client close connect custom custom_method errors executor
    generate_presigned_url method operation operations send service settings
    with_options
    """)


def identifier(name: str, reserved: Collection[str] = ()) -> str:
    """Return `name` as a Python identifier that is neither a keyword nor `reserved`.

    Raises
    ------
    ModelError
        `name` cannot become an identifier. Names of a model are untrusted input, and
        must not become other code.
    """
    name = _usable(name)
    while name in _KEYWORDS or name in reserved:
        name += "_"
    return name


def identifiers(
    preferred: Mapping[str, str], reserved: Collection[str]
) -> dict[str, str]:
    """Return a unique identifier for every key, which is its preferred one if possible.

    Raises
    ------
    ModelError
        As `identifier` does.
    """
    result: dict[str, str] = {}
    used = set(reserved)
    for key, name in preferred.items():
        result[key] = identifier(name, used)
        used.add(result[key])
    return result


def public(name: str) -> str:
    """Return `name` without leading underscores: ``__type`` -> ``type``.

    In Python, one underscore makes a name private, and two mangle it in a class.
    """
    return name.lstrip("_")


def service_name(metadata: Mapping[str, Any]) -> str:
    """Return R's name of a service: ``Amazon SageMaker Runtime`` -> ``sagemakerruntime``.

    The names of its functions begin with it, but its constructor can have another name.

    Parameters
    ----------
    metadata : mapping
        The ``metadata`` of the service model.
    """
    full = (metadata.get("serviceAbbreviation") or metadata["serviceFullName"]).strip()
    for vendor in ("Amazon", "AWS"):
        if full.startswith(vendor):
            full = full[len(vendor) :]
            break
    name = re.sub(r"[^a-z0-9]", "", full.lower())
    return _usable(SERVICE_ALIASES.get(name, name))


def constructor(service: str) -> str:
    """Return the name of the constructor of a service: ``lambda`` -> ``lambda_``.

    The folder of the service has the same name.
    """
    return identifier(service, RESERVED_SERVICES | {*RUNTIME, "services"})


def class_name(metadata: Mapping[str, Any]) -> str:
    """Return the name of a service's class: ``SageMaker Runtime`` -> ``SageMakerRuntime``."""
    full = metadata.get("serviceId") or metadata["serviceFullName"]
    name = re.sub(r"[^a-zA-Z0-9]", "", full)
    return identifier(name[:1].upper() + name[1:], RESERVED_SERVICES)


def botocore_name(metadata: Mapping[str, Any]) -> str:
    """Return botocore's name of a service that is not in a folder of botocore.

    The rule is ``botocore.utils.hyphenize_service_id``.
    """
    full = metadata.get("serviceId") or metadata["serviceFullName"]
    return str(full).replace(" ", "-").lower()


def constant(operation: str) -> str:
    """Return the name of an operation's constant: ``INVOKE_ENDPOINT_ASYNC``."""
    return snake_case(operation).upper()


def title(operation: str) -> str:
    """Return R's title of an operation that has no documentation: ``Invoke endpoint``."""
    words = snake_case(operation).replace("_", " ")
    return words[:1].upper() + words[1:]


def snake_case(operation: str) -> str:
    """Return R's name of an operation: ``InvokeEndpointAsync`` -> ``invoke_endpoint_async``."""
    apart = re.sub(r"([A-Z][a-z]+)", r"_\1_", operation)
    return re.sub(r"_+", "_", apart).strip("_").lower()


def _usable(name: str) -> str:
    # Only ASCII, because Python normalizes other names (PEP 3131).
    if not (name.isidentifier() and name.isascii()):
        raise ModelError(f"{name!r} cannot be a name in Python and R")
    return name
