"""The entry point of ``make-paws`` and of ``python -m make_paws``."""

from __future__ import annotations

import sys

from make_paws import cli, signals


def main() -> int:
    """Run ``make-paws``; a signal that stops it has its own exit code."""
    return signals.run(cli.main)


if __name__ == "__main__":
    sys.exit(main())
