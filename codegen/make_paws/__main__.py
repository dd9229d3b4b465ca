"""The entry point of ``make-paws`` and of ``python -m make_paws``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run `make_paws.cli.main`; say what to install where the generator cannot run.

    The distribution brings the generator, but only its extra brings what it needs.
    """
    try:
        from make_paws.cli import main as run
    except ModuleNotFoundError as error:
        print(
            f"make-paws needs {error.name}, which is not installed: "
            "python -m pip install 'paws-py[codegen]'",
            file=sys.stderr,
        )
        return 2
    return run()


if __name__ == "__main__":
    sys.exit(main())
