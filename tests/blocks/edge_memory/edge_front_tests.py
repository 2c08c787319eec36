# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_edge_front hands over each descriptor, loaded or with its first error."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tb.common.rtl_constants import EDGE, ERRORS
from tests.share import amount

CODES = {name: error.value for name, error in {**ERRORS, **EDGE.errors}.items()}
LEVELS = (
    "kill",
    "halted",
    "late",
    "ahead_busy",
    "next_valid",
    "keep",
    "kept",
    "free",
    "left",
    "loaded",
    "loading",
    "idle",
    "back_ready",
)
OUTPUTS = ("take", "load", "start", "failed", "kill")
ERRORS_IN = ("next_fault", "load_fault", "chip_fault")


@dataclass
class Descriptor:
    """What the front has taken.

    Attributes:
        told: codes that its first error may have; several, if they came in one cycle.
        loads: the operands that were handed to the chip, None before.
        killed: its reads are abandoned: later errors are no errors of this descriptor.
        ended: what had to end before the hand-over has ended.
        age: cycles in which everything was as a hand-over needs it.
    """

    keep: int
    kept: int
    told: set[int] = field(default_factory=set)
    loads: int | None = None
    killed: bool = False
    ended: bool = False
    age: int = 0


class Chip:
    """Everything around the front: responses with random delay, and now and then an error.

    Attributes:
        cause: the code of the kill in progress, 0 without one.
        killed: there was a kill since the last soft reset, so the queue ends.
    """

    def __init__(self, numbers: random.Random):
        self.random = numbers
        self.left = self.loaded = self.idle = self.free = self.back_ready = 1
        self.cause = self.halted = self.late = self.next_valid = self.loading = 0
        self.killed = False
        self.keep, self.kept, self.next_fault, self.load_fault = 0, 3, 0, 0

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def holds(self, work: Descriptor) -> bool:
        """Return whether the operands of a descriptor are in the chip."""
        return (work.loads or 0) == 3 & ~work.keep and bool(self.loaded and not self.loading)

    def settle(self, kill: bool) -> None:
        """Let a cycle go by."""
        if kill:
            self.load_fault = self.next_valid = 0
        if not self.loaded and (self.chance(0.1) or (kill and self.chance(0.5))):
            self.loaded = 1
        elif self.loaded and self.loading and self.chance(0.3):
            self.loading = 0
        self.left = int(self.left or self.chance(0.05))
        self.free = int(self.chance(0.7))
        self.back_ready = int(self.back_ready or self.chance(0.3))
        self.idle = int(not self.late and self.chance(0.5 if kill else 0.2))
        if self.chance(0.5):
            self.cause = 0
        if not self.next_valid and not kill and self.chance(0.3):
            self.next_valid = 1
            self.next_fault = CODES["ErrDescriptor"] if self.chance(0.1) else 0
        if not self.loaded and not kill and self.chance(0.02):
            self.load_fault = CODES["ErrReadSlave"]


def errors(dut, **codes: int) -> None:
    """Drive the errors by their codes, 0 for none."""
    for name in ERRORS_IN:
        code = codes.get(name, 0)
        kind = bench_types()[f"{name}_i"]
        getattr(dut, f"{name}_i").value = kind.pack(valid=int(code != 0), code=code, place=0)


def judge(seen: dict[str, int], chip: Chip, work: Descriptor | None) -> None:
    """Fail unless what the front does in this cycle is allowed."""
    assert not (seen["start"] and seen["failed"])
    if seen["take"]:
        assert chip.next_valid and not (chip.halted or chip.cause) and (work is None or seen["start"])
    if seen["load"]:
        assert work is not None and work.loads is None and chip.free and not (chip.loading or chip.cause)
        assert seen["load"] == 3 & ~work.keep and not work.told
    if seen["start"] or seen["failed"]:
        assert work is not None and chip.back_ready and not chip.halted
    if seen["start"]:
        assert not (work.told or chip.cause), "a descriptor with an error is contracted"
        assert chip.holds(work)
    if seen["failed"]:
        assert chip.left and work.ended
        wanted = work.told | ({CODES["ErrWatchdog"]} if chip.late else set())
        assert seen["fault"] in wanted, f"{seen['fault']} is told, not one of {wanted}"


@cocotb.test()
async def each_descriptor_is_handed_over_once(dut) -> None:
    """With what its operands bring; after an error of one before, or a soft reset, none is."""
    chip = Chip(rng())
    zero(dut, *LEVELS)
    errors(dut)
    await start(dut)
    work: Descriptor | None = None
    kill = False
    counts = dict.fromkeys(("start", "failed", "halted"), 0)
    for cycle in range(amount(10_000, 30_000)):
        chip.settle(kill)
        resetting = chip.chance(0.2) if chip.halted or chip.late else chip.chance(0.001)
        # An abort, more often where a descriptor is about to be handed over.
        about = work is not None and (0.1 if work.ended else 0.06 if chip.holds(work) else 0)
        if not chip.cause and chip.chance(about or 0.005):
            chip.cause = CODES["ErrAborted"]
        if not chip.late and not chip.cause and chip.chance(0.001):
            chip.cause = CODES["ErrWatchdog"]
        chip.killed |= chip.cause != 0
        fault = CODES["ErrPointer"] if chip.loading and not kill and chip.chance(0.01) else 0
        for name in LEVELS:
            if name not in ("kill", "ahead_busy"):
                getattr(dut, f"{name}_i").value = getattr(chip, name)
        dut.ahead_busy_i.value = chip.next_valid
        dut.kill_i.value = bench_types()["kill_i"].pack(
            valid=resetting or chip.cause != 0, all=resetting, cause=chip.cause or CODES["ErrAborted"]
        )
        errors(
            dut,
            next_fault=chip.next_fault if chip.next_valid else 0,
            load_fault=chip.load_fault,
            chip_fault=fault,
        )
        await FallingEdge(dut.clk_i)
        seen = {name: int(getattr(dut, f"{name}_o").value) for name in OUTPUTS}
        seen["fault"] = bench_types()["fault_o"].unpack(int(dut.fault_o.value)).code
        if not resetting:
            judge(seen, chip, work)
        kill = bool(seen["kill"])
        assert kill or not (chip.cause or resetting or chip.halted), "reads go on after the end of the queue"
        if work is not None:
            missing = work.keep & ~work.kept
            if not work.told and not work.killed:
                if missing and chip.free and work.loads is None:
                    work.told.add(CODES["ErrNoOperand"])
                if work.loads is not None or chip.free:
                    work.told |= {code for code in (fault, chip.load_fault) if code}
                work.told |= {chip.cause} - {0}
            work.killed |= kill
            work.ended |= bool(
                kill and chip.loaded and not chip.loading and not chip.cause and (chip.idle or chip.late)
            )
            work.age = work.age + 1 if chip.back_ready and chip.left and chip.free else work.age
            assert work.age < 400, f"cycle {cycle}: a descriptor is not handed over"
        if seen["load"]:
            work.loads, chip.loaded, chip.loading = seen["load"], 0, 1
        if seen["start"] or seen["failed"]:
            counts["start" if seen["start"] else "failed"] += 1
            chip.back_ready, work = 0, None
            chip.left = 0 if seen["start"] else chip.left
        if chip.halted or resetting:
            counts["halted"] += work is not None
            work = None
        if seen["take"]:
            faulty = {chip.next_fault} - {0}
            keep = chip.random.choice([0, 0, 0, 1, 2, 3])
            work = Descriptor(keep, chip.random.choice([3, 3, 3, 0, 1, 2]), faulty)
            chip.keep, chip.kept, chip.next_valid = work.keep, work.kept, 0
        chip.late |= chip.cause == CODES["ErrWatchdog"]
        ends = bool(seen["failed"]) and (chip.killed or chip.chance(0.9))
        chip.halted |= int(chip.chance(0.002) or ends or (chip.killed and work is None))
        if resetting:
            chip.halted = chip.late = chip.next_valid = chip.cause = 0
            chip.killed = False
            chip.loaded, chip.loading = 1, 0
        await RisingEdge(dut.clk_i)
    assert min(counts.values()) > 10, counts
