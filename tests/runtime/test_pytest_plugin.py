"""The pytest plugin, in separate test runs."""

from __future__ import annotations

import os

import pytest

from support import requirements as needs
from support.containers import container

pytest_plugins = ["pytester"]

STRICT = "[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n"


@pytest.fixture
def run(pytester: pytest.Pytester):
    """Return a function that runs a test file in a separate process.

    A checkout on the path has no entry points, so the plugin is named.
    """
    pytester.makeini(STRICT)

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(
            "-p", "paws_common.pytest_plugin", "-p", "no:cacheprovider", *options
        )

    return run


def test_marker_or_test_sets_the_model(run) -> None:
    with container(chunks=[b"from the container"]) as model:
        result = run(f"""
            import paws
            import pytest

            def call():
                return paws.sagemakerruntime_invoke_endpoint("my-endpoint", b"1,2")["Body"]

            def three(body, request):
                return b"3"

            def test_body_by_default(local_endpoint):
                assert call() == b"1,2"
                (request,) = local_endpoint.requests
                assert request.endpoint_name == "my-endpoint"

            @pytest.mark.local_endpoint
            def test_bare_marker(local_endpoint):
                assert call() == b"1,2"

            @pytest.mark.local_endpoint(port=0)
            def test_port(local_endpoint):
                assert call() == b"1,2"

            @pytest.mark.local_endpoint(lambda body, request: b"3")
            def test_positional(local_endpoint):
                assert call() == b"3"

            def test_set_in_the_test(local_endpoint):
                local_endpoint.predict = three
                assert call() == b"3"

            @pytest.mark.local_endpoint(predict=lambda body, request: b"all")
            class TestClass:
                def test_marker_of_the_class(self, local_endpoint):
                    assert call() == b"all"

                @pytest.mark.local_endpoint(predict=three)
                def test_own_marker(self, local_endpoint):
                    assert call() == b"3"

                @pytest.fixture
                def four(self, local_endpoint):
                    local_endpoint.predict = lambda body, request: b"4"

                def test_set_in_a_fixture(self, four):
                    assert call() == b"4"

            @pytest.mark.local_endpoint(container={model.url!r})
            def test_container(local_endpoint):
                assert call() == b"from the container"
            """)

    result.assert_outcomes(passed=9)


def test_invalid_marker_is_an_error(run) -> None:
    result = run("""
        import pytest

        @pytest.mark.local_endpoint(predict=print, container="http://127.0.0.1:1")
        def test_two_models(local_endpoint): ...

        @pytest.mark.local_endpoint(predikt=print)
        def test_something_else(local_endpoint): ...

        @pytest.mark.local_endpoint(predict=b"3")
        def test_no_function(local_endpoint): ...
        """)

    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines_random(
        [
            "*TypeError: LocalEndpoint takes either predict or container=URL*",
            "*TypeError: *unexpected keyword argument 'predikt'*",
            "*TypeError: predict must be a function, *not bytes*",
        ]
    )


def test_every_client_calls_the_endpoint_of_its_test(run) -> None:
    """A module's global service keeps the client that its first call created."""
    result = run("""
        import gc
        import socket

        import botocore.session
        import paws
        import pytest
        from paws_common import LocalEndpoint

        SERVICE = paws.sagemakerruntime()

        def test_clients(local_endpoint):
            paws.sagemakerruntime_invoke_endpoint("plain", b"")
            SERVICE.invoke_endpoint("first-used-here", b"")
            paws.sagemakerruntime().invoke_endpoint("made-here", b"")
            paws.sagemakerruntime(**local_endpoint.config()).invoke_endpoint("told", b"")
            client = botocore.session.Session().create_client("sagemaker-runtime")
            client.invoke_endpoint(EndpointName="botocore", Body=b"")
            client.close()

            called = [request.endpoint_name for request in local_endpoint.requests]
            assert called == "plain first-used-here made-here told botocore".split()

        @pytest.mark.parametrize("number", range(2))
        def test_global_service(local_endpoint, number):
            global port
            port = int(local_endpoint.url.rpartition(":")[2])
            SERVICE.invoke_endpoint("my-endpoint", b"")
            assert len(local_endpoint.requests) == 1

        def test_default_service_is_reset(monkeypatch, request):
            with LocalEndpoint(lambda body, request: b"other") as other:
                monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", other.url)
                monkeypatch.setenv("AWS_REGION", "us-east-1")
                monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
                monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
                call = paws.sagemakerruntime_invoke_endpoint
                assert call("my-endpoint", b"")["Body"] == b"other"

                request.getfixturevalue("local_endpoint")

                assert call("my-endpoint", b"echo")["Body"] == b"echo"
                gc.collect()  # what is forgotten leaves no connection open

        def test_port_taken_between_tests_is_replaced(request):
            with socket.create_server(("127.0.0.1", port)):
                local_endpoint = request.getfixturevalue("local_endpoint")
                paws.sagemakerruntime_invoke_endpoint("my-endpoint", b"")
                assert len(local_endpoint.requests) == 1
        """)

    result.assert_outcomes(passed=5)


@pytest.mark.parametrize("profile", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_aws_configuration_of_the_machine_is_ignored(
    run, pytester, monkeypatch, profile
) -> None:
    nonsense = str(pytester.makefile("", nonsense="neither a section nor a key"))
    environment = {
        "AWS_CONFIG_FILE": nonsense,
        "AWS_SHARED_CREDENTIALS_FILE": nonsense,
        profile: "mine",
        "AWS_SESSION_TOKEN": "token",
        "AWS_REGION": "eu-west-1",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
        "AWS_DEFAULTS_MODE": "auto",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "example.com",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    result = run("""
        import os
        import paws

        def test_it(local_endpoint):
            paws.sagemakerruntime_invoke_endpoint("my-endpoint", b"")

            (request,) = local_endpoint.requests
            assert "/us-east-1/" in request.headers["Authorization"]
            assert "X-Amz-Security-Token" not in request.headers
            assert os.environ["no_proxy"] == "127.0.0.1,example.com"
        """)

    result.assert_outcomes(passed=1)


def test_environment_is_restored_after_a_test(run, monkeypatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")

    result = run("""
        import os
        import paws
        import pytest
        from paws_common.service import _defaults

        @pytest.fixture(scope="module", autouse=True)
        def before():
            return dict(os.environ)

        def test_one(local_endpoint, monkeypatch):
            paws.sagemakerruntime_invoke_endpoint("my-endpoint", b"")
            assert os.environ["AWS_REGION"] == "us-east-1"
            monkeypatch.setenv("AWS_REGION", "us-west-2")

        def test_two(before):
            assert {**os.environ, "PYTEST_CURRENT_TEST": ""} == {
                **before, "PYTEST_CURRENT_TEST": ""
            }
            assert _defaults == {}

        def test_three(local_endpoint):
            paws.sagemakerruntime_invoke_endpoint("my-endpoint", b"")
            assert len(local_endpoint.requests) == 1
        """)

    result.assert_outcomes(passed=3)


@needs.inline_body
def test_async_result_is_read_from_the_endpoint(run) -> None:
    """Neither the helpers nor a client of S3 leave the machine."""
    result = run("""
        import botocore.session
        import paws
        from paws_common import invoke_and_wait, wait_for_result

        CALL = paws.sagemakerruntime_invoke_endpoint_async

        def test_it(local_endpoint):
            local_endpoint.predict = lambda body, request: body.upper()
            response = CALL("my-endpoint", Body=b"a")
            assert wait_for_result(response, timeout=0) == b"A"
            assert invoke_and_wait(CALL, "my-endpoint", b"b", timeout=0) == b"B"
            large = b"c" * 200_000
            assert invoke_and_wait(
                CALL, "my-endpoint", large, upload_to="s3://my-bucket/in/", timeout=0
            ) == large.upper()
            bucket, _, key = response["OutputLocation"][5:].partition("/")
            s3 = botocore.session.Session().create_client("s3")
            assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"A"
            s3.close()
        """)

    result.assert_outcomes(passed=1)


def test_fixture_and_marker_have_help(run) -> None:
    shown = run("", "--markers").stdout
    shown.fnmatch_lines(
        ["@pytest.mark.local_endpoint(predict=function, container=url): *"]
    )
    shown = run("", "--fixtures").stdout
    shown.fnmatch_lines(["local_endpoint -- *", "*Serve SageMaker Runtime *"])


def test_start_of_pytest_imports_only_the_plugin(run) -> None:
    result = run("""
        import sys

        def test_it():
            of_ours = [name for name in sys.modules if name.startswith("paws")]
            assert sorted(of_ours) == [
                "paws_common", "paws_common.lazy", "paws_common.pytest_plugin"
            ]
            assert "botocore" not in sys.modules
        """)

    result.assert_outcomes(passed=1)


def test_installed_plugin_may_also_be_named(pytester, monkeypatch) -> None:
    pytester.makeini(STRICT)
    metadata = pytester.mkdir("site") / "paws_py_here-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: paws-py-here\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(
        "[pytest11]\npaws_common.pytest_plugin = paws_common.pytest_plugin\n"
    )
    path = os.pathsep.join([str(metadata.parent), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    pytester.makepyfile("def test_it(local_endpoint): ...")

    for options in ([], ["-p", "paws_common.pytest_plugin"]):
        pytester.runpytest_subprocess(*options).assert_outcomes(passed=1)
    blocked = pytester.runpytest_subprocess("-p", "no:paws_common.pytest_plugin")
    blocked.assert_outcomes(errors=1)
