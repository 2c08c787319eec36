# SPDX-License-Identifier: Apache-2.0
"""Chips are buffered as a whole: loads of stubs, buffers between pieces, the same function, paths by blocks."""

import re
from pathlib import Path

import pytest

from tests.silicon import dozen
from tools.silicon import flat, join, library, loads, pairs, timing
from tools.silicon.hierarchy import Piece

PINS = {"INV": {"A": 0.002}, "NAND2": {"A": 0.002, "B": 0.003}}
SINKS = 40  # cells that one input of a block drives
BLOCKS = {"": "registers", "u_a": "MAC", "u_a/u_b[0].u_b": "store"}


def test_loads_of_inputs() -> None:
    """Pins of cells and of pieces inside count, bit by bit, also through concatenations."""
    netlist = (
        "module engine(a, b, \\c.d , y);\n  input [2:0] a;\n  wire [2:0] a;\n  input b;\n  wire b;\n"
        "  output y;\n  wire y;\n  wire [1:0] \\n.o ;\n"
        "  NAND2 _1_ (\n    .A(a[2]),\n    .B(b),\n    .Y(y)\n  );\n"
        "  INV _2_ (\n    .A(a[2]),\n    .Y(\\n.o [0])\n  );\n"
        "  flaash_mac \\u.mac  (\n    .in_i({ a[1:0], 1'b0, \\n.o , b })\n  );\nendmodule\n"
    )
    found = loads.of_inputs(netlist, PINS, {"flaash_mac": {"in_i": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]}})
    assert found == {"a": [16.0, 32.0, 0.004], "b": [1.003]}
    assert loads.ports(netlist) == {"a": ("input", 3), "b": ("input", 1), "y": ("output", 1)}
    texts = {"INV": "pin(Y) { direction : output; }\npin(A) { direction : input; capacitance : 0.002; }"}
    assert loads.of_cells(texts) == {"INV": {"A": 0.002}}


BEFORE = """module top (a, b, y, z);
 input a;
 input b;
 output y;
 output [1:0] z;

 wire n;

 NAND2 \\u_a/_1_  (.A(a),
    .B(b),
    .Y(n));
 INV _2_ (.A(n),
    .Y(y));
 STUB u_s (.I({n,
    b}),
    .O(z));
endmodule
"""
AFTER = BEFORE.replace(" wire n;", " wire n;\n wire m;").replace(
    "INV _2_ (.A(n)", "BUF g1 (.A(n),\n    .Y(m));\n INV4 _2_ (.A(m)"
)
FUNCTIONS = {"INV": "!A", "INV4": "!A", "NAND2": "!(A&B)", "NOR2": "!(A|B)"}


def differences(after: str, folder: Path) -> list[str]:
    outputs = {"NAND2": ["Y"], "NOR2": ["Y"], "INV": ["Y"], "INV4": ["Y"], "BUF": ["Y"], "STUB": ["O"]}
    netlists = []
    for name, text in (("before", BEFORE), ("after", after)):
        (folder / f"{name}.v").write_text(text)
        netlists.append(flat.Flat(folder / f"{name}.v", outputs, {"BUF": ("A", "Y")}))
    return flat.differences(*netlists, lambda cell: FUNCTIONS.get(cell, cell), lambda cell: cell == "BUF")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", []),
        ("BUF g1 (.A(n)", "BUF g1 (.A(b)", ["_2_/A: another driver"]),
        ("NAND2 \\u_a", "NOR2 \\u_a", ["\\u_a/_1_: NAND2 became NOR2"]),
        (".A(a),\n    .B(b)", ".A(b),\n    .B(a)", ["\\u_a/_1_/A: another driver", "\\u_a/_1_/B: another driver"]),
        ("{n,\n    b}", "{b,\n    n}", ["u_s/I: another driver"]),
        ("INV4 _2_ (.A(m),\n    .Y(y));", "INV4 _3_ (.A(m),\n    .Y(y));", None),
        (".O(z)", ".O()", ["z: another driver"]),
    ],
)
def test_another_function_is_noticed(old: str, new: str, told: list[str] | None, tmp_path: Path) -> None:
    """Buffers and sizes do not count; another cell, another input, another order of inputs do."""
    assert old in AFTER
    found = differences(AFTER.replace(old, new), tmp_path)
    assert found == told if told is not None else len(found) > 1


MEMORY = "  flaash_mac_memory flaash_mac_memory (\n    .\\u.a_i ({ a, a }),\n    .q_o(w)\n  );\n"
MEMORY_IL = "module \\flaash_mac_memory\n  wire width 2 input 1 \\u.a_i\n  wire output 2 \\q_o\nend\n"


def piece(folder: Path, name: str, inside: dict[str, int], netlist: str, memory: str = "") -> tuple[Piece, Path]:
    """Write the netlist of a piece, as Yosys would."""
    path = folder / name / "netlist.v"
    path.parent.mkdir()
    path.write_text(netlist)
    path.with_name("memory.il").write_text(memory)
    return Piece(name, name, 1, inside, ""), path


def chip(folder: Path, count: int) -> tuple[join.Joined, library.Library]:
    """Buffer a chip in which one inverter drives an input of some equal blocks, with SINKS cells each."""
    made = library.load(dozen.write(folder / "dozen.lib"))
    sinks = "".join(f"  INV _{bit}_ (\n    .A(a),\n    .Y(o[{bit}])\n  );\n" for bit in range(SINKS))
    block = (
        f"module flaash_mac(a, o);\n  input a;\n  wire a;\n"
        f"  output [{SINKS - 1}:0] o;\n  wire [{SINKS - 1}:0] o;\n  wire w;\n{sinks}{MEMORY}endmodule\n"
    )
    blocks = "".join(
        f"  flaash_mac \\g[{number}].u_mac  (\n    .a(n),\n    .o(y{number})\n  );\n" for number in range(count)
    )
    wires = "".join(
        f"  output [{SINKS - 1}:0] y{number};\n  wire [{SINKS - 1}:0] y{number};\n" for number in range(count)
    )
    top = (
        f"module flaash_top(clk_i, rst_ni, a, {', '.join(f'y{number}' for number in range(count))});\n"
        f"  input clk_i;\n  wire clk_i;\n  input rst_ni;\n  wire rst_ni;\n  input a;\n  wire a;\n{wires}  wire n;\n"
        "  wire m;\n  DFF \\m_q$_DFF_P_  (\n    .C(clk_i),\n    .D(a),\n    .Q(m)\n  );\n"
        f"  INV _1_ (\n    .A(m),\n    .Y(n)\n  );\n{blocks}endmodule\n"
    )
    found = [piece(folder, "flaash_top", {"flaash_mac": count}, top), piece(folder, "flaash_mac", {}, block, MEMORY_IL)]
    netlists = {one.name: path for one, path in found}
    return join.buffered([one for one, _ in found], netlists, made, (), [made.path], folder / "chip"), made


@pytest.mark.parametrize("count", [1, 8])
def test_a_net_between_pieces_is_buffered(count: int, tmp_path: Path) -> None:
    """One inverter drives the cells of all blocks: the stubs of the equal ones are a load, too."""
    made, cells = chip(tmp_path, count)
    assert made.instances == {"": "flaash_top", "g[0].u_mac": "flaash_mac"}
    assert made.buffers > 0 and made.added > 0
    text = made.netlist.read_text()
    assert len(re.findall(r"flaash_mac_again", text)) == count - 1
    stubs = (tmp_path / "chip" / "stubs.lib").read_text()
    assert ".p0({" in text and "cell(flaash_mac_memory)" in stubs
    assert stubs.count("cell(") == stubs.count("dont_use : true")
    # The inputs of a memory, of which no cell is known, are those of a buffer.
    assert stubs.count("capacitance : 0.008;") == 2
    assert (f"capacitance : {SINKS * 0.002 + 2 * 0.008:g};" in stubs) == (count > 1)
    times = [
        timing.slowest("flaash_top", cells, [cells.path, *made.stubs], [netlist], tmp_path / netlist.stem).nanoseconds
        for netlist in (made.before, made.netlist)
    ]
    assert times[0] > 1.0 > times[1] if count > 1 else times[0] < 0.5
    blocks = {"": "registers", "g[0].u_mac": "MAC"}
    path, entry = pairs.slowest(
        "flaash_top", cells, [cells.path, *made.stubs], [made.netlist], blocks, tmp_path / "pairs"
    )
    assert (path["from"], path["to"], path["begin"]) == ("registers", pairs.PORTS, "m_q")
    assert path["ns"] == times[1]
    assert (entry["from"], entry["to"], entry["begin"], entry["end"]) == (pairs.PORTS, "registers", "a", "m_q")


def test_a_chip_with_another_function_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join, "CHANGES", ("delete_instance _1_",))
    with pytest.raises(ValueError, match=r"OpenROAD changed the function of .*: _1_: INV became nothing"):
        chip(tmp_path, 1)


def test_blocks_of_paths() -> None:
    assert pairs.block_of("u_a/u_b[0].u_b/x_q[3]$_DFF_P_/Q", BLOCKS) == "store"
    assert pairs.block_of("u_a/x_q/D", BLOCKS) == "MAC" and pairs.block_of("x_q/D", BLOCKS) == "registers"
    assert pairs.block_of("s_axis_tvalid", BLOCKS) == pairs.PORTS
    text = (
        "Startpoint     Endpoint     Slack\n---------\nu_a/b_q[1]$_DFF_P_/Q (DFF) x_q/D (DFF)     97.5000\n"
        "u_a/c_q/Q (DFF) x_q/D (DFF)   96.0000\nirq_i (input) u_a/u_b[0].u_b/d_q/D (DFF) 99.0\n"
    )
    assert pairs.parsed(text, BLOCKS) == [
        {"from": "MAC", "to": "registers", "ns": 4.0, "begin": "u_a/c_q", "end": "x_q"},
        {"from": "ports", "to": "store", "ns": 1.0, "begin": "irq_i", "end": "u_a/u_b[0].u_b/d_q"},
    ]
    with pytest.raises(ValueError, match="OpenSTA: Error: no such cell"):
        pairs.parsed("Error: no such cell\n", BLOCKS)
