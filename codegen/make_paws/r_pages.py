"""The URLs of R's help pages."""

from __future__ import annotations

from functools import cache
from importlib import resources

_SERVICES = resources.files("make_paws") / "r_services.txt"
_PAGE = "https://www.paws-r-sdk.com/docs/{}/"


def url(service: str, topic: str) -> str:
    """Return the URL of a help page; "" for a service that R does not have.

    Parameters
    ----------
    service : str
        botocore's name of the service.
    topic : str
        The name of the page.
    """
    return _PAGE.format(topic) if service in _services() else ""


@cache
def _services() -> frozenset[str]:
    """Return botocore's names of the services that R has.

    They are a list, because R does not change with the installed botocore.
    """
    lines = _SERVICES.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
