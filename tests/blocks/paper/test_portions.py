# SPDX-License-Identifier: Apache-2.0
"""Benches of the blocks that split dot products: portioner, combiner, and the engine with portions."""

from pathlib import Path

import pytest

from sim.simulation import run_bench
from tb.common.rtl_constants import FORMATS
from tests.share import LONG, amount, share

HERE = Path(__file__).parent
MAC = HERE.with_name("mac")
SDPE, COMBINED_RTL = HERE / "flaash_sdpe_bench.sv", MAC / "flaash_mac_combined.sv"


def builds(on_verilator: list, on_icarus: list) -> dict[str, list]:
    """Return builds by simulator: on Verilator, whose builds take long, the others are for LIST=long."""
    others = [item for item in on_icarus if LONG and item not in on_verilator]
    return {"verilator": [*on_verilator, *others], "icarus": on_icarus}


# Format, slots.
COMBINERS = builds([("fp32", 5)], [("fp32", 1), ("bf16", 16), ("int8", 3), ("int16", 64)])
# Format, Lanes.
ENGINE_BUILDS = builds([("fp32", 4)], [("fp32", 8), ("bf16", 2), ("int16", 1), ("int8", 4)])
LANES = builds([4], amount([1, 8], [1, 2, 4, 8]))
EXPORTS = builds(["fp32"], ["fp32", "bf16"])


@pytest.mark.runs(odd="icarus")
def test_portioner(simulator: str, seed: int) -> None:
    for lanes in LANES[simulator]:
        run_bench(
            "flaash_portioner",
            "tests.blocks.paper.portioner_tests",
            simulator,
            f"portioner-l{lanes}",
            {"Lanes": lanes},
            seed,
        )


def test_combiner(simulator: str, seed: int) -> None:
    for fmt, slots in share(COMBINERS[simulator], seed, suite=4):
        for part in ("combiner", "combiner_room"):
            run_bench(
                "flaash_combiner",
                f"tests.blocks.paper.{part}_tests",
                simulator,
                f"{part}-{fmt}-s{slots}",
                {"Format": FORMATS[fmt], "Slots": slots, "ResultDepth": 4},
                seed,
            )


@pytest.mark.runs(odd="icarus")
def test_export(simulator: str, seed: int) -> None:
    """Run the floating-point formats, with room for 2**4 products; integers are in test_room_of_integers."""
    for fmt in EXPORTS[simulator]:
        run_bench(
            "flaash_mac",
            "tests.blocks.mac.mac_export_tests",
            simulator,
            f"mac_export-{fmt}",
            {"Format": FORMATS[fmt], "CountWidth": 4, "Portions": 1},
            seed,
        )


@pytest.mark.runs(on="icarus")
def test_mac_and_combiner(simulator: str, seed: int) -> None:
    """Cut the MAC's directed dot products into portions: all of them in LIST=long, else some of each kind."""
    for fmt in ("fp32", "bf16", "int8", "int16"):
        run_bench(
            "flaash_mac_combined",
            "tests.blocks.mac.mac_combined_tests",
            simulator,
            f"mac_combined-{fmt}",
            {"Format": FORMATS[fmt]},
            seed,
            extra_sources=[COMBINED_RTL],
            arguments={"sums": 10_000 if LONG else amount(15, 40)},
        )


@pytest.mark.runs(odd="icarus")
def test_portion_trim(simulator: str, seed: int) -> None:
    for lanes in LANES[simulator]:
        run_bench(
            "flaash_portion_trim",
            "tests.blocks.paper.portion_trim_tests",
            simulator,
            f"portion_trim-l{lanes}",
            {"Lanes": lanes, "CoordWidth": 8, "ValueWidth": 8},
            seed,
        )


@pytest.mark.runs(odd="icarus")
def test_line_skip(simulator: str, seed: int) -> None:
    for lanes in LANES[simulator]:
        run_bench(
            "flaash_line_skip",
            "tests.blocks.paper.line_skip_tests",
            simulator,
            f"line_skip-l{lanes}",
            {"Lanes": lanes, "CoordWidth": 8, "ValueWidth": 8},
            seed,
        )


@pytest.mark.runs(odd="icarus")
def test_portions_in_the_engine(simulator: str, seed: int) -> None:
    for fmt, lanes in share(ENGINE_BUILDS[simulator], seed, suite=4):
        parameters = {"Format": FORMATS[fmt], "Lanes": lanes, "Portions": 1}
        run_bench(
            "flaash_sdpe_bench",
            "tests.blocks.paper.sdpe_portions_tests",
            simulator,
            f"sdpe_portions-{fmt}-l{lanes}",
            parameters,
            seed,
            extra_sources=[SDPE],
        )
