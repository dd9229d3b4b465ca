"""Mutations of real models: no traceback, no partial folder, and the others written.

A mutation is an unknown key, tag, value or shape at a random place of a real model.
"""

import contextlib
import copy
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws import emit, spec
from make_paws.cli import main
from support.hypothesis_settings import examples
from support.service_models import files, greeting_model, write_model

# One service of each protocol, the smallest ones.
REAL = ("account", "dynamodbstreams", "sagemaker-runtime", "sdb", "kinesis-video-media")
WORDS = [
    *("shape", "type", "structure", "string", "list", "map", "bigDecimal", "members"),
    *("required", "member"),
    *("key", "value", "enum", "pattern", "min", "max", "payload", "location", "header"),
    *("trailer", "uri"),
    *("timestampFormat", "iso8601", "julian", "documentation", "deprecated"),
    "sensitive",
    *("deprecatedMessage", "streaming", "idempotencyToken", "union", "document"),
    "eventstream",
    *("error", "exception", "http", "requestUri", "/{a}", "auth", "aws.auth#sigv5"),
    "protocol",
    *("apiVersion", "serviceFullName", "future", "default", "traits", "self", "class"),
    "__init__",
    *["", "a b", "../x", "\x1b[2J", "\n", "(?<n>a)", "(a*)*", r"\p{L}", "x: int = 1"],
]
TAGS = [
    *("<ip>", "</p>", "<p", "<details>", "&#0;", "&nope;", "<!--", "<a href='"),
    "`<b>`",
]
words = st.sampled_from(WORDS)
scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from([-1, 0, 10**400, 1e308, 0.5])
    | words
    | words.map(lambda word: {"shape": word})
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)


def paths(value, path=()):
    """Return the paths of a JSON value by their length."""
    found = {len(path): [path]}
    if isinstance(value, dict | list):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in steps:
            for length, each in paths(inner, (*path, step)).items():
                found.setdefault(length, []).extend(each)
    return found


def at(value, path):
    for step in path:
        value = value[step]
    return value


def drawn(draw, values):
    """Draw one of many values by its number, as hypothesis would print all of them."""
    return values[draw(st.integers(0, len(values) - 1))]


def mutate(draw, model):
    for _ in range(draw(st.integers(1, 3))):
        depths = paths(model)
        depth = draw(st.sampled_from(sorted(depths)))
        path = drawn(draw, depths[depth])
        if not path:
            model[draw(words)] = draw(json_values)
            continue
        around, last = at(model, path[:-1]), path[-1]
        value = around[last]
        change = st.sampled_from(["delete", "replace", "rename", "add", "copy", "text"])
        match draw(change):
            case "delete":
                del around[last]
            case "rename" if isinstance(around, dict):
                around[draw(words)] = around.pop(last)
            case "add" if isinstance(value, dict):
                value[draw(words)] = draw(json_values)
            case "copy":
                source = drawn(draw, depths[depth])
                around[last] = copy.deepcopy(at(model, source))
            case "text" if isinstance(value, str):
                place = draw(st.integers(0, len(value)))
                tag = draw(st.sampled_from(TAGS))
                around[last] = f"{value[:place]}{tag}{value[place:]}"
            case _:
                around[last] = draw(json_values)


@st.composite
def mutants(draw):
    """Draw a service whose model, extras or examples have been changed."""
    name = draw(st.sampled_from(REAL))
    loaded = spec.load(name)
    model, sample = copy.deepcopy((loaded.model, loaded.examples))
    extras = {"merge": {"shapes": {}}}
    for part in draw(st.sampled_from([[model], [model], [model, extras], [sample]])):
        mutate(draw, part)
    return name, model, {"service-2.sdk-extras": extras, "examples-1": sample}


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unchanged")
    for name in REAL:
        write_model(folder, spec.load(name).model, service=name)
    return folder


def run(*arguments):
    """Return the exit code and the errors of the command, which are lines of it."""
    printed, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        code = main([str(argument) for argument in arguments])
    lines = errors.getvalue().splitlines()
    assert all(line.startswith("make-paws: ") for line in lines)
    assert "internal error" not in errors.getvalue()
    failed = [line for line in lines if not line.startswith("make-paws: warning: ")]
    assert code == (2 if failed else 0)
    return code, lines


def assert_complete(output, *, failed):
    """Check that all services are written as a whole, the mutant unless it failed."""
    written = emit.services(output, "paws")
    assert written["sound"] == "sound"
    assert len(written) == (1 if failed else 2)
    folder = output / "paws" / "services"
    names = {path.name for path in (folder / "sound").iterdir()}
    for service in written:
        sources = files(folder / service)
        assert sources.keys() == names
        for path, source in sources.items():
            compile(source, path, "exec")


@pytest.mark.slow
@examples(100)
@given(
    command=st.sampled_from(["generate", "docs", "diff"]),
    mutant=mutants(),
    flags=st.sampled_from([[], ["--allow-unknown"]]),
)
def test_mutated_model_stops_nothing_but_its_service(
    tmp_path_factory, unchanged, command, mutant, flags
):
    data = tmp_path_factory.mktemp("data")
    output = data.with_name(f"{data.name}-output")
    name, model, others = mutant
    write_model(data, greeting_model(serviceFullName="Amazon Sound"), service="sound")
    folder = write_model(data, model, service=name)
    for file, content in others.items():
        (folder / f"{file}.json").write_text(json.dumps(content))
    if command == "diff":
        for sources in ((data, unchanged), (unchanged, data)):
            run("diff", *sources, *flags, "--service", name)
        return
    places = ["--botocore", data, "--output", output, "--jobs", 1]
    code, _ = run(command, "--all", *flags, *places)
    if command == "generate":
        assert_complete(output, failed=code != 0)
    else:
        assert (output / "sound" / "sound_greet.md").is_file()
