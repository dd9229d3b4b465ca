"""The plugin of pytest, as the projects that use it have it."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["pytester"]

STRICT = "[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n"


@pytest.fixture
def run(pytester: pytest.Pytester):
    """Return what runs a file of tests in a process of its own, and gives the outcome.

    A checkout on the path has no entry points, so the plugin is named.
    """
    pytester.makeini(STRICT)

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(
            "-p", "paws_common.pytest_plugin", "-p", "no:cacheprovider", *options
        )

    return run


def test_a_call_is_answered_with_its_own_body_and_can_be_looked_at(run) -> None:
    result = run("""
        import paws

        def test_it(local_endpoint):
            answer = paws.sagemakerruntime_invoke_endpoint("my-endpoint", b"1,2")
            assert answer["Body"] == b"1,2"
            (request,) = local_endpoint.requests
            assert request.endpoint_name == "my-endpoint"
        """)

    result.assert_outcomes(passed=1)


def test_the_answer_is_given_by_a_marker_or_in_the_test(run) -> None:
    result = run("""
        import paws
        import pytest

        pytestmark = pytest.mark.local_endpoint(predict=lambda body, request: b"all")

        def three(body, request):
            return b"3"

        def answer():
            return paws.sagemakerruntime_invoke_endpoint("my-endpoint", b"1,2")["Body"]

        def test_of_the_module(local_endpoint):
            assert answer() == b"all"

        @pytest.mark.local_endpoint(predict=three)
        def test_of_its_own(local_endpoint):
            assert answer() == b"3"

        def test_given_in_the_test(local_endpoint):
            local_endpoint.predict = three
            assert answer() == b"3"

        class TestOfAClass:
            @pytest.fixture(autouse=True)
            def four(self, local_endpoint):
                local_endpoint.predict = lambda body, request: b"4"

            def test_given_in_a_fixture(self):
                assert answer() == b"4"
        """)

    result.assert_outcomes(passed=4)


def test_a_marker_that_says_nothing_or_something_else_is_an_error(run) -> None:
    result = run("""
        import pytest

        @pytest.mark.local_endpoint()
        def test_nothing(local_endpoint): ...

        @pytest.mark.local_endpoint(predikt=print)
        def test_something_else(local_endpoint): ...

        @pytest.mark.local_endpoint(predict=b"3")
        def test_no_function(local_endpoint): ...
        """)

    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines_random(
        [
            "*TypeError: *missing 1 required positional argument: 'predict'*",
            "*TypeError: *unexpected keyword argument 'predikt'*",
            "*TypeError: predict is bytes, it must be a function: *",
        ]
    )


def test_whatever_reads_the_environment_calls_the_endpoint(run) -> None:
    result = run("""
        import botocore.session
        import paws

        SERVICE = paws.sagemakerruntime()

        def test_it(local_endpoint):
            paws.sagemakerruntime_invoke_endpoint("plain", b"")
            SERVICE.invoke_endpoint("first-used-here", b"")
            paws.sagemakerruntime().invoke_endpoint("made-here", b"")
            paws.sagemakerruntime(**local_endpoint.config()).invoke_endpoint("told", b"")
            client = botocore.session.Session().create_client("sagemaker-runtime")
            client.invoke_endpoint(EndpointName="botocore", Body=b"")
            client.close()

            called = [request.endpoint_name for request in local_endpoint.requests]
            assert called == "plain first-used-here made-here told botocore".split()
        """)

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("profile", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_nothing_that_the_machine_knows_of_aws_leads_a_call_elsewhere(
    run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    nonsense = str(pytester.makefile("", nonsense="neither a section nor a key"))
    monkeypatch.setenv("AWS_CONFIG_FILE", nonsense)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", nonsense)
    monkeypatch.setenv(profile, "mine")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.com")

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


def test_after_a_test_everything_is_as_it_was(run, monkeypatch) -> None:
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


def test_a_service_made_before_is_not_made_use_of(run) -> None:
    result = run("""
        import gc
        import paws
        from paws_common import LocalEndpoint

        def test_it(monkeypatch, request):
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
        """)

    result.assert_outcomes(passed=1)


def test_the_fixture_and_the_marker_tell_what_they_are_for(run) -> None:
    markers = run("", "--markers")
    fixtures = run("", "--fixtures")

    markers.stdout.fnmatch_lines(["@pytest.mark.local_endpoint(predict=function): *"])
    fixtures.stdout.fnmatch_lines(
        ["local_endpoint -- *", "*Answer SageMaker Runtime *"]
    )


def test_a_start_of_pytest_loads_nothing_else_of_the_package(run) -> None:
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


def test_it_may_be_named_where_it_is_installed_too(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
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
