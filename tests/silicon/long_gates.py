# SPDX-License-Identifier: Apache-2.0
"""The MAC and the whole of `tiny` as netlists, on their benches: part of make regress LIST=long.

All of it runs on Verilator: Icarus takes hours.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import simulation
from sim.options import decided
from tests.silicon import dozen
from tests.silicon.test_gates import TINY, chosen, run, simulated
from tools.silicon import cells, elaborate, gates, join, library, programs
from tools.silicon.hierarchy import Hierarchy

SEQUENCES = ["smoke", "random", "dense"]
FORMATS = {"fp32": 0, "bf16": 1, "int8": 2, "int16": 3}


@pytest.fixture(autouse=True)
def unoptimised() -> Iterator[None]:
    """Make the C++ compiler fast: with optimisation it would take far longer than these runs."""
    with decided(short=True):
        yield


def mac(folder: Path, name: str) -> tuple[Path, ...]:
    """Write the netlist of flaash_mac in a format; return the files."""
    pieces = Hierarchy(elaborate.rtlil("flaash_mac", {"Format": FORMATS[name]})).pieces(["flaash_mac"])
    return gates.sources({"1": pieces}, library.load(dozen.write(folder / "dozen.lib")), folder / "sources")


@pytest.mark.parametrize("gated", [False, True])
def test_tiny(gated: bool, tmp_path: Path, seed: int) -> None:
    """Every flip-flop and every gate of the chip; memories of more than 64 words are as in the RTL."""
    found = simulated(chosen(), tmp_path, f"gates-tiny-{gated}", "verilator", SEQUENCES, seed, gated=gated).summary
    assert found["passed"] and found["compared"] > 0 and found["mismatches"] == 0
    assert found["config"] == TINY


def in_the_form_of_yosys(netlist: Path) -> str:
    """Return a netlist that OpenROAD has written."""
    made = netlist.with_name("yosys.v")
    script = f"read_verilog {netlist.name}; write_verilog -noattr {made.name}"
    programs.run("yosys", ["-p", script], netlist.with_name("yosys.log"), netlist.parent)
    return made.read_text()


def with_numbered_ports(netlist: Path) -> str:
    """Return the memories of a piece, with the names of ports that they have in a joined chip."""
    text = gates.memories(netlist)
    for name, ports in join.memories_of(netlist).items():
        declared, connected = [], []
        for number, (port, (kind, width)) in enumerate(ports.items()):
            declared.append(f"{kind} [{width - 1}:0] p{number}")
            connected.append(f".\\{port} (p{number})")
        text = re.sub(rf"\b{name}\b", f"{name}_named", text)
        text += f"module {name}({', '.join(declared)});\n  {name}_named u_named ({', '.join(connected)});\nendmodule\n"
    return text


def test_tiny_with_buffers(tmp_path: Path, seed: int) -> None:
    """The chip of all pieces as OpenROAD has buffered it, across the boundaries of the pieces."""
    made = library.load(dozen.write(tmp_path / "dozen.lib"))
    pieces = chosen()
    netlists = {piece.name: cells.synthesise(piece, made).netlist for piece in pieces}
    chip = join.buffered(pieces, netlists, made, (), [made.path], tmp_path / "chip")
    assert chip.buffers and join.AGAIN not in chip.netlist.read_text()
    known = gates.functions(made.models.read_text())
    texts = [gates.inlined(in_the_form_of_yosys(chip.netlist), known), *map(with_numbered_ports, netlists.values())]
    sources = gates.written({"1": pieces[0]}, {"1": texts}, made, tmp_path / "sources")
    found = run(sources, tmp_path / "sources", "gates-buffered", "verilator", SEQUENCES, seed).summary
    assert found["passed"] and found["compared"] > 0 and found["mismatches"] == 0


@pytest.mark.parametrize("name", FORMATS)
def test_handshakes_of_the_mac(name: str, tmp_path: Path, seed: int) -> None:
    made = mac(tmp_path, name)
    built = simulation.build(
        "flaash_mac",
        "verilator",
        {"Format": FORMATS[name]},
        made,
        options=gates.verilator("flaash_mac", tmp_path / "sources"),
    )
    simulation.run(built, "tests.blocks.mac.mac_tests", f"gates-mac-{name}", seed)
