"""Shortcuts through botocore lead to where the long way does."""

from __future__ import annotations

from contextlib import closing
from types import SimpleNamespace
from typing import Any, cast

import botocore.session
import pytest
from botocore.auth import AUTH_TYPE_MAPS
from botocore.httpsession import URLLib3Session
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import PoolManager

import paws
from paws_common import LocalEndpoint
from paws_common.wire.shortcuts import take_shortcuts
from paws_common.wire.signing import SigV4

KEY = {"access_key_id": "key", "secret_access_key": "secret"}

URLS = [
    "http://a.test/x",
    "http://a.test/y/http://b.test/",
    "http://a.test:81/x?y=//b.test/",
    "https://a.test/x",
    "http://b.test/",
    "http://b.test?a=b",
    "http://b.test",
    "http://[::1]:8080/x",
]


@pytest.fixture(scope="module")
def manager() -> Any:
    """The manager of a client's connections."""
    client = botocore.session.Session().create_client(
        "sagemaker-runtime", region_name="eu-west-1"
    )
    take_shortcuts(client)
    return cast(Any, client)._endpoint.http_session._manager


@given(st.lists(st.sampled_from(URLS), max_size=8))
def test_the_pool_of_a_url_is_urllib3_s(manager: Any, urls: list[str]) -> None:
    for url in urls:
        pool = manager.connection_from_url(url)
        assert pool is PoolManager.connection_from_url(manager, url)
    manager.clear()


def test_a_pool_that_was_closed_is_not_given_again(manager: Any) -> None:
    pool = manager.connection_from_url(URLS[0])
    assert manager.connection_from_url(URLS[1]) is pool
    manager.clear()
    assert manager.connection_from_url(URLS[0]) is not pool


def test_a_client_is_called_again_after_it_was_closed() -> None:
    with LocalEndpoint(lambda body, request: body) as local:
        service = paws.sagemakerruntime(**local.config())
        for _ in range(2):
            with closing(service.client):
                assert service.invoke_endpoint("demo", b"a")["Body"] == b"a"


def test_every_client_remembers_its_pool() -> None:
    service = paws.sagemakerruntime(region="eu-west-1")
    with closing(service.client) as client:
        session = cast(Any, client)._endpoint.http_session
        assert type(session) is URLLib3Session
        assert type(session._manager) is not PoolManager
        assert isinstance(session._manager, PoolManager)


def test_a_client_signs_by_ours_what_it_would_sign_by_botocore_s_own() -> None:
    service = paws.sagemakerruntime(region="eu-west-1", credentials={"creds": KEY})
    with closing(service.client) as client:
        signer = cast(Any, client)._request_signer
        place = {"signing_name": "sagemaker", "region_name": "eu-west-1"}
        kinds = {
            name: type(signer.get_auth_instance(signature_version=name, **place))
            for name, kind in AUTH_TYPE_MAPS.items()
            if kind and kind.REQUIRES_REGION and not name.startswith("v4-s3express")
        }
    assert kinds.pop("v4") is SigV4
    assert kinds == {name: AUTH_TYPE_MAPS[name] for name in kinds}
    assert {"v4-query", "s3v4", "s3v4-query"} <= kinds.keys()


@pytest.mark.parametrize(
    "client",
    [
        SimpleNamespace(),
        SimpleNamespace(_endpoint=None),
        SimpleNamespace(_endpoint=SimpleNamespace(http_session=object())),
        SimpleNamespace(
            _endpoint=SimpleNamespace(http_session=SimpleNamespace(_manager=1))
        ),
    ],
    ids=["nothing", "no endpoint", "no manager", "another manager"],
)
def test_a_botocore_that_is_not_as_it_was_is_left_as_it_is(client: Any) -> None:
    before = repr(client)
    take_shortcuts(client)
    assert repr(client) == before
