"""The first call of a peer, in a process of its own. The argument is its name."""

import sys

from payloads import SMALL
from peers import PEERS

if __name__ == "__main__":
    PEERS[sys.argv[1]]()(**SMALL)
