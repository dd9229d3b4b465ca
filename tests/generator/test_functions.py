"""Functions that no model has: entries ``[[function]]`` of the overrides."""

import ast
import importlib
import inspect
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import functions, overrides, spec
from make_paws.errors import OverrideError
from make_paws.overrides import Function, FunctionParameter, Overrides
from make_paws.parity import comparison, roxygen
from make_paws.parity.facts import Page
from make_paws.parse import RAW, parse
from support.service_models import described, greeting_model

# The signatures of make.paws/R/custom/s3.R and of paws.common/R/custom_rds.R. None is
# NULL; REQUIRED is a parameter without a default.
REQUIRED = inspect.Parameter.empty
OF_R = {
    "s3_download_file": {
        **dict.fromkeys(["Bucket", "Key", "Filename"], REQUIRED),
        **dict.fromkeys(
            [
                *("IfMatch", "IfModifiedSince", "IfNoneMatch", "IfUnmodifiedSince"),
                *("Range", "ResponseCacheControl", "ResponseContentDisposition"),
                *("ResponseContentEncoding", "ResponseContentLanguage"),
                *("ResponseContentType", "ResponseExpires", "VersionId"),
                *("SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5"),
                *("RequestPayer", "PartNumber", "ExpectedBucketOwner"),
            ]
        ),
    },
    "s3_generate_presigned_url": {
        "client_method": REQUIRED,
        "params": {},
        "expires_in": 3600,
        "http_method": None,
    },
    "rds_build_auth_token": {
        "endpoint": REQUIRED,
        "region": REQUIRED,
        "user": REQUIRED,
        "creds": None,
    },
}
PARAMETERS = (
    FunctionParameter("name", "str", "", "The name."),
    FunctionParameter("count", "int", "3", "How many."),
)
ENTRY = Function(
    service="example",
    name="greet_all",
    operations=("Greet",),
    parameters=PARAMETERS,
    title="Greet everybody.",
    documentation="All of them.",
    result="int",
    result_text="How many.",
    errors=(("OSError", "The room is empty."),),
    note="None.",
    example="svc.greet_all()",
    reason="It says so.",
)


entry = partial(replace, ENTRY)


@pytest.fixture(scope="module", params=["s3", "rds"])
def service(request):
    return parse(spec.load(request.param), overrides.load(), RAW, strict=True)


def test_function_exists_with_the_arguments_it_gets(service):
    """`paws_common.custom` has each function, and calls of it bind."""
    module = importlib.import_module(f"paws_common.custom.{service.name}")
    for function in service.functions:
        signature = inspect.signature(getattr(module, function.name))
        count = 1 + bool(function.operation) + len(function.own)
        signature.bind(*range(count))
        names = list(signature.parameters)[-len(function.own) :]
        assert names == [parameter.name.lower() for parameter in function.own]


@given(st.lists(st.sets(st.sampled_from("ABCDE"), min_size=1), min_size=1, max_size=3))
def test_parameters_are_those_of_all_operations(members):
    operations = [operation(f"Operation{n}", names) for n, names in enumerate(members)]
    names = tuple(each.name for each in operations)
    (made,) = functions.of("example", [entry(operations=names)], operations)
    common = sorted(set.intersection(*members))
    assert [each.name for each in made.leading] == ["name"]
    assert [each.name for each in made.keyword] == [*common, "count"]
    assert [each.name for each in made.operation.parameters] == common


def test_package_has_functions_of_r_and_no_coroutines(
    run, service, tmp_path, monkeypatch
):
    """Type checkers and completion would find a coroutine, and a call would fail."""
    name = f"package_of_{service.name}"
    arguments = [service.botocore_name, "--package", name, "--output", tmp_path]
    assert run("generate", *arguments)[0] == 0
    stub = ast.parse((tmp_path / name / "aio.pyi").read_text(encoding="utf-8"))
    imports = (each for each in stub.body if isinstance(each, ast.ImportFrom))
    declared = {each.name for statement in imports for each in statement.names}
    monkeypatch.syspath_prepend(tmp_path)
    package, aio = map(importlib.import_module, (name, f"{name}.aio"))
    own = {function.function for function in service.functions}
    assert declared == {each.function for each in service.operations}
    assert {*aio.__all__} == declared <= {*dir(aio)}
    assert not own & {*dir(aio)}
    assert not any(hasattr(aio, name) for name in own)
    assert own <= {*dir(package)}
    for function in own & OF_R.keys():
        # New members of GetObject, and `progress`, follow those of R.
        found = inspect.signature(getattr(package, function)).parameters.values()
        defaults = [(each.name, each.default) for each in found]
        expected = [(key, each) for key, each in OF_R[function].items()]
        assert defaults[: len(expected)] == expected


def operation(name, members):
    first, *_ = described(greeting_model()).operations
    parameter = first.parameters[0]
    keyword = [
        replace(parameter, name=key, member=key, required=False)
        for key in sorted(members)
    ]
    return replace(first, name=name, leading=(), keyword=tuple(keyword))


@pytest.mark.parametrize(
    ("operations", "reason"),
    [
        (["Wave"], "the model has no operation Greet"),
        (["Greet", "GreetAll"], "the model has the operation greet_all"),
    ],
)
def test_entry_that_does_not_fit_is_not_applied(operations, reason):
    model = {"operations": {name: {} for name in operations}, "shapes": {}}
    resolved = Overrides(functions=(ENTRY,)).resolve("example", model)
    assert resolved.functions == ()
    (problem,) = resolved.problems
    assert problem.reason == reason


@pytest.mark.parametrize(
    "create",
    [
        partial(entry, name="1st"),
        partial(entry, name="Greet"),
        partial(FunctionParameter, "x)", "int", "", ""),
        partial(FunctionParameter, "x", "int = 1", "", ""),
        partial(FunctionParameter, "x", "int", "1)", ""),
    ],
)
def test_text_that_is_not_python_is_refused(create):
    with pytest.raises(OverrideError):
        create()


def test_facts_contain_the_names_of_functions_written_by_hand(tmp_path):
    folder = tmp_path / "paws" / "R"
    folder.mkdir(parents=True)
    (folder / "rds_operations.R").write_text("")
    (folder / "rds_custom.R").write_text(
        "#' Token\n"
        'rds_build_auth_token <- getFromNamespace("x", "y")\n'
        ".rds$operations$build_auth_token <- rds_build_auth_token\n"
    )
    assert list(roxygen.read(tmp_path).services["rds"]) == ["rds_build_auth_token"]


@pytest.mark.parametrize(
    ("names", "equal"),
    [(["example_greet_all"], 1), ([], 0), (["example_greet_all", "example_other"], 1)],
)
def test_parity_counts_functions_that_r_has(names, equal):
    """Functions that R does not have are not compared."""
    own = functions.of(
        "example", [ENTRY, entry(name="more")], described(greeting_model()).operations
    )
    service = replace(described(greeting_model()), operations=(), functions=own)
    page = Page("", "", (), "", "", "")
    found = comparison.compare(service, dict.fromkeys(names, page))
    count = found.counts[comparison.FUNCTION]
    assert (count.compared, count.equal) == (len(names), equal)
