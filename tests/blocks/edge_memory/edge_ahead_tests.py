# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_edge_ahead prefetches descriptors, in order, and offers each once."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tb.common.rtl_constants import EDGE, ERRORS
from tests.share import amount

WRONG, LATE = EDGE.errors["ErrDescriptor"].value, ERRORS["ErrWatchdog"].value
INPUTS = ("kill", "late", "pending", "slot", "begin_ready", "fetched", "fault", "about", "asked", "take")


@dataclass
class Descriptor:
    """A descriptor of the ring: its fields, and its progress."""

    number: int  # of its slot
    own: int  # its number in flight
    code: int  # of its error, or 0
    keep: int
    asked: bool = False
    late: bool = False  # the watchdog has expired since it was begun


class Bench:
    """The ring, the reader of descriptors, the feeds and the front.

    Attributes:
        flight: descriptors that were begun and not taken, in order.
        waits: descriptors in flight that are not parsed yet.
        now: the descriptor that was parsed last.
    """

    def __init__(self, dut, random):
        self.dut, self.random, self.types = dut, random, bench_types()
        self.flight: deque[Descriptor] = deque()
        self.waits: deque[Descriptor] = deque()
        self.now: Descriptor | None = None
        self.taken: Descriptor | None = None  # in the cycle before
        self.in_flight = int(dut.InFlight.value)
        self.number, self.own, self.in_use, self.most = 0, 0, 0, 0
        self.fetched, self.asked = False, 3
        self.late = self.kill = self.killed = False

    def drive(self) -> None:
        """Set the inputs of a cycle, all but take_i."""
        dut, random = self.dut, self.random
        arrives = self.now is not None and not self.fetched and not self.late and random.random() < 0.2
        self.fetched |= arrives
        # A kill often comes with a descriptor, whose arrays would be requested in this cycle.
        self.killed, self.kill = self.kill, random.random() < (0.8 if self.kill else 0.05 if arrives else 0.003)
        self.late = random.random() < 0.0005 or (self.late and not (self.killed and not self.kill))
        self.asked |= random.choice([0, 0, 0, 1, 2, 3])
        for name in ("kill", "late", "fetched", "asked"):
            getattr(dut, f"{name}_i").value = getattr(self, name)
        dut.slot_i.value = 1024 * self.number
        dut.pending_i.value, dut.begin_ready_i.value = random.random() < 0.5, random.random() < 0.7
        code = self.now.code if self.now and self.fetched else 0
        dut.fault_i.value = self.types["fault_i"].pack(valid=int(code != 0), code=code, place=0)
        dut.about_i.value = (
            self.types["about_i"].pack(head={"keep": self.now.keep, "tag": self.now.number}) if self.now else 0
        )

    def begins(self) -> None:
        """The next slot is read, with the next number, which no descriptor in flight has."""
        dut, random = self.dut, self.random
        assert not (self.kill or self.killed) and dut.pending_i.value == 1 and dut.begin_ready_i.value == 1
        self.own = (self.own + 1) % self.in_flight
        assert int(dut.begin_number_o.value) == self.own != self.in_use, "a number that is in use"
        self.flight.append(
            Descriptor(self.number, self.own, WRONG if random.random() < 0.1 else 0, random.choice([0, 0, 1, 2, 3]))
        )
        self.waits.append(self.flight[-1])
        self.number += 1
        self.most = max(self.most, len(self.flight))

    def clears(self) -> None:
        """The next descriptor is parsed after all arrays of the previous one have been requested."""
        assert self.waits and self.asked == 3
        self.now, self.fetched = self.waits.popleft(), False
        seen = (int(self.dut.come_number_o.value), int(self.dut.come_slot_o.value))
        assert seen == (self.now.own, 1024 * self.now.number)

    def asks(self, operands: int) -> None:
        """Arrays of a right descriptor are requested once, except arrays of kept operands."""
        now = self.now
        assert now and self.fetched and not (self.kill or self.late or now.code or now.asked)
        assert operands == 3 & ~now.keep
        now.asked, self.asked = True, self.asked & ~operands

    def takes(self) -> int:
        """The front takes the offered descriptor; return its code."""
        fault = self.types["next_fault_o"].unpack(int(self.dut.next_fault_o.value))
        code = fault.code if fault.valid else 0
        self.taken = self.flight.popleft()
        assert code == self.taken.code or (code == LATE and self.taken.late), f"{code}, {self.taken}"
        assert code or self.taken.asked or self.taken.keep == 3, f"not asked for: {self.taken}"
        self.in_use = self.taken.own
        return code

    def was_taken(self, code: int) -> None:
        """Compare what the front sees of the descriptor that it took in the cycle before."""
        dut, taken = self.dut, self.taken
        assert (int(dut.taken_number_o.value), int(dut.slot_o.value)) == (taken.own, 1024 * taken.number)
        about = self.types["about_o"].unpack(int(dut.about_o.value))
        assert code == LATE or (about.head.tag, about.head.keep) == (taken.number, taken.keep)

    def forget(self) -> None:
        """A kill: nothing is in flight."""
        self.flight.clear()
        self.waits.clear()
        self.now, self.asked, self.own = None, 3, self.in_use


@cocotb.test()
async def descriptors_are_offered_in_order(dut) -> None:
    """Also the wrong ones, and those that the watchdog ends; a kill drops the descriptors in flight."""
    random = rng()
    zero(dut, *INPUTS)
    await start(dut)
    bench = Bench(dut, random)
    codes: list[int] = []
    for _ in range(amount(8000, 30_000)):
        bench.drive()
        dut.take_i.value = 0
        await FallingEdge(dut.clk_i)
        if bench.taken is not None:
            bench.was_taken(codes[-1])
            bench.taken = None
        offered = dut.next_valid_o.value == 1
        assert not (offered and bench.kill), "an offer in a kill"
        take = offered and not (bench.kill or bench.killed) and random.random() < 0.3
        dut.take_i.value = take
        if dut.begin_o.value == 1:
            bench.begins()
        if dut.clear_o.value == 1:
            bench.clears()
        if int(dut.ask_o.value):
            bench.asks(int(dut.ask_o.value))
        for descriptor in bench.flight:
            descriptor.late |= bench.late
        if take:
            codes.append(bench.takes())
        if bench.kill:
            bench.forget()
        await RisingEdge(dut.clk_i)
    assert bench.most == bench.in_flight - 1, "not as many descriptors as there may be"
    assert codes.count(0) > 100 and codes.count(WRONG) > 5 and codes.count(LATE) > 1
