"""A session of botocore with its own handlers of events for the services that are called.

botocore's sessions have those of all services, S3's above all, and every client copies
them: a third of the time that one more service takes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST
from botocore.session import Session
from botocore.utils import EVENT_ALIASES

if TYPE_CHECKING:
    from botocore.client import BaseClient

_EVERY = "*"
# botocore calls them for credentials, from any thread: what they need is there before.
_CREDENTIALS = ("signin", "sso", "sso-oidc", "sts")


class LeanSession(Session):
    """A session that registers botocore's handlers of a service with its first client.

    It may be used by one thread at a time where clients are made.
    """

    def __init__(self, profile: str | None = None) -> None:
        super().__init__(profile=profile, include_builtin_handlers=False)
        self._handled: set[str] = set()
        for service in (_EVERY, *_CREDENTIALS):
            self._handle(service)

    def create_client(self, service_name: Any, *args: Any, **kwargs: Any) -> BaseClient:
        model = self.get_service_model(service_name, kwargs.get("api_version"))
        self._handle(model.service_id.hyphenize())
        client: BaseClient = super().create_client(service_name, *args, **kwargs)
        return client

    def _handle(self, service: str) -> None:
        if service in self._handled:
            return
        self._handled.add(service)
        emitter = self.get_component("event_emitter")
        register: dict[Any, Any] = {
            None: emitter.register,
            REGISTER_FIRST: emitter.register_first,
            REGISTER_LAST: emitter.register_last,
        }
        for event, handler, place in _HANDLERS.get(service, ()):
            register[place](event, handler)


def _service(event: str) -> str:
    """Return whose an event is: ``before-call.s3.PutObject``, ``docs.*.s3.PutObject``."""
    kind, *places = event.split(".")
    place = 1 if kind == "docs" else 0
    name = places[place] if len(places) > place else _EVERY
    return EVENT_ALIASES.get(name, name)


def _by_service() -> dict[str, list[tuple[str, Any, Any]]]:
    found = defaultdict(list)
    for event, handler, *place in BUILTIN_HANDLERS:
        found[_service(event)].append((event, handler, place[0] if place else None))
    return found


_HANDLERS = _by_service()
