"""Errors: their classes, messages and attributes."""

from __future__ import annotations

import json
import pickle
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any, ClassVar

import botocore.session
import pytest
from botocore import exceptions as raised
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import paws
import paws_common.errors
from paws.services import sagemakerruntime
from paws.services.sagemakerruntime import ModelError, ModelStreamError, ValidationError
from paws_common import (
    AsyncInferenceError,
    ConfigError,
    EndpointConnectionError,
    PaginationError,
    ParameterError,
    PawsError,
    ResponseTimeoutError,
    ResultTimeoutError,
    Service,
    ServiceError,
    StreamError,
    UnsupportedOperationError,
    Violation,
    WaiterError,
    WaiterTimeoutError,
)
from paws_common.client.error_translation import translate_errors
from paws_common.local import LocalEndpoint
from paws_common.local.server import client_config
from support.error_responses import (
    BODY,
    FUNCTION,
    REQUEST_ID,
    ScriptedService,
    scripted_service,
)
from support.example_services import operation_of
from support.servers import Script, response, scripted


def model_errors() -> dict[str, Any]:
    """Return the errors of the service model of the installed botocore, by their names."""
    loader = botocore.session.get_session().get_component("data_loader")
    shapes = loader.load_service_model("sagemaker-runtime", "service-2")["shapes"]
    return {name: shape for name, shape in shapes.items() if shape.get("exception")}


MODELLED = model_errors()


@pytest.fixture(scope="module")
def responses() -> Iterator[ScriptedService]:
    with scripted_service() as made:
        yield made


# --- Errors of the service


@pytest.mark.parametrize("name", MODELLED)
def test_modeled_errors_have_their_class_and_members(responses, name) -> None:
    trait = MODELLED[name].get("error", {})
    code, status = trait.get("code", name), trait.get("httpStatusCode", 400)
    members = {
        member: 503 if shape["shape"] == "StatusCode" else f"text of {member}"
        for member, shape in MODELLED[name]["members"].items()
    }

    error = responses.error(status, code, json.dumps(members).encode())

    assert type(error) is getattr(sagemakerruntime, name)
    assert error.function == FUNCTION
    assert (error.code, error.status_code) == (code, status)
    assert error.request_id == REQUEST_ID
    assert error.message == "text of Message"
    for member in members.keys() - {"Message"}:
        assert getattr(error, member) == members[member]
    assert isinstance(error.__cause__, raised.ClientError)


def test_model_error_has_the_models_message() -> None:
    class BusyError(Exception):
        status_code = 429

    def predict(body: bytes, request: object) -> bytes:
        raise BusyError("come back later")

    with LocalEndpoint(predict) as local:
        service = paws.sagemakerruntime(**local.config())
        with closing(service.client), pytest.raises(ModelError) as caught:
            service.invoke_endpoint("demo", BODY)
    error = caught.value
    assert (error.status_code, error.OriginalStatusCode) == (424, 429)
    assert error.OriginalMessage == "come back later"
    assert str(error.LogStreamArn).startswith("arn:aws:logs:")
    group = str(error.LogStreamArn).split(":log-group:")[1]
    assert str(error) == (
        f"{FUNCTION}: ModelError (HTTP 424): {error.message} "
        f"(request {error.request_id}, host {error.host})\n"
        f"Read the log of the container: aws logs tail {group} --region us-east-1 --since 1h"
    )


@pytest.mark.parametrize(
    ("status", "code", "body", "expected"),
    [
        (400, "Throttled", b'{"Message": "slowly"}', ("Throttled", "slowly")),
        (400, "Throttled", b'{"message": "slowly"}', ("Throttled", "slowly")),
        (400, None, b'{"__type": "a#Throttled", "message": "b"}', ("Throttled", "b")),
        (403, None, b'{"Message": "no"}', ("403", "no")),
        (400, None, b'{"code": 5, "message": 7}', ("5", "7")),
        (400, "a#b:c", b'{"message": ["x"]}', ("b", "['x']")),
    ],
)
def test_unmodeled_code_is_a_service_error(
    responses, status, code, body, expected
) -> None:
    error = responses.error(status, code, body)
    assert type(error) is ServiceError
    assert (error.code, error.message) == expected
    assert str(error) == (
        f"{FUNCTION}: {expected[0]} (HTTP {status}): {expected[1]} "
        f"(request {REQUEST_ID}, host {responses.host})"
    )


@pytest.mark.parametrize("body", [b"", b"{}", b'{"Message": null}', b'{"message": ""}'])
def test_missing_message_is_a_sentence(responses, body) -> None:
    error = responses.error(400, "ValidationError", body)
    assert type(error) is ValidationError
    assert error.message.startswith("the service sent no message; ")
    assert "request by its id" in error.message


def test_message_with_a_lone_surrogate_is_printable(responses) -> None:
    error = responses.error(400, "ValidationError", b'{"Message": "a\\ud800b"}')
    assert error.message == "a?b"
    assert str(error).encode()


def test_members_that_were_not_sent_are_none(responses) -> None:
    error = responses.error(424, "ModelError", b"{}")
    assert isinstance(error, ModelError)
    assert error.OriginalStatusCode is None
    assert error.OriginalMessage is None


# --- Missing or unreadable responses


def test_refused_connection_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
    url = f"http://{host}:{port}"
    service = paws.sagemakerruntime({**client_config(url), "max_retries": 0})
    with (
        closing(service.client),
        pytest.raises(
            EndpointConnectionError,
            match=rf"^{FUNCTION}: could not connect to {url} \(ConnectionRefusedError: ",
        ) as caught,
    ):
        service.invoke_endpoint("demo", BODY)
    assert type(caught.value.__cause__).__module__ == "botocore.exceptions"


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1,2"],
    ids=["nothing", "half a body"],
)
def test_truncated_response_is_a_connection_error(responses, answer) -> None:
    error = responses.raised(answer)
    assert type(error) is EndpointConnectionError
    assert str(error).startswith(f"{FUNCTION}: ")


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1,2"],
    ids=["nothing", "half a body"],
)
def test_missing_response_is_a_timeout(answer) -> None:
    with scripted() as server:
        stalling = ScriptedService(server, read_timeout=0.1)
        with closing(stalling.client):
            error = stalling.raised(Script([answer]))
    assert type(error) is ResponseTimeoutError
    assert str(error).startswith(f"{FUNCTION}: ")


@pytest.mark.pipeline
def test_invalid_xml_is_an_error_of_this_package() -> None:
    operation = operation_of({}, service="sts", name="GetCallerIdentity")
    with scripted() as server:
        service = Service(operation.api, **client_config(server.url))
        server.respond(response(200, b"<a>"))
        with closing(service.client), pytest.raises(PawsError) as caught:
            service.send(operation.request({}))
    assert type(caught.value) is ServiceError
    assert "the response is not in the protocol of the service" in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        # Of a body that breaks off, where urllib3 is 1.26.
        (
            raised.IncompleteReadError(actual_bytes=3, expected_bytes=9),
            EndpointConnectionError,
        ),
        (raised.ConnectTimeoutError(endpoint_url="http://a"), EndpointConnectionError),
        (
            raised.CredentialRetrievalError(provider="sso", error_msg="expired"),
            ConfigError,
        ),
        (raised.PartialCredentialsError(provider="env", cred_var="key"), ConfigError),
        (raised.NoAuthTokenError(), ConfigError),
        (raised.TokenRetrievalError(provider="sso", error_msg="expired"), ConfigError),
        (raised.EventStreamError({}, "InvokeEndpoint"), ServiceError),
        (raised.BotoCoreError(), PawsError),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_no_error_of_botocore_comes_through(error, kind) -> None:
    operation = operation_of({})
    with (
        pytest.raises(PawsError, match=r"^example_go: ") as caught,
        translate_errors(operation, "botocore"),
    ):
        raise error
    assert type(caught.value) is kind
    assert caught.value.__cause__ is error


def test_foreign_error_is_raised_unchanged() -> None:
    with pytest.raises(ZeroDivisionError), translate_errors(operation_of({}), ""):
        raise ZeroDivisionError


# --- Arguments that cannot be sent


def test_parameter_error_lists_all_violations() -> None:
    with pytest.raises(ParameterError) as caught:
        paws.sagemakerruntime_invoke_endpoint_async(
            EndpointName="my_endpoint", RequestTTLSeconds=30
        )
    assert str(caught.value) == (
        """\
sagemakerruntime_invoke_endpoint_async: 3 invalid parameters
  EndpointName: 'my_endpoint' does not match ^[a-zA-Z0-9](-*[a-zA-Z0-9])*
  RequestTTLSeconds: 30 is less than 60
  InputLocation, Body: exactly one of them is required, got neither
(limits of the service model 2017-05-13; config(validation="off") disables these checks)"""
    )


def test_mandatory_rule_has_no_hint_to_disable_it() -> None:
    with pytest.raises(ParameterError) as caught:
        paws.sagemakerruntime_invoke_endpoint("demo", {"a": 1})
    assert str(caught.value) == ("""\
sagemakerruntime_invoke_endpoint: 1 invalid parameter
  Body: a value of type dict is not bytes, a str or a binary file; \
encode it first, for instance with json.dumps""")


# --- Errors as objects


def test_tree_of_errors() -> None:
    for error in (
        ParameterError,
        ConfigError,
        EndpointConnectionError,
        ResponseTimeoutError,
        StreamError,
        ServiceError,
    ):
        assert error.__bases__[0] is PawsError
    assert issubclass(ParameterError, ValueError)
    assert issubclass(ConfigError, ValueError)
    for name in MODELLED:
        assert getattr(sagemakerruntime, name).__bases__ == (ServiceError,)


def test_errors_of_a_service_are_its_own_to_name() -> None:
    service = paws.sagemakerruntime()
    for name in MODELLED:
        assert getattr(service.errors, name) is getattr(sagemakerruntime, name)


TEXT = st.text(max_size=9)
VIOLATIONS = st.lists(
    st.builds(Violation, TEXT, TEXT, st.booleans()), min_size=1, max_size=3
)
MEMBERS = st.dictionaries(
    st.sampled_from(["OriginalStatusCode", "LogStreamArn", "ErrorCode", "Other"]),
    st.none() | st.integers() | TEXT,
)
ERRORS = st.one_of(
    st.builds(ParameterError, TEXT, VIOLATIONS.map(tuple), TEXT),
    st.builds(
        lambda kind, text: kind(text),
        st.sampled_from(
            [
                *(PawsError, ConfigError, PaginationError, StreamError),
                UnsupportedOperationError,
            ]
        ),
        TEXT,
    ),
    st.builds(
        lambda kind, text, attempts: with_attempts(kind(text), attempts),
        st.sampled_from([EndpointConnectionError, ResponseTimeoutError]),
        TEXT,
        st.integers(1, 13),
    ),
    st.builds(WaiterError, TEXT, TEXT, st.integers(1), TEXT, st.none() | st.just({})),
    st.builds(WaiterTimeoutError, TEXT, TEXT, st.integers(1), TEXT),
    st.builds(ResultTimeoutError, TEXT, st.floats(0), TEXT, st.none() | TEXT, TEXT),
    st.builds(AsyncInferenceError, TEXT, TEXT, st.binary()),
    st.builds(
        lambda kind, *facts: kind(*facts),
        st.sampled_from(
            [ServiceError, *(getattr(sagemakerruntime, name) for name in MODELLED)]
        ),
        *(TEXT, TEXT, TEXT, st.none() | st.integers(100, 599), st.none() | TEXT),
        *(MEMBERS, st.booleans(), st.integers(1, 13), st.none() | TEXT),
        *(st.none() | TEXT, st.binary()),
    ),
)


def with_attempts(error: Any, attempts: int) -> Any:
    error.attempts = attempts
    return error


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in vars(paws_common.errors).values()
        if isinstance(kind, type) and issubclass(kind, PawsError)
    ],
)
def test_every_error_class_is_tested_for_pickling(kind) -> None:
    any_one = settings(
        max_examples=1000, database=None, derandomize=True, phases=[Phase.generate]
    )
    found = find(ERRORS, lambda error: type(error) is kind, settings=any_one)
    assert type(found) is kind


@given(ERRORS)
def test_pickled_error_keeps_class_text_and_attributes(error) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.args == error.args
    assert vars(copy) == vars(error)


def test_unknown_members_are_in_the_response_dict() -> None:
    members = {"RetryAfter": 5}
    error = ModelError(FUNCTION, "ModelError", "busy", 424, REQUEST_ID, members)
    assert error.args[:6] == (FUNCTION, "ModelError", "busy", 424, REQUEST_ID, members)


class KeywordError(ServiceError):
    """An error with a member that is a keyword of Python."""

    renamed: ClassVar[Mapping[str, str]] = MappingProxyType({"class": "class_"})

    class_: str | None = None


def test_keyword_member_has_a_renamed_attribute() -> None:
    error = KeywordError(FUNCTION, "KeywordError", "", members={"class": "a"})
    assert error.class_ == "a"


HOSTILE = [
    *dir(ServiceError("", "", "")),
    *("function", "code", "message", "status_code", "request_id", "renamed", "Other"),
    *("OriginalMessage", "ErrorCode", "class", "class_"),
]


@given(st.dictionaries(st.sampled_from(HOSTILE) | TEXT, st.just("hostile")))
def test_undeclared_response_member_sets_no_attribute(members) -> None:
    declared: dict[type[ServiceError], set[str]] = {
        ServiceError: set(),
        ModelError: {"OriginalStatusCode", "OriginalMessage", "LogStreamArn"},
        ModelStreamError: {"ErrorCode"},
        KeywordError: {"class", "class_"},
    }
    for kind, names in declared.items():
        facts = (FUNCTION, "Code", "message", 400, REQUEST_ID)
        plain, error = kind(*facts), kind(*facts, members)
        changed = {
            name
            for name in vars(error).keys() | vars(plain).keys()
            if vars(error).get(name) != vars(plain).get(name)
        }
        assert changed <= names
        assert str(error) == str(plain)
