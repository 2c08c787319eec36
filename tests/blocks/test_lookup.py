# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_compute_lookup, of its plan and of the plan's divider."""

from pathlib import Path

import pytest

from tb.common import rtl_constants as rtl
from tb.common.simulation import run_bench
from tests.share import LONG, amount, share

RTL = Path(__file__).parent / "rtl"
WRAPPER = (RTL / "flaash_lookup_bench.sv",)
PLAN_WRAPPER = (RTL / "flaash_lookup_plan_bench.sv",)
IDEAL, BANKED = rtl.MEMORIES["ideal"], rtl.MEMORIES["banked"]

# Name, short sample only, parameters. Icarus builds in no time, so the space is swept there.
MACHINES = {
    "verilator": [("n8", False, {"NumSdpe": 8})],
    "icarus": [
        ("n3", False, {"NumSdpe": 3, "CoordWidth": 6, "Format": rtl.FORMATS["bf16"], "Lanes": 2}),
        ("n1", False, {"NumSdpe": 1, "CoordWidth": 8, "MemLatency": 1}),
        (
            "n2",
            False,
            {
                "NumSdpe": 2,
                "GroupSize": 1,
                "CoordWidth": 4,
                "Memory": IDEAL,
                "MemLatency": 5,
                "Format": rtl.FORMATS["int16"],
                "Lanes": 1,
            },
        ),
        ("n8", False, {"NumSdpe": 8, "CoordWidth": 8, "MemLatency": 50, "Format": rtl.FORMATS["int8"]}),
        ("n32", True, {"NumSdpe": 32, "CoordWidth": 6, "Memory": IDEAL, "Format": rtl.FORMATS["int8"]}),
        ("n10", False, {"NumSdpe": 10, "CoordWidth": 6, "ResultDepth": 2, "MemBanks": 1, "Lanes": 8}),
        ("n64", True, {"NumSdpe": 64, "CoordWidth": 6, "MemLatency": 5, "Format": rtl.FORMATS["int8"]}),
    ],
}
# Groups, fibers of a set, engines of a group; in LIST=long with many, too, which take long.
PLANS = {
    "verilator": [(8, 4, 4)],
    "icarus": [
        (8, 4, 4),
        (3, 3, 3),
        (2, 1, 1),
        (1, 4, 4),
        (2, 8, 2),
        (4, 4, 2),
        *([(16, 8, 8), (64, 1, 1)] if LONG else []),
    ],
}


@pytest.mark.runs(odd="icarus")
@pytest.mark.toggles(False)  # those of the chip with this engine, at ten times the cost
def test_lookup(simulator: str, seed: int) -> None:
    for name, short, parameters in share(MACHINES[simulator], seed, of=6)[: amount(1, None)]:
        for module in ("lookup",) if short else ("lookup", "lookup_corner"):
            run_bench(
                "flaash_lookup_bench",
                f"tests.blocks.{module}_tests",
                simulator,
                f"{module}-{name}",
                parameters,
                seed,
                extra_sources=WRAPPER,
                inside=True,
                environment_variables={"LOOKUP_SHORT": str(int(short))},
            )


@pytest.mark.runs(odd="icarus")
def test_lookup_plan(simulator: str, seed: int) -> None:
    """Two machines in the suite: sets of 4 and of 3 meet faults that the other ones do not show."""
    for groups, size, engines in share(PLANS[simulator], seed, suite=4):
        for module in ("lookup_plan", "lookup_plan_event", "lookup_plan_early"):
            run_bench(
                "flaash_lookup_plan_bench",
                f"tests.blocks.{module}_tests",
                simulator,
                f"{module}-g{groups}-s{size}-e{engines}",
                {"Groups": groups, "MaxSize": size, "Engines": engines},
                seed,
                extra_sources=PLAN_WRAPPER,
                inside=True,
            )


@pytest.mark.runs(odd="icarus")
def test_lookup_divider(simulator: str, seed: int) -> None:
    for width, quick in [(22, 1)] if simulator == "verilator" else [(22, 0), (22, 1), (5, 0), (5, 1), (2, 0)]:
        run_bench(
            "flaash_lookup_divider",
            "tests.blocks.lookup_divider_tests",
            simulator,
            f"lookup_divider-w{width}-q{quick}",
            {"Width": width, "Quick": quick},
            seed,
        )
