# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_compute_resident."""

from pathlib import Path

import pytest

from sim.simulation import run_bench
from tb.common import rtl_constants as rtl
from tests.share import amount, share

WRAPPER = (Path(__file__).parent / "flaash_resident_bench.sv",)
IDEAL = rtl.MEMORIES["ideal"]

# Name, short sample only, parameters. Icarus builds in no time, so the space is swept there. With few
# SlotEntries fibers span all slots of an engine, or come in rounds.
MACHINES = {
    "verilator": [("n8", False, {"NumSdpe": 8, "CoordWidth": 10, "Portions": 8})],
    "icarus": [
        (
            "n3",
            False,
            {
                "NumSdpe": 3,
                "CoordWidth": 8,
                "Format": rtl.FORMATS["bf16"],
                "Lanes": 2,
                "SlotEntries": 32,
                "Portions": 2,
            },
        ),
        ("n1", False, {"NumSdpe": 1, "CoordWidth": 8, "MemLatency": 1}),
        (
            "n2",
            False,
            {
                "NumSdpe": 2,
                "GroupSize": 1,
                "CoordWidth": 6,
                "Memory": IDEAL,
                "MemLatency": 5,
                "Format": rtl.FORMATS["int16"],
                "Lanes": 1,
                "Slots": 2,
                "SlotEntries": 32,
                "Portions": 1,
            },
        ),
        ("n8", False, {"NumSdpe": 8, "CoordWidth": 8, "MemLatency": 50, "Format": rtl.FORMATS["int8"], "Portions": 2}),
        ("n32", True, {"NumSdpe": 32, "CoordWidth": 6, "Memory": IDEAL, "Format": rtl.FORMATS["int8"], "Portions": 5}),
        ("n10", False, {"NumSdpe": 10, "CoordWidth": 6, "ResultDepth": 2, "MemBanks": 1, "Lanes": 8, "Portions": 64}),
        ("n5", False, {"NumSdpe": 5, "CoordWidth": 9, "Slots": 1, "SlotEntries": 32}),
        ("n64", True, {"NumSdpe": 64, "CoordWidth": 6, "MemLatency": 5, "Format": rtl.FORMATS["int8"]}),
    ],
}


@pytest.mark.runs(odd="icarus")
@pytest.mark.toggles(False)  # those of the chip with this engine, at ten times the cost
def test_resident(simulator: str, seed: int) -> None:
    """Two machines in the suite: with seed 1 the second one has one engine, where lines wait longest for a slot."""
    for name, short, parameters in share(MACHINES[simulator], seed, of=6)[: amount(2, None)]:
        modules = ("resident",) if short else ("resident", "resident_corner", "resident_spread")
        run_bench(
            "flaash_resident_bench",
            ",".join(f"tests.blocks.engine.{module}_tests" for module in modules),
            simulator,
            f"resident-{name}",
            parameters,
            seed,
            extra_sources=WRAPPER,
            inside=True,
            arguments={"short": short},
        )


@pytest.mark.runs(on="verilator")
@pytest.mark.toggles(False)
def test_the_plan_knows_its_limit(simulator: str, seed: int) -> None:
    """The plan's assertion runs on Verilator only; the suite has the machines above on Icarus."""
    run_bench(
        "flaash_resident_bench",
        "tests.blocks.engine.resident_corner_tests",
        simulator,
        "resident-limit",
        {"NumSdpe": 2, "GroupSize": 1, "CoordWidth": 6, "SlotEntries": 32, "Portions": 1},
        seed,
        extra_sources=WRAPPER,
        inside=True,
        testcase="the_last_line_of_all_makes_a_fiber_span",
    )
