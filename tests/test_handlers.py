"""A lean session has botocore's own handlers wherever botocore would ask for them."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

import botocore
from botocore.handlers import BUILTIN_HANDLERS
from botocore.session import Session

from paws_common.wire.handlers import LeanSession

DATA = Path(botocore.__file__).parent / "data"
EVENTS = [event.split(".") for event, *_ in BUILTIN_HANDLERS]
EXAMPLES = {"sagemaker-runtime", "dynamodb", "sts", "kms"}


@cache
def ids() -> dict[str, str]:
    """Return how botocore calls each service in its events: its id, with hyphens."""
    found = {}
    for path in DATA.glob("*/*/service-2.json*"):
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            (name,) = set(re.findall(rb'"serviceId" ?: ?"([^"]+)"', file.read()))
        found[path.parts[-3]] = name.decode().replace(" ", "-").lower()
    return found


def told(session: Session, service: str) -> list[list[Any]]:
    """Return who is told of events of a service, in which order: of all that have handlers."""
    search = cast(Any, session.get_component("event_emitter"))._emitter._handlers
    found = []
    for kind, *places in EVENTS:
        # Either the kind, or for documentation its kind, stands before the service.
        before = places[:1] if kind == "docs" else []
        event = [kind, *before, service, *places[len(before) + 1 :]]
        found.append(list(search.prefix_search(".".join(event))))
    return found


def special(full: Session) -> set[str]:
    """Return the services of which botocore's sessions have handlers."""
    common = told(full, "no-service")
    return {name for name, service in ids().items() if told(full, service) != common}


def test_there_are_handlers_of_services() -> None:
    assert {"s3", "s3control", "glacier", "rds", "lexv2-runtime"} <= special(Session())


def test_a_session_has_the_handlers_of_every_service_that_it_makes_clients_of() -> None:
    full, lean = Session(), LeanSession()
    for name in sorted(special(full) | EXAMPLES):
        lean.create_client(name, region_name="us-east-1")
        assert told(lean, ids()[name]) == told(full, ids()[name])
    for service in ids().values():
        assert told(lean, service) == told(full, service)


def test_what_gets_credentials_has_its_handlers_before_it_is_called() -> None:
    full, lean = Session(), LeanSession()
    for service in ("signin", "sso", "sso-oidc", "sts"):
        assert told(lean, service) == told(full, service)


def test_a_client_has_no_handlers_of_other_services() -> None:
    full, lean = Session(), LeanSession()
    lean.create_client("sagemaker-runtime", region_name="us-east-1")
    for name in special(full) - {"signin", "sso-oidc", "sts"}:
        assert told(lean, ids()[name]) == told(full, "no-service")
