"""The handwritten pages: their blocks of Python, and how one is run as a reader would."""

import ast
import contextlib
import io
import re
import tokenize
import traceback
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from sybil import Document, Example, Lexeme
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

ENGINES = frozenset({"dask", "pyspark", "ray"})

_run = PythonEvaluator()

# Runs a file of tests by pytest, all of which must pass: the source, their number.
RunTests = Callable[[str, int], None]


class Reader:
    """Runs the blocks of a page from its beginning to its end.

    A literal in the comment at the end of a line is compared with the expression before
    it. A block of ``text`` is the expected output, including the error, of the block of
    Python before it. A block that defines tests is a test file. Blocks of R, and blocks that
    import one of `ENGINES`, are not run: other tests run them, in separate processes.
    """

    def __init__(self, page: Path, run_tests: RunTests) -> None:
        self.tried: list[str] = []
        self._run_tests = run_tests
        self._said: str | None = None
        self._is_skipped = False
        self._error: BaseException | None = None
        self._document = Document.parse(
            str(page),
            CodeBlockParser("python", self._try),
            CodeBlockParser("r", self._skip),
            CodeBlockParser("text", self._compare),
        )

    def read(self) -> None:
        for example in self._document.examples():
            if example.region.evaluator == self._try:
                self._pass_on()
            example.evaluate()
        self._pass_on()

    def _try(self, example: Example) -> None:
        source = str(example.parsed)
        self.tried.append(source)
        self._is_skipped = bool(imported_engines(source))
        if self._is_skipped:
            return
        tree = ast.parse(source, example.path)
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        if tests := [name for name in names if name.startswith("test_")]:
            self._run_tests(source, len(tests))
            return
        offsets = (example.parsed.offset, example.parsed.line_offset)
        example.parsed = Lexeme(_comparing(source, tree), *offsets)
        example.namespace |= {"__name__": "__main__", "_same": _same}
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.ExitStack() as stack:
            stack.push(self._keep)
            _run(example)
        self._said = output.getvalue()

    def _skip(self, example: Example) -> None:
        self._is_skipped = True

    def _keep(self, kind: object, error: BaseException | None, place: object) -> bool:
        """Store an error, which the next block may show."""
        self._error = error
        return isinstance(error, Exception)

    def _compare(self, example: Example) -> None:
        if self._is_skipped:
            return
        error = traceback.format_exception_only(self._error) if self._error else ()
        said = "".join([str(self._said), *error])
        self._said = self._error = None
        place = f"{example.path}:{example.line}"
        assert said.rstrip("\n") == example.parsed.rstrip("\n"), place

    def _pass_on(self) -> None:
        """Raise the error that the page has not shown."""
        if self._error is not None:
            raise self._error


class Block(NamedTuple):
    """A fenced block, and the block of ``text`` after it, if there is one."""

    source: str
    output: str | None


def blocks_with_output(page: Path, language: str) -> list[Block]:
    """Return the fenced blocks of a language, each with its expected output."""
    fences = [(fence.info, fence.content) for fence in _fences(page)]
    return [
        Block(source, output if following == "text" else None)
        for (info, source), (following, output) in pairwise([*fences, ("", "")])
        if info == language
    ]


def imported_engines(source: str) -> set[str]:
    """Return which of `ENGINES` a block imports."""
    names = re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE)
    return {*names} & ENGINES


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language, as CommonMark has them."""
    return [token.content for token in _fences(page) if token.info == language]


def files_linked_to(page: Path) -> list[Path]:
    """Return the files that a page links to, except those that are generated for the site."""
    tokens = [token for token in _tokens(page) for token in token.children or []]
    urls = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    links = [url.partition("#")[0] for url in urls if "://" not in url]
    return [page.parent / link for link in links if link and link[:10] != "reference/"]


def languages(page: Path) -> set[str]:
    """Return the languages of a page's fenced blocks; a block without one has an empty one."""
    return {token.info for token in _fences(page)}


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt().parse(page.read_text(encoding="utf-8"))


def _fences(page: Path) -> list[Token]:
    return [token for token in _tokens(page) if token.type == "fence"]


def _comparing(source: str, tree: ast.Module) -> str:
    """Return the source, with each expression before a literal compared with it."""
    literals = dict(_literals(source))
    lines = [line.encode() for line in source.splitlines()]  # a place counts bytes
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and node.end_lineno in literals:
            first, last = node.lineno - 1, node.end_lineno - 1
            said = f", {literals.pop(node.end_lineno)})".encode()
            lines[last] = lines[last][: node.end_col_offset] + said
            start = node.col_offset
            lines[first] = lines[first][:start] + b"_same(" + lines[first][start:]
    assert not literals, "a literal in a comment stands behind no expression"
    return b"\n".join(lines).decode()


def _literals(source: str) -> Iterator[tuple[int, str]]:
    """Give the comments that are literals of Python, each with the number of its line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            text = token.string.removeprefix("#").strip()
            with contextlib.suppress(ValueError, SyntaxError):
                ast.literal_eval(text)
                yield token.start[0], text


def _same(found: Any, said: Any) -> None:
    assert found == said, f"it is {found!r}, and not {said!r}"
