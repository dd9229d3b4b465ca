"""Builds the documentation site; a dead link, of a page or within one, is an error.

    python website/build.py SINCE SITE

SINCE is the older botocore, a wheel, that tells since when a parameter is there; SITE is
the folder to write.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
FACTS = ROOT.parent / "shared" / "parity" / "paws_facts.json.xz"


def main(since: str, site: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(shutil.copytree(ROOT / "docs", Path(folder, "docs")))
        subprocess.run(_reference(docs / "reference", since), check=True)
        subprocess.run(
            ["mkdocs", "build", "--strict", "--site-dir", os.path.abspath(site)],
            check=True,
            cwd=ROOT,
            env={**os.environ, "PAWS_DOCS": str(docs)},
        )


def _reference(output: Path, since: str) -> Sequence[str]:
    """Return the command that writes the pages of what generated/ holds."""
    facts = ["--facts", str(FACTS)] if FACTS.is_file() else []
    service = "sagemaker-runtime"
    return [
        *("make-paws", "docs", service, "--output", str(output), "--since", since),
        *facts,
    ]


if __name__ == "__main__":
    main(*sys.argv[1:])
