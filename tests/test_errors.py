"""Errors: which class, what they say, what they carry, and what cannot be put there."""

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
from answers import BODY, FUNCTION, REQUEST_ID, Answers, answering_server
from hand_made import operation_of
from parrot import parrot
from paws.services import sagemakerruntime
from paws.services.sagemakerruntime import ModelError, ModelStreamError, ValidationError
from paws_common import (
    AsyncInferenceError,
    ConfigError,
    EndpointConnectionError,
    Fault,
    PaginationError,
    ParameterError,
    PawsError,
    ResponseTimeoutError,
    ResultTimeoutError,
    Service,
    ServiceError,
    StreamError,
)
from paws_common.local import LocalEndpoint
from paws_common.local.server import client_config
from paws_common.wire.client import answering


def model_errors() -> dict[str, Any]:
    """Return the errors of the service model of the installed botocore, by their names."""
    loader = botocore.session.get_session().get_component("data_loader")
    shapes = loader.load_service_model("sagemaker-runtime", "service-2")["shapes"]
    return {name: shape for name, shape in shapes.items() if shape.get("exception")}


MODELLED = model_errors()


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    with answering_server() as made:
        yield made


# --- What the service answers


@pytest.mark.parametrize("name", MODELLED)
def test_every_modelled_error_is_its_class_with_its_members(
    answers: Answers, name: str
) -> None:
    trait = MODELLED[name].get("error", {})
    code, status = trait.get("code", name), trait.get("httpStatusCode", 400)
    members = {
        member: 503 if shape["shape"] == "StatusCode" else f"text of {member}"
        for member, shape in MODELLED[name]["members"].items()
    }

    error = answers.error(status, code, json.dumps(members).encode())

    assert type(error) is getattr(sagemakerruntime, name)
    assert error.function == FUNCTION
    assert (error.code, error.status_code) == (code, status)
    assert error.request_id == REQUEST_ID
    assert error.message == "text of Message"
    for member in members.keys() - {"Message"}:
        assert getattr(error, member) == members[member]
    assert isinstance(error.__cause__, raised.ClientError)


def test_the_error_of_a_model_tells_what_the_model_said() -> None:
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
        f"The log tells more: aws logs tail {group} --region us-east-1 --since 1h"
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
def test_a_code_that_is_not_modelled_is_a_service_error(
    answers: Answers,
    status: int,
    code: str | None,
    body: bytes,
    expected: tuple[str, str],
) -> None:
    error = answers.error(status, code, body)
    assert type(error) is ServiceError
    assert (error.code, error.message) == expected
    assert str(error) == (
        f"{FUNCTION}: {expected[0]} (HTTP {status}): {expected[1]} "
        f"(request {REQUEST_ID}, host {answers.host})"
    )


@pytest.mark.parametrize("body", [b"", b"{}", b'{"Message": null}', b'{"message": ""}'])
def test_a_missing_message_is_a_sentence(answers: Answers, body: bytes) -> None:
    error = answers.error(400, "ValidationError", body)
    assert type(error) is ValidationError
    assert error.message.startswith("the service sent no message; ")
    assert "request by its id" in error.message


def test_members_that_were_not_sent_are_none(answers: Answers) -> None:
    error = answers.error(424, "ModelError", b"{}")
    assert isinstance(error, ModelError)
    assert error.OriginalStatusCode is None
    assert error.OriginalMessage is None


# --- No answer, or none that can be read


def test_where_nobody_listens_there_is_no_connection() -> None:
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
def test_an_answer_that_breaks_off_is_a_connection_that_broke(
    answers: Answers, answer: bytes
) -> None:
    error = answers.raised(answer)
    assert type(error) is EndpointConnectionError
    assert str(error).startswith(f"{FUNCTION}: ")


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1,2"],
    ids=["nothing", "half a body"],
)
def test_an_answer_that_does_not_come_is_a_timeout(
    answer: bytes,
) -> None:
    with parrot(stalls=True) as server:
        stalling = Answers(server, read_timeout=0.1)
        with closing(stalling.client):
            error = stalling.raised(answer)
    assert type(error) is ResponseTimeoutError
    assert str(error).startswith(f"{FUNCTION}: ")


def test_an_answer_that_is_no_xml_is_an_error_of_this_package() -> None:
    operation = operation_of({}, service="sts", name="GetCallerIdentity")
    with parrot() as server:
        service = Service(operation.api, **client_config(server.url))
        server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n<a>"
        with closing(service.client), pytest.raises(PawsError) as caught:
            service.send(operation.request({}))
    assert type(caught.value) is PawsError
    assert str(caught.value).startswith(
        "sts_getcalleridentity: Unable to parse response"
    )


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
def test_no_error_of_botocore_comes_through(
    error: Exception, kind: type[PawsError]
) -> None:
    operation = operation_of({})
    with (
        pytest.raises(PawsError, match=r"^example_go: ") as caught,
        answering(operation),
    ):
        raise error
    assert type(caught.value) is kind
    assert caught.value.__cause__ is error


def test_an_error_that_is_not_botocore_s_passes_through() -> None:
    with pytest.raises(ZeroDivisionError), answering(operation_of({})):
        raise ZeroDivisionError


# --- Arguments that cannot be sent


def test_the_error_of_arguments_says_all_that_is_wrong_with_them() -> None:
    with pytest.raises(ParameterError) as caught:
        paws.sagemakerruntime_invoke_endpoint_async(
            EndpointName="my_endpoint", RequestTTLSeconds=30
        )
    assert str(caught.value) == ("""\
sagemakerruntime_invoke_endpoint_async: 3 parameters cannot be sent
  EndpointName: 'my_endpoint' does not match ^[a-zA-Z0-9](-*[a-zA-Z0-9])*
  RequestTTLSeconds: 30 is less than 60
  InputLocation, Body: exactly one of them is required, got neither
(limits of the service model 2017-05-13; config(validation="off") sends it as it is)""")


def test_what_no_setting_lifts_is_not_said_to_be_lifted() -> None:
    with pytest.raises(ParameterError) as caught:
        paws.sagemakerruntime_invoke_endpoint("demo", {"a": 1})
    assert str(caught.value) == ("""\
sagemakerruntime_invoke_endpoint: 1 parameter cannot be sent
  Body: a value of type dict is neither bytes, nor text, nor a binary file; \
encode it first, for instance with json.dumps""")


# --- Errors as objects


def test_the_tree_of_errors() -> None:
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


def test_the_errors_of_a_service_are_its_own_to_name() -> None:
    service = paws.sagemakerruntime()
    for name in MODELLED:
        assert getattr(service.errors, name) is getattr(sagemakerruntime, name)


TEXT = st.text(max_size=9)
FAULTS = st.lists(st.builds(Fault, TEXT, TEXT, st.booleans()), min_size=1, max_size=3)
MEMBERS = st.dictionaries(
    st.sampled_from(["OriginalStatusCode", "LogStreamArn", "ErrorCode", "Other"]),
    st.none() | st.integers() | TEXT,
)
ERRORS = st.one_of(
    st.builds(ParameterError, TEXT, FAULTS.map(tuple), TEXT),
    st.builds(
        lambda kind, text: kind(text),
        st.sampled_from([PawsError, ConfigError, PaginationError, StreamError]),
        TEXT,
    ),
    st.builds(
        lambda kind, text, attempts: with_attempts(kind(text), attempts),
        st.sampled_from([EndpointConnectionError, ResponseTimeoutError]),
        TEXT,
        st.integers(1, 13),
    ),
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
def test_every_class_of_error_is_among_those_that_are_pickled(
    kind: type[PawsError],
) -> None:
    any_one = settings(
        max_examples=1000, database=None, derandomize=True, phases=[Phase.generate]
    )
    found = find(ERRORS, lambda error: type(error) is kind, settings=any_one)
    assert type(found) is kind


@given(ERRORS)
def test_a_pickled_error_keeps_its_class_its_text_and_its_attributes(
    error: PawsError,
) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.args == error.args
    assert vars(copy) == vars(error)


def test_members_that_the_model_does_not_know_are_among_the_arguments() -> None:
    members = {"RetryAfter": 5}
    error = ModelError(FUNCTION, "ModelError", "busy", 424, REQUEST_ID, members)
    assert error.args[:6] == (FUNCTION, "ModelError", "busy", 424, REQUEST_ID, members)


class KeywordError(ServiceError):
    """An error with a member that is a keyword of Python."""

    renamed: ClassVar[Mapping[str, str]] = MappingProxyType({"class": "class_"})

    class_: str | None = None


def test_a_member_that_is_a_keyword_is_an_attribute_by_its_other_name() -> None:
    error = KeywordError(FUNCTION, "KeywordError", "", members={"class": "a"})
    assert error.class_ == "a"


HOSTILE = [
    *dir(ServiceError("", "", "")),
    *("function", "code", "message", "status_code", "request_id", "renamed", "Other"),
    *("OriginalMessage", "ErrorCode", "class", "class_"),
]


@given(st.dictionaries(st.sampled_from(HOSTILE) | TEXT, st.just("hostile")))
def test_an_answer_sets_no_attribute_that_the_model_does_not_declare(
    members: dict[str, Any],
) -> None:
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
