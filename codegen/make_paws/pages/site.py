"""From what is known of services to the files of their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath

import jinja2

from make_paws import ir, render
from make_paws.formatting import Files
from make_paws.pages import text
from make_paws.pages.page import PACKAGE, Function

INDEX = "index.md"


def service(described: ir.Service, functions: Sequence[Function]) -> Files:
    """Return the pages of a service and of its functions."""
    folder = PurePosixPath(described.name)
    overview = _template("service").render(
        service=described, errors=described.errors, package=PACKAGE
    )
    return {
        folder / INDEX: overview,
        **{
            folder
            / f"{page.operation.function}.md": _template("function").render(
                page=page,
                service=page.service,
                operation=page.operation,
                errors=page.operation.errors,
            )
            for page in functions
        },
    }


def index(titles: Mapping[str, str]) -> Files:
    """Return the page of all services.

    Parameters
    ----------
    titles : mapping of str to str
        Of R's name of a service to the title of its page.
    """
    page = _template("index").render(titles=dict(sorted(titles.items())))
    return {PurePosixPath(INDEX): page}


@cache
def _template(name: str) -> jinja2.Template:
    return _environment().get_template(f"docs/{name}.md.jinja")


@cache
def _environment() -> jinja2.Environment:
    # What no filter of `text` has made safe is escaped.
    environment = render.environment(autoescape=True)
    for each in (text.code, text.fence, text.line, text.phrase, text.plain, text.prose):
        environment.filters[each.__name__] = each
    environment.filters["yaml"] = text.yaml
    return environment
