# SPDX-License-Identifier: Apache-2.0
"""A tiny netlist is placed and globally routed by OpenROAD, then timed with its wires."""

import re
from pathlib import Path

import pytest

from tests.silicon import dozen, dozen_lef
from tools.silicon import library, macros, timing, wires

STAGES = 6  # flip-flops with an exclusive or and an inverter before each
SETUP = "  input clk_i;\n  wire clk_i;\n  input rst_ni;\n  wire rst_ni;\n"
SINKS = 40  # cells that one inverter drives
RAM = macros.Macro("RAM", 16, 4, 400.0, 1.5, 0.1)


def ring(more: str = "") -> str:
    """Return a ring of registers as a netlist, as Yosys writes it, with other instances."""
    stages = "".join(
        f"  XOR2 _{number}_ (\n    .A(q[{number}]),\n    .B(d_i),\n    .Y(x[{number}])\n  );\n"
        f"  INV \\u_ring.n[{number}]  (\n    .A(x[{number}]),\n    .Y(n[{number}])\n  );\n"
        f"  DFFR \\q[{number}]$_DFF_PN0_  (\n    .C(clk_i),\n    .D(n[{number}]),\n    .R(rst_ni),\n"
        f"    .Q(q[{(number + 1) % STAGES}])\n  );\n"
        for number in range(STAGES)
    )
    nets = "".join(f"  wire [{STAGES - 1}:0] {name};\n" for name in "xn")
    return (
        f"module ring(clk_i, rst_ni, d_i, q);\n{SETUP}  input d_i;\n  wire d_i;\n  output [{STAGES - 1}:0] q;\n"
        f"  wire [{STAGES - 1}:0] q;\n{nets}{stages}{more}endmodule\n"
    )


def placed(folder: Path, netlist: str, wire: str = "1e-3,0.2,M2,M5") -> tuple[dict, float]:
    """Return the record of a netlist with wires, and its ns without."""
    cells = library.load(dozen.write(folder / "dozen.lib"))
    technology, lef = dozen_lef.write(folder)
    (folder / "macros.lib").write_text(macros.liberty((RAM,)))
    liberties = [cells.path, folder / "macros.lib"]
    process = wires.read(f"{technology},{lef}", wire, cells.path)
    (folder / "plain.v").write_text(netlist)
    plain = timing.slowest("ring", cells, liberties, [folder / "plain.v"], folder / "plain").nanoseconds
    corners = {"ns": liberties, "slow_ns": liberties}
    return wires.placed("ring", netlist, process, cells, (RAM,), corners, plain, folder / "wires"), plain


def test_wires_add_to_the_slowest_path(tmp_path: Path) -> None:
    """The load of a um counts: with twenty times as much the path is longer."""
    found, plain = placed(tmp_path, ring())
    assert found["ns"] > plain > 0.3 and found["slow_ns"] == found["ns"]
    area = STAGES * (7.0 + 2.0 + dozen.FLIP_FLOP + 2)
    assert found["placed"] == area and 0.5 < found["utilisation"] < 0.7
    assert 10 < found["um"] < 1000 and found["over"] == 0.0
    assert found["repaired"]["ns"] >= plain and found["repaired"]["placed"] >= area
    log = tmp_path / "wires" / "openroad.log"
    log.unlink()
    assert placed(tmp_path, ring())[0] == found and not log.exists()  # kept
    heavy, _ = placed(tmp_path, ring(), "1e-3,4,M2,M5")
    assert heavy["um"] == found["um"] and heavy["ns"] - plain > 5 * (found["ns"] - plain)


def test_the_clock_and_constants_have_no_wires(tmp_path: Path) -> None:
    """A constant has as many ends as the clock. The router would take hours for them in a large piece."""
    netlist = ring("  ONE u_one (\n    .Y(one)\n  );\n").replace(".B(d_i)", ".B(one)").replace(".R(rst_ni)", ".R(one)")
    assert placed(tmp_path, netlist.replace("  input d_i;", "  wire one;\n  input d_i;"))[0]["ns"] > 0
    log = (tmp_path / "wires" / "openroad.log").read_text()
    assert re.findall(r"Routed nets: (\d+)", log)[0] == str(3 * STAGES)  # and neither clk_i nor one


def test_repair_adds_buffers(tmp_path: Path) -> None:
    """A register and an inverter drive many cells: with wires the net is split."""
    sinks = "".join(f"  INV _{bit}_ (\n    .A(n),\n    .Y(q[{bit}])\n  );\n" for bit in range(SINKS))
    netlist = (
        f"module ring(clk_i, rst_ni, d_i, q);\n{SETUP}  input d_i;\n  wire d_i;\n  output [{SINKS - 1}:0] q;\n"
        f"  wire [{SINKS - 1}:0] q;\n  wire m;\n  wire n;\n{sinks}"
        "  DFF m_q (\n    .C(clk_i),\n    .D(d_i),\n    .Q(m)\n  );\n"
        "  INV u_n (\n    .A(m),\n    .Y(n)\n  );\nendmodule\n"
    )
    found, plain = placed(tmp_path, netlist, "1e-3,2,M2,M5")
    repaired = found["repaired"]
    assert plain <= repaired["ns"] < 0.95 * found["ns"] and repaired["buffers"] > 0
    assert repaired["placed"] > found["placed"] and repaired["utilisation"] > found["utilisation"]


def test_a_memory_has_a_place(tmp_path: Path) -> None:
    """Paths end at a memory beside the cells; its place is not overlapped by cells."""
    more = (
        "  RAM u_ram (\n    .WCLK(clk_i),\n    .RCLK(clk_i),\n    .WEN(q[0]),\n    .REN(q[1]),\n    .WADDR(q[3:0]),\n"
        "    .RADDR(q[5:2]),\n    .WDATA(n[3:0]),\n    .RDATA(x2)\n  );\n"
    )
    found, plain = placed(tmp_path, ring(more).replace("  wire [5:0] x;", "  wire [5:0] x;\n  wire [3:0] x2;"))
    assert found["ns"] > plain and found["repaired"]["ns"] > plain
    assert found["utilisation"] < 0.6 and "MACRO RAM" in (tmp_path / "wires" / "memories.lef").read_text()


def test_the_step_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell without LEF ends the reading; a command of the second round ends that round alone."""
    more = "  LATCH _9_ (\n    .G(clk_i),\n    .D(d_i),\n    .Q(n9)\n  );\n"
    found, _ = placed(tmp_path, ring(more))
    assert found == {"failed": "reading"} and not (tmp_path / "wires" / "done.json").exists()
    monkeypatch.setattr(wires, "repairs", lambda target: [("repair of nothing", ["no_such_command"])])
    found, plain = placed(tmp_path, ring())
    assert found["ns"] > plain and found["repaired"] == {"failed": "repair of nothing"}
    assert re.search("no_such_command", (tmp_path / "wires" / "openroad.log").read_text())
    monkeypatch.setattr(wires, "repairs", lambda target: [("repair", ["delete_instance _1_"])])
    assert placed(tmp_path, ring())[0]["repaired"] == {"failed": wires.COMPARISON}
