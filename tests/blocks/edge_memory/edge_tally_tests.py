# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_edge_tally counts cycles and bytes of descriptors that overlap."""

from dataclasses import dataclass

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tests.share import amount

PULSES = ("begin", "take", "start", "done", "end")


@dataclass
class Descriptor:
    """What has happened to a descriptor, in cycles, and the beats that were asked for it."""

    began: int
    beats: int
    started: int | None = None
    done: int | None = None

    def cost(self, ended: int, bus: int) -> tuple[int, int, int]:
        """Return cycles, cycles of computing and bytes of one that ends in this cycle."""
        stop = ended if self.done is None else self.done
        computing = 0 if self.started is None else stop - self.started + 1
        return ended - self.began - 1, computing, self.beats * bus // 8


def asked(dut, random, index: int) -> int:
    """Ask for some arrays, and perhaps for the rest of the descriptor; return the beats."""
    arrays = [{"valid": random.random() < 0.5, "beats": random.choice([1, 5, 2**32 - 1])} for _ in range(4)]
    rest = random.random() < 0.2
    dut.asks_i.value = bench_types()["asks_i"].pack(arrays=arrays, rest=rest)
    dut.ask_number_i.value = index % int(dut.InFlight.value)
    return sum(ask["beats"] for ask in arrays if ask["valid"]) + rest * int(dut.RestBeats.value)


@cocotb.test()
async def cycles_and_bytes_of_each_descriptor(dut) -> None:
    """Up to InFlight - 1 are begun ahead of the one that was taken; contractions start, or fail before that."""
    random = rng()
    zero(dut, *PULSES, "begin_number", "asks", "ask_number", "take_number")
    await start(dut)
    in_flight = int(dut.InFlight.value)
    ahead: dict[int, Descriptor] = {}  # by its number; the module has it modulo InFlight
    taken: Descriptor | None = None
    wanted: tuple[int, int, int] | None = None  # of the one that ended last, until the next one is taken
    begun = number = ended = 0
    asked_last = -2  # cycle of the last requests
    for cycle in range(amount(4000, 16_000)):
        pulses = dict.fromkeys(PULSES, 0)
        known = [index for index, found in ahead.items() if found.began < cycle]
        asks = bool(known) and random.random() < 0.3
        dut.asks_i.value = 0
        if asks:
            index = random.choice(known)
            ahead[index].beats += asked(dut, random, index)
            asked_last = cycle
        if begun - number < in_flight - 1 and random.random() < 0.1:
            ahead[begun] = Descriptor(cycle, int(dut.FirstBeats.value))
            pulses["begin"], dut.begin_number_i.value = 1, begun % in_flight
            begun += 1
        if taken is None and number in known and cycle >= asked_last + 2 and random.random() < 0.2:
            taken, wanted = ahead.pop(number), None
            pulses["take"], dut.take_number_i.value = 1, number % in_flight
            number += 1
        elif taken is not None:
            if taken.started is None and random.random() < 0.2:
                pulses["start"], taken.started = 1, cycle
            elif taken.started is not None and taken.done is None and random.random() < 0.1:
                pulses["done"], taken.done = 1, cycle
            if random.random() < 0.1 and not pulses["start"]:
                pulses["end"], ended = 1, ended + 1
        for name, value in pulses.items():
            getattr(dut, f"{name}_i").value = value
        await FallingEdge(dut.clk_i)
        if wanted is not None:
            seen = tuple(int(port.value) for port in (dut.cycles_o, dut.computing_o, dut.bytes_read_o))
            assert seen == wanted, f"cycle {cycle}"
        if pulses["take"]:
            wanted = None
        if pulses["end"]:
            taken, wanted = None, taken.cost(cycle, int(dut.DataWidth.value))
        await RisingEdge(dut.clk_i)
    assert ended > 40
