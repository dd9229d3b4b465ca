"""Render the files of the reference pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath

import jinja2

from make_paws import ir, render
from make_paws.formatting import Files
from make_paws.pages import structures, text
from make_paws.pages.page import PACKAGE, TYPES, Function, signature

INDEX = "index.md"


def service(described: ir.Service, functions: Sequence[Function]) -> Files:
    """Return the pages of a service, its functions, and their shared types."""
    folder = PurePosixPath(described.name)
    shared = structures.shared_types(described)
    pages = {
        INDEX: _template("service").render(
            service=described,
            functions=functions,
            shared=shared,
            errors=described.errors,
            package=PACKAGE,
        )
    }
    if shared:
        pages[f"{TYPES}.md"] = _template("types").render(
            service=described,
            structures=structures.of_service(described, shared),
            links={name: f"#type-{name}" for name in shared},
        )
    for page in functions:
        pages[f"{page.operation.function}.md"] = _template("function").render(
            page=page,
            service=page.service,
            operation=page.operation,
            errors=page.operation.errors,
            links=page.links,
        )
    for function in described.functions:
        pages[f"{function.function}.md"] = _template("custom").render(
            service=described, function=function, signature=signature(function)
        )
    return {folder / name: content for name, content in pages.items()}


def index(titles: Mapping[str, str]) -> Files:
    """Return the page of all services.

    Parameters
    ----------
    titles : mapping of str to str
        Maps R's name of each service to the title of its page.
    """
    page = _template("index").render(titles=dict(sorted(titles.items())))
    return {PurePosixPath(INDEX): page}


@cache
def _template(name: str) -> jinja2.Template:
    return _environment().get_template(f"docs/{name}.md.jinja")


@cache
def _environment() -> jinja2.Environment:
    # Escape all values that no filter of `text` has returned.
    environment = render.environment(autoescape=True)
    environment.filters.update(
        annotation=text.annotation,
        code=text.code,
        fence=text.fence,
        line=text.line,
        phrase=text.phrase,
        plain=text.plain,
        prose=text.prose,
        yaml=text.yaml,
    )
    return environment
