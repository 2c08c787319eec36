# SPDX-License-Identifier: Apache-2.0
"""A regression as a command that is disturbed, and its records afterwards."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from sim.toolchain import ROOT

PATIENCE = 1200  # seconds


def start(build: Path, count: int, *options: str, variables: dict[str, str] | None = None) -> subprocess.Popen:
    """Begin a regression of `count` short runs, whose files go to `build`."""
    listed = build / "short.yml"
    listed.parent.mkdir(parents=True, exist_ok=True)
    listed.write_text(f"- sequences: [smoke]\n  configs: [tiny]\n  simulators: [icarus]\n  seeds: 1-{count}\n")
    return subprocess.Popen(
        [sys.executable, "-m", "tb.cli.regress", f"--list={listed}", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "FLAASH_BUILD": str(build), **(variables or {})},
    )


def records(build: Path) -> dict[str, dict]:
    """Return the records of the finished runs, by their names."""
    found = {}
    for path in build.glob("regress/*/runs/*/run.json"):
        found[path.parent.name] = json.loads(path.read_text())
    return found


def wait_for(build: Path, count: int) -> dict[str, dict]:
    """Return the records once `count` of them exist."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if len(found := records(build)) >= count:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{len(records(build))} of {count} runs ended in {PATIENCE} s")
