# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: results stored before a stop pass the gate, later ones do not."""

from __future__ import annotations

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from tb.common.bench import rng, start, zero
from tb.common.stalls import STALLS
from tests.share import amount

MOST = 14  # results in a store of this bench: the most that its counters hold


class Stores:
    """The stores before the gate and the network after it, all channels cycle by cycle.

    Attributes:
        inside: results in each store.
        due: the results among these that must still pass.
    """

    def __init__(self, dut):
        self._dut = dut
        self.channels = int(dut.NumSources.value)
        self.inside = [0] * self.channels
        self.due = [0] * self.channels
        zero(dut, "kill", "stored", "in_valid", "out_ready")

    async def cycle(self, stop: bool, stored: int, ready: int) -> int:
        """Let a cycle pass; `stored` and `ready` have a bit per channel. Return how many results passed."""
        dut = self._dut
        stored &= sum(1 << s for s, count in enumerate(self.inside) if count < MOST)
        valid = sum(1 << s for s, count in enumerate(self.inside) if count)
        dut.kill_i.value, dut.stored_i.value = int(stop), stored
        dut.in_valid_i.value, dut.out_ready_i.value = valid, ready
        await FallingEdge(dut.clk_i)
        expected = valid if not stop else sum(1 << s for s, count in enumerate(self.due) if count)
        assert int(dut.out_valid_o.value) == expected, f"{int(dut.out_valid_o.value):b}, {expected:b}"
        passed = expected & ready
        assert int(dut.in_ready_o.value) & valid == passed
        for s in range(self.channels):
            self.inside[s] += (stored >> s & 1) - (passed >> s & 1)
            self.due[s] += (stored >> s & 1 and not stop) - (passed >> s & 1)
        await RisingEdge(dut.clk_i)
        return passed.bit_count()

    async def reset(self) -> None:
        """Reset the gate; the stores are then empty."""
        dut = self._dut
        dut.rst_ni.value = 0
        dut.stored_i.value = dut.in_valid_i.value = dut.kill_i.value = 0
        await RisingEdge(dut.clk_i)
        dut.rst_ni.value = 1
        self.inside, self.due = [0] * self.channels, [0] * self.channels


@cocotb.test()
async def as_many_results_as_can_be_counted(dut) -> None:
    """The stores are full when the stop comes; all of them pass, one after the other."""
    stores = Stores(dut)
    await start(dut)
    everything = (1 << stores.channels) - 1
    for _ in range(MOST + 3):
        await stores.cycle(False, everything, 0)
    assert stores.inside == [MOST] * stores.channels
    passed = 0
    for _ in range(MOST + 3):
        passed += await stores.cycle(True, everything, everything)
    assert passed == MOST * stores.channels and not any(stores.due)


@cocotb.test()
@cocotb.parametrize(network=amount(["none", "random"], list(STALLS)))
async def only_complete_results_pass(dut, network: str) -> None:
    """Stops at random cycles, with results coming all the time."""
    chance, stores = rng(), Stores(dut)
    await start(dut)
    held = passed = 0
    for _ in range(amount(8, 30)):
        pauses = [STALLS[network](chance) for _ in range(stores.channels)]

        def ready(pauses=pauses) -> int:
            return sum((not next(pause)) << s for s, pause in enumerate(pauses))

        for _ in range(chance.randint(0, 40)):
            await stores.cycle(False, chance.getrandbits(stores.channels), ready())
        for _ in range(30 * MOST):
            passed += await stores.cycle(True, chance.getrandbits(stores.channels), ready())
        assert not any(stores.due), "a complete result was kept"
        held += sum(stores.inside)
        await stores.reset()
    assert held and passed, "no result came after a stop, or none was left at one"
