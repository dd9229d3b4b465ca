"""Run a command and print its wall time, its CPU time and its peak memory.

The peak memory of a process includes the memory of its parent at the start. So this
process has to be small, and imports almost nothing.
"""

import os
import sys
import time


def main() -> None:
    """Run the command that the arguments are."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
    _, status, used = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    print(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit)
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
