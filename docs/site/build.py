"""Build the documentation site; a dead link or anchor is an error.

    python docs/site/build.py SINCE SITE

SINCE is the wheel of an older botocore: pages say which parameters it did not have. SITE is
the folder to write.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import botocore
import mmdr

HERE = Path(__file__).parent
DOCS = HERE.parent
SERVICE = "sagemaker-runtime"  # the service in generated/
FACTS = DOCS.parents[1] / "shared" / "parity" / "paws_facts.json.xz"
# The first line of a diagram is a comment, its text for those who cannot see it.
DIAGRAM = re.compile(r"^```mermaid\n%% (.+)\n((?:.*\n)*?)```$", re.MULTILINE)


def main(since: str, site: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(shutil.copytree(HERE, Path(folder, "project")))
        docs = Path(shutil.copytree(DOCS, project / "docs", ignore=_is_site))
        subprocess.run(_reference(docs / "reference", since), check=True)
        shutil.copy(DOCS.with_name("CHANGELOG.md"), docs / "changelog.md")
        changes = docs / "reference" / "changes.md"
        changes.write_text(_changes(Path(since)), encoding="utf-8")
        for page in docs.glob("*.md"):
            _draw_diagrams(page)
        build = ("zensical", "build", "--strict")
        subprocess.run([sys.executable, "-m", *build], check=True, cwd=project)
        shutil.copytree(project / "site", site, dirs_exist_ok=True)


def _is_site(folder: str, names: Sequence[str]) -> list[str]:
    return [HERE.name] if Path(folder) == DOCS else []


def _reference(output: Path, since: str) -> Sequence[str]:
    """Return the command that writes the pages of the services in generated/."""
    facts = ["--facts", str(FACTS)] if FACTS.is_file() else []
    return [
        *("make-paws", "docs", SERVICE, "--output", str(output), "--since", since),
        *facts,
    ]


def _changes(since: Path) -> str:
    """Return the page of what changed in the services since a release of botocore."""
    data = Path(botocore.__file__).with_name("data")
    command = ["make-paws", "diff", str(since), str(data), "--service", SERVICE]
    done = subprocess.run(
        [*command, "--format", "markdown"],
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    old, new = since.name.split("-")[1], botocore.__version__
    return f"# What changed from botocore {old} to {new}\n\n{done.stdout}"


def _draw_diagrams(page: Path) -> None:
    """Replace each Mermaid block by an image: the site needs no script of another host."""

    def image(block: re.Match[str]) -> str:
        description, diagram = block.groups()
        name = f"{page.stem}-{block.start()}.svg"
        svg = mmdr.render(diagram, backend="mermaid-rs-renderer").svg()
        page.with_name(name).write_text(svg, encoding="utf-8")
        return f"![{description}]({name})"

    text = page.read_text(encoding="utf-8")
    page.write_text(DIAGRAM.sub(image, text), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
