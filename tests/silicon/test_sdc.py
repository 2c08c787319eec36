# SPDX-License-Identifier: Apache-2.0
"""constraints/flaash.sdc in OpenSTA: it names ports of both tops, and agrees with the flow of make silicon."""

import re
from pathlib import Path

import pytest

from sim.toolchain import ROOT
from tests.completed import completed
from tests.silicon import dozen
from tools.packaging import lists, verilog
from tools.silicon import library, timing

SDC = ROOT / "constraints" / "flaash.sdc"
# A register that resets another, a path between registers, one from a port and one to a port. The resets are the
# slowest, by a chain of inverters.
CHAIN = 30
INVERTERS = "".join(f"  INV i{n} (.A(r{n}), .Y(r{n + 1}));\n" for n in range(CHAIN))
NETLIST = f"""module flaash_top(clk_i, rst_ni, a_i, irq_o);
  input clk_i, rst_ni, a_i;
  output irq_o;
  wire m, n, r{", r".join(map(str, range(CHAIN + 1)))};
  DFFR core_rst_nq (.C(clk_i), .R(rst_ni), .D(a_i), .Q(r0));
{INVERTERS}  DFF first (.C(clk_i), .D(r{CHAIN}), .Q(m));
  INV one (.A(m), .Y(n));
  DFFR second (.C(clk_i), .R(rst_ni), .D(n), .Q(irq_o));
endmodule
"""

pytestmark = pytest.mark.needs("sta")


def slack(folder: Path, netlist: str = NETLIST, text: str | None = None, **variables: float) -> tuple[float, str]:
    """Return the worst slack in OpenSTA under the constraints, and all that OpenSTA prints."""
    cells = library.load(dozen.write(folder / "dozen.lib"))
    (folder / "chip.v").write_text(netlist)
    (folder / "chip.sdc").write_text(text or SDC.read_text())
    script = [
        f"read_liberty {cells.path}",
        "read_verilog chip.v",
        "link_design flaash_top",
        *(f"set {name} {value}" for name, value in variables.items()),
        "read_sdc chip.sdc",
        "report_checks -path_delay max -digits 4",
        "puts [llength [all_inputs]]",
        "exit",
    ]
    (folder / "run.tcl").write_text("\n".join(script))
    done = completed("sta -no_splash -exit run.tcl", cwd=folder)
    printed = done.stdout + done.stderr
    assert done.returncode == 0 and not re.search(r"^(Error|Warning)", printed, re.MULTILINE), printed
    found = re.findall(r"(-?[\d.]+)\s+slack", printed)
    assert found, printed
    return min(map(float, found)), printed


def test_it_times_as_the_flow_does(tmp_path: Path) -> None:
    """With ideal resets and no logic outside, the slowest path is that of the flow, but for its driver of inputs."""
    cells = library.load(dozen.write(tmp_path / "dozen.lib"))
    (tmp_path / "flow.v").write_text(NETLIST)
    flow = timing.slowest("flaash_top", cells, [cells.path], [tmp_path / "flow.v"], tmp_path / "flow")
    assert (flow.begin, flow.end) == ("first", "second"), "the reset is no path of the flow"
    found, printed = slack(tmp_path, flaash_period=50.0, flaash_io=0.0, flaash_ideal_resets=1)
    assert "Startpoint: first" in printed
    assert 50.0 - found == pytest.approx(flow.nanoseconds, abs=0.001)


def test_after_a_layout_the_resets_are_timed(tmp_path: Path) -> None:
    ideal, _ = slack(tmp_path, flaash_period=50.0, flaash_io=0.0, flaash_ideal_resets=1)
    timed, printed = slack(tmp_path, flaash_period=50.0, flaash_io=0.0)
    assert "Startpoint: core_rst_nq" in printed and timed < ideal - 1.0


def test_period_and_outside_can_be_set(tmp_path: Path) -> None:
    """The defaults are 10 ns, of which 3 are outside; a port's path ends earlier by as much."""
    default, _ = slack(tmp_path, flaash_ideal_resets=1)
    inside, _ = slack(tmp_path, flaash_ideal_resets=1, flaash_io=0.0)
    longer, _ = slack(tmp_path, flaash_ideal_resets=1, flaash_period=20.0)
    assert inside - default == pytest.approx(3.0, abs=0.3) and longer - default == pytest.approx(7.0, abs=0.001)


def test_the_check_notices_a_port_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="clk_i"):
        slack(tmp_path, NETLIST.replace("clk_i", "clock_i"))


@pytest.mark.parametrize("top", lists.TOPS)
def test_both_tops_have_the_ports(top: str) -> None:
    assert {"clk_i", "rst_ni"} <= set(verilog.ports(top))
    assert set(re.findall(r"get_ports (\w+)", SDC.read_text())) == {"clk_i", "rst_ni"}
