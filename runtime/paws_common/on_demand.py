"""Generate services that are not in the package when they are first used.

An entry point refers to the generator, because the runtime must not depend on it. Its
output is stored in the cache (`paws_common.service_cache`) and imported from there, with
the same module names as in the package.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache, partial
from importlib import import_module
from importlib.machinery import ModuleSpec
from keyword import iskeyword
from types import MethodType
from typing import TYPE_CHECKING, Any, Protocol, cast

from paws_common import models, service_cache
from paws_common.models import Model

if TYPE_CHECKING:
    from inspect import Signature

    from paws_common import Config, Credentials
    from paws_common.memory_loader import MemoryLoader

_GROUP = "paws.generator"  # of entry points
_EXTRA = "pip install 'paws-py[codegen]'"

Modules = Mapping[str, bytes]  # the name of each file to its content


class Generator(Protocol):
    """The module that the entry point refers to."""

    def generate(
        self,
        service: str,
        content: bytes,
        extras: bytes | None,
        examples: bytes | None,
        waiters: bytes | None,
    ) -> tuple[str, Modules]:
        """Return the name of a service's constructor, and its modules."""
        ...

    def constructor(self, service: str, content: bytes) -> str:
        """Return the name of a service's constructor."""
        ...


class UnavailableError(Exception):
    """A service of AWS cannot be generated; the message is shown to the user."""


class Constructor:
    """The constructor of a service, which is imported when it is called.

    Completion and `help` read all attributes of a package, and their signatures, which
    must not import 400 services. Its docstring is that of the generated function.
    """

    def __init__(self, package: str, name: str) -> None:
        self._package = package
        self.__module__ = f"{package}.services.{name}.service"
        self.__name__ = self.__qualname__ = name
        # For type checkers it is Any, because they do not know the methods of the service.
        returned = {"return": "Service"}
        self.__annotations__ = type(self).__call__.__annotations__ | returned

    def __call__(
        self,
        config: Config | None = None,
        credentials: Credentials | None = None,
        endpoint: str | None = None,
        region: str | None = None,
    ) -> Any:
        return self._load()(config, credentials, endpoint, region)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind to an instance like a function, so that `help` shows it as a function."""
        return self if instance is None else MethodType(self, instance)

    def __getattr__(self, name: str) -> Signature:
        """Return the signature, for `inspect`; a property would be that of the class."""
        if name != "__signature__":
            raise AttributeError(f"{self!r} has no attribute {name!r}", name=name)
        from inspect import signature

        returned = self.__annotations__["return"]
        return signature(self.__call__).replace(return_annotation=returned)

    @property
    def __globals__(self) -> dict[str, object]:
        """The names in the annotations, for `typing.get_type_hints`."""
        runtime = import_module("paws_common")
        names = ("Config", "Credentials", "Service")
        return {name: getattr(runtime, name) for name in names}

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return cast("str | None", self._load().__doc__)

    def __repr__(self) -> str:
        return f"<constructor {self._package}.{self.__name__}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _attribute, (self._package, self.__name__)

    def _load(self) -> Any:
        """Import the function, which replaces this object in the package."""
        function = load(self._package, self.__name__, self.__name__)
        setattr(sys.modules[self._package], self.__name__, function)
        return function


def _attribute(package: str, name: str) -> object:
    return getattr(import_module(package), name)


def constructors(package: str) -> list[str]:
    """Return the constructors of all services, without generating them."""
    index = _index(package)
    return [*index, *filter(None, map(_constructor, _unlisted_names(index)))]


def find_constructor(package: str, name: str) -> str | None:
    """Return the name of the constructor that is the prefix of a name.

    None if botocore does not have such a service.
    """
    prefix = name.partition("_")[0]
    for constructor in (prefix, f"{prefix}_"):  # lambda_
        if _service(package, constructor):
            return constructor
    return None


def require(package: str, constructor: str) -> None:
    """Raise an `UnavailableError` unless a service is cached or can be generated.

    botocore must have a model of it, and the generator must be installed.
    """
    if _cached_entry(constructor, _model(package, constructor)) is None:
        _generator(constructor)


def load(package: str, constructor: str, name: str) -> object:
    """Return a constructor or function of a service, which is generated if necessary.

    It is generated before the import system locks the module: a process that is forked
    while the lock is acquired could not import the module.

    Raises
    ------
    UnavailableError
        As `require` raises.
    ImportError
        The generator refuses the model.
    KeyError
        The service does not have the function.
    """
    module = f"{package}.services.{constructor}"
    if module not in sys.modules:
        _located[module] = _locate(package, constructor)
    return cast(object, vars(import_module(module))[name])


def find_spec(package: str, fullname: str) -> ModuleSpec | None:
    """Return the spec of a service, or of a module that is not in the service's folder.

    The service is in memory, or its folder was removed from the cache after its import.

    Raises
    ------
    ImportError
        botocore has no model of the service, the generator refuses it or is not installed.
        It is not a ModuleNotFoundError, which ``from paws.services import s3`` replaces
        with an error without a reason.
    """
    from importlib.util import spec_from_file_location, spec_from_loader

    services = f"{package}.services"
    service, _, module = fullname.removeprefix(f"{services}.").partition(".")
    if module and f"{services}.{service}" not in _found:
        return None
    location = _location(package, service)
    if location is None:
        return None
    _found.add(fullname)
    if not isinstance(location, str):
        return spec_from_loader(fullname, location)
    path = os.path.join(location, f"{module or '__init__'}.py")
    return spec_from_file_location(fullname, path) if os.path.isfile(path) else None


def _location(package: str, service: str) -> str | MemoryLoader | None:
    """Return the folder or the loader of a service; None if it does not exist."""
    module = f"{package}.services.{service}"
    location = _in_memory.get(module) or _located.pop(module, None)
    if location is not None or not _service(package, service):
        return location
    try:
        return _locate(package, service)
    except UnavailableError as error:
        raise ImportError(str(error), name=module) from error


# The services that are not in the package and were found.
_found: set[str] = set()
# The folders and the loaders of services that were located, but not imported yet.
_located: dict[str, str | MemoryLoader] = {}
# The loaders of services that cannot be stored.
_in_memory: dict[str, MemoryLoader] = {}
_has_warned = False
_generating = threading.RLock()


def _reset_after_fork() -> None:
    global _generating
    _generating = threading.RLock()  # another thread of the parent may have locked it


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_reset_after_fork)


def _locate(package: str, constructor: str) -> str | MemoryLoader:
    """Return the folder or the loader of a service, which is generated if necessary."""
    model = _model(package, constructor)
    entry = _cached_entry(constructor, model)
    if entry is not None:
        return entry
    generator = _generator(constructor)
    module = f"{package}.services.{constructor}"
    with _generating:
        if module in _in_memory:
            return _in_memory[module]
        return _generate(generator, module, constructor, model)


def _generate(
    generator: Generator, module: str, constructor: str, model: Model
) -> str | MemoryLoader:
    """Generate a service; return its folder in the cache, or its loader."""
    modules = partial(_modules, generator, module, constructor, model)
    try:
        folder = service_cache.private_folder()
        with service_cache.locked(folder, constructor):
            entry = service_cache.entry_path(folder, constructor, model)
            if not service_cache.is_usable(entry):
                service_cache.store(entry, modules(entry))
            return entry
    except OSError as error:
        reason = str(error)
    _warn_once(reason)
    from paws_common.memory_loader import MemoryLoader

    return _in_memory.setdefault(module, MemoryLoader(module, modules("memory")))


def _modules(
    generator: Generator, module: str, constructor: str, model: Model, target: str
) -> Modules:
    """Generate the modules of a service, and log where they are stored.

    An ImportError is raised if the generator refuses the model.
    """
    import logging

    start = time.monotonic()
    try:
        name, modules = generator.generate(*model)
    except Exception as error:
        message = f"{module} cannot be generated: {error}"
        raise ImportError(message, name=module) from error
    if name != constructor:
        message = f"{module} cannot be generated: {model.service} is called {name}"
        raise ImportError(message, name=module)
    logging.getLogger("paws").info(
        "%s was generated from botocore's model of %s in %.1f s: %s",
        module,
        model.service,
        time.monotonic() - start,
        target,
    )
    return modules


def _warn_once(reason: str) -> None:
    """Warn once in a process that generated services cannot be stored."""
    import warnings

    global _has_warned
    if _has_warned:
        return
    _has_warned = True
    warnings.warn(
        f"{reason}; generated services are kept in memory, and generated again by each "
        "process. Set PAWS_CACHE_DIR to a folder that only you can write to",
        RuntimeWarning,
        stacklevel=2,
    )


def _model(package: str, constructor: str) -> Model:
    """Return the model of a service, or raise an `UnavailableError`."""
    if getattr(sys, "frozen", False):  # by PyInstaller and others
        raise UnavailableError(
            f"{constructor} is an AWS service that is not part of this frozen program: "
            "generate it into a package of your own before you freeze the program, with "
            f"make-paws generate {constructor.rstrip('_')} --package NAME"
        )
    service = _service(package, constructor)
    try:
        model = models.find_model(service) if service else None
    except OSError as error:
        message = f"the model of {service} cannot be read: {error}"
        raise UnavailableError(message) from error
    if model is None:
        raise UnavailableError(
            f"{constructor} is an AWS service that the installed botocore does not have: "
            "pip install --upgrade botocore"
        )
    return model


def _service(package: str, constructor: str) -> str | None:
    """Return botocore's name of a service; None if the service does not exist."""
    index = _index(package)
    if constructor in index:
        return index[constructor]
    names = _unlisted_names(index)
    return _unlisted_service(constructor, names) if names else None


def _index(package: str) -> Mapping[str, str]:
    """Return botocore's name of each constructor, as of the release of the package."""
    return cast("Mapping[str, str]", import_module(f"{package}._services").SERVICES)


def _unlisted_names(index: Mapping[str, str]) -> set[str]:
    """Return the names of services that are newer than the index, or the user's own."""
    return models.service_names().difference(index.values())


def _unlisted_service(constructor: str, names: set[str]) -> str | None:
    """Return the service in `names` that has this constructor."""
    for name in names.intersection(_cached_names(constructor)):
        model = models.find_model(name)
        if model and _cached_entry(constructor, model):
            return name
    likely = sorted(
        names, key=lambda name: (name.replace("-", "") != constructor, name)
    )
    return next((name for name in likely if _constructor(name) == constructor), None)


@cache
def _constructor(service: str) -> str | None:
    """Return the constructor of a service of botocore, which is usually its name."""
    try:
        model = models.find_model(service)
        if model is None:
            return None
        return _generator(service).constructor(service, model.content)
    except Exception:  # noqa: BLE001 (without the generator, or of a broken model)
        name = service.replace("-", "")
        return f"{name}_" if iskeyword(name) else name


def _cached_names(constructor: str) -> list[str]:
    try:
        return service_cache.services_of(service_cache.private_folder(), constructor)
    except OSError:
        return []


def _cached_entry(constructor: str, model: Model) -> str | None:
    try:
        folder = service_cache.private_folder()
    except OSError:
        return None
    entry = service_cache.entry_path(folder, constructor, model)
    return entry if service_cache.is_usable(entry) else None


def _generator(constructor: str) -> Generator:
    """Return the generator, or raise an `UnavailableError` if it is not installed."""
    try:
        return _load_generator()
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"{constructor} is an AWS service that is not part of this installation: "
            f"{_EXTRA}"
        ) from error


@cache
def _load_generator() -> Generator:
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=_GROUP):
        return cast(Generator, entry_point.load())
    raise ModuleNotFoundError(f"no entry point of {_GROUP}")
