"""`botocore.register_initializer`: functions that configure each session of botocore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import botocore
import pytest
from botocore.config import Config
from botocore.credentials import (
    CredentialProvider,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    NoCredentialsError,
)
from botocore.loaders import Loader
from botocore.session import Session

import paws
from paws_common import LocalEndpoint, paws_reset_cache
from support.clients import create_service
from support.services import use_by_default

Initializer = Callable[[Session], None]


@pytest.fixture(autouse=True)
def environment(local, monkeypatch) -> None:
    use_by_default(local.url, monkeypatch)


@pytest.fixture
def register() -> Iterator[Callable[[Initializer], None]]:
    """Register an initializer for new sessions until the test ends."""
    registered = []

    def register(initializer: Initializer) -> None:
        botocore.register_initializer(initializer)
        registered.append(initializer)
        paws_reset_cache()

    yield register
    for initializer in registered:
        botocore.unregister_initializer(initializer)
    paws_reset_cache()


def invoke(local: LocalEndpoint) -> dict[str, str]:
    """Call the endpoint by a new service, and return the headers of the request."""
    with paws.sagemakerruntime() as service:
        assert service.invoke_endpoint("demo", b"a")["Body"] == b"A"
    return dict(local.requests[-1].headers)


def test_handler_of_an_initializer_is_called(local, register) -> None:
    def add_header(params: dict[str, Any], **_: object) -> None:
        params["headers"]["X-Own"] = "1"

    register(lambda session: session.register("before-call", add_header))
    assert invoke(local)["X-Own"] == "1"


def test_initializer_may_create_a_client_and_call_paws(local, register) -> None:
    bodies: list[bytes] = []

    def call(session: Session) -> None:
        session.create_client("sts", "us-east-1").close()
        if not bodies:
            bodies.append(b"")
            with create_service(local.url) as service:
                bodies[0] = service.invoke_endpoint("demo", b"inner")["Body"]

    register(call)
    invoke(local)
    assert bodies == [b"INNER"]


def test_keys_of_the_environment_need_one_session(local, register) -> None:
    sessions: list[Session] = []
    register(sessions.append)
    invoke(local)
    assert len(sessions) == 1


def test_loader_of_an_initializer_loads_the_model(local, register) -> None:
    loaded = []

    class OwnLoader(Loader):
        def load_service_model(self, service: str, *args: Any, **kwargs: Any) -> Any:
            loaded.append(service)
            return super().load_service_model(service, *args, **kwargs)

    register(lambda session: session.register_component("data_loader", OwnLoader()))
    invoke(local)
    assert "sagemaker-runtime" in loaded


class OwnProvider(CredentialProvider):
    """A provider of botocore's resolver, and an object that may replace the resolver."""

    METHOD = "own"

    def __init__(self, load: Callable[[], Any]) -> None:
        super().__init__()
        self.load = self.load_credentials = load


def insert(session: Session, provider: OwnProvider) -> None:
    resolver: Any = session.get_component("credential_provider")
    resolver.insert_before("env", provider)


def replace(session: Session, provider: OwnProvider) -> None:
    session.register_component("credential_provider", provider)


@pytest.mark.parametrize("place", [insert, replace])
def test_credential_provider_of_an_initializer_is_used(local, register, place) -> None:
    provider = OwnProvider(lambda: Credentials("own", "secret"))
    register(lambda session: place(session, provider))
    assert " Credential=own/" in invoke(local)["Authorization"]


@pytest.mark.parametrize("place", [insert, replace])
@pytest.mark.parametrize("is_refreshed", [False, True])
@pytest.mark.parametrize(
    "error",
    [
        KeyError("own"),
        OSError("own"),
        RuntimeError("own"),
        ClientError({"Error": {"Code": "ModelError"}}, "InvokeEndpoint"),
        ConnectionClosedError(endpoint_url="http://own"),
        CredentialRetrievalError(provider="own", error_msg="own"),
        NoCredentialsError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_exception_of_own_provider_is_not_translated(
    local, register, place, is_refreshed, error
) -> None:
    def fail() -> Any:
        raise error

    # Refreshed keys are not loaded before they are used.
    refreshed = DeferredRefreshableCredentials(fail, "own")
    provider = OwnProvider((lambda: refreshed) if is_refreshed else fail)
    register(lambda session: place(session, provider))
    with pytest.raises(type(error)) as caught:
        invoke(local)
    assert caught.value is error
    assert local.requests == ()


def test_default_config_of_an_initializer_is_used(local, register) -> None:
    """The user's own `Config` has precedence over it."""
    default = Config(read_timeout=5, user_agent_extra="default/1", connect_timeout=6)
    register(lambda session: session.set_default_client_config(default))

    assert " default/1 paws-py/" in invoke(local)["User-Agent"]
    with paws.sagemakerruntime({"botocore": Config(connect_timeout=7)}) as own:
        config = own.client.meta.config
        assert (config.read_timeout, config.connect_timeout) == (5, 7)
