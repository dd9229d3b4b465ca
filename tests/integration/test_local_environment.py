"""Nothing that a `LocalEndpoint` is called with leaves the loopback interface."""

from __future__ import annotations

import pytest

from support import requirements as needs
from support.programs import run_program

# Runs with a configuration of AWS and proxies that would lead elsewhere, and with an audit
# hook that ends the process when a name is resolved or an address is connected to that is
# not on the loopback interface.
PROGRAM = """
import ipaddress, os, sys

def audit(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = args[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        sys.stderr.write(f"{event} left the machine: {host}")
        sys.stderr.flush()
        os._exit(3)

sys.addaudithook(audit)

import paws
from paws_common import ParameterError, invoke_and_wait, wait_for_result
from paws_common.local import LocalEndpoint

with LocalEndpoint(lambda body, request: body.upper()) as local:
    svc = paws.sagemakerruntime(**local.config(), config={"max_retries": 0})
    assert svc.invoke_endpoint("e", b"a")["Body"] == b"A"
    stream = svc.invoke_endpoint_with_response_stream("e", b"b")
    assert b"".join(stream["Body"].iter_bytes()) == b"B"
    response = svc.invoke_endpoint_async("e", Body=b"c")
    assert wait_for_result(response, service=svc, timeout=0) == b"C"
    call = svc.invoke_endpoint_async
    assert invoke_and_wait(call, "e", b"d", timeout=0) == b"D"
    large = b"e" * 200_000
    result = invoke_and_wait(call, "e", large, upload_to="s3://b/in/", timeout=0)
    assert result == large.upper()
    keys = {"creds": {"access_key_id": "key", "secret_access_key": "secret"}}
    upload = {"upload_to": "s3://b/in/", "timeout": 0}
    result = invoke_and_wait(call, "e", large, config={"credentials": keys}, **upload)
    assert result == large.upper()
    remote = {"endpoint": "https://elsewhere.example"}
    for config in (remote, *({**remote, "credentials": keys},)):
        try:
            invoke_and_wait(call, "e", large, config=config, **upload)
        except ParameterError as error:
            assert "config.endpoint: elsewhere.example is not" in str(error), error
        else:
            raise AssertionError("the body was uploaded elsewhere")
    for arguments in ({}, {"service": paws.sagemakerruntime()}):
        try:
            wait_for_result(response, timeout=0, **arguments)
        except ParameterError as error:
            assert "a location of a LocalEndpoint" in str(error), error
        else:
            raise AssertionError("the result was read from elsewhere")
print("done")
"""

CONFIGURATION = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "false",
}

ELSEWHERE = {
    **dict.fromkeys(["HTTP_PROXY", "http_proxy", "https_proxy"], "http://127.0.0.1:9"),
    "ALL_PROXY": "http://127.0.0.1:9",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_ENDPOINT_URL": "https://elsewhere.example",
    "AWS_ENDPOINT_URL_S3": "https://elsewhere.example",
}
# With these, a service without the configuration of the endpoint fails in another way.
INVALID = {
    "AWS_PROFILE": "absent",
    "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
    "AWS_DEFAULTS_MODE": "auto",
    "AWS_STS_REGIONAL_ENDPOINTS": "invalid",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "invalid",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "invalid",
    "AWS_REQUEST_CHECKSUM_CALCULATION": "invalid",
    "AWS_RESPONSE_CHECKSUM_VALIDATION": "invalid",
}


@pytest.mark.parametrize(
    "environment", [{}, ELSEWHERE, INVALID], ids=["none", "elsewhere", "invalid"]
)
@needs.inline_body
def test_configured_service_stays_on_the_machine(environment, tmp_path) -> None:
    program = PROGRAM
    if environment is INVALID:
        (tmp_path / "config").write_text("neither a section nor a key")
        environment = {**INVALID, "AWS_CONFIG_FILE": str(tmp_path / "config")}
        for other in (
            '({}, {"service": paws.sagemakerruntime()})',
            '({**remote, "credentials": keys},)',
        ):
            program = program.replace(other, "()")
    assert run_program(program, **CONFIGURATION, **environment) == "done"


def test_explicit_keys_ignore_a_missing_profile(service, local, monkeypatch) -> None:
    """Of any service, not only one that calls a local endpoint."""
    monkeypatch.setenv("AWS_PROFILE", "absent")
    service.invoke_endpoint("demo", b"")
    (request,) = local.requests
    assert " Credential=key/" in request.headers["Authorization"]
