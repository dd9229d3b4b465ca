"""The result of an asynchronous call is waited for in moto's S3."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paws_common import (
    AsyncInferenceError,
    ParameterError,
    ResultTimeoutError,
    ServiceError,
    wait_for_result,
)
from paws_common.sagemaker.polling import MAX_DELAY_SECONDS
from support.moto_s3 import FAILURE, OUTPUT, REGION, RESPONSE, uploaded


def test_result_that_is_there_is_returned_at_once(client, time, config) -> None:
    client.put_object(**OUTPUT, Body=b"\x00result")

    assert wait_for_result(RESPONSE, config=config) == b"\x00result"
    assert time.slept == []


@pytest.mark.parametrize("seconds", [1, 7, 200])
def test_result_is_waited_for_until_it_is_there(
    client, moto, time, config, seconds
) -> None:
    time.at(seconds, lambda: client.put_object(**OUTPUT, Body=b"result"))

    assert wait_for_result(RESPONSE, config=config) == b"result"
    assert seconds <= sum(time.slept) <= seconds + MAX_DELAY_SECONDS
    assert uploaded(moto) == ["/local_endpoint/demo/output/id.out"]  # the test's own
    # Both places a round, and in the last one the first of them.
    asked = [path for verb, path in moto.asked if verb == "GET"]
    assert len(asked) == 2 * len(time.slept) + 1


@pytest.mark.parametrize("seconds", [0, 7])
def test_failure_is_raised_with_its_content(client, time, config, seconds) -> None:
    time.at(seconds, lambda: client.put_object(**FAILURE, Body=b"no such row"))

    with pytest.raises(AsyncInferenceError, match="no such row") as caught:
        wait_for_result(RESPONSE, config=config)

    assert isinstance(caught.value, ServiceError)
    assert caught.value.content == b"no such row"
    assert caught.value.location == RESPONSE["FailureLocation"]
    assert RESPONSE["FailureLocation"] in str(caught.value)


@given(content=st.binary(max_size=40) | st.binary(min_size=900, max_size=1200))
@example(content="ä".encode() * 700)
@example(content=b"")
def test_failure_message_is_cut_and_body_kept(content) -> None:
    error = AsyncInferenceError("wait_for_result", "s3://bucket/key", content)
    shown, is_cut = content[:1000].decode(errors="replace"), len(content) > 1000
    assert error.content == content
    assert shown in str(error)
    assert error.message
    assert error.message.startswith(f"{shown}… (") or not is_cut
    assert (f"({len(content)} bytes in all)" in str(error)) is is_cut
    assert len(str(error)) < 1000 + 150


@pytest.mark.parametrize("failure", [None, ""])
def test_without_failure_location_output_is_polled(
    client, moto, time, config, failure
) -> None:
    response = {**RESPONSE, "FailureLocation": failure}
    time.at(3, lambda: client.put_object(**OUTPUT, Body=b"result"))

    assert wait_for_result(response, config=config) == b"result"
    asked = {path for verb, path in moto.asked if verb == "GET"}
    assert asked == {"/local_endpoint/demo/output/id.out"}

    del response["FailureLocation"]
    assert wait_for_result(response, config=config) == b"result"


@pytest.mark.parametrize("timeout", [0, 0.5, 20])
def test_timeout_error_names_both_locations(moto, time, config, timeout) -> None:
    with pytest.raises(ResultTimeoutError) as caught:
        wait_for_result(RESPONSE, timeout=timeout, config=config)

    assert sum(time.slept) == pytest.approx(timeout)
    assert RESPONSE["OutputLocation"] in str(caught.value)
    assert RESPONSE["FailureLocation"] in str(caught.value)
    assert f"after {timeout:g} s" in str(caught.value)
    assert caught.value.output_location == RESPONSE["OutputLocation"]
    assert caught.value.failure_location == RESPONSE["FailureLocation"]
    # The last round is at the deadline.
    assert len(moto.asked) == 2 * (len(time.slept) + 1)


def test_timeout_without_failure_location_is_explained(time, config) -> None:
    response = {"OutputLocation": RESPONSE["OutputLocation"]}
    with pytest.raises(ResultTimeoutError, match="has no FailureLocation"):
        wait_for_result(response, timeout=1, config=config)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"response": {}}, "OutputLocation: "),
        ({"response": {"OutputLocation": "s3://bucket"}}, "OutputLocation: "),
        ({"response": {**RESPONSE, "OutputLocation": None}}, "OutputLocation: "),
        ({"response": {**RESPONSE, "FailureLocation": "x"}}, "FailureLocation: 'x'"),
        ({"timeout": -1}, "timeout: -1"),
        ({"timeout": float("inf")}, "timeout: inf"),
        ({"timeout": float("nan")}, "timeout: nan"),
        ({"timeout": "60"}, "timeout: '60'"),
        ({"timeout": True}, "timeout: True"),
        ({"timeout": 10**400}, "timeout: an integer"),
        ({"timeout": None}, "timeout: a value of type NoneType"),
        ({"poll": 0}, "poll: 0"),
        ({"poll": 0.01}, "poll: 0.01"),
        ({"poll": float("inf")}, "poll: inf"),
    ],
)
def test_invalid_argument_raises_before_polling(moto, config, arguments, named) -> None:
    with pytest.raises(ParameterError, match="wait_for_result: 1 ") as caught:
        wait_for_result(**{"response": RESPONSE, "config": config, **arguments})

    assert named in str(caught.value)
    assert moto.asked == []


def test_invalid_result_is_refused_and_not_shown() -> None:
    response: Any = "s3://secret/key"
    with pytest.raises(TypeError, match="invoke_endpoint_async") as caught:
        wait_for_result(response)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("service", ["svc", {"region": "us-east-1"}, object()])
def test_other_object_than_a_service_is_refused(service) -> None:
    with pytest.raises(TypeError, match=r"service=svc.* not an object of <class"):
        wait_for_result(RESPONSE, service=service)


def test_s3_of_a_local_service_has_no_proxy(
    svc, client, moto, config, monkeypatch
) -> None:
    client.put_object(**OUTPUT, Body=b"result")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    assert wait_for_result(RESPONSE, service=svc, config=config) == b"result"


@pytest.mark.parametrize("name", ["OutputLocation", "FailureLocation"])
def test_local_location_is_not_read_elsewhere(name) -> None:
    other = dict.fromkeys(RESPONSE, "s3://bucket/key")
    with pytest.raises(ParameterError, match=f"{name}: .* location of a LocalEndpoint"):
        wait_for_result({**other, name: RESPONSE[name]}, config={"region": REGION})
