# SPDX-License-Identifier: Apache-2.0
"""The numbers of the hardware: registers, counters, bits, error codes, build choices, parameters of packages.

rtl/registers.rdl and the packages of rtl/ are the source. tools/constants.py makes a JSON file of them: for
a package when the package is built, in a checkout when a source has changed. Names come from the packages
(`RegStatus`, `CntJobs`, `IrqDone`, `ErrHeader`). Build choices have their names in
rtl/configs.toml (`FormatFp32` is "fp32", `SchedulerRoundRobin` is "round_robin").
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
_INSTALLED = Path(__file__).with_name("constants.json")
DMA_REGISTERS = 0x800  # registers from here on belong to the memory interface


@dataclass(frozen=True)
class Register:
    """A 32-bit register: its byte address, "RO", "RW", "WO" or "W1C", and its meaning."""

    name: str
    address: int
    access: str
    meaning: str


@dataclass(frozen=True)
class Constant:
    """A named number of a package: a counter, bit, error code or width, and what registers.rdl says of it."""

    name: str
    value: int
    meaning: str = ""


@dataclass(frozen=True)
class Dma:
    """The memory interface: its registers and all its numbers by flaash_dma_pkg, and its error codes."""

    constants: dict[str, Constant]
    registers: dict[str, Register]
    errors: dict[str, Constant]

    def prefixed(self, prefix: str) -> dict[str, Constant]:
        """Return the constants of a kind: DmaStatus, DmaIrq, Part."""
        return {name: each for name, each in self.constants.items() if re.match(prefix + r"[A-Z]", name)}


def _load() -> dict[str, Any]:
    """Return the table of tools/constants.py, which is made first where it is not there or old.

    Raises:
        RuntimeError: a source has a mistake; the text says where.
    """
    if _INSTALLED.exists():
        return json.loads(_INSTALLED.read_text())
    sources = [
        *sorted((_ROOT / "rtl").rglob("*_pkg.sv")),
        _ROOT / "rtl" / "registers.rdl",
        _ROOT / "tools" / "constants.py",
        _ROOT / "tools" / "registers.py",
    ]
    state = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    made = Path(os.environ.get("FLAASH_BUILD") or _ROOT / "build") / "constants" / f"{state}.json"
    with contextlib.suppress(OSError, ValueError):  # not there, or cut by a full disk
        return json.loads(made.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "tools.constants", str(made.resolve())], cwd=_ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"the constants of rtl/ can't be read: {done.stderr.strip()}")
    return json.loads(made.read_text())


_TABLE = _load()
_MAP = _TABLE["map"]


def package_constants(package: str) -> dict[str, int]:
    """Return the integer parameters of a package of rtl/ by name."""
    return _TABLE["packages"][package]


def _named(items: list[dict[str, Any]]) -> dict[str, Constant]:
    return {item["name"]: Constant(item["name"], item["value"], item["meaning"]) for item in items}


def _registers(interface: bool) -> dict[str, Register]:
    """Return the registers by name, each counter as the pair `CntJobs` (low), `CntJobsHigh`."""
    return {
        item["name"]: Register(item["name"], item["value"], item["access"], item["meaning"])
        for item in _MAP["registers"]
        if (item["value"] >= DMA_REGISTERS) == interface
    }


def _choices(prefix: str) -> dict[str, int]:
    """Return {name in rtl/configs.toml: number} of a build choice: FormatFp32 is "fp32"."""
    return {
        re.sub(r"(?<=.)([A-Z])", r"_\1", name.removeprefix(prefix)).lower(): value
        for name, value in package_constants("flaash_pkg").items()
        if re.match(prefix + r"[A-Z]", name)
    }


# Every integer parameter of the chip's packages, by name.
CONSTANTS: dict[str, int] = {**package_constants("flaash_pkg"), **package_constants("flaash_reg_pkg")}
REGISTERS = _registers(interface=False)
COUNTERS = _named(_MAP["counters"])
CONTROL_BITS, STATUS_BITS, MODE_BITS, IRQ_BITS = (
    _named(_MAP["bits"][prefix]) for prefix in ("Control", "Status", "Mode", "Irq")
)

_ALL_ERRORS = _named(_MAP["errors"])
# The codes of both interfaces; DMA.errors are those that only the memory interface has.
ERRORS = {name: error for name, error in _ALL_ERRORS.items() if error.value < CONSTANTS["DmaErrors"]}
# Names of the codes of mistakes in an operand's frame: those up to ErrLong.
FRAME_ERRORS = [name for name, error in ERRORS.items() if 0 < error.value <= ERRORS["ErrLong"].value]
DMA = Dma(
    {name: Constant(name, value) for name, value in package_constants("flaash_dma_pkg").items()}
    | _named(_MAP["bits"]["DmaStatus"])
    | _named(_MAP["bits"]["DmaIrq"]),
    _registers(interface=True),
    {name: error for name, error in _ALL_ERRORS.items() if name not in ERRORS},
)

FORMATS = _choices("Format")
ENGINES = _choices("Engine")
MEMORIES = _choices("Memory")
SCHEDULERS = _choices("Scheduler")


def error_name(code: int) -> str:
    """Return the package's name of an error code, "unknown error 0x.." if there is none."""
    return next((error.name for error in _ALL_ERRORS.values() if error.value == code), f"unknown error {code:#04x}")
