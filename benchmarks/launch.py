"""Start a process and print its wall time, its processor time and its peak memory.

The kernel counts for a process what its parent had in memory when it was started. So
nothing large may measure memory, and this imports next to nothing.
"""

import os
import sys
import time


def main() -> None:
    """Run the command of the arguments."""
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
