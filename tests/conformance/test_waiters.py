"""Every waiter of botocore, compared with botocore's own on random responses."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jmespath.exceptions
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.exceptions import BotoCoreError
from botocore.exceptions import WaiterError as TheirWaiterError
from botocore.loaders import Loader
from hypothesis import assume, given
from hypothesis import strategies as st

from paws_common import (
    PawsError,
    ServiceError,
    Waiter,
    WaiterError,
    WaiterTimeoutError,
    list_waiters,
    wait_until,
)
from support import model_arguments
from support.generated_services import generated
from support.hypothesis_settings import examples

pytestmark = pytest.mark.slow

LOADER = Loader()
MAX_ATTEMPTS = 3
DEPTH = 7  # of a response, in structures and lists

Waiters = Mapping[str, Mapping[str, Any]]


@cache
def waiters(service: str) -> Waiters:
    """Return botocore's definitions of the waiters of a service."""
    definitions = LOADER.load_service_model(service, "waiters-2")["waiters"]
    return {name: definitions[name] for name in sorted(definitions)}


SERVICES = [*filter(waiters, LOADER.list_available_services("waiters-2"))]


@pytest.fixture(scope="module")
def service(request, tmp_path_factory):
    """Return a service with the operations that its waiters poll."""
    name = request.param
    operations = {waiter["operation"] for waiter in waiters(name).values()}
    with generated(name, sorted(operations), tmp_path_factory.mktemp(name)) as made:
        yield made


each_service = pytest.mark.parametrize("service", SERVICES, indirect=True)


@each_service
def test_every_waiter_is_listed_with_its_method(service):
    listed = list_waiters(service.strict)
    assert [each.name for each in listed] == sorted(service.theirs.waiter_names)
    assert listed == sorted(
        Waiter(
            xform_name(name),
            service.function(waiter["operation"]).__name__,
            waiter["delay"],
            waiter["maxAttempts"],
        )
        for name, waiter in waiters(service.service).items()
    )


@pytest.mark.filterwarnings("ignore:.*Deprecated:DeprecationWarning")
@each_service
@examples(15)
@given(data=st.data())
def test_outcome_is_that_of_botocores_waiter(service, data):
    definitions = waiters(service.service)
    model_name = data.draw(st.sampled_from(list(definitions)))
    name, definition = xform_name(model_name), definitions[model_name]
    operation = definition["operation"]
    arguments = data.draw(model_arguments.arguments(service.service, operation))
    response = responses(service.service, definition)
    drawn = [data.draw(response) for _ in range(MAX_ATTEMPTS)]
    theirs = script(service.theirs, drawn)
    expected = outcome_of_botocore(
        lambda: service.theirs.get_waiter(name).wait(
            **arguments, WaiterConfig={"Delay": 0, "MaxAttempts": MAX_ATTEMPTS}
        )
    )
    # botocore shortens an id of Route 53 to the part after "/", which may be empty.
    assume(expected != "rejected ParamValidationError")
    ours = script(service.ours.client, drawn)
    renamed = {service.names(operation)[key]: value for key, value in arguments.items()}
    function = getattr(service.ours, service.function(operation).__name__)
    found = outcome(
        lambda: wait_until(function, name, **renamed, Delay=0, MaxAttempts=MAX_ATTEMPTS)
    )
    assert (found, len(ours)) == (expected, len(theirs))


def outcome(wait: Callable[[], Any]) -> str:
    try:
        wait()
    except WaiterTimeoutError:
        return "timeout"
    except WaiterError as error:
        is_broken = isinstance(error.__cause__, jmespath.exceptions.JMESPathError)
        return "invalid" if is_broken else "failure"
    except ServiceError as error:
        return f"error {error.code}"
    except PawsError as error:  # botocore cannot send the arguments
        return f"rejected {type(error.__cause__).__name__}"
    return "success"


def outcome_of_botocore(wait: Callable[[], Any]) -> str:
    try:
        wait()
    except TheirWaiterError as error:
        if unexpected := re.search(r"An error occurred \((.*?)\)", str(error)):
            return f"error {unexpected[1]}"
        return "timeout" if "Max attempts exceeded" in str(error) else "failure"
    except jmespath.exceptions.JMESPathError:
        return "invalid"
    except BotoCoreError as error:
        return f"rejected {type(error).__name__}"
    return "success"


def script(client: Any, drawn: list[dict[str, Any]]) -> list[int]:
    """Let a client return parsed responses; return the statuses that were returned."""
    returned: list[int] = []

    def respond(**_: object) -> tuple[AWSResponse, dict[str, Any]]:
        parsed = drawn[len(returned)]
        status = parsed["ResponseMetadata"]["HTTPStatusCode"]
        returned.append(status)
        return AWSResponse("", status, {}, None), parsed

    events = client.meta.events
    events.unregister("before-call", unique_id="script")
    events.register_first("before-call", respond, unique_id="script")
    return returned


def responses(service: str, waiter: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return results and errors, most of them such as the waiter expects."""
    acceptors = waiter["acceptors"]
    statuses = [each["expected"] for each in acceptors if each["matcher"] == "status"]
    errors = [each["expected"] for each in acceptors if each["matcher"] == "error"]
    codes = [code for code in errors if isinstance(code, str)]
    texts = [text for each in acceptors if isinstance(text := each["expected"], str)]
    arguments = " ".join(each.get("argument", "") for each in acceptors)
    leaves = st.sampled_from([*texts, *re.findall(r"'(\w+)'", arguments), "other"])
    described = model_arguments.model(service)["operations"][waiter["operation"]]
    results = st.just({})
    if output := described.get("output"):
        names = set(re.findall(r"\w+", arguments))
        results = values(service, output["shape"], names, leaves, DEPTH)
    return st.builds(
        lambda result, status: {**result, **_metadata(status)},
        results,
        st.sampled_from([200, *(each for each in statuses if each < 300)]),
    ) | st.builds(
        lambda code, status: {
            "Error": {"Code": code, "Message": "no"},
            **_metadata(status),
        },
        st.sampled_from([*codes, "AccessDenied"]),
        st.sampled_from([400, *(each for each in statuses if each >= 300)]),
    )


def values(
    service: str, name: str, names: set[str], leaves: Any, depth: int
) -> st.SearchStrategy[Any]:
    """Return values of a shape, with the members that the waiter refers to."""
    shape = model_arguments.model(service)["shapes"][name]

    def inner(reference: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        return values(service, reference["shape"], names, leaves, depth - 1)

    match shape["type"]:
        case "structure":
            members = {
                key: inner(member)
                for key, member in shape.get("members", {}).items()
                if key in names and depth
            }
            return st.fixed_dictionaries({}, optional=members)
        case "list":
            return st.lists(inner(shape["member"]), max_size=2 if depth else 0)
        case "string":
            return leaves
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return st.integers(0, 2)
        case _:
            return st.none()


def _metadata(status: int) -> dict[str, Any]:
    return {"ResponseMetadata": {"HTTPStatusCode": status}}
