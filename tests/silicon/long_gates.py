# SPDX-License-Identifier: Apache-2.0
"""The MAC and the whole of `tiny` as netlists, on their benches: part of make regress LIST=long.

All of it runs on Verilator: Icarus takes hours.
"""

from pathlib import Path

import pytest

from tb.common import simulation
from tests.silicon import dozen
from tests.silicon.test_gates import TINY, chosen, simulated
from tools.silicon import elaborate, gates, library
from tools.silicon.hierarchy import Hierarchy

FORMATS = {"fp32": 0, "bf16": 1, "int8": 2, "int16": 3}


@pytest.fixture(autouse=True)
def unoptimised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the C++ compiler fast: with optimisation it would take far longer than these runs."""
    monkeypatch.setenv(simulation.SHORT_RUNS, "1")


def mac(folder: Path, name: str) -> tuple[Path, ...]:
    """Write the netlist of flaash_mac in a format; return the files."""
    pieces = Hierarchy(elaborate.rtlil("flaash_mac", {"Format": FORMATS[name]})).pieces(["flaash_mac"])
    return gates.sources({"1": pieces}, library.load(dozen.write(folder / "dozen.lib")), folder / "sources")


def test_tiny(tmp_path: Path, seed: int) -> None:
    """Every flip-flop and every gate of the chip; memories of more than 64 words are as in the RTL."""
    run = simulated(chosen(), tmp_path, "gates-tiny", "verilator", ["smoke", "random", "dense"], seed)
    assert run.summary["passed"] and run.summary["compared"] > 0 and run.summary["mismatches"] == 0
    assert run.summary["config"] == TINY


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
