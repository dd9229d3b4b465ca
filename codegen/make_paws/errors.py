"""What can be wrong with the input of the generator.

::

    MakePawsError             anything that ends `make-paws` with exit code 2
    ├── ModelError            the model of a service is broken, or says something unknown
    ├── OverrideError         a row of overrides.toml is wrong, or applies to nothing
    ├── SourceError           there is no such model, wheel, folder or service
    ├── FactsError            a file of R's facts, or a checkout of R's paws, is none
    ├── FormatError           a template made something that is no Python
    └── OutputError           the output cannot be written as it should be
"""

from __future__ import annotations


class MakePawsError(Exception):
    """The root of all errors of the generator; its text is for the person who called it."""


class ModelError(MakePawsError):
    """The model of a service is broken, or holds something that the generator does not know.

    Parameters
    ----------
    reason : str
        What is wrong, with the value.
    path : tuple of str
        Where in the model: ``("shapes", "Tag", "members", "Key")``. Pure functions
        raise it without a place; whoever knows the place adds it with `at`.
    service : str
        botocore's name of the service.
    """

    def __init__(
        self, reason: str, path: tuple[str, ...] = (), service: str = ""
    ) -> None:
        super().__init__(reason, path, service)
        self.reason = reason
        self.path = path
        self.service = service

    def __str__(self) -> str:
        place = "/".join(self.path)
        return ": ".join(part for part in (self.service, place, self.reason) if part)

    def at(self, *path: str) -> ModelError:
        """Return the same error, with `path` in front of its own."""
        return type(self)(self.reason, (*path, *self.path), self.service)


class OverrideError(MakePawsError):
    """A row of ``overrides.toml`` is malformed, or applies to nothing."""


class SourceError(MakePawsError):
    """There is no such model, wheel, data folder or service."""


class FactsError(MakePawsError):
    """What should hold the help pages of R's paws is missing, or has another shape."""


class FormatError(MakePawsError):
    """A template made something that is no Python: a fault of the generator."""


class OutputError(MakePawsError):
    """The generated files cannot be written without losing something."""
