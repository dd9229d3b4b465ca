"""Services that are not in the package: generated when they are first used."""

from __future__ import annotations

import base64
import os
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import make_paws
import paws
import paws_common
from support import requirements as needs
from support.private_models import write_private_service
from support.programs import WITHOUT_EXTRA, run_program
from support.service_models import greeting_model, write_model

Run = Callable[..., str]

NEEDS_EXTRA = (
    "{} is an AWS service that is not part of this installation: "
    "pip install 'paws-py[codegen]'"
)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one service; botocore calls it `my-greeter`, R `greeter`."""
    return write_private_service(tmp_path / "data", service="my-greeter")


@pytest.fixture
def run(cache: Path, data: Path) -> Run:
    """Run a program whose cache is empty in the beginning."""

    def run(program: str, *arguments: str, **environment: str) -> str:
        own = {"PAWS_CACHE_DIR": str(cache), "AWS_DATA_PATH": str(data)}
        return run_program(program, *arguments, **{**own, **environment})

    return run


def generated(cache: Path) -> list[str]:
    """Return the names of the services in a cache."""
    return sorted(path.parent.parent.name for path in cache.glob("*/*/operations.py"))


# --- first use


@pytest.mark.parametrize(
    "use",
    [
        "import paws; service = paws.greeter()",
        "import paws; paws.greeter_greet; service = paws.greeter()",
        "from paws import greeter; service = greeter()",
        "from paws import greeter_greet, greeter; service = greeter()",
        "import paws.services.greeter as module; service = module.greeter()",
        "from paws.services.greeter import Greeter, greeter; service = greeter()",
        "import paws.services.greeter.operations, paws; service = paws.greeter()",
    ],
)
def test_service_is_generated_on_first_use(run, cache, use) -> None:
    report = (
        "; print(type(service).__module__, service.greet.__doc__.partition(chr(10))[0])"
    )
    shown = "paws.services.greeter.service Greets somebody"
    assert run(use + report) == shown
    assert generated(cache) == ["greeter"]
    # The generator is not needed again.
    assert run(WITHOUT_EXTRA + use + report) == shown


def test_service_behaves_like_one_of_the_package(run) -> None:
    program = """
import inspect, paws, paws_common
from paws_common import ParameterError, schema
service = paws.greeter(region="us-east-1")
try:
    service.greet("UPPER", Times=11)
except ParameterError as error:
    print([violation.path for violation in error.violations])
print(paws.greeter is paws.services.greeter.greeter, service.errors.Busy.__module__)
print(schema(paws.greeter_greet)["required"], inspect.signature(service.greet))
print(inspect.getsource(paws.greeter_greet).splitlines()[:2])
print([name for name in dir(paws) if name.startswith("greeter")], "greeter" in paws.__all__)
"""
    assert run(program).splitlines() == [
        "['Name', 'Times']",
        "True paws.services.greeter.errors",
        "['Name'] (Name: 'str', *, Times: 'int | None' = None) -> 'GreetOutput'",
        "['@operation', 'def greeter_greet(']",
        "['greeter', 'greeter_greet'] False",
    ]


@pytest.mark.parametrize(
    "use", ["paws.aio.greeter_greet", "paws.greeter(region='us-east-1').aio.greet"]
)
def test_coroutines_are_generated_on_first_use(run, use) -> None:
    program = f"""
import asyncio, paws
from paws_common import ParameterError
try:
    asyncio.run({use}("UPPER", Times=11))
except ParameterError as error:
    print([violation.path for violation in error.violations])
print([name for name in dir(paws.aio) if name.startswith("greeter")])
"""
    assert run(program).splitlines() == ["['Name', 'Times']", "['greeter_greet']"]


@pytest.mark.parametrize(
    "use", ["paws.aio.greeter_greet", "service.aio.greet", "paws.services.greeter.aio"]
)
@pytest.mark.parametrize("cache_is_writable", [True, False])
def test_removed_module_is_generated_again(run, cache, use, cache_is_writable) -> None:
    """`make-paws cache --clear`, or a month without use, while a process runs."""
    program = f"""
import shutil, sys, warnings, paws
service = paws.greeter(region="us-east-1")
shutil.rmtree(sys.argv[1])
if not {cache_is_writable}:
    warnings.simplefilter("ignore")
    open(sys.argv[1], "w").close()
import paws.services.greeter.aio
print({use})
try:
    import paws.services.greeter.foo
except ImportError as error:
    print(error)
"""
    shown, error = run(program, str(cache)).splitlines()
    assert "greet" in shown
    assert error == "No module named 'paws.services.greeter.foo'"
    assert generated(cache) == (["greeter"] if cache_is_writable else [])


def test_removed_module_without_the_extra_names_it(run, cache, data) -> None:
    write_private_service(data, service="other", name="Other")
    run("import paws; paws.other()")
    program = """
import shutil, sys, paws
service = paws.other(region="us-east-1")
shutil.rmtree(sys.argv[1])
try:
    service.aio
except ImportError as error:
    print(error)
"""
    assert run(WITHOUT_EXTRA + program, str(cache)) == NEEDS_EXTRA.format("other")


def test_first_use_is_logged_once(run, cache) -> None:
    program = """
import logging, paws
logging.basicConfig(level="INFO", format="%(levelname)s %(name)s %(message)s", stream=__import__("sys").stdout)
paws.greeter_greet
paws.greeter()
"""
    (entry,) = re.findall(
        r"INFO paws paws\.services\.greeter was generated from botocore's model of "
        r"my-greeter in \d+\.\d s: (.*)",
        run(program),
    )
    assert Path(entry).parent == cache / "greeter"
    assert run(program) == ""


def test_lambda_is_generated_under_its_two_names(run, data) -> None:
    """The constructor of a keyword ends in an underscore."""
    write_private_service(data, service="import", name="Import")
    program = "import paws; print(paws.import_(), paws.import_greet.__name__)"
    assert run(program) == "<Import> import_greet"
    assert run(WITHOUT_EXTRA + program) == "<Import> import_greet"


def test_changed_model_is_generated_again(run, cache, data) -> None:
    """So the functions follow an upgrade of botocore."""
    program = (
        "import paws; print([n for n in dir(paws.greeter()) if n in ('greet', 'wave')])"
    )
    assert run(program) == "['greet']"
    model = greeting_model(serviceFullName="Greeter", serviceId="Greeter")
    model["operations"]["Wave"] = {
        "name": "Wave",
        "http": model["operations"]["Greet"]["http"],
    }
    write_model(data, model, service="my-greeter", version="2021-01-01")
    assert run(program) == "['greet', 'wave']"
    assert run(WITHOUT_EXTRA + program) == "['greet', 'wave']"
    assert generated(cache) == ["greeter", "greeter"]


def test_service_of_the_folder_has_precedence(run, cache) -> None:
    program = "import paws; print(paws.sagemakerruntime.__code__.co_filename)"
    assert run(program).startswith(str(Path(paws.__file__).parent))
    assert generated(cache) == []


# --- constructors


def test_help_of_a_constructor_is_the_generated_one(run) -> None:
    program = """
import pydoc, paws
print(pydoc.plain(pydoc.render_doc(paws.greeter)))
print(pydoc.plain(pydoc.render_doc(paws.greeter)))
"""
    shown = run(program)
    assert shown.count("    - `greet`: Greets somebody") == 2
    # Python 3.15 writes the parameters on lines of their own, and no quotation marks.
    start = r"\ngreeter\(\s*config: '?Config \| None'? = None,\s*credentials"
    assert len(re.findall(start, shown)) == 2
    assert shown.count("function greeter in module paws.services.greeter") == 1


def test_constructor_has_a_signature_before_loading(run, cache) -> None:
    program = """
import inspect, paws, paws_common
print(paws.greeter, inspect.signature(paws.greeter))
print(list(inspect.signature(paws_common.Constructor).parameters))
"""
    assert run(program) == (
        "<constructor paws.greeter> (config: 'Config | None' = None, credentials: "
        "'Credentials | None' = None, endpoint: 'str | None' = None, "
        "region: 'str | None' = None) -> 'Service'\n['package', 'name']"
    )
    assert generated(cache) == []


def test_constructor_has_type_hints_before_loading(run, cache) -> None:
    program = """
import paws, typing
for constructor in (paws.greeter, paws.sagemakerruntime):
    hints = typing.get_type_hints(constructor)
    service = hints.pop("return")
    print(constructor.__name__, service.__name__, list(hints))
"""
    parameters = "['config', 'credentials', 'endpoint', 'region']"
    assert run(program).splitlines() == [
        f"greeter Service {parameters}",
        f"sagemakerruntime SageMakerRuntime {parameters}",
    ]
    assert generated(cache) == []


def test_constructor_in_a_class_is_a_method(run) -> None:
    """As the function is that replaces it."""
    program = """
import paws
class Clients:
    greeter = paws.greeter
try:
    Clients().greeter()
except Exception as error:
    print(type(error).__name__)
print(Clients.greeter())
"""
    assert run(program).splitlines() == ["ConfigError", "<Greeter>"]


# --- pickling


@pytest.mark.parametrize(
    "expression",
    [
        "paws.greeter",
        "paws.greeter_greet",
        "paws.greeter(region='us-east-1')",
        "paws.greeter().greet",
        "paws.services.greeter.errors.Busy",
    ],
)
def test_pickle_is_read_by_a_process_that_generates(run, tmp_path, expression) -> None:
    program = """
import base64, pickle, sys, paws
value = {} if "{}" == "paws.greeter" else (paws.greeter_greet, {})[1]
print(base64.b64encode(pickle.dumps(value)).decode())
"""
    pickled = run(program.replace("{}", expression))
    read = f"import pickle; print(pickle.loads({base64.b64decode(pickled)!r}))"
    other = str(tmp_path / "other cache")
    assert re.search("(?i)greet|busy", run(read, PAWS_CACHE_DIR=other))


# --- names without a service


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("dynamo", "dynamodb"),
        ("sagmaker", "sagemaker"),
        ("pagiante", "paginate"),
        ("greeter_gret", "greeter_greet"),
        ("S3", "s3"),
        ("DynamoDB", "dynamodb"),
        ("sagemakerruntime_invoke", "sagemakerruntime_invoke_endpoint"),
    ],
)
def test_misspelt_name_gets_the_nearest_one(run, name, meant) -> None:
    program = f"""
import paws
try:
    paws.{name}
except AttributeError as error:
    print(error, error.name)
"""
    message = (
        f"module 'paws' has no attribute '{name}'. Did you mean: '{meant}'? {name}"
    )
    assert run(program) == message


NONSENSE = ["foo", "__wrapped__", "_ipython_display_", "pytest_plugins", "load_tests"]


def test_looking_for_names_generates_nothing(run, cache) -> None:
    program = f"""
import doctest, inspect, pickle, pydoc, rlcompleter, unittest.mock
import paws
assert not any(hasattr(paws, name) for name in {NONSENSE})
inspect.unwrap(paws), inspect.getdoc(paws), inspect.getmembers(paws)
doctest.DocTestFinder().find(paws)
pydoc.plain(pydoc.render_doc(paws))
unittest.mock.create_autospec(paws)
pickle.dumps(paws.greeter)
complete = rlcompleter.Completer({{"paws": paws}}).complete
print(complete("paws.dynamodbs", 0), complete("paws.greet", 0))
"""
    assert run(program) == "paws.dynamodbstreams( paws.greeter("
    assert generated(cache) == []


@needs.pinned_botocore
def test_dir_has_the_constructor_of_every_service(run) -> None:
    program = """
import botocore.session, paws
from make_paws import naming, overrides, spec
rules = overrides.load()
names = {
    naming.constructor(rules.service_name(service, metadata))
    for service, metadata in spec.services(spec.installed()).items()
}
print(sorted(names - {*dir(paws)}))
"""
    assert run(program) == "[]"


def test_dir_has_services_that_are_not_in_the_index(run, cache) -> None:
    program = """
import paws
print([name for name in ("greeter", "mygreeter") if name in dir(paws)])
try:
    paws.greter
except AttributeError as error:
    print(error)
"""
    assert run(program).splitlines() == [
        "['greeter']",
        "module 'paws' has no attribute 'greter'. Did you mean: 'greeter'?",
    ]
    assert "['mygreeter']" in run(WITHOUT_EXTRA + program)
    assert generated(cache) == []


def test_unknown_coroutine_names_its_module(run) -> None:
    program = """
import paws.aio
for name in ("foo", "greeter_gret"):
    try:
        getattr(paws.aio, name)
    except AttributeError as error:
        print(error)
"""
    first, second = run(program).splitlines()
    assert first.startswith("module 'paws.aio' has no attribute 'foo'")
    assert second == (
        "module 'paws.aio' has no attribute 'greeter_gret'. "
        "Did you mean: 'greeter_greet'?"
    )


# --- without the extra


def test_service_without_the_extra_names_it(run, cache) -> None:
    program = """
import importlib, paws
for name in ("s3", "s3_list_objects_v2", "lambda_"):
    try:
        getattr(paws, name)
    except AttributeError as error:
        print(error)
try:
    importlib.import_module("paws.services.s3")
except ImportError as error:
    print(error, error.name)
print("s3" in dir(paws), hasattr(paws, "s3"), "s3" in paws.__all__)
"""
    assert run(WITHOUT_EXTRA + program).splitlines() == [
        NEEDS_EXTRA.format("s3"),
        NEEDS_EXTRA.format("s3"),
        NEEDS_EXTRA.format("lambda_"),
        f"{NEEDS_EXTRA.format('s3')} paws.services.s3",
        "True False False",
    ]
    assert not cache.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "from paws import s3",
        "from paws import s3_list_objects_v2",
        "from paws.services import s3",
    ],
)
def test_from_import_without_the_extra_names_it(run, statement) -> None:
    program = f"""
try:
    {statement}
except ImportError as error:
    print(error)
"""
    assert run(WITHOUT_EXTRA + program) == NEEDS_EXTRA.format("s3")


def test_from_import_of_a_misspelt_name_is_python_s_error(run) -> None:
    program = """
try:
    from paws import dynamodbs
except ImportError as error:
    print(error)
"""
    shown = run(program)
    assert shown.startswith("cannot import name 'dynamodbs' from 'paws'")


def test_misspelt_name_without_the_extra_gets_a_hint(run) -> None:
    """Before its underscore is the name of another service."""
    program = """
import paws
try:
    paws.sagemaker_runtime
except AttributeError as error:
    print(error)
"""
    needs_extra = NEEDS_EXTRA.format("sagemaker")
    assert run(WITHOUT_EXTRA + program) == (
        f"{needs_extra}. Did you mean: 'sagemakerruntime'?"
    )


def test_service_newer_than_the_index_needs_the_extra(run, data) -> None:
    """Without the generator, R's name is that of botocore without hyphens."""
    write_private_service(data, service="brand-new", name="Brand New")
    program = """
import paws
for name in ("brandnew", "brandold"):
    try:
        getattr(paws, name)
    except AttributeError as error:
        print(error)
"""
    first, second = run(WITHOUT_EXTRA + program).splitlines()
    assert first == NEEDS_EXTRA.format("brandnew")
    assert second.startswith("module 'paws' has no attribute 'brandold'")


def test_service_unknown_to_botocore_suggests_upgrade(run) -> None:
    """The index can be newer than the installed botocore."""
    program = """
import paws, paws._services
paws._services.SERVICES["newest"] = "newest-service"
try:
    paws.newest
except AttributeError as error:
    print(error)
"""
    assert run(program) == (
        "newest is an AWS service that the installed botocore does not have: "
        "pip install --upgrade botocore"
    )


def test_frozen_program_explains_what_it_lacks(run) -> None:
    program = """
import sys, paws
sys.frozen = True
try:
    paws.s3
except AttributeError as error:
    print(error)
"""
    assert run(program) == (
        "s3 is an AWS service that is not part of this frozen program: generate it into a "
        "package of your own before you freeze the program, with "
        "make-paws generate s3 --package NAME"
    )


def test_refused_model_is_an_import_error(run, data) -> None:
    model = greeting_model(serviceFullName="Rude", serviceId="Rude")
    model["operations"]["Greet"]["shout"] = True
    write_model(data, model, service="rude")
    program = """
import paws
for use in (lambda: paws.rude(), lambda: paws.rude_greet, lambda: __import__("paws.services.rude")):
    try:
        use()
    except ImportError as error:
        print(error.name, error)
"""
    lines = run(program).splitlines()
    assert len({*lines}) == 1
    assert len(lines) == 3
    assert lines[0].startswith(
        "paws.services.rude paws.services.rude cannot be generated: rude: "
    )
    assert "'shout'" in lines[0]


def test_broken_model_is_an_import_error(run, data) -> None:
    folder = data / "my-broken" / "2021-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text('{"metadata": ')
    program = """
import inspect, paws
inspect.getmembers(paws)
for use in (lambda: paws.mybroken(), lambda: paws.mybroken_greet):
    try:
        use()
    except ImportError as error:
        print(error)
print("mybroken" in dir(paws), paws.greeter())
"""
    first, second, last = run(program).splitlines()
    assert first == second
    assert first.startswith("paws.services.mybroken cannot be generated: my-broken: ")
    assert "JSON" in first
    assert last == "True <Greeter>"


def test_unreadable_model_is_an_attribute_error(run) -> None:
    """So functions that read all attributes of a package ignore it."""
    program = """
import inspect, paws
from paws_common import models
def unreadable(service):
    raise PermissionError(13, "Permission denied", service)
models.find_model = unreadable
inspect.getmembers(paws)
try:
    paws.mygreeter
except AttributeError as error:
    print(error)
"""
    assert run(program) == (
        "the model of my-greeter cannot be read: "
        "[Errno 13] Permission denied: 'my-greeter'"
    )


# --- no usable cache


PROGRAM_IN_MEMORY = """
import inspect, pickle, traceback, warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import paws
    service = paws.greeter(region="us-east-1")
    paws.sts_get_caller_identity
print(len(caught), caught[0].category.__name__, caught[0].message)
print(pickle.loads(pickle.dumps(service)), pickle.loads(pickle.dumps(paws.greeter_greet)))
print(inspect.getsource(paws.greeter_greet).splitlines()[0])
try:
    paws.greeter_greet(Nome="x")
except TypeError:
    print("Nome" in traceback.format_exc())
try:
    paws.services.greeter.operations.GREET.request(None)[5]
except IndexError:
    pass
"""


@pytest.mark.parametrize("cache_is", ["a file", "below a file", "writable by all"])
def test_service_is_kept_in_memory_with_one_warning(run, tmp_path, cache_is) -> None:
    path = tmp_path / "unusable"
    if cache_is == "writable by all":
        path.mkdir()
        path.chmod(0o777)
    else:
        path.touch()
    chosen = path / "below" if cache_is == "below a file" else path
    shown = run(PROGRAM_IN_MEMORY, PAWS_CACHE_DIR=str(chosen)).splitlines()
    assert shown[0].startswith("1 RuntimeWarning ")
    assert str(path) in shown[0]
    assert "Set PAWS_CACHE_DIR to a folder that only you can write to" in shown[0]
    assert shown[1].startswith("<Greeter region=us-east-1> <function greeter_greet")
    assert shown[2:] == ["@operation", "True"]


def test_disk_that_is_full_keeps_the_service_in_memory(run, cache) -> None:
    program = """
import warnings
from paws_common import service_cache
def full(path, content):
    raise OSError(28, "No space left on device")
service_cache._write = full
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import paws
    print(paws.greeter(), len(caught))
"""
    assert run(program) == "<Greeter> 1"
    assert generated(cache) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_service_is_generated_without_any_file(run, cache) -> None:
    """As on a file system that is read-only, with its folders of temporary files."""
    program = """
import resource, sys, warnings
sys.dont_write_bytecode = True
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import paws
    print(paws.greeter(), len(caught))
"""
    assert run(program) == "<Greeter> 1"
    assert generated(cache) == []


def test_traceback_in_memory_shows_the_source(run, tmp_path) -> None:
    (tmp_path / "file").touch()
    program = """
import traceback, warnings
warnings.simplefilter("ignore")
import paws
try:
    paws.greeter_greet.__wrapped__()
except TypeError as error:
    pass
module = paws.services.greeter.operations
vars(module)["GREET"] = None
try:
    paws.greeter_greet.__wrapped__("x")
except AttributeError:
    print("return GREET.request" in traceback.format_exc(), module.__file__)
"""
    file = os.path.join("<memory>", "paws", "services", "greeter", "operations.py")
    assert run(program, PAWS_CACHE_DIR=str(tmp_path / "file")) == f"True {file}"


# --- how Python is run


@pytest.mark.parametrize(
    "options", [["-OO"], ["-B"], ["-I"], ["-s", "-P"], ["-X", "utf8=0"]], ids=" ".join
)
def test_options_of_python_do_not_matter(data, cache, options) -> None:
    program = "import paws; print(paws.greeter(), paws.greeter_greet.__name__)"
    environment = {"PAWS_CACHE_DIR": str(cache), "AWS_DATA_PATH": str(data)}
    for _ in range(2):
        shown = run_program(program, options=options, **environment)
        assert shown == "<Greeter> greeter_greet"


def test_packages_are_imported_from_a_zip(run, tmp_path) -> None:
    """Generator, templates, runtime and package; the metadata is that of the wheel."""
    archive = tmp_path / "paws.zip"
    templates = Path(make_paws.__file__).parent / "templates"
    if not templates.exists():
        templates = Path(make_paws.__file__).parents[2] / "templates"
    roots = {
        "make_paws": Path(make_paws.__file__).parent,
        "make_paws/templates": templates,
        "paws": Path(paws.__file__).parent,
        "paws_common": Path(paws_common.__file__).parent,
    }
    files = {
        f"{name}/{path.relative_to(root).as_posix()}": path
        for name, root in roots.items()
        for path in root.rglob("*")
        if path.suffix in (".py", ".toml", ".txt", ".jinja")
    }
    with zipfile.ZipFile(archive, "w") as file:
        for name, path in files.items():
            file.write(path, name)
    program = """
import sys
sys.path.insert(0, sys.argv[1])
import make_paws, paws
print(paws.greeter(), make_paws.__file__.startswith(sys.argv[1]), paws.__file__.startswith(sys.argv[1]))
"""
    assert run(program, str(archive)) == "<Greeter> True True"


def test_reloaded_package_has_one_finder(run) -> None:
    program = """
import importlib, sys, paws
importlib.reload(paws)
print([type(finder).__name__ for finder in sys.meta_path].count("ServiceFinder"))
print(paws.greeter())
"""
    assert run(program).splitlines() == ["1", "<Greeter>"]


def test_finder_ignores_other_modules(run, cache) -> None:
    program = """
import importlib, paws
for name in ("s3", "paws.s3", "paws.services.foo", "paws.services.s3.s3", "pawsome.services.s3"):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(error.name)
    if name == "paws.services.foo":
        print("paws_common.on_demand" in __import__("sys").modules)
"""
    expected = [
        "s3",
        "paws.s3",
        "paws.services.foo",
        "True",
        "paws.services.s3.s3",
        "pawsome",
    ]
    assert run(program).splitlines() == expected


def test_import_of_paws_loads_nothing_of_it(run) -> None:
    program = """
import sys, paws, paws.services.sagemakerruntime
print([name for name in ("paws_common.on_demand", "paws._services", "make_paws") if name in sys.modules])
"""
    assert run(program) == "[]"
