"""The workflows and the hooks run what tox runs, at the versions that are pinned."""

import configparser
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
WORKFLOWS = sorted((CHECKOUT / ".github/workflows").glob("*.yml"))
ELSEWHERE = {"parity"}  # it needs facts of R's pages, which only the developers have


def read(path):
    return (CHECKOUT / path).read_text(encoding="utf-8")


def environments():
    """Return the environments that `tox` runs by itself."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read_string(read("tox.ini"))
    commas_in_braces = re.compile(r",(?=[^{]*})")
    listed = commas_in_braces.sub("|", settings["tox"]["env_list"])
    return {each for each in re.split(r"[,\s]+", listed) if each}


def test_ci_runs_every_environment_of_tox():
    ci = read(".github/workflows/ci.yml")
    (listed,) = re.findall(r"environment: \[(.*)\]", ci)
    by_name = {each for each in environments() if not re.search(r"py\{?3", each)}
    assert set(listed.split(", ")) == by_name - ELSEWHERE
    factors = set(re.findall(r"factor: (py\d+)", ci))
    assert factors == {each for each in environments() if each.startswith("py")}


def test_the_hooks_have_the_versions_of_the_project():
    hooks = re.findall(r'"([\w-]+==[^"]+)"', read(".pre-commit-config.yaml"))
    assert len(hooks) == 5
    project = read("pyproject.toml")
    assert [each for each in hooks if f'"{each}"' not in project] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit_and_says_its_version(path):
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    ours = [each for each in used if each.startswith("$/")]
    pin = re.compile(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [each for each in used if each not in ours and not pin.fullmatch(each)] == []


def test_an_action_has_one_version_everywhere():
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pins = set(re.findall(r"uses: ([\w/-]+)@(.+)", text))
    assert len({name for name, _ in pins}) == len(pins)
