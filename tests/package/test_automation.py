"""The workflows and the hooks run what tox runs, at the versions that are pinned."""

import configparser
import re
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
WORKFLOWS = sorted((CHECKOUT / ".github/workflows").glob("*.yml"))
ELSEWHERE = {"parity"}  # it needs facts of R's pages, which only the developers have


def read(path):
    return (CHECKOUT / path).read_text(encoding="utf-8")


def tox():
    """Return the environments of `tox`, and those of `tox run -m full`."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read_string(read("tox.ini"))
    _, _, full = settings["tox"]["labels"].partition("full = ")
    return set(settings["tox"]["env_list"].split(", ")), {*re.findall(r"[\w-]+", full)}


def test_ci_runs_every_environment_of_tox():
    default, full = tox()
    ci = read(".github/workflows/ci.yml")
    listed = re.findall(r"environment: \[(.*)\]|environments: \"(.*)\"", ci)
    run = {each for line in listed for each in re.findall(r"[\w-]+", " ".join(line))}
    assert run == full - ELSEWHERE
    assert default - {"py"} <= full


def test_hooks_have_the_versions_of_the_project():
    hooks = re.findall(r'"([\w-]+==[^"]+)"', read(".pre-commit-config.yaml"))
    assert len(hooks) == 5
    project = read("pyproject.toml")
    assert [each for each in hooks if f'"{each}"' not in project] == []


def test_workflows_pin_actions_and_run_environments():
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    used = {each for each in re.findall(r"uses: (.+)", text) if each[:2] != "$/"}
    pin = re.compile(r"([\w/-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [each for each in used if not pin.fullmatch(each)] == []
    assert len({each.partition("@")[0] for each in used}) == len(used)
    named = set(re.findall(r"tox run -e ([\w-]+)", text))
    assert "newest" in named
    assert named <= set(re.findall(r"\[testenv:(\w+)\]", read("tox.ini")))


def test_pins_match_the_project_metadata():
    """The oldest botocore is the lower bound of `dependencies`, parity's is R's."""
    project = tomllib.loads(read("pyproject.toml"))
    groups = project["dependency-groups"]
    (bounds,) = project["project"]["dependencies"]
    assert groups["botocore-oldest"] == [
        re.sub(r">=([\d.]+),.*", r"==\1.0", bounds),
    ]
    assert f"botocore {groups['botocore-parity'][0][10:]}" in read(
        "tests/conformance/test_parity.py"
    )


def test_badges_and_tox_have_the_supported_versions():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    pythons = re.findall(
        r":: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE
    )
    oldest_botocore = re.search(r">=([\d.]+)", project["dependencies"][0])[1]
    badges = re.findall(r"!\[([^\]]*)\]\(https://img", read("README.md"))
    assert badges == [
        f"Python {pythons[0]} to {pythons[-1]}",
        f"botocore {oldest_botocore} and newer",
        f"License: {project['license']}",
    ]
    tested = {each for each in tox()[1] if each.startswith("py3")}
    assert {f"py{each.replace('.', '')}" for each in pythons} == tested


def test_readme_fits_the_first_screens():
    assert read("README.md").count("\n") <= 150


def test_every_page_is_in_the_navigation_of_the_site():
    site = tomllib.loads(read("docs/site/zensical.toml"))["project"]
    listed = set(re.findall(r"[\w-]+\.md", str(site["nav"])))
    assert {path.name for path in (CHECKOUT / "docs").glob("*.md")} <= listed
