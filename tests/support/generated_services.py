"""Services generated from the installed botocore, and the requests that they make."""

import datetime
import gzip
import importlib
import io
import itertools
import os
import re
import sys
import time
import uuid
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import botocore.auth
import botocore.session
import pytest
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError
from botocore.loaders import JSONFileLoader

from make_paws import ir, render
from make_paws.overrides import Overrides
from make_paws.parse import parse
from make_paws.spec import Spec
from paws_common import ParameterError, PawsError, Service
from support import model_arguments
from support.servers import Server, responding, serve

KEY = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret"}
REGION = "us-east-1"
NOW = datetime.datetime(2020, 1, 2, 3, 4, 5)
TOKEN = uuid.UUID("00000000-0000-4000-8000-000000000000")

_numbers = itertools.count()


class Sent(NamedTuple):
    """An HTTP request as it would go out; the names of headers are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Refused(NamedTuple):
    """A call of which botocore makes no request."""

    reason: type[BaseException] | None


Outcome = Sent | Refused
Services = Callable[[str], "Generated"]


class _Caught(BaseException):
    """Ends a call with its request; no handler of errors catches it."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent


class _Clock(datetime.datetime):
    @classmethod
    def utcnow(cls) -> datetime.datetime:
        return NOW


@contextmanager
def frozen() -> Iterator[None]:
    """Stop the time of botocore's signatures, and return one identifier always."""
    # botocore reads its files again for each client, which takes most of the time.
    read = lru_cache(maxsize=32)(JSONFileLoader().load_file)
    clock = SimpleNamespace(
        gmtime=lambda: time.gmtime(0), strftime=time.strftime, time=lambda: 0.0
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
        patch.setattr(botocore.auth, "time", clock)
        patch.setattr(gzip, "time", SimpleNamespace(time=lambda: 0.0))
        if hasattr(botocore.auth, "get_current_datetime"):
            patch.setattr(botocore.auth, "get_current_datetime", lambda: NOW)
        else:
            patch.setattr(botocore.auth, "datetime", SimpleNamespace(datetime=_Clock))
        patch.setattr(uuid, "uuid4", lambda: TOKEN)
        yield


@dataclass(frozen=True)
class Generated:
    """A generated service, and botocore's own client for it."""

    service: str
    described: ir.Service
    package: ModuleType

    @property
    def operations(self) -> list[str]:
        """The operations that were generated, by AWS's names."""
        return [operation.name for operation in self.described.operations]

    @cached_property
    def ours(self) -> Service:
        """The service, without the limits of the model."""
        return self.configured(validation="off")

    @cached_property
    def strict(self) -> Service:
        """The service, with the limits of the model."""
        return self.configured(validation="on")

    @cached_property
    def theirs(self) -> BaseClient:
        """botocore's client, with the defaults of R."""
        return _with_defaults_of_r(self.plain, self.service)

    @property
    def plain(self) -> BaseClient:
        """A client of botocore without any configuration."""
        client = _session(os.environ["AWS_CONFIG_FILE"]).create_client(
            self.service,
            region_name=REGION,
            aws_access_key_id=KEY["access_key_id"],
            aws_secret_access_key=KEY["secret_access_key"],
        )
        return catching(client)

    def configured(self, **config: Any) -> Service:
        """Return the service with a configuration; its requests are not sent."""
        make = getattr(self.package, self.described.constructor)
        made: Service = make(config, credentials={"creds": KEY}, region=REGION)
        catching(made.client)
        return made

    def function(
        self, operation: str, service: Service | None = None
    ) -> Callable[..., Any]:
        """Return the method of an operation, by default of `strict`."""
        method = self._described(operation).method
        function: Callable[..., Any] = getattr(service or self.strict, method)
        return function

    def call(
        self, service: Service, operation: str, values: Mapping[str, Any]
    ) -> Outcome:
        """Return the request of a call with arguments by AWS's names."""
        parameters = self._described(operation).parameters
        # Required members have no default; None omits them.
        needed = {each.name: None for each in parameters if each.required}
        names = self.names(operation)
        arguments = {names[name]: value for name, value in values.items()}
        return _outcome(self.function(operation, service), needed | arguments)

    def violations(
        self, operation: str, values: Mapping[str, Any]
    ) -> list[tuple[str, bool]]:
        """Return the path of each violation of a call, and whether it is of a limit."""
        try:
            self.call(self.strict, operation, values)
        except ParameterError as error:
            return [(violation.path, violation.limit) for violation in error.violations]
        return []

    def names(self, operation: str) -> Mapping[str, str]:
        """Return the Python names of an operation's arguments, by AWS's names."""
        parameters = self._described(operation).parameters
        return {parameter.member: parameter.name for parameter in parameters}

    def _described(self, operation: str) -> ir.Operation:
        (found,) = [op for op in self.described.operations if op.name == operation]
        return found

    def expected(self, operation: str, values: Mapping[str, Any]) -> Outcome:
        """Return the request of botocore's client for the same arguments."""
        # The arguments of a function are in the order of the model.
        order = model_arguments.members(self.service, operation)
        given = {name: values[name] for name in order if name in values}
        return asked(self.theirs, operation, given)


@cache
def _session(profiles: str) -> botocore.session.Session:
    """Return a session that has read a file of profiles, which takes long."""
    return botocore.session.Session()


def _with_defaults_of_r(client: BaseClient, service: str) -> BaseClient:
    """Return `client`, which now sends and accepts JSON as the content type of blobs."""

    def add(model: Any, params: Any, **_: object) -> None:
        body = params["body"]
        content = body.getvalue() if isinstance(body, io.BytesIO) else body
        if model_arguments.has_blob_payload(service, model.name) and content:
            params["headers"].setdefault("Content-Type", "application/json")
            params["headers"].setdefault("Accept", "application/json")

    if model_arguments.protocols(service) == ("rest-json",):
        client.meta.events.register_last("before-call", add)
    return client


def catching(client: BaseClient) -> BaseClient:
    """Return `client`, whose requests are caught before they are sent."""
    client.meta.events.register("before-send", catch)
    return client


def catch(request: Any, **_: object) -> None:
    """Raise a request as an exception; a handler of botocore's event."""
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
    content = body.encode() if isinstance(body, str) else bytes(body or b"")
    headers = {
        name.lower(): value if isinstance(value, str) else value.decode()
        for name, value in request.headers.items()
    }
    # Other tests are about these two: test_botocore_config, test_pipeline.
    del headers["user-agent"]
    headers["amz-sdk-request"] = re.sub("; max=.*", "", headers["amz-sdk-request"])
    raise _Caught(Sent(request.method, request.url, headers, content))


def same(made: Generated, operation: str, **values: Any) -> Sent:
    """Return the request of a call, which is also that of botocore's client."""
    return like(made, operation, values, values)


def like(
    made: Generated, operation: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Sent:
    """Return the request of a call, which is botocore's for other arguments."""
    sent = made.call(made.strict, operation, ours)
    assert sent == made.expected(operation, theirs)
    assert isinstance(sent, Sent)
    return sent


def asked(client: BaseClient, operation: str, values: Mapping[str, Any]) -> Outcome:
    """Return the request of a client of botocore."""
    names = client.meta.method_to_api_mapping
    name = next(key for key, value in names.items() if value == operation)
    return _outcome(getattr(client, name), values)


def _outcome(function: Callable[..., Any], values: Mapping[str, Any]) -> Outcome:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", r"\w+: Deprecated", DeprecationWarning)
            function(**values)
    except _Caught as caught:
        return caught.sent
    except BotoCoreError as error:
        return Refused(type(error))
    except PawsError as error:
        if isinstance(error, ParameterError) and error.__cause__ is None:
            raise
        return Refused(type(error.__cause__))
    raise AssertionError(f"{function} sent nothing, and raised nothing")


@contextmanager
def generated(
    service: str,
    operations: Collection[str],
    folder: Path,
    *,
    patterns: bool = False,
    rules: Overrides | None = None,
) -> Iterator[Generated]:
    """Generate some operations of a service into `folder`, and import the package.

    Neither patterns, which `generator/regex/test_java.py` tests, nor overrides apply by
    default.
    """
    model = model_arguments.model(service)
    omitted = set() if patterns else {"pattern"}
    reduced = {
        **model,
        "operations": {name: model["operations"][name] for name in operations},
        "shapes": {
            name: {key: shape[key] for key in shape if key not in omitted}
            for name, shape in model["shapes"].items()
        },
    }
    spec = Spec(service, reduced, {}, model_hash="0" * 12)
    described = parse(spec, rules or Overrides())
    with imported(described, folder) as module:
        yield Generated(service, described, module)


@contextmanager
def imported(described: ir.Service, folder: Path) -> Iterator[ModuleType]:
    """Write the package of a service into `folder`, and import it."""
    package = f"generated_{next(_numbers)}"
    for path, source in render.service(described, package).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(source, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        name = f"{package}.services.{described.constructor}"
        yield importlib.import_module(name)
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]


@contextmanager
def several(
    operations: Mapping[str, Collection[str]], folders: pytest.TempPathFactory
) -> Iterator[Services]:
    """Yield a function that generates services with some operations at the first call."""
    with frozen(), ExitStack() as stack:

        @cache
        def make(service: str) -> Generated:
            folder = folders.mktemp(service)
            return stack.enter_context(generated(service, operations[service], folder))

        yield make


@contextmanager
def serving(made: Generated, *responses: bytes) -> Iterator[tuple[Any, Server]]:
    """Yield a service without retries, and the server that it calls."""
    constructor = getattr(made.package, made.described.constructor)
    with serve(responding(*responses)) as server:
        arguments = {"credentials": {"creds": KEY}, "endpoint": server.url}
        with constructor({"max_retries": 0}, region=REGION, **arguments) as service:
            yield service, server
