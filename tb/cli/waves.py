# SPDX-License-Identifier: Apache-2.0
"""`make waves`: opens the newest trace at its first mismatch, or names it without a viewer."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.toolchain import BUILD, shown
from sim.traces import FST, GTKWAVE, SURFER, VCD, source_in_words
from tb.cli.common import Parser, complain

VIEWERS = ("surfer", "gtkwave")


def found() -> Iterator[Path]:
    """Yield the traces of all commands."""
    for name in (FST, VCD):
        yield from BUILD.glob(f"**/{name}")


def command(viewer: str, trace: Path) -> list[str]:
    """Return the command that opens a trace, with its view if there is one."""
    view = trace.with_name(SURFER if viewer == "surfer" else GTKWAVE)
    if not view.exists():
        return [viewer, str(trace)]
    return [viewer, "--command-file", str(view), str(trace)] if viewer == "surfer" else [viewer, str(trace), str(view)]


def first_mismatch(trace: Path) -> str:
    """Return when the first wrong result left the chip in the run of a trace, and its source, in words."""
    try:
        summary = json.loads(trace.with_name("summary.json").read_text())
        at, source = summary.get("first_mismatch_ns"), source_in_words(summary)
    except (OSError, ValueError):
        return ""
    return "" if at is None else f", its first mismatch at {at:,.0f} ns" + (f", from {source}" if source else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = Parser(prog="make waves", description=__doc__)
    parser.add_argument("--trace", type=Path, help="this trace instead of the newest (TRACE=)")
    trace = parser.parse_args(arguments).trace
    if trace is not None and not trace.is_file():
        return complain(f"there is no {trace}")
    trace = trace or max(found(), key=lambda path: path.stat().st_mtime, default=None)
    if trace is None:
        print("no trace yet: make sim WAVES=1 writes one", file=sys.stderr)
        return 1
    at = first_mismatch(trace)
    viewer = next((name for name in VIEWERS if shutil.which(name)), None)
    if viewer is None or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print(f"the trace is {shown(trace)}{at}; open it with {' or '.join(VIEWERS)}")
        return 0
    return subprocess.run(command(viewer, trace)).returncode


if __name__ == "__main__":
    sys.exit(main())
