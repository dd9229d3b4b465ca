"""Import the names of a package when they are first used (PEP 562).

The time of ``import paws`` does not depend on the number of services, and botocore is not
imported.
"""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # importing typing would take longer than the rest of this module
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from importlib.machinery import ModuleSpec

    GetAttribute = Callable[[str], object]
    Directory = Callable[[], list[str]]


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[GetAttribute, Directory]:
    """Return ``__getattr__`` and ``__dir__`` of a package that loads names from modules.

    `modules` are the modules of the package by the names that they define.
    """

    def get_attribute(name: str) -> object:
        if name == "__all__":
            return _store(package, name, sorted(modules))
        if name not in modules:
            raise _no_attribute(package, name)
        return _load(package, name, f"{package}.{modules[name]}")

    return get_attribute, lambda: _directory(package, modules)


def lazy_services(
    package: str,
    services: Collection[str],
    runtime: Collection[str] = (),
    *,
    on_demand: bool = False,
) -> tuple[GetAttribute, Directory]:
    """Return ``__getattr__`` and ``__dir__`` of a package of generated services.

    The name of every function begins with R's name of its service, which does not contain
    an underscore. If the name of a constructor would be a keyword of Python, such as
    ``lambda``, an underscore is appended.

    ``__all__`` contains the names of the services of the package. They are in the separate
    module ``_exports``, because all services of AWS have 20,000 names, which take 10 ms to
    load.

    `services` are the names of the constructors, which are the names of the services'
    packages too; `runtime` are those that are imported from ``paws_common``. With
    `on_demand`, services that are not in the package are generated when they are first
    used. The module ``_services`` contains their constructors.
    """
    folders = {service.rstrip("_"): service for service in services}
    if on_demand:
        finders = [each for each in sys.meta_path if isinstance(each, ServiceFinder)]
        if all(each.package != package for each in finders):  # or it is reloaded
            sys.meta_path.append(ServiceFinder(package))

    def exports() -> list[str]:
        exported = import_module(f"{package}._exports").EXPORTS
        return sorted(
            {*runtime, *(name for names in exported.values() for name in names)}
        )

    def constructors() -> list[str]:
        generated = _on_demand_constructors(package) if on_demand else ()
        return [*services, *runtime, *generated]

    def get_attribute(name: str) -> object:
        if name == "__all__":
            return _store(package, name, exports())
        if name == "__version__":
            return _load(package, name, "paws_common.version")
        if name == "aio":
            return import_module(f"{package}.aio")
        if name in runtime:
            value: object = getattr(import_module("paws_common"), name)
            return _store(package, name, value)
        folder = folders.get(name.partition("_")[0])
        if folder is not None:
            return _load(package, name, f"{package}.services.{folder}")
        # Python and its tools look for many names that begin with an underscore.
        if on_demand and not name.startswith("_"):
            return _load_on_demand(package, name, constructors)
        raise _no_attribute(package, name, constructors)

    def directory() -> list[str]:
        return _directory(
            package, {"aio", *exports(), *constructors(), *_loaded_names(package)}
        )

    return get_attribute, directory


def lazy_coroutines(module: str) -> tuple[GetAttribute, Directory]:
    """Return ``__getattr__`` and ``__dir__`` of the module ``aio`` of a package.

    The module has a coroutine function for each function, with the same name.
    """
    package = module.rpartition(".")[0]

    def functions() -> list[str]:
        exports = import_module(f"{package}._exports")
        custom = getattr(exports, "CUSTOM", ())
        return sorted(
            name
            for service, names in exports.EXPORTS.items()
            for name in names
            if name != service and name not in custom
        )

    def operations_module(name: str) -> str | None:
        # The error of an unknown name is that of the package, with similar names.
        try:
            function = getattr(import_module(package), name)
        except AttributeError as error:
            message = str(error).replace(f"module {package!r}", f"module {module!r}")
            error.args = (message,)
            raise
        defined: str = getattr(function, "__module__", "")
        is_service = defined.startswith(f"{package}.services.")
        return defined if is_service and defined.endswith(".operations") else None

    def get_attribute(name: str) -> object:
        if name == "__all__":
            return _store(module, name, functions())
        if name.startswith("_"):
            raise _no_attribute(module, name)
        defined = operations_module(name)
        if defined is None:
            raise _no_attribute(module, name, directory)
        return _load(module, name, f"{defined.removesuffix('.operations')}.aio")

    def directory() -> list[str]:
        loaded = filter(operations_module, _loaded_names(package))
        return _directory(module, {*functions(), *loaded})

    return get_attribute, directory


class ServiceFinder:
    """Find the services of a package that are not in its folder.

    It is the last one in `sys.meta_path`, so services in the folder have precedence.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self._prefix = f"{package}.services."

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        """Return the spec of a service, which is generated if it is not in the cache.

        Raises
        ------
        ImportError
            ``from paws import NAME`` is executed, and the service of NAME is not
            available. Python replaces an AttributeError with an error without a reason.
        """
        if not fullname.startswith(self._prefix):
            parent, _, name = fullname.rpartition(".")
            if parent == self.package and not name.startswith("_"):
                self._check_available(name)
            return None if parent else self._find_loaded(name, path)
        from paws_common import on_demand

        return on_demand.find_spec(self.package, fullname)

    def _find_loaded(self, name: str, path: object) -> ModuleSpec | None:
        """Return the spec of a loaded service by its last name, for IPython's completion.

        jedi passes this name, with the path of the package, as to `PathFinder`.
        """
        module = sys.modules.get(f"{self._prefix}{name}")
        if module is None or module.__file__ is None:
            return None
        if path != sys.modules[f"{self.package}.services"].__path__:
            return None
        from importlib.util import spec_from_file_location

        return spec_from_file_location(name, module.__file__)

    def _check_available(self, name: str) -> None:
        from paws_common import on_demand

        constructor = on_demand.find_constructor(self.package, name)
        if constructor is None:
            return
        try:
            on_demand.require(self.package, constructor)
        except on_demand.UnavailableError as error:
            raise ImportError(str(error), name=self.package) from error


def _load_on_demand(package: str, name: str, constructors: Directory) -> object:
    """Return a constructor or a function of a service that is not in the package."""
    from paws_common import on_demand

    constructor = on_demand.find_constructor(package, name)
    if constructor is None:
        raise _no_attribute(package, name, constructors)
    try:
        if name == constructor:
            on_demand.require(package, name)
            return _store(package, name, on_demand.Constructor(package, name))
        return _store(package, name, on_demand.load(package, constructor, name))
    except on_demand.UnavailableError as error:
        message = str(error)
        if name != constructor:  # sagemaker_runtime is not a function of sagemaker
            message += _suggestion(name, constructors(), cutoff=0.9)
        raise AttributeError(message, name=name) from error
    except KeyError:
        functions = _exported(f"{package}.services.{constructor}")
        names = [*functions, *constructors()]
        raise _no_attribute(package, name, lambda: names) from None


def _on_demand_constructors(package: str) -> list[str]:
    from paws_common import on_demand

    return on_demand.constructors(package)


def _load(package: str, name: str, module: str) -> object:
    loaded = import_module(module)
    try:
        value: object = vars(loaded)[name]
    except KeyError:
        raise _no_attribute(package, name, lambda: _exported(module)) from None
    return _store(package, name, value)


def _store(package: str, name: str, value: object) -> object:
    """Set an attribute of a package, so that ``__getattr__`` is not called for it again."""
    setattr(sys.modules[package], name, value)
    return value


def _directory(package: str, names: Collection[str]) -> list[str]:
    own = {name for name in vars(sys.modules[package]) if name.startswith("__")}
    # `help` shows every function with a special name.
    return sorted({*own, *names} - {"__dir__", "__getattr__"})


def _loaded_names(package: str) -> list[str]:
    """Return the constructors and functions of the services that are imported."""
    prefix = f"{package}.services."
    services = {
        name.removeprefix(prefix): name
        for name in list(sys.modules)
        if name.startswith(prefix)
    }
    return [
        name
        for service, module in services.items()
        for name in _exported(module)
        if name == service or name.startswith(f"{service.rstrip('_')}_")
    ]


def _exported(module: str) -> list[str]:
    return list(getattr(sys.modules[module], "__all__", ()))


def _no_attribute(
    package: str, name: str, names: Directory | None = None
) -> AttributeError:
    message = f"module {package!r} has no attribute {name!r}"
    if names is None:
        # Python looks for a similar name in `dir(obj)`: "Did you mean: …?"
        return AttributeError(message, name=name, obj=sys.modules[package])
    # It does not if there are more than 750 names (Lib/traceback.py).
    if not name.startswith("_"):
        message += _suggestion(name, names())
    return AttributeError(message, name=name)


def _suggestion(name: str, names: Collection[str], cutoff: float = 0.6) -> str:
    from paws_common.suggestions import close_matches

    similar = close_matches(name, names, cutoff=cutoff)
    return "".join(f". Did you mean: {each!r}?" for each in similar)
