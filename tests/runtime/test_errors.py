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
from hypothesis import given
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
    ServiceError,
    StreamError,
    UnsupportedOperationError,
    Violation,
    WaiterError,
    WaiterTimeoutError,
)
from paws_common.client.error_translation import translate_errors
from paws_common.local.server import client_config
from support.error_responses import (
    BODY,
    FUNCTION,
    REQUEST_ID,
    ScriptedService,
    scripted_service,
)
from support.example_services import operation_of


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
    assert type(error) is getattr(responses.service.errors, name)
    assert type(error).__bases__ == (ServiceError,)
    assert error.function == FUNCTION
    assert (error.code, error.status_code) == (code, status)
    assert error.request_id == REQUEST_ID
    assert error.message == "text of Message"
    for member in members.keys() - {"Message"}:
        assert getattr(error, member) == members[member]
    assert isinstance(error.__cause__, raised.ClientError)


@pytest.mark.parametrize(
    ("status", "sent_code", "body", "code", "message"),
    [
        (400, "Throttled", b'{"Message": "slowly"}', "Throttled", "slowly"),
        (400, "Throttled", b'{"message": "slowly"}', "Throttled", "slowly"),
        (400, None, b'{"__type": "a#Throttled", "message": "b"}', "Throttled", "b"),
        (403, None, b'{"Message": "no"}', "403", "no"),
        (400, None, b'{"code": 5, "message": 7}', "5", "7"),
        (400, "a#b:c", b'{"message": ["x"]}', "b", "['x']"),
    ],
)
def test_unmodeled_code_is_a_service_error(
    responses, status, sent_code, body, code, message
) -> None:
    error = responses.error(status, sent_code, body)
    assert type(error) is ServiceError
    assert (error.code, error.message) == (code, message)
    assert str(error) == (
        f"{FUNCTION}: {code} (HTTP {status}): {message} "
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
    assert error.OriginalStatusCode is error.OriginalMessage is None


def test_refused_connection_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
    url = f"http://{host}:{port}"
    service = paws.sagemakerruntime({**client_config(url), "max_retries": 0})
    said = rf"^{FUNCTION}: could not connect to {url} \(ConnectionRefusedError: "
    with (
        closing(service.client),
        pytest.raises(EndpointConnectionError, match=said) as caught,
    ):
        service.invoke_endpoint("demo", BODY)
    assert type(caught.value.__cause__).__module__ == "botocore.exceptions"


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
    with (
        pytest.raises(PawsError, match=r"^example_go: ") as caught,
        translate_errors(operation_of({}), "botocore"),
    ):
        raise error
    assert type(caught.value) is kind
    assert caught.value.__cause__ is error


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


def with_attempts(error: Any, attempts: int) -> Any:
    assert error.attempts == 1
    error.attempts = attempts
    return error


TEXT = st.text(max_size=9)
VIOLATIONS = st.lists(
    st.builds(Violation, TEXT, TEXT, st.booleans()), min_size=1, max_size=3
)
MEMBERS = st.dictionaries(
    st.sampled_from(["OriginalStatusCode", "LogStreamArn", "ErrorCode", "Other"]),
    st.none() | st.integers() | TEXT,
)
SERVICE_ERROR = (
    *(TEXT, TEXT, TEXT, st.none() | st.integers(100, 599), st.none() | TEXT),
    *(MEMBERS, st.booleans(), st.integers(1, 13), st.none() | TEXT),
    *(st.none() | TEXT, st.binary()),
)
ARGUMENTS: dict[type[PawsError], tuple[st.SearchStrategy[Any], ...]] = {
    PawsError: (TEXT,),
    ParameterError: (TEXT, VIOLATIONS.map(tuple), TEXT),
    ConfigError: (TEXT,),
    PaginationError: (TEXT,),
    UnsupportedOperationError: (TEXT,),
    EndpointConnectionError: (TEXT,),
    ResponseTimeoutError: (TEXT,),
    StreamError: (TEXT,),
    ServiceError: SERVICE_ERROR,
    ResultTimeoutError: (TEXT, st.floats(0), TEXT, st.none() | TEXT, TEXT),
    AsyncInferenceError: (TEXT, TEXT, st.binary()),
    WaiterError: (TEXT, TEXT, st.integers(1), TEXT, st.none() | st.just({})),
    WaiterTimeoutError: (TEXT, TEXT, st.integers(1), TEXT),
    **{getattr(sagemakerruntime, name): SERVICE_ERROR for name in MODELLED},
}


@st.composite
def errors(draw: st.DrawFn, kind: type[PawsError]) -> PawsError:
    error = kind(*map(draw, ARGUMENTS[kind]))
    if kind in (EndpointConnectionError, ResponseTimeoutError):
        return with_attempts(error, draw(st.integers(1, 13)))
    return error


every_class = pytest.mark.parametrize("kind", ARGUMENTS)


def test_every_error_class_has_arguments() -> None:
    classes = vars(paws_common.errors).values()
    found = {each for each in classes if isinstance(each, type)}
    assert {each for each in found if issubclass(each, PawsError)} <= {*ARGUMENTS}


@every_class
@given(data=st.data())
def test_pickled_error_keeps_class_text_and_attributes(kind, data) -> None:
    error = data.draw(errors(kind))
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert str(copy) == str(error)
    assert copy.args == error.args
    assert vars(copy) == vars(error)


@every_class
@given(data=st.data())
def test_repr_is_one_line_with_class_and_message(kind, data) -> None:
    error = data.draw(errors(kind))
    assert repr(error) == f"{kind.__name__}({str(error)!r})"
    assert len(repr(error).splitlines()) == 1


def dual(cause: PawsError) -> Any:
    """Return an error as Ray raises it: of both classes, with the attributes of `cause`.

    `ray.exceptions.RayTaskError.make_dual_exception_instance`
    """

    class Dual(type(cause)):
        def __init__(self) -> None:
            self.cause = cause

        def __getattr__(self, name: str) -> Any:
            return getattr(self.cause, name)

    return Dual()


@every_class
@given(data=st.data())
def test_copy_of_both_classes_has_every_attribute(kind, data) -> None:
    error = data.draw(errors(kind))
    copied = dual(error)
    assert isinstance(copied, kind)
    for name, value in vars(error).items():
        assert getattr(copied, name) == value, name


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (ParameterError, ValueError),
        (ConfigError, ValueError),
        (PaginationError, ValueError),
        (UnsupportedOperationError, NotImplementedError),
    ],
)
def test_error_is_also_one_of_python(kind, base) -> None:
    assert issubclass(kind, base)


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


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (ServiceError, set()),
        (ModelError, {"OriginalStatusCode", "OriginalMessage", "LogStreamArn"}),
        (ModelStreamError, {"ErrorCode"}),
        (KeywordError, {"class", "class_"}),
    ],
)
@given(members=st.dictionaries(st.sampled_from(HOSTILE) | TEXT, st.just("hostile")))
def test_undeclared_response_member_sets_no_attribute(kind, names, members) -> None:
    facts = (FUNCTION, "Code", "message", 400, REQUEST_ID)
    plain, error = kind(*facts), kind(*facts, members)
    changed = {
        name
        for name in vars(error).keys() | vars(plain).keys()
        if vars(error).get(name) != vars(plain).get(name)
    }
    assert changed <= names
    assert str(error) == str(plain)
