# SPDX-License-Identifier: Apache-2.0
"""Benches of the blocks that split dot products: the combiner, and a MAC whose sums are shared."""

from pathlib import Path

import pytest

from sim.simulation import run_bench
from tb.common.rtl_constants import FORMATS
from tests.share import LONG, amount, share

MAC = Path(__file__).parent.with_name("mac")
COMBINED_RTL = MAC / "flaash_mac_combined.sv"


def builds(on_verilator: list, on_icarus: list) -> dict[str, list]:
    """Return builds by simulator: on Verilator, whose builds take long, the others are for LIST=long."""
    others = [item for item in on_icarus if LONG and item not in on_verilator]
    return {"verilator": [*on_verilator, *others], "icarus": on_icarus}


# Format, slots.
COMBINERS = builds([("fp32", 5)], [("fp32", 1), ("bf16", 16), ("int8", 3), ("int16", 64)])
EXPORTS = builds(["fp32"], ["fp32", "bf16"])


def test_combiner(simulator: str, seed: int) -> None:
    for fmt, slots in share(COMBINERS[simulator], seed, suite=4):
        for part in ("combiner", "combiner_room"):
            run_bench(
                "flaash_combiner",
                f"tests.blocks.combiner.{part}_tests",
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
