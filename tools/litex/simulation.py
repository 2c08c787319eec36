# SPDX-License-Identifier: Apache-2.0
"""The simulation of a SoC by LiteX: its build by Verilator, its run, and whether the firmware passed."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from sim import compilers
from sim.sources import RTL
from sim.toolchain import environment, shown

PASSED = "PASSED"
LIFTOFF = "Liftoff"  # the BIOS prints it, and starts the firmware
BINARY = Path("obj_dir") / "Vsim"
_DIGEST = "built.txt"
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
LIMIT = 7200  # seconds for a run; the gateware ends one after a number of cycles, however slow the machine is


def _script(gateware: Path) -> str:
    """Return LiteX's script, with the assertions of rtl/ on."""
    (script,) = gateware.glob("build_*.sh")
    return script.read_text().replace('CC_SRCS="', 'CC_SRCS="--assert ', 1)


def _digest(gateware: Path) -> str:
    """Return the digest of what a simulation is made of; memories get their contents at its start."""
    made_of = hashlib.sha256(_script(gateware).encode())
    for path in [gateware / "sim.v", *sorted(RTL.rglob("*.sv*"))]:
        made_of.update(_COMMENT.sub("", path.read_text()).encode())  # LiteX writes the time into a comment
    return made_of.hexdigest()


def is_built(gateware: Path) -> bool:
    """Return whether the simulation exists, of these sources."""
    kept = gateware / _DIGEST
    return (gateware / BINARY).exists() and kept.exists() and kept.read_text() == _digest(gateware)


def build(gateware: Path, compiler: str) -> None:
    """Build the simulation in a folder of LiteX's gateware.

    Raises:
        ValueError: Verilator or the compiler refused it.
    """
    log = gateware / "build.log"
    env = environment()
    env["MAKEFLAGS"] = compilers.makeflags(compiler)
    if shutil.which("ccache"):
        env["OBJCACHE"] = "ccache"
    with log.open("w") as output:
        done = subprocess.run(
            ["bash", "-e"],
            input=_script(gateware),
            text=True,
            cwd=gateware,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        errors = [line for line in log.read_text(errors="replace").splitlines() if re.search(r"%Error|error:", line)]
        raise ValueError("\n".join([f"the simulation could not be built, see {shown(log)}", *errors[:5]]))
    (gateware / _DIGEST).write_text(_digest(gateware))


def verdict(text: str) -> bool:
    """Return whether the firmware printed PASSED as its last word."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "$finish" not in line]
    return bool(lines) and lines[-1] == PASSED


def run(gateware: Path, log: Path) -> bool:
    """Run the simulation, print what the firmware prints, and return whether it passed."""
    shown_yet, text = False, []
    with log.open("w") as output:
        # The console of LiteX reads the input as long as the simulation runs.
        process = subprocess.Popen(
            ["timeout", str(LIMIT), gateware / BINARY],
            cwd=gateware,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        for line in process.stdout:
            output.write(line)
            output.flush()
            text.append(line)
            if shown_yet and line.strip() and "$finish" not in line:
                print(line.rstrip(), flush=True)
            shown_yet = shown_yet or LIFTOFF in line
        process.stdin.close()
        status = process.wait()
    if status:
        print(f"the simulation ended with {status}, see {shown(log)}")
    elif not shown_yet:
        print(f"the firmware was not started, see {shown(log)}")
    return status == 0 and shown_yet and verdict("".join(text))
