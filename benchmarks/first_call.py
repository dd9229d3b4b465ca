"""The first call of a peer, in a process of its own.

Run with the name of the peer; with ``--stages`` too, it prints the seconds of each stage.
"""

import sys

from payloads import THREE
from peers import PEERS


def main(name: str, *options: str) -> None:
    """Import a peer, make it, and call it once."""
    if "--stages" not in options:
        PEERS[name]()(**THREE)
        return
    import json

    from sampling import sampling
    from stages import by_stages

    with sampling() as samples:
        PEERS[name]()(**THREE)
    print(json.dumps(by_stages(samples)))


if __name__ == "__main__":
    main(*sys.argv[1:])
