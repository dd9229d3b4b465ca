"""wrapt, by which agents such as New Relic's wrap botocore's functions."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Any

import pytest

wrapt = pytest.importorskip("wrapt", reason="tox -e tools installs wrapt")


@pytest.mark.parametrize("wrapped", ["before the first call", "after it"])
@pytest.mark.parametrize(
    "name",
    [
        "botocore.client.BaseClient._make_api_call",
        "botocore.endpoint.Endpoint.make_request",
        "botocore.endpoint.Endpoint.prepare_request",
        "botocore.httpsession.URLLib3Session.send",
        "botocore.awsrequest.AWSHTTPConnection.request",
        "urllib3.connectionpool.HTTPConnectionPool.urlopen",
        "http.client.HTTPConnection.putrequest",
    ],
)
def test_wrapper_is_called_once(service, name, wrapped, monkeypatch) -> None:
    calls = []

    def count(function: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        calls.append(name)
        return function(*args, **kwargs)

    if wrapped == "after it":
        service.invoke_endpoint("demo", b"a")
    monkeypatch.setattr(name, wrapt.FunctionWrapper(resolve_name(name), count))

    assert service.invoke_endpoint("demo", b"b")["Body"] == b"B"
    result = service.invoke_endpoint_with_response_stream("demo", b"b")
    assert b"".join(result["Body"].iter_bytes()) == b"B"
    assert calls == [name, name]
