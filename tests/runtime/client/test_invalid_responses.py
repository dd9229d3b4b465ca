"""Responses of servers that are not the service: proxies, containers, other services."""

from __future__ import annotations

import pytest

from paws_common import ServiceError
from support.error_responses import scripted_service
from support.servers import response


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b'{"detail":"Not Found"}'),  # FastAPI
        (404, b"<!doctype html>\n<title>404 Not Found</title>"),  # Flask, MLflow
        (405, b'{"error":"Method Not Allowed"}'),
        (502, b"<html><h1>502 Bad Gateway</h1></html>"),  # nginx
        (400, b"bad request"),
    ],
)
def test_beginning_of_the_body_is_shown(status, body) -> None:
    with scripted_service() as service:
        error = service.raised(response(status, body))
    assert isinstance(error, ServiceError)
    assert (error.status_code, error.content) == (status, body)
    assert f"It begins: {body.decode()}" in str(error)
    assert "such as a container itself?" in str(error)
    assert "AWS support" not in str(error)  # without a request id
