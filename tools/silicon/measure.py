# SPDX-License-Identifier: Apache-2.0
"""Measures a configuration, piece by piece, in both technologies, for the record and the tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.outside import QUEUE
from tools.silicon import cells, clocks, ecp5, elaborate, join, pairs, power, programs, switching, timing, wires
from tools.silicon.blocks import PIECES
from tools.silicon.hierarchy import Hierarchy, Piece
from tools.silicon.library import Library
from tools.silicon.macros import Macro, liberty


@dataclasses.dataclass(frozen=True)
class Technology:
    """Standard cells: a library at two corners, the slow one as a Liberty file alone, macros, files to place them."""

    library: Library
    slow: Path | None = None
    macros: tuple[Macro, ...] = ()
    process: wires.Process | None = None

    def corners(self, folder: Path) -> dict[str, list[Path]]:
        """Return the Liberty files of each corner; the macros' file is written into the folder."""
        found = {"ns": [self.library.path], **({"slow_ns": [self.slow]} if self.slow else {})}
        if self.macros:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "macros.lib"
            path.write_text(liberty(self.macros))
            found = {corner: [*paths, path] for corner, paths in found.items()}
        return found

    def folder(self, name: str) -> Path:
        """Return the folder of the files of a chip."""
        kind = "latches" if self.library.storage else "gated" if self.library.gate else ""
        return programs.FOLDER / "chips" / self.library.path.stem / kind / name


def pieces(config: str) -> list[Piece]:
    """Return the pieces of a configuration of rtl/configs.toml."""
    return Hierarchy(elaborate.configuration(config)).pieces(PIECES)


def timed(top: str, technology: Technology, netlists: list[Path], folder: Path, stubs: Sequence[Path] = ()) -> dict:
    """Return ns at each corner, and the begin and end of the slowest path at the first corner."""
    result: dict = {}
    for corner, files in technology.corners(folder).items():
        found = timing.slowest(top, technology.library, [*files, *stubs], netlists, folder / corner)
        result[corner] = found.nanoseconds
        if corner == "ns":
            result |= {"begin": found.begin, "end": found.end}
    return result


def in_cells(piece: Piece, technology: Technology) -> tuple[dict, Path]:
    """Return the record of a piece in standard cells, and its netlist."""
    made = cells.synthesise(piece, technology.library, technology.macros)
    result = dataclasses.asdict(made)
    netlist = result.pop("netlist")
    if technology.library.gate:
        result["clocks"] = clocks.counts(netlist.read_text(), technology.library.gate, technology.library.flip_flops)
    return result | timed(piece.name, technology, [netlist], netlist.parent), netlist


def joined(name: str, found: Sequence[Piece], netlists: dict[str, Path], technology: Technology) -> dict:
    """Return the record of a chip of all its pieces, buffered together."""
    folder = technology.folder(name)
    liberties = technology.corners(folder)["ns"]
    made = join.buffered(found, netlists, technology.library, technology.macros, liberties, folder)
    top, module = found[0].name, {piece.name: piece.module for piece in found}
    result = timed(top, technology, [made.netlist], folder, made.stubs)
    # A path through an open latch has no single end in a block. Gates hardly change paths between blocks.
    if not technology.library.gate:
        blocks = {path: PIECES[module[piece]] for path, piece in made.instances.items()}
        result["pairs"] = pairs.slowest(
            top, technology.library, [*liberties, *made.stubs], [made.netlist], blocks, folder / "ns"
        )
    before = timing.slowest(top, technology.library, [*liberties, *made.stubs], [made.before], folder / "before")
    if technology.process:
        text = wires.of_chip(made, netlists.values())
        result["wires"] = (
            with_wires(top, text, technology, result["ns"], folder) if text else {wires.FAILED: wires.STUBS}
        )
    return result | {
        "buffers": made.buffers,
        "sized": made.sized,
        "added": made.added,
        "before": before.nanoseconds,
    }


def with_wires(top: str, netlist: str, technology: Technology, target: float, folder: Path) -> dict:
    """Return the record of a netlist with wires, see wires.placed."""
    corners = technology.corners(folder)
    return wires.placed(
        top, netlist, technology.process, technology.library, technology.macros, corners, target, folder / "wires"
    )


def told(found: dict) -> str:
    """Return a record with wires in words."""
    if wires.FAILED in found:
        return f"wires failed: {found[wires.FAILED]}"
    repaired = found.get("repaired", {wires.FAILED: ""})
    again = f"repair failed: {repaired[wires.FAILED]}" if wires.FAILED in repaired else f"{repaired['ns']:.3f} repaired"
    return f"{found['ns']:.3f} ns with wires, {again}"


def in_sequence(name: str, sequence: str, meter: power.Meter) -> dict:
    """Return the power of each piece of a configuration in a run of a sequence."""
    recording = switching.of_sequence(name, sequence)
    return {"sequence": sequence, "cycles": recording.cycles, "pieces": meter.of(recording)}


def in_queue(name: str, workload: str, found: Sequence[Piece], meter: power.Meter, nanoseconds: float) -> dict:
    """Return the cycles and the nJ of a contraction in a queue, with the chip's period."""
    recording = switching.of_queue(name, workload, QUEUE)
    of = meter.of(recording)
    sums = {kind: sum(piece.count * of[piece.name][kind] for piece in found) for kind in power.KINDS}
    cycles = recording.cycles / QUEUE
    return {"cycles": cycles, **power.energy(sums, cycles, nanoseconds)}


def configuration(
    name: str,
    wanted: Callable[[str], bool],
    technology: Technology | None,
    fpga: bool,
    jobs: int,
    report: Callable[[str], None],
    sequence: str = "",
    workloads: Sequence[str] = (),
) -> dict:
    """Measure the wanted pieces of a configuration; all pieces together give the chip's clock, too.

    Args:
        name: of rtl/configs.toml.
        wanted: returns whether the piece of this name is measured.
        technology: standard cells, None to leave them out.
        fpga: measure on an ECP5.
        jobs: pieces at a time.
        report: is called with a line per piece.
        sequence: is run to record the switching; without one, there is no power.
        workloads: queues of them are run from memory to memory, for the energy of a contraction.

    Raises:
        ValueError: a program failed; the text names its log.
    """
    found = pieces(name)
    netlists: dict[str, Path] = {}

    def measured(piece: Piece) -> dict:
        result: dict = {"block": PIECES[piece.module], "count": piece.count}
        said = []
        if technology:
            result["cells"], netlists[piece.name] = in_cells(piece, technology)
            cells_ = result["cells"]
            said.append(f"{cells_['area'] / 1e6:.4f} mm2, {cells_['ns']:.3f} ns")
            if technology.process and cells_["ns"]:
                netlist = netlists[piece.name]
                text = wires.of_piece(netlist, piece.inside)
                result["wires"] = with_wires(piece.name, text, technology, cells_["ns"], netlist.parent)
                said.append(told(result["wires"]))
        if fpga:
            result["ecp5"] = dataclasses.asdict(ecp5.measure(piece))
            said.append(
                f"{result['ecp5']['lut4']:,} LUT4" + "".join(f", {clock} MHz" for clock in result["ecp5"]["clocks"])
            )
        report(f"{name}/{piece.name}, {piece.count} of it: {'; '.join(said)}")
        return result

    chosen = [piece for piece in found if wanted(piece.name)]
    with ThreadPoolExecutor(jobs) as pool:
        results = dict(zip((piece.name for piece in chosen), pool.map(measured, chosen), strict=True))
    whole: dict = {"pieces": results} | ({} if chosen == found else {"part": True})
    if technology and chosen == found:
        whole["chip"] = joined(name, found, netlists, technology)
        report(f"{name}: {whole['chip']['ns']:.3f} ns, all pieces put together and buffered")
        if "wires" in whole["chip"]:
            report(f"{name}: {told(whole['chip']['wires'])}")
        if sequence or workloads:
            liberties = technology.corners(technology.folder(name))["ns"]
            meter = power.Meter(found, netlists, technology.library, liberties)
        if sequence:
            whole["power"] = in_sequence(name, sequence, meter)
        for workload in workloads:
            made = in_queue(name, workload, found, meter, whole["chip"]["ns"])
            whole.setdefault("energy", {})[workload] = made
            report(f"{name}, {workload}: {sum(made[kind] for kind in power.KINDS):.2f} nJ per contraction")
    return whole
