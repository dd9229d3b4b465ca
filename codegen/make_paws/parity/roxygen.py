"""Read the help pages of R's paws from a checkout of its repository.

R's generator writes each page as a roxygen2 comment above its function, in
``paws/R/*_operations.R``: see ``make_docs_long`` in ``make.paws/R/docs.R``. The files
``paws/R/*_custom.R`` contain functions that no model has; only their names are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from make_paws.errors import FactsError
from make_paws.parity.facts import Facts, Page, Parameter

_FILES = "_operations.R"
_CUSTOM_FILES = "_custom.R"
_CUSTOM_FUNCTION = re.compile(r"(?m)^\.\w+\$operations\$\w+ <- (\w+)")
_COMMENT = "#'"
_REQUEST = "section Request syntax:"
_TAG = re.compile(rf"@({_REQUEST}|\w+)(?!\S)")
_HEAD = re.compile(r"([A-Za-z.][\w.]*) <- function\(([^)]*)\)")
_COMMIT = re.compile(r"[0-9a-f]{40}(?=\s)")
_VERSION = re.compile(r"""^__version__ = ['"]([^'"]+)['"]""", re.MULTILINE)

_CUSTOM_PAGE = Page("", "", (), "", "", "")


def read(checkout: Path) -> Facts:
    """Return the facts of a checkout of R's repository.

    Parameters
    ----------
    checkout : pathlib.Path
        The top folder. The commit is read from ``.git``, and the version of botocore
        from the submodule ``vendor/botocore``, if it is checked out.

    Raises
    ------
    FactsError
        It is not a checkout of R's paws, or a page does not have the expected form.
    """
    folder = checkout / "paws" / "R"
    files = sorted(folder.glob(f"*{_FILES}"))
    if not files:
        raise FactsError(
            f"{checkout} is not a checkout of R's paws: there is no {folder}/*{_FILES}"
        )
    return Facts(
        paws_commit=_commit(checkout),
        botocore=_botocore(checkout),
        services={
            path.name.removesuffix(_FILES): dict(_pages(path)) | _custom_pages(path)
            for path in files
        },
    )


def _custom_pages(path: Path) -> dict[str, Page]:
    """Return an empty page for each custom function of the service."""
    custom = path.with_name(path.name.removesuffix(_FILES) + _CUSTOM_FILES)
    content = _content(custom) if custom.is_file() else ""
    return dict.fromkeys(_CUSTOM_FUNCTION.findall(content), _CUSTOM_PAGE)


def _pages(path: Path) -> Iterator[tuple[str, Page]]:
    """Yield the name and the page of each documented function in a file."""
    content = _content(path)
    comment: list[str] = []
    position = 0
    # Not splitlines: AWS's texts contain other characters at which it breaks lines.
    for number, line in enumerate(content.split("\n"), start=1):
        if line.startswith(_COMMENT):
            comment.append(line.removeprefix(_COMMENT).removeprefix(" "))
        elif line:  # an empty line is the argument list of a function without arguments
            head = _HEAD.match(content, position)
            if head and comment:
                place = f"{path}:{number}: {head[1]}"
                yield head[1], _page(comment, list(_arguments(head, place)), place)
            comment = []
        position += len(line) + 1


def _arguments(head: re.Match[str], place: str) -> Iterator[tuple[str, bool]]:
    """Yield each argument of a function, and whether it has no default."""
    for argument in filter(None, map(str.strip, head[2].split(","))):
        name, default, value = (part.strip() for part in argument.partition("="))
        if default and value != "NULL":
            raise FactsError(
                f"{place}: the default of {name} is {value} instead of NULL"
            )
        yield name.strip("`"), not default


def _page(
    comment: Sequence[str], arguments: Sequence[tuple[str, bool]], place: str
) -> Page:
    sections = list(_sections(comment))
    texts = dict(sections)
    params = {
        name: "".join(text)
        for tag, content in sections
        if tag == "param"
        for name, *text in [re.split(r"\s+", content, maxsplit=1)]
    }
    if wrong := sorted(params.keys() ^ dict(arguments).keys()):
        raise FactsError(
            f"{place}: arguments without a text, or texts without an argument: {', '.join(wrong)}"
        )
    return Page(
        title=" ".join(texts.get("", "").split("\n")),
        description=texts.get("description", ""),
        params=tuple(
            Parameter(name, required, params[name]) for name, required in arguments
        ),
        value=texts.get("return", ""),
        request=texts.get(_REQUEST, ""),
        examples=texts.get("examples", ""),
    )


def _sections(comment: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each tag and its text; the tag of text before the first tag is ""."""
    starts = [0, *(n for n, line in enumerate(comment) if _TAG.match(line)), None]
    for start, end in pairwise(starts):
        text = "\n".join(comment[start:end]).strip()
        tag = _TAG.match(text)
        if tag:
            yield tag[1], text[tag.end() :].strip()
        elif text:
            yield "", text


def _commit(checkout: Path) -> str | None:
    """Return the commit that is checked out, or None if .git does not contain it."""
    git = checkout / ".git"
    try:
        head = (git / "HEAD").read_text()
        if head.startswith("ref: "):
            head = _reference(git, head.removeprefix("ref: ").strip())
    except (OSError, ValueError):
        return None
    commit = _COMMIT.match(head)
    return commit[0] if commit else None


def _reference(git: Path, name: str) -> str:
    """Return the commit of a branch, from its own file or from ``packed-refs``."""
    loose = git / name
    if loose.is_file():
        return loose.read_text()
    packed = (git / "packed-refs").read_text().splitlines()
    return next((line for line in packed if line.endswith(f" {name}")), "")


def _botocore(checkout: Path) -> str | None:
    module = checkout / "vendor" / "botocore" / "botocore" / "__init__.py"
    version = _VERSION.search(_content(module)) if module.is_file() else None
    return version[1] if version else None


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode().replace("\r\n", "\n")
    except (OSError, ValueError) as error:
        raise FactsError(f"{path}: cannot be read: {error}") from error
