"""Tokens for databases of Amazon RDS."""

from __future__ import annotations

import re

from paws_common.service import Service
from paws_common.types import Credentials, Creds
from paws_common.validation.scalars import Violations, describe

_ENDPOINT = re.compile(r"([^\s/:@]+):([0-9]{1,5})")
_MAX_PORT = 65_535


def build_auth_token(
    service: Service, endpoint: str, region: str, user: str, creds: Creds | None
) -> str:
    """Return a token to connect to a database with IAM authentication.

    `endpoint` is ``<host>:<port>``. The default credentials are those of the service.

    Raises
    ------
    ParameterError
        An argument is invalid.
    ConfigError
        Credentials are missing, or `creds` has an unsupported key.

    Notes
    -----
    R: ``paws.common/R/custom_rds.R``.
    """
    function = f"{service.api.name}_build_auth_token"
    violations = Violations()
    address = _ENDPOINT.fullmatch(endpoint) if isinstance(endpoint, str) else None
    host, port = (address[1], int(address[2])) if address else ("", 0)
    if not 0 < port <= _MAX_PORT:
        violations.add("endpoint", f"{describe(endpoint, False)} is not <host>:<port>")
    for name, value in (("region", region), ("user", user)):
        if not (isinstance(value, str) and value):
            violations.add(name, f"{describe(value, False)} is not a name")
    violations.check(function, service.api.version)
    from paws_common.client import presigning

    client = _signer(service, region, creds).connect()
    return presigning.generate_db_auth_token(
        client, service.api, function, host, port, user, region
    )


def _signer(service: Service, region: str, creds: Creds | None) -> Service:
    if creds is None:
        return service.with_options(region=region)
    return Service(service.api, None, Credentials(creds=creds), region=region)
