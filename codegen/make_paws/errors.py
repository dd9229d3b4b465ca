"""The errors of the generator, which end `make-paws` with exit code 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class MakePawsError(Exception):
    """The base class of all errors of the generator; the text is for the user."""


class ModelError(MakePawsError):
    """The model of a service is malformed, or has unknown keys or values.

    Parameters
    ----------
    reason : str
        The error, with the value.
    path : tuple of str
        The path in the model: ``("shapes", "Tag", "members", "Key")``. A function that
        does not know the path omits it; its caller adds it with `at`.
    service : str
        botocore's name of the service.
    """

    def __init__(
        self, reason: str, path: tuple[str, ...] = (), service: str = ""
    ) -> None:
        super().__init__(reason, path, service)
        self.reason, self.path, self.service = reason, path, service

    def __str__(self) -> str:
        place = "/".join(self.path)
        return ": ".join(part for part in (self.service, place, self.reason) if part)

    def at(self, *path: str) -> ModelError:
        """Return the same error with `path` before its own path."""
        return type(self)(self.reason, (*path, *self.path), self.service)


class OverrideError(MakePawsError):
    """An entry of ``overrides.toml`` is invalid, or does not fit the model (strict)."""


class SourceError(MakePawsError):
    """A model, a wheel, a data folder or a service does not exist or cannot be read."""


class RefusedError(MakePawsError):
    """A service cannot be compared, because it cannot be read or generated.

    Parameters
    ----------
    service : str
        botocore's name of the service.
    source : str
        The source, as on the command line.
    reason : str
        The error of reading or parsing it.
    """

    def __init__(self, service: str, source: str, reason: str) -> None:
        super().__init__(service, source, reason)
        self.service, self.source, self.reason = service, source, reason

    def __str__(self) -> str:
        return f"{self.source}: {self.service}: {self.reason}"


@contextmanager
def refusing(service: str, source: str) -> Iterator[None]:
    """Add the service and the source to errors that the block raises."""
    try:
        yield
    except MakePawsError as error:
        reason = str(error).removeprefix(f"{service}: ")
        raise RefusedError(service, source, reason) from error


class FactsError(MakePawsError):
    """A file of facts or a checkout of R's paws does not exist or is malformed."""


class FormatError(MakePawsError):
    """The output of a template is not Python: a bug of the generator."""


class OutputError(MakePawsError):
    """The generated files cannot be written without losing something."""


class WorkerError(MakePawsError):
    """A worker process ended before it returned its result."""


class InternalError(MakePawsError):
    """A bug of the generator stopped one service; the others continue.

    Parameters
    ----------
    service : str
        botocore's name of the service.
    reason : str
        The exception, and where it was raised.
    """

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(service, reason)
        self.service, self.reason = service, reason

    def __str__(self) -> str:
        return (
            f"{self.service}: internal error of make-paws: {self.reason}; please report "
            "it with the model"
        )
