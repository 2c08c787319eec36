# SPDX-License-Identifier: Apache-2.0
"""`make waves`: opens the trace that the last `make sim WAVES=1` wrote, or names it without a viewer."""

import os
import shutil
import subprocess
import sys

from tb.common.toolchain import BUILD, ROOT

VIEWERS = ("surfer", "gtkwave")


def main() -> int:
    """Run the command and return its exit status."""
    runs = BUILD / "runs"
    sims = BUILD / "sims"
    found = [*runs.glob("*/*.vcd"), *runs.glob("*/*.fst"), *sims.glob("*/*.fst")]
    if not found:
        print("no trace yet: make sim WAVES=1 writes one", file=sys.stderr)
        return 1
    trace = max(found, key=lambda path: path.stat().st_mtime)
    viewer = next((name for name in VIEWERS if shutil.which(name)), None)
    if viewer is None or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print(f"the trace is {trace.relative_to(ROOT)}; open it with {' or '.join(VIEWERS)}")
        return 0
    return subprocess.run([viewer, str(trace)]).returncode


if __name__ == "__main__":
    sys.exit(main())
