"""Services that are not in the package: generated when they are first used."""

from __future__ import annotations

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
from support.private_models import write_private_service
from support.programs import WITHOUT_EXTRA, run_program
from support.service_models import greeting_model, write_model

Run = Callable[..., str]


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

    def run(program: str, *arguments: str, **options: str) -> str:
        own = {"PAWS_CACHE_DIR": str(cache), "AWS_DATA_PATH": str(data)}
        return run_program(program, *arguments, **{**own, **options})

    return run


def attempts(*uses: str) -> str:
    """Return a program that prints the error of each use."""
    each = "try:\n    {}\nexcept Exception as error:\n    print(type(error).__name__, error)"
    return "\n".join(["import paws", *map(each.format, uses), ""])


def generated(cache: Path) -> list[str]:
    """Return the names of the services in a cache."""
    return sorted(path.parent.parent.name for path in cache.glob("*/*/operations.py"))


# --- first use


@pytest.mark.parametrize(
    "use",
    [
        "import paws; service = paws.greeter()",
        "import paws; paws.greeter_greet; service = paws.greeter()",
        "import paws; paws.aio.greeter_greet; service = paws.greeter()",
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
print([name for name in dir(paws.aio) if name.startswith("greeter")])
"""
    assert run(program).splitlines() == [
        "['Name', 'Times']",
        "True paws.services.greeter.errors",
        "['Name'] (Name: 'str', *, Times: 'int | None' = None) -> 'GreetOutput'",
        "['@operation', 'def greeter_greet(']",
        "['greeter', 'greeter_greet'] False",
        "['greeter_greet']",
    ]


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
"""
    unknown = attempts("import paws.services.greeter.foo")
    shown, error = run(program + unknown, str(cache)).splitlines()
    assert "greet" in shown
    assert error.endswith("Error No module named 'paws.services.greeter.foo'")
    assert generated(cache) == (["greeter"] if cache_is_writable else [])


def test_first_use_is_logged_once(run, cache) -> None:
    program = """
import logging, sys, paws
logging.basicConfig(
    level="INFO", format="%(levelname)s %(name)s %(message)s", stream=sys.stdout
)
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
    http = model["operations"]["Greet"]["http"]
    model["operations"]["Wave"] = {"name": "Wave", "http": http}
    write_model(data, model, service="my-greeter", version="2021-01-01")
    assert run(program) == "['greet', 'wave']"
    assert run(WITHOUT_EXTRA + program) == "['greet', 'wave']"
    assert generated(cache) == ["greeter", "greeter"]


# --- constructors


def test_help_of_a_constructor_is_the_generated_one(run) -> None:
    shown = run("import pydoc, paws\n" + 2 * "print(pydoc.render_doc(paws.greeter))\n")
    shown = re.sub(".\b", "", shown)
    assert shown.count("    - `greet`: Greets somebody") == 2
    # Python 3.15 writes the parameters on lines of their own, and no quotation marks.
    start = r"\ngreeter\(\s*config: '?Config \| None'? = None,\s*credentials"
    assert len(re.findall(start, shown)) == 2
    assert shown.count("function greeter in module paws.services.greeter") == 1


def test_constructor_is_described_before_loading(run, cache) -> None:
    program = """
import inspect, paws, paws_common, typing
print(paws.greeter)
print(inspect.signature(paws.greeter))
print(list(inspect.signature(paws_common.Constructor).parameters))
for constructor in (paws.greeter, paws.sagemakerruntime):
    hints = typing.get_type_hints(constructor)
    print(hints.pop("return").__name__, list(hints))
"""
    parameters = "['config', 'credentials', 'endpoint', 'region']"
    assert run(program).splitlines() == [
        "<constructor paws.greeter>",
        (
            "(config: 'Config | None' = None, credentials: 'Credentials | None' = None, "
            "endpoint: 'str | None' = None, region: 'str | None' = None) -> 'Service'"
        ),
        "['package', 'name']",
        f"Service {parameters}",
        f"SageMakerRuntime {parameters}",
    ]
    assert generated(cache) == []


def test_constructor_in_a_class_is_a_method(run) -> None:
    """As the function is that replaces it."""
    program = "import paws\nclass Clients: greeter = paws.greeter\n"
    uses = ["Clients().greeter()", "print(Clients.greeter())"]
    error, shown = run(program + attempts(*uses)).splitlines()
    assert error.startswith("ConfigError")
    assert shown == "<Greeter>"


# --- names without a service


def test_misspelt_names_get_the_nearest_ones(run) -> None:
    meant = {
        "paws.dynamo": "dynamodb",
        "paws.sagmaker": "sagemaker",
        "paws.pagiante": "paginate",
        "paws.greter": "greeter",
        "paws.greeter_gret": "greeter_greet",
        "paws.sagemaker_runtime": "sagemakerruntime",
        "paws.S3": "s3",
        "paws.DynamoDB": "dynamodb",
        "paws.sagemakerruntime_invoke": "sagemakerruntime_invoke_endpoint",
        "paws.sagemakerruntime_invoke_endpoin": "sagemakerruntime_invoke_endpoint",
        "paws.aio.greeter_gret": "greeter_greet",
    }
    expected = [
        f"AttributeError module {module!r} has no attribute {name!r}. "
        f"Did you mean: {nearest!r}?"
        for misspelt, nearest in meant.items()
        for module, _, name in [misspelt.rpartition(".")]
    ]
    assert run(attempts(*meant)).splitlines() == expected


def test_misspelt_import_is_an_error_of_python(run) -> None:
    shown = run(attempts("from paws import dynamodbs"))
    assert shown.startswith("ImportError cannot import name 'dynamodbs' from 'paws'")


def test_looking_for_names_generates_nothing(run, cache) -> None:
    program = """
import doctest, inspect, pickle, pydoc, rlcompleter, unittest.mock
import paws
for name in ("foo", "__wrapped__", "_ipython_display_", "pytest_plugins", "load_tests"):
    assert not hasattr(paws, name)
    assert not hasattr(paws.aio, name)
inspect.unwrap(paws), inspect.getdoc(paws), inspect.getmembers(paws)
doctest.DocTestFinder().find(paws)
pydoc.plain(pydoc.render_doc(paws))
unittest.mock.create_autospec(paws)
pickle.dumps(paws.greeter)
complete = rlcompleter.Completer({"paws": paws}).complete
print(complete("paws.dynamodbs", 0), complete("paws.greet", 0))
"""
    assert run(program) == "paws.dynamodbstreams( paws.greeter("
    assert generated(cache) == []


def test_dir_has_services_that_are_not_in_the_index(run, cache) -> None:
    program = "import paws; print([n for n in dir(paws) if n[-7:] == 'greeter'])"
    assert run(program) == "['greeter']"
    # Without the generator, R's name is that of botocore without hyphens.
    assert run(WITHOUT_EXTRA + program) == "['mygreeter']"
    assert generated(cache) == []


# --- services that cannot be generated


def test_error_without_the_extra_names_it(run, cache) -> None:
    error = (
        "{}Error {} is an AWS service that is not part of this installation: "
        "pip install 'paws-py[codegen]'"
    ).format
    expected = {
        "paws.s3": error("Attribute", "s3"),
        "paws.s3_list_objects_v2": error("Attribute", "s3"),
        "paws.lambda_": error("Attribute", "lambda_"),
        "paws.mygreeter": error("Attribute", "mygreeter"),
        # Before its underscore is the name of another service.
        "paws.sagemaker_runtime": error("Attribute", "sagemaker")
        + ". Did you mean: 'sagemakerruntime'?",
        "import paws.services.s3": error("Import", "s3"),
        "from paws import s3": error("Import", "s3"),
        "from paws import s3_list_objects_v2": error("Import", "s3"),
        "from paws.services import s3": error("Import", "s3"),
    }
    names = "print('s3' in dir(paws), hasattr(paws, 's3'), 's3' in paws.__all__)"
    shown = run(WITHOUT_EXTRA + attempts(*expected) + names).splitlines()
    assert shown == [*expected.values(), "True False False"]
    assert not cache.exists()


def test_removed_module_without_the_extra_names_it(run, cache, data) -> None:
    write_private_service(data, service="other", name="Other")
    program = "import shutil, sys, paws\nservice = paws.other(region='us-east-1')\n"
    run(program)
    program += "shutil.rmtree(sys.argv[1])\n" + attempts("service.aio")
    shown = run(WITHOUT_EXTRA + program, str(cache))
    assert shown.startswith("ImportError other is an AWS service that is not part of")


@pytest.mark.parametrize(
    ("setup", "name", "message"),
    [
        # The index can be newer than the installed botocore.
        (
            "import paws._services; paws._services.SERVICES['newest'] = 'newest-service'",
            "newest",
            "the installed botocore does not have: pip install --upgrade botocore",
        ),
        (
            "import sys; sys.frozen = True",
            "s3",
            "part of this frozen program: .*with make-paws generate s3 --package NAME",
        ),
        # Functions that read all attributes of a package ignore an AttributeError.
        (
            "from paws_common import models; models.find_model = open",
            "mygreeter",
            "the model of my-greeter cannot be read: .* No such file or directory",
        ),
    ],
    ids=["newer index", "frozen program", "unreadable model"],
)
def test_service_that_cannot_be_generated(run, setup, name, message) -> None:
    program = f"import inspect, paws\n{setup}\ninspect.getmembers(paws)\n"
    shown = run(program + attempts(f"paws.{name}"))
    assert re.search(f"^AttributeError .*{message}", shown)


def test_invalid_model_is_an_import_error(run, data) -> None:
    model = greeting_model(serviceFullName="Rude", serviceId="Rude")
    model["operations"]["Greet"]["shout"] = True
    write_model(data, model, service="rude")
    folder = data / "my-broken" / "2021-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text('{"metadata": ')
    uses = ["paws.rude()", "paws.rude_greet", "__import__('paws.services.rude')"]
    uses += ["paws.mybroken()", "paws.mybroken_greet"]
    program = "import inspect, paws\ninspect.getmembers(paws)\n" + attempts(*uses)
    shown = run(f"{program}print('mybroken' in dir(paws), paws.greeter())").splitlines()
    refused, broken, last = shown[0], shown[3], shown[5]
    assert shown == [refused, refused, refused, broken, broken, last]
    error = "ImportError paws.services.{} cannot be generated: {}: "
    assert refused.startswith(error.format("rude", "rude"))
    assert "'shout'" in refused
    assert broken.startswith(error.format("mybroken", "my-broken"))
    assert "JSON" in broken
    assert last == "True <Greeter>"


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
module = paws.services.greeter.operations
module.GREET = None
try:
    paws.greeter_greet.__wrapped__("x")
except AttributeError:
    print("return GREET.request" in traceback.format_exc(), module.__file__)
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
    file = os.path.join("<memory>", "paws", "services", "greeter", "operations.py")
    assert shown[2:] == ["@operation", "True", f"True {file}"]


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


# --- how Python is run


@pytest.mark.parametrize(
    "options", [["-OO"], ["-B"], ["-I"], ["-s", "-P"], ["-X", "utf8=0"]], ids=" ".join
)
def test_options_of_python_do_not_matter(run, options) -> None:
    program = "import paws; print(paws.greeter(), paws.greeter_greet.__name__)"
    assert run(program, options=options) == "<Greeter> greeter_greet"
    assert run(program, options=options) == "<Greeter> greeter_greet"


def test_packages_are_imported_from_a_zip(run, tmp_path) -> None:
    """Generator, templates, runtime and package; the metadata is that of the wheel."""
    archive = tmp_path / "paws.zip"
    roots = {
        "make_paws": Path(make_paws.__file__).parent,
        "paws": Path(paws.__file__).parent,
        "paws_common": Path(paws_common.__file__).parent,
    }
    if not (roots["make_paws"] / "templates").exists():  # they are so in the wheel only
        roots["make_paws/templates"] = roots["make_paws"].parents[1] / "templates"
    with zipfile.ZipFile(archive, "w") as file:
        for name, root in roots.items():
            for path in root.rglob("*"):
                if path.suffix in (".py", ".toml", ".txt", ".jinja"):
                    file.write(path, f"{name}/{path.relative_to(root).as_posix()}")
    program = """
import sys
sys.path.insert(0, sys.argv[1])
import make_paws, paws
print({name for name in paws.__all__ if not callable(getattr(paws, name))})
print(paws.greeter(), make_paws.__file__.startswith(sys.argv[1]), paws.__file__.startswith(sys.argv[1]))
"""
    assert run(program, str(archive)).splitlines() == ["set()", "<Greeter> True True"]


def test_reloaded_package_has_one_finder(run) -> None:
    program = """
import importlib, sys, paws
importlib.reload(paws)
print([type(finder).__name__ for finder in sys.meta_path].count("ServiceFinder"))
print(paws.greeter())
"""
    assert run(program).splitlines() == ["1", "<Greeter>"]


def test_finder_ignores_other_modules(run) -> None:
    program = """
import importlib, paws
for name in ("s3", "paws.s3", "paws.services.foo", "paws.services.s3.s3", "pawsome.services.s3"):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(error.name)
"""
    names = ["s3", "paws.s3", "paws.services.foo", "paws.services.s3.s3", "pawsome"]
    assert run(program).splitlines() == names


def test_import_of_paws_loads_nothing_of_it(run) -> None:
    program = """
import sys, paws, paws.services.sagemakerruntime
print({"paws_common.on_demand", "paws._services", "make_paws"} & sys.modules.keys())
"""
    assert run(program) == "set()"
