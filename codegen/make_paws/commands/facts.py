"""``make-paws facts``: what the help pages in a checkout of R's paws say, as data."""

from __future__ import annotations

import argparse

from make_paws.parity import facts, roxygen


def run(given: argparse.Namespace) -> int:
    """Print the facts of the checkout, as ``make-paws parity`` reads them."""
    print(facts.dump(roxygen.read(given.checkout)), end="")
    return 0
