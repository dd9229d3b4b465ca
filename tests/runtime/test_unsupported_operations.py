"""Operations whose request is an event stream are documented, and cannot be called."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from paws_common import UnsupportedOperationError
from support import model_arguments
from support.generated_services import Services, several

OPERATIONS = {
    "bedrock-runtime": ["InvokeModelWithBidirectionalStream"],
    "connecthealth": ["StartMedicalScribeListeningSession"],
    "lexv2-runtime": ["StartConversation"],
    "polly": ["StartSpeechSynthesisStream"],
    "qbusiness": ["Chat"],
}
# An older botocore does not have all of them.
PRESENT = [
    service
    for service, (operation,) in OPERATIONS.items()
    if service in model_arguments.files()
    and operation in model_arguments.model(service)["operations"]
]
each_service = pytest.mark.parametrize("service", PRESENT)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with several(OPERATIONS, tmp_path_factory) as made:
        yield made


@each_service
def test_client_of_botocore_lacks_the_operation(services, service) -> None:
    names = services(service).plain.meta.method_to_api_mapping
    method = next(key for key, value in names.items() if value in OPERATIONS[service])
    assert not hasattr(services(service).plain, method)


@each_service
@pytest.mark.parametrize("form", ["function", "method"])
def test_call_is_refused_before_reading_configuration(
    services, service, form, monkeypatch, tmp_path
) -> None:
    made = services(service)
    (described,) = made.described.operations
    constructor = getattr(made.package, made.described.constructor)
    called = getattr(made.package, described.function)
    if form == "method":
        called = getattr(constructor(), described.method)
    broken = tmp_path / "config"
    broken.write_text("this is not a configuration")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    arguments = {each.name: 1 for each in described.parameters if each.required}
    with pytest.raises(UnsupportedOperationError) as caught:
        called(**arguments)
    assert str(caught.value) == (
        f"{described.function}: the request is an event stream, which botocore cannot "
        f"send; call {described.name} with another AWS SDK"
    )


@each_service
def test_help_begins_with_the_limitation(services, service) -> None:
    made = services(service)
    (described,) = made.described.operations
    text = inspect.getdoc(getattr(made.package, described.function)) or ""
    notice = text.split("\n\n")[1]
    assert notice.startswith("Cannot be called: the request is an event stream, ")
