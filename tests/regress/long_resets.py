# SPDX-License-Identifier: Apache-2.0
"""Hostile input for longer: 2,000 resets of each kind, 1,000 contractions per format, 120,000 frames.

At the memory interface 10,000 orders of aborts, resets, errors of the bus, the watchdog and doorbells.
"""

import pytest

from sim import configs
from tests.dma.test_memory_interface import run_dma
from tests.top.hostile import CORPUS, run_hostile


@pytest.mark.parametrize("name", ["default", "paper32"])
def test_reset_storms(name: str, seed: int) -> None:
    run_hostile(configs.load(name), "verilator", "storm", seed, f"-long-{name}", storms=2000)


@pytest.mark.parametrize("name", ["default", "bf16", "int8", "int16", "paper8"])
def test_back_to_back(name: str, seed: int) -> None:
    run_hostile(configs.load(name), "verilator", "long_run", seed, f"-long-{name}", count=1000, extent=60)


def test_any_beats(seed: int) -> None:
    """Frames that the suite does not use."""
    run_hostile(configs.load(), "verilator", "fuzz", seed + 1000, "-long", frames=120_000, corpus=str(CORPUS))


# Three machines at each width of the bus.
MACHINES = {
    "tiny": {},
    "default": {"NumSdpe": 3, "MemLines": 512},
    "fast1": {"NumSdpe": 2, "GroupSize": 1, "MemLines": 256},
}
ORDERS = 1120  # of each; in all 10,080


@pytest.mark.parametrize("width", [128, 256, 512])
@pytest.mark.parametrize("machine", MACHINES)
def test_orders_of_ends(machine: str, width: int, seed: int) -> None:
    run_dma(
        "order_tests", "verilator", seed, machine, arguments={"orders": ORDERS}, DataWidth=width, **MACHINES[machine]
    )
