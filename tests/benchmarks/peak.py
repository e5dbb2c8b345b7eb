"""Run the command line, then say on standard error what it held in memory at most, in KiB."""

import re
import resource
import sys
from pathlib import Path

from otp_policy.cli import main

STATUS = Path("/proc/self/status")


def peak() -> int:
    """Return the most memory that was held, in KiB."""
    if STATUS.exists():
        # What `getrusage` says on Linux counts in the process that started this one.
        return int(re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    code = main()
    sys.stderr.write(str(peak()))
    sys.exit(code)
