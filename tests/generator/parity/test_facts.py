"""R's help pages as data: the file that `make-paws facts` prints, and where it is from."""

import json
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_paws.errors import FactsError
from make_paws.parity import facts, roxygen
from make_paws.parity.facts import Facts, Page, Parameter

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PAGE = {
    "title": "Greets somebody",
    "description": "Greets somebody, politely.",
    "params": [["Name", True, "&#91;required&#93; Of whom."], ["Times", False, ""]],
    "value": "An empty list.",
    "request": "svc$greet()",
    "examples": "",
}
FACTS = {
    "paws_commit": COMMIT,
    "botocore": "1.2.3",
    "services": {"example": {"example_greet": PAGE}},
}

NAME = Parameter("Name", True, "&#91;required&#93; Of whom.")

# A page in the format of R's generator, with other text.
SOURCE = r"""
# Made by a generator.
#' @importFrom somewhere something
#' @include example_service.R
NULL

#' Greets somebody who
#' has a name
#'
#' @description
#' Greets somebody who has a name.
#' 
#' -   See [`part`][example_part], or write to
#'     nobody@@example.com.
#'
#' @usage
#' example_greet(Times, Name, Tone)
#'
#' @param Times How often.
#' 
#' Once is enough.
#' @param Name &#91;required&#93; Of whom.
#' @param Tone 
#'
#' @return
#' A list with the following syntax:
#' ```
#' list(
#'   Greeting = "string"
#' )
#' ```
#'
#' @section Request syntax:
#' ```
#' svc$greet(
#'   Times = 123,
#'   Name = "string",
#'   Tone = "string"
#' )
#' ```
#'
#' @examples
#' \dontrun{
#' svc$greet(
#'   Name = "Ada"
#' )
#' }
#'
#' @keywords internal
#'
#' @rdname example_greet
#'
#' @aliases example_greet
example_greet <- function(Times = NULL, Name, Tone = NULL) {
  op <- new_operation(
    name = "Greet"
  )
  return(response)
}
.example$operations$greet <- example_greet
"""
GREET = Page(
    title="Greets somebody who has a name",
    description="Greets somebody who has a name.\n\n"
    "-   See [`part`][example_part], or write to\n    nobody@@example.com.",
    params=(
        Parameter("Times", False, "How often.\n\nOnce is enough."),
        NAME,
        Parameter("Tone", False, ""),
    ),
    value="A list with the following syntax:\n"
    '```\nlist(\n  Greeting = "string"\n)\n```',
    request='```\nsvc$greet(\n  Times = 123,\n  Name = "string",\n'
    '  Tone = "string"\n)\n```',
    examples='\\dontrun{\nsvc$greet(\n  Name = "Ada"\n)\n}',
)
PACKED = f"# packed\n{'f' * 40} refs/x\n{COMMIT} refs/heads/main\n"

# Lines that neither end nor begin in a space, the first and the last of them not empty;
# "@" is "@@" in R, and so no line begins with a tag.
words = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r@ \t\0"),
    min_size=1,
    max_size=8,
).filter(lambda text: text == text.strip())
texts = st.lists(words, min_size=1, max_size=3).map("\n".join)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,6}", fullmatch=True)
pages = st.builds(
    Page,
    title=st.lists(words, min_size=1, max_size=3).map(" ".join),
    description=texts,
    params=st.lists(
        st.builds(Parameter, names, st.booleans(), texts),
        max_size=4,
        unique_by=lambda parameter: parameter.name,
    ).map(tuple),
    value=texts,
    request=texts,
    examples=texts | st.just(""),
)


def commented(text):
    """Return a text as lines of a roxygen comment."""
    return "".join(f"#' {line}\n" for line in text.split("\n"))


def source_of(name, page):
    """Return a page as R's generator writes it above its function."""
    arguments = [
        parameter.name if parameter.required else f"{parameter.name} = NULL"
        for parameter in page.params
    ]
    sections = [
        commented(page.title.replace(" ", "\n")),
        commented(f"@description\n{page.description}"),
        "".join(
            commented(f"@param {parameter.name} {parameter.text}")
            for parameter in page.params
        )
        or "\n",
        commented(f"@return\n{page.value}"),
        commented(f"@section Request syntax:\n{page.request}"),
        commented(f"@examples\n{page.examples}") if page.examples else "",
        f"#' @rdname {name}\n",
    ]
    head = f"{name} <- function({', '.join(arguments)}) {{\n  return(1)\n}}\n\n"
    return "#'\n".join(filter(None, sections)) + head


@pytest.fixture
def checkout(tmp_path):
    """Return what a checkout of R's repository looks like."""
    write(tmp_path / "paws" / "R" / "example_operations.R", SOURCE)
    write(tmp_path / "paws" / "R" / "example_service.R", "example <- function() 1")
    return tmp_path


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_page_is_read_as_r_s_generator_writes_it(checkout):
    assert roxygen.read(checkout).services == {"example": {"example_greet": GREET}}


@given(st.dictionaries(names, pages, max_size=3))
def test_any_page_comes_back_from_its_source(tmp_path_factory, written):
    folder = tmp_path_factory.getbasetemp() / "sources"
    path = write(folder / "paws" / "R" / "x_operations.R", "")
    source = "".join(source_of(name, page) for name, page in written.items())
    path.write_bytes(source.encode())
    assert roxygen.read(folder).services == {"x": written}


@pytest.mark.parametrize(
    ("files", "commit"),
    [
        ({}, None),
        ({"HEAD": f"{COMMIT}\n"}, COMMIT),
        ({"HEAD": "no commit\n"}, None),
        ({"HEAD": "ref: refs/heads/main\n"}, None),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": f"{COMMIT}\n"}, COMMIT),
        ({"HEAD": "ref: refs/heads/main\n", "packed-refs": PACKED}, COMMIT),
    ],
    ids=["no git", "detached", "broken", "branch without commit", "branch", "packed"],
)
def test_commit_is_that_which_is_checked_out(checkout, files, commit):
    for name, content in files.items():
        write(checkout / ".git" / name, content)
    assert roxygen.read(checkout).paws_commit == commit


def test_botocore_version_is_that_of_the_submodule(checkout):
    assert roxygen.read(checkout).botocore is None

    module = checkout / "vendor" / "botocore" / "botocore" / "__init__.py"
    write(module, "import os\n\n__version__ = '1.2.3'\n")

    assert roxygen.read(checkout).botocore == "1.2.3"


MISMATCH = "arguments without a text, or texts without an argument: "


@pytest.mark.parametrize(
    ("found", "instead", "error"),
    [
        ("Tone = NULL", "Tone = 1", "the default of Tone is 1 instead of NULL"),
        ("Tone = NULL", "Mood = NULL", f"{MISMATCH}Mood, Tone"),
        ("@param Tone", "@param", f"{MISMATCH}, Tone"),
    ],
)
def test_malformed_page_raises_with_its_path(checkout, found, instead, error):
    path = checkout / "paws" / "R" / "example_operations.R"
    path.write_text(SOURCE.replace(found, instead))
    line = SOURCE.partition("example_greet <-")[0].count("\n") + 1
    with pytest.raises(FactsError) as raised:
        roxygen.read(checkout)
    assert str(raised.value) == f"{path}:{line}: example_greet: {error}"


def test_folder_without_checkout_is_reported(tmp_path, run):
    path = f"{tmp_path}/paws/R/*_operations.R"
    error = f"{tmp_path} is not a checkout of R's paws: there is no {path}"
    assert run("facts", tmp_path) == (2, "", f"make-paws: {error}\n")


def test_what_the_command_prints_is_a_facts_file(checkout, tmp_path, run):
    code, printed, _ = run("facts", checkout)
    assert code == 0
    assert facts.load(write(tmp_path / "facts.json", printed)) == roxygen.read(checkout)
    found = json.loads(printed)
    assert list(found) == ["paws_commit", "botocore", "services"]
    page = found["services"]["example"]["example_greet"]
    assert page["params"][1] == ["Name", True, "&#91;required&#93; Of whom."]
    assert page["value"] == GREET.value


def test_file_is_read_plain_and_packed(tmp_path):
    content = json.dumps(FACTS)
    plain = write(tmp_path / "facts.json", content)
    packed = tmp_path / "facts.json.xz"
    packed.write_bytes(lzma.compress(content.encode()))
    params = (NAME, Parameter("Times", False, ""))
    page = Page(**{**PAGE, "params": params})
    expected = Facts(COMMIT, "1.2.3", {"example": {"example_greet": page}})
    assert facts.load(plain) == facts.load(packed) == expected


@given(
    st.builds(
        Facts,
        paws_commit=st.none() | words,
        botocore=st.none() | words,
        services=st.dictionaries(words, st.dictionaries(words, pages), max_size=2),
    )
)
def test_what_is_dumped_is_loaded_again(tmp_path_factory, given_facts):
    path = tmp_path_factory.getbasetemp() / "dumped.json"
    path.write_text(facts.dump(given_facts))
    assert facts.load(path) == given_facts


GREET_PATH = "services/example/example_greet"
PARAMS = f"{GREET_PATH}/params"


def with_page(**changes):
    return {**FACTS, "services": {"example": {"example_greet": {**PAGE, **changes}}}}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ([], "the file: [] is not an object"),
        ({}, "the file: missing or unknown keys: botocore, paws_commit, services"),
        ({**FACTS, "cases": []}, "the file: missing or unknown keys: cases"),
        ({**FACTS, "paws_commit": 1}, "paws_commit: 1 is not a string"),
        ({**FACTS, "services": []}, "services: [] is not an object"),
        ({**FACTS, "services": {"a": 1}}, "services/a: 1 is not an object"),
        (
            {**FACTS, "services": {"a": {"b": None}}},
            "services/a/b: null is not an object",
        ),
        (with_page(title=None), f"{GREET_PATH}/title: null is not a string"),
        (with_page(usage=""), f"{GREET_PATH}: missing or unknown keys: usage"),
        (with_page(params={}), f"{PARAMS} is not a list"),
        (
            with_page(params=[["Name", "yes", ""]]),
            f'{PARAMS}: ["Name", "yes", ""] is not [name, required, text]',
        ),
        (
            with_page(params=["x" * 99]),
            f'{PARAMS}: "{"x" * 39}… is not [name, required, text]',
        ),
    ],
)
def test_malformed_facts_raise_with_the_path(tmp_path, content, error):
    path = write(tmp_path / "facts.json", json.dumps(content))
    with pytest.raises(FactsError) as raised:
        facts.load(path)
    assert str(raised.value) == f"{path} is not an output of make-paws facts: {error}"


@pytest.mark.parametrize(
    "content",
    [b"", b"no JSON", b"\xff", b"\xfd7zXZ\x00broken", b"[" * 100_000],
    ids=["empty", "text", "no UTF-8", "broken xz", "endless"],
)
def test_invalid_json_is_reported_in_one_line(tmp_path, run, content):
    path = tmp_path / "facts.json"
    path.write_bytes(content)
    code, _, error = run("parity", path)
    assert code == 2
    assert error.startswith(f"make-paws: {path} is not JSON: ")
    assert error.count("\n") == 1
