# SPDX-License-Identifier: Apache-2.0
"""Power by recorded switching: the readers of traces and netlists, and OpenSTA's result."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.silicon import dozen
from tools.silicon import library, power, programs, replay, switching
from tools.silicon.hierarchy import Piece

VCD = """$timescale 1ns $end
$scope module flaash_top $end
$var wire 1 ! clk_i $end
$scope module u_a $end
$var wire 3 # x_q [2:0] $end
$upscope $end
$upscope $end
$enddefinitions $end
"""
# A register that is 1 in reset, one that Yosys has added, two cells between them, and a piece inside.
NETLIST = """module top(clk_i, in_i, out_o);
  input clk_i;
  wire clk_i;
  input [1:0] in_i;
  wire [1:0] in_i;
  wire [2:0] \\from.part ;
  output [2:0] out_o;
  wire [2:0] out_o;
  DFFR \\u_a.x_q[1]$_DFF_PN1_  (
    .C(clk_i),
    .D(in_i[0]),
    .Q(_1_),
    .R(in_i[1])
  );
  INV _2_ (
    .A(_1_),
    .Y(out_o[0])
  );
  NAND2 _3_ (
    .A(out_o[0]),
    .B(\\from.part [2]),
    .Y(_3_)
  );
  DFF _4_ (
    .C(clk_i),
    .D(_3_),
    .Q(out_o[1])
  );
  part \\gen[0].u_part  (
    .clk_i(clk_i),
    .y_o(\\from.part )
  );
  assign out_o[2] = 1'h1;
endmodule
"""
CYCLES = 8
X = [4, 5, 6, 7, 4, 5, 6, 7]  # u_a.x_q just before each edge


@pytest.fixture
def recording(tmp_path: Path) -> switching.Recording:
    """Return a trace of eight cycles in which bit 0 of x_q is slow, bit 1 slower and bit 2 still."""
    path = tmp_path / "dump.vcd"
    path.write_text(
        VCD + "".join(f"#{2 * cycle + 1}\n0!\nb{x:b} #\n#{2 * cycle + 2}\n1!\n" for cycle, x in enumerate(X))
    )
    return switching.Recording(path)


def unpacked(bits: np.ndarray) -> list[int]:
    return np.unpackbits(bits, count=CYCLES).tolist()


def test_bits_are_sampled_before_the_edges(recording: switching.Recording) -> None:
    assert recording.cycles == CYCLES
    for bit in range(3):
        found = recording.bit(f"flaash_top.u_a.x_q[{bit}]")
        assert unpacked(found) == [x >> bit & 1 for x in X]
        assert recording.changes(found) == pytest.approx([1, 3 / 7, 0][bit])
    assert recording.bit("flaash_top.u_a.x_q[3]") is None and recording.bit("flaash_top.u_a.y") is None
    assert unpacked(recording.later(recording.bit("flaash_top.u_a.x_q[1]"))) == [0, 0, 0, 1, 1, 0, 0, 1]


def test_cycles_are_counted_from_the_last_start_to_the_end(tmp_path: Path) -> None:
    """The counter starts twice; from its last 0 it counts the edges 3, 4 and 5."""
    path = tmp_path / "dump.vcd"
    counter = [0, 1, 0, 1, 2, 3, 3, 3]
    states = "".join(
        f"#{2 * cycle + 1}\n0!\nb{x:b} #\n#{2 * cycle + 2}\n1!\nb{counter[cycle]:b} %\n" for cycle, x in enumerate(X)
    )
    path.write_text(VCD.replace("$upscope", "$var wire 3 % count_q [2:0] $end\n$upscope", 1) + states)
    recording = switching.Recording(path, counter="flaash_top.u_a.count_q")
    assert recording.cycles == 3
    assert unpacked(recording.bit("flaash_top.u_a.x_q[1]"))[:3] == [1, 0, 0]
    with pytest.raises(ValueError, match="there is no flaash_top.none_q"):
        switching.Recording(path, counter="flaash_top.none_q")
    path.write_text(VCD.replace("clk_i", "clock"))
    with pytest.raises(ValueError, match="there is no flaash_top.clk_i"):
        switching.Recording(path)


def test_energy_counts_leakage_by_the_clock() -> None:
    """A milliwatt for a nanosecond is a picojoule; power is told at 100 MHz."""
    watts = {"internal": 2.0, "switching": 1.0, "leakage": 0.5}
    assert power.energy(watts, 100, 1.2) == pytest.approx({"internal": 2.0, "switching": 1.0, "leakage": 0.06})


def test_nets_follow_from_registers(recording: switching.Recording) -> None:
    """A flip-flop that is 0 in reset stores the inverse of a register that is 1; cells compute the rest."""
    netlist = replay.Netlist(
        NETLIST,
        {"INV": {"Y": "(~A)"}, "NAND2": {"Y": "(~(A & B))"}},
        {"DFFR": ["Q"], "INV": ["Y"], "NAND2": ["Y"], "DFF": ["Q"]},
    )
    value, unknown = netlist.values(["flaash_top"], recording)
    one = [x >> 1 & 1 for x in X]
    assert unpacked(value("_1_")) == [1 - bit for bit in one] and unpacked(value("out_o[0]")) == one
    assert unpacked(value("_3_")) == [1] * CYCLES and unknown == {"from.part[2]"}
    assert unpacked(value("out_o[1]")) == [1] * CYCLES and unpacked(value("out_o[2]")) == [1] * CYCLES
    assert netlist.bits("{a,b[3:2],2'h1}") == ["1'h1", "1'h0", "b[2]", "b[3]", "a"]
    assert netlist.names["from.part[2]"] == ["gen[0].u_part.y_o[2]"]


def test_pieces_are_found() -> None:
    texts = {"top": NETLIST, "part": "module part(clk_i);\nendmodule\n"}
    assert power.paths("top", "bench.u_top", texts, {"top": ["part"], "part": []}) == {
        "top": ["bench.u_top"],
        "part": ["bench.u_top.gen[0].u_part"],
    }


def test_few_of_many_instances_are_computed() -> None:
    assert power.spread(["a", "b", "c"]) == ["a", "b", "c"]
    assert power.spread([str(number) for number in range(32)]) == [str(number) for number in range(0, 32, 4)]


def test_instances_have_a_row_each(recording: switching.Recording) -> None:
    """Their changes are a mean."""
    one, other = (recording.bit(f"flaash_top.u_a.x_q[{bit}]") for bit in range(2))
    both = np.stack([one, other])
    assert recording.changes(both) == pytest.approx((1 + 3 / 7) / 2)
    later = recording.later(both)
    assert [unpacked(row) for row in later] == [unpacked(recording.later(row)) for row in both]


@pytest.mark.parametrize("unit", ["1ns", "1ps"])
def test_what_switches_takes_power(
    unit: str, recording: switching.Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bit 1 changes in three of seven cycles; each cell leaks a nanowatt, by the library, whatever its unit of time."""
    monkeypatch.setattr(programs, "FOLDER", tmp_path / "silicon")
    liberty = dozen.write(tmp_path / "dozen.lib")
    liberty.write_text(liberty.read_text().replace('time_unit : "1ns"', f'time_unit : "{unit}"'))
    cells = library.load(liberty)
    path = tmp_path / "top.v"
    path.write_text(re.sub(r"  part .*?;\n", "", NETLIST, flags=re.DOTALL))
    pieces = [Piece("top", "top", 1, {}, "")]
    found = power.Meter(pieces, {"top": path}, cells, [cells.path]).of(recording)["top"]
    # Half of C V^2 per change at 1.2 V: two inputs of 2 fF change; the nets of the two others are constant.
    assert found["switching"] == pytest.approx(1e3 * 3 / 7 * 2 * 0.5 * 2e-15 * 1.2**2 * 1e8, rel=0.01)
    assert found["leakage"] == pytest.approx(4e-6) and found["internal"] == 0


def test_no_power_is_told() -> None:
    with pytest.raises(ValueError, match="OpenSTA: no power"):
        power.parsed("Group Internal\n")
