"""Text of a model can be read back unchanged from the generated source."""

import ast
import dataclasses
import inspect
import warnings
from pathlib import PurePosixPath

import black
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from make_paws import formatting, ir, naming, render
from make_paws.errors import FormatError
from make_paws.render import docstring, literal
from paws_common import shapes
from support.service_models import described, greeting_model

HOSTILE = [
    *('"', '"""', '\\"""', '""""', "'''", "\\", "\\\\", "\\N{BULLET}", "\\x41"),
    *("{{ 7 * 7 }}", "{% raw %}", "{0} %s", "#", " ", "\U0001f43e", "\x1b[31m"),
    *("\n", "\r", "\r\n", "\t", "\x00", "\x0c", "\x85", "\u2028", "\u2029", "\ud800"),
]
hostile = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3)).map("".join)
texts = st.text() | st.text(st.characters(codec=None)) | hostile

finite = st.floats(allow_nan=False, allow_infinity=False)
optional_counts = st.none() | st.integers(0)
scalars = st.one_of(
    st.builds(
        ir.String,
        min=optional_counts,
        max=optional_counts,
        pattern=st.none() | texts,
        regex=st.none() | texts,
        ecmascript=st.none() | texts,
        regex_max=optional_counts,
        enum=st.lists(texts, max_size=3).map(tuple),
        sensitive=st.booleans(),
    ),
    st.builds(ir.Blob, max=optional_counts, sensitive=st.booleans()),
    st.builds(ir.Integer, min=st.none() | st.integers()),
    st.builds(ir.Long, max=st.none() | st.integers()),
    st.builds(ir.Float, min=st.none() | finite),
    st.builds(ir.Double, max=st.none() | finite),
    st.builds(ir.Boolean, sensitive=st.booleans()),
    st.builds(ir.Timestamp),
    st.builds(ir.List, texts, max=optional_counts, sparse=st.booleans()),
    st.builds(ir.Map, texts, texts, min=optional_counts, sparse=st.booleans()),
)
members = st.builds(
    ir.Member,
    texts,
    required=st.booleans(),
    location=st.sampled_from([None, "uri", "header"]),
    json_value=st.booleans(),
)
structures = st.builds(
    ir.Structure,
    st.dictionaries(texts, members, max_size=3),
    union=st.booleans(),
    payload=st.none() | texts,
    document=st.booleans(),
    event_stream=st.booleans(),
    exactly_one_of=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)


def compiled(source):
    """Compile a module as strictly as Python can, and return its code."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return compile(source, "generated", "exec", dont_inherit=True)


def formatted(source):
    return black.format_str(source, mode=black.Mode())


# --- docstring


@given(texts)
@example('"')
@example('ends in a quote"')
@example('ends in an escaped quote\\"')
@example("ends in a backslash\\")
@example('\\"""')
@example('""" + exit() + """')
def test_any_text_can_be_read_back_from_a_docstring(text):
    for before, after in (("", ""), ("Before ", " after.")):
        source = f'"""{before}{docstring(text)}{after}"""'
        compiled(f"text = {source}")
        assert ast.literal_eval(source) == f"{before}{text}{after}"


@given(st.lists(st.text("ab \"'\\{}")), st.integers(0, 8))
def test_indented_docstring_lines_can_be_read_back(lines, indent):
    text = "\n".join(["Before", *lines])
    read = ast.literal_eval(f'"""\n{" " * indent}{docstring(text, indent)}\n"""')
    assert inspect.cleandoc(read) == inspect.cleandoc(f"\n{text}\n")


@given(texts)
def test_black_leaves_the_meaning_of_a_docstring_alone(text):
    source = f'def function():\n    """Text.\n\n    {docstring(text, 4)}\n    """\n'
    (function,) = ast.parse(formatted(source)).body
    (expected,) = ast.parse(source).body
    words = [ast.get_docstring(each).split() for each in (function, expected)]
    assert words[0] == words[1]


# --- literal


@given(texts)
def test_any_string_can_be_read_back_from_its_literal(text):
    source = literal(text)
    compiled(f"text = {source}")
    assert ast.literal_eval(source) == text
    assert all(line.isprintable() for line in formatted(source).splitlines())


@given(st.text("\\ab\"'", min_size=65, max_size=300))
def test_long_string_becomes_several(text):
    source = literal(text)
    assert ast.literal_eval(source) == text
    assert max(map(len, formatted(source).splitlines())) <= 2 * 88


@given(st.one_of(scalars, members, structures))
def test_any_shape_can_be_read_back_from_its_literal(shape):
    read = eval(compile(literal(shape), "generated", "eval"), {"shapes": shapes})
    assert type(read).__name__ == type(shape).__name__
    assert as_data(read) == as_data(shape)


def as_data(value):
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return [(name, as_data(getattr(value, name))) for name in names]
    if hasattr(value, "_fields"):
        return [(name, as_data(getattr(value, name))) for name in value._fields]
    if isinstance(value, dict):
        return {key: as_data(inner) for key, inner in value.items()}
    return value


def test_raw_string_is_written_where_it_reads_better():
    assert literal(r"\d+") == r'r"\d+"'
    assert literal("ends in \\") == r"'ends in \\'"
    assert literal("plain") == "'plain'"


# --- Files


def test_generated_files_are_formatted_and_have_a_header():
    files = render.service(described(greeting_model()), "paws")
    modules = ("__init__", "aio", "errors", "interfaces", "operations", "service")
    folder = PurePosixPath("paws/services/example")
    assert files.keys() == {folder / f"{name}.py" for name in modules}
    header = (
        "# Generated by make-paws from botocore's example 2020-01-02 "
        "(model 0123456789ab). Do not edit.\n"
    )
    for path, source in files.items():
        compiled(source)
        assert source.startswith(header)
        assert formatted(source) == source, path


def test_package_loads_lazily_and_is_typed():
    exports = {"lambda_": ["lambda_", "lambda_invoke"], "ce": ["ce"]}
    files = render.package(exports, "cats")
    sources = {str(path): source for path, source in files.items()}
    assert sources.keys() == {
        *("cats/__init__.py", "cats/__init__.pyi", "cats/_exports.py", "cats/aio.py"),
        *("cats/aio.pyi", "cats/py.typed", "cats/services/__init__.py"),
    }
    lazy = '__getattr__, __dir__ = _lazy_services(\n    __name__,\n    (\n        "ce",'
    assert lazy in sources["cats/__init__.py"]
    stub = sources["cats/__init__.pyi"].splitlines()
    assert [line for line in stub if line.startswith("from .")] == [
        "from . import aio as aio",
        "from .services.ce import ce as ce",
        "from .services.lambda_ import lambda_ as lambda_",
        "from .services.lambda_ import lambda_invoke as lambda_invoke",
    ]
    listed = ast.literal_eval(sources["cats/_exports.py"].partition("EXPORTS = ")[2])
    assert listed == {name: tuple(each) for name, each in sorted(exports.items())}
    assert all(formatted(source) == source for source in sources.values())


def test_package_is_independent_of_service_order():
    exports = {"b": ["b", "b_two", "b_one"], "a": ["a"]}
    backwards = {name: exports[name][::-1] for name in ("a", "b")}
    assert render.package(exports, "paws") == render.package(backwards, "paws")


def test_invalid_python_raises():
    with pytest.raises(FormatError, match=r"bad\.py"):
        formatting.formatted({PurePosixPath("paws/bad.py"): "def (:"})


@pytest.mark.parametrize(
    ("path", "source", "result"),
    [
        ("paws/py.typed", "def (:", "def (:"),
        # By default, ruff does not read folders with such names.
        ("dist/a.py", "x='y'", 'x = "y"\n'),
    ],
)
def test_only_python_is_formatted_in_any_folder(path, source, result):
    path = PurePosixPath(path)
    assert formatting.formatted({path: source}) == {path: result}


def test_formatting_needs_no_folder(monkeypatch):
    """The file system of a container can be read-only."""

    def read_only(*args, **kwargs):
        raise OSError("Read-only file system")

    monkeypatch.setattr("tempfile.mkdtemp", read_only)
    assert formatting.formatted({PurePosixPath("a.py"): "x=1"})


def test_no_configuration_of_the_user_changes_the_form(tmp_path, monkeypatch):
    (tmp_path / "ruff.toml").write_text("line-length = 20")
    monkeypatch.chdir(tmp_path)
    files = {PurePosixPath("a.py"): "text = 'a line of thirty characters'\n"}
    (source,) = formatting.formatted(files).values()
    assert source == 'text = "a line of thirty characters"\n'


@given(st.integers(1, 60), st.integers(1, 120), st.booleans())
def test_long_type_is_formatted_like_black(name, annotation, required):
    texts = dict.fromkeys(["mark", "documentation", "limits", "deprecated"], "")
    names = ("n" * name, "N", "T" * annotation)
    parameter = ir.Parameter(*names, required, **texts, generated="")
    default = "" if required else " | None = None"
    plain = f"{parameter.name}: {parameter.annotation}{default}"
    path = PurePosixPath("a.py")
    source = f"def f(\n    *,\n    {render.declaration(parameter)},\n): ...\n"
    made = formatting.formatted({path: source})[path]
    assert made == formatted(source.replace(render.declaration(parameter), plain))


@given(st.integers(1, 60))
def test_long_signature_is_formatted_like_black(length):
    model = greeting_model()
    del model["operations"]["Greet"]["input"]
    model["operations"]["Greet"]["output"] = {"shape": "R" * length}
    model["shapes"]["R" * length] = {"type": "structure", "members": {}}
    files = render.service(described(model), "paws")
    source = files[PurePosixPath("paws/services/example/operations.py")]
    assert "Request[" in source
    assert formatted(source) == source


def test_template_with_an_undefined_variable_raises():
    template = render._environment().from_string("{{ service.nmae }}")
    with pytest.raises(render.jinja2.UndefinedError):
        template.render(service=described(greeting_model()))


@pytest.mark.parametrize(
    ("module", "reserved"),
    [
        *(
            (name, naming.RESERVED_TYPES)
            for name in ("errors", "interfaces", "operations")
        ),
        *((name, naming.RESERVED_SERVICES) for name in ("aio", "service")),
    ],
)
def test_class_of_a_model_never_shadows_an_import(module, reserved):
    names = render._FIXED[module]
    if reserved is naming.RESERVED_SERVICES:  # classes without an underscore
        names = {name for name in names if "_" not in name}
    assert names <= reserved
