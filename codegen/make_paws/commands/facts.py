"""``make-paws facts``: convert the help pages in a checkout of R's paws to JSON."""

from __future__ import annotations

import argparse

from make_paws import terminal
from make_paws.parity import facts, roxygen


def run(args: argparse.Namespace) -> int:
    """Print the facts of the checkout, as ``make-paws parity`` reads them."""
    terminal.write(facts.dump(roxygen.read(args.checkout)), end="")
    return 0
