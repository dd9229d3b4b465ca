"""Every name that the project invents, under R's own rules.

The rules are those of R's generator, ``make.paws/R/make_names.R``. What Python adds:
keywords and names that are taken get a trailing underscore; the documentation and the
wire keep AWS's name.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Mapping
from typing import Any

from make_paws.errors import ModelError

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

# What Python's grammar keeps for itself.
_KEYWORDS = frozenset(keyword.kwlist) | {"__debug__"}

# Modules of a service's package: a class of that name would hide the module.
MODULES = frozenset({"errors", "interfaces", "operations", "service"})

# What the generated modules with types in them import, define or take from Python.
# A list of all that Python has would differ from one Python to the next.
RESERVED_TYPES = MODULES | {
    "API",
    "Any",
    "Api",
    "Blob",
    "ERRORS",
    "EmptyResult",
    "EventStream",
    "Mapping",
    "MappingProxyType",
    "NotRequired",
    "Operation",
    "ResponseMetadata",
    "SHAPES",
    "Sequence",
    "ServiceError",
    "Timestamp",
    "TypedDict",
    "annotations",
    "bool",
    "bytes",
    "datetime",
    "dict",
    "float",
    "int",
    "list",
    "operation",
    "shapes",
    "str",
    "type",
}
RESERVED_SERVICES = RESERVED_TYPES | {"Config", "Credentials", "Service", "method"}

# What the package that users import takes from the run time, beside the services.
RUNTIME = (
    "config",
    "credentials",
    "creds",
    "list_paginators",
    "paginate",
    "paws_reset_cache",
)

# What every argument list, error and service has already (paws_common).
RESERVED_PARAMETERS = frozenset({"self"})
RESERVED_ATTRIBUTES = frozenset(
    {
        "add_note",
        "args",
        "attempts",
        "code",
        "content",
        "function",
        "hint",
        "host",
        "message",
        "renamed",
        "request_id",
        "retryable",
        "status_code",
        "with_traceback",
    }
)
# `method` and `operations` are what the methods after one of that name are made with.
RESERVED_METHODS = frozenset(
    {"api", "client", "errors", "method", "operations", "send", "settings"}
)


def identifier(name: str, taken: Collection[str] = ()) -> str:
    """Return `name` as a Python identifier that is neither a keyword nor `taken`.

    Raises
    ------
    ModelError
        Where no underscore helps: a name of a model is untrusted input, and must
        never become anything but a name.
    """
    name = _usable(name)
    while name in _KEYWORDS or name in taken:
        name += "_"
    return name


def identifiers(wishes: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Return an identifier for every key, as near to its wish as can be, all different.

    Raises
    ------
    ModelError
        As `identifier` does.
    """
    result: dict[str, str] = {}
    used = set(taken)
    for key, wish in wishes.items():
        result[key] = identifier(wish, used)
        used.add(result[key])
    return result


def public(name: str) -> str:
    """Return `name` without leading underscores: ``__type`` -> ``type``.

    In Python one of them makes a name private, and two change it inside of a class.
    """
    return name.lstrip("_")


def service_name(metadata: Mapping[str, Any]) -> str:
    """Return R's name of a service: ``Amazon SageMaker Runtime`` -> ``sagemakerruntime``.

    The names of its functions begin with it; `constructor` is its own.

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
    """Return the name of the function that makes a service: ``lambda`` -> ``lambda_``.

    The folder of the service has it too.
    """
    return identifier(service, RESERVED_SERVICES | set(RUNTIME))


def class_name(metadata: Mapping[str, Any]) -> str:
    """Return the name of a service's class: ``SageMaker Runtime`` -> ``SageMakerRuntime``."""
    full = metadata.get("serviceId") or metadata["serviceFullName"]
    name = re.sub(r"[^a-zA-Z0-9]", "", full)
    return identifier(name[:1].upper() + name[1:], RESERVED_SERVICES)


def botocore_name(metadata: Mapping[str, Any]) -> str:
    """Return botocore's name of a service that stands in no folder of botocore.

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
    # ASCII, because Python takes some different spellings for one name (PEP 3131).
    if not (name.isidentifier() and name.isascii()):
        raise ModelError(f"{name!r} is no name that Python or R could use")
    return name
