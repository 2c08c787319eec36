# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_dma_registers against a model of the ring, its errors and its interrupts."""

from __future__ import annotations

import random as random_module
from dataclasses import dataclass

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tb.common.rtl_constants import DMA, ERRORS
from tests.share import amount

ADDRESSES = {name: register.address for name, register in DMA.registers.items()}
NAMES = {address: name for name, address in ADDRESSES.items()}
WRITABLE = {
    "RegRingBase",
    "RegRingBaseHigh",
    "RegRingSize",
    "RegRingTail",
    "RegDmaIrqEnable",
    "RegDmaIrqStatus",
}
SLOT = DMA.constants["SlotBytes"].value
DONE, ERROR = (1 << DMA.constants[name].value for name in ("DmaIrqDone", "DmaIrqError"))
BUSY, HALTED = (1 << DMA.constants[name].value for name in ("DmaStatusBusy", "DmaStatusHalted"))
LATE, RING = ERRORS["ErrWatchdog"].value, DMA.errors["ErrRing"].value


@dataclass
class Model:
    """What the host wrote, and what the machine reported.

    Attributes:
        outside: the ring ended above the last address, a cycle ago.
        ended: the code and place of the error that ended the queue, None before.
    """

    base: int = 0
    size: int = 0
    tail: int = 0
    head: int = 0
    next: int = 0
    enable: int = 0
    status: int = 0
    outside: bool = False
    late: bool = False
    ended: tuple[int, int] | None = None

    def problem(self) -> str | None:
        """Return the register that makes the ring invalid."""
        if self.base % SLOT:
            return "RegRingBase"
        if not 2 <= self.size <= 1 << 16 or self.outside or self.next >= self.size:
            return "RegRingSize"
        return "RegRingTail" if self.tail >= self.size else None

    def read(self, name: str, dut, busy: bool) -> int:
        """Return a register, as the host sees it."""
        code, place = self.ended or (0, 0)
        return {
            "RegDmaInfo": int(dut.DataWidth.value) | int(dut.ReadBursts.value) << 16 | int(dut.WriteBursts.value) << 24,
            "RegDmaStatus": busy * BUSY | (self.ended is not None) * HALTED,
            "RegRingBase": self.base & 0xFFFF_FFFF,
            "RegRingBaseHigh": self.base >> 32,
            "RegRingSize": self.size,
            "RegRingTail": self.tail,
            "RegRingHead": self.head,
            "RegDmaError": code,
            "RegDmaPlace": place,
            "RegDmaIrqEnable": self.enable,
            "RegDmaIrqStatus": self.status,
        }[name]

    def write(self, name: str, value: int, mask: int) -> None:
        """Take a write of the host."""
        word = {
            "RegRingBase": self.base & 0xFFFF_FFFF,
            "RegRingBaseHigh": self.base >> 32,
            "RegRingSize": self.size,
            "RegRingTail": self.tail,
        }.get(name, 0)
        word = (word & ~mask) | (value & mask)
        if name == "RegRingBase":
            self.base = self.base >> 32 << 32 | word
        elif name == "RegRingBaseHigh":
            self.base = word << 32 | self.base & 0xFFFF_FFFF
        elif name == "RegRingSize":
            self.size = word
        elif name == "RegRingTail":
            self.tail = word
        elif name == "RegDmaIrqEnable" and mask & 1:
            self.enable = value & mask & (DONE | ERROR)

    def after(self, slot: int) -> int:
        """Return the slot after this one."""
        return 0 if slot + 1 == self.size else (slot + 1) & 0xFFFF

    def forget(self) -> None:
        """A soft reset keeps the ring's place and size, and the enabled interrupts."""
        self.tail = self.head = self.next = self.status = 0
        self.late, self.ended = False, None


def word(random: random_module.Random, name: str) -> int:
    """Return a value to write: mostly such that the ring is valid."""
    if random.random() < 0.02:
        return random.getrandbits(32)
    return {
        "RegRingBase": lambda: random.getrandbits(22) * SLOT | (random.random() < 0.03),
        "RegRingBaseHigh": lambda: random.choice([0, 1, 2, 0xFFFF_FFFF]),
        "RegRingSize": lambda: random.choice([*[2, 3, 4, 5] * 3, 1, 1 << 16, (1 << 16) + 1]),
        "RegRingTail": lambda: random.randrange(5),
    }.get(name, lambda: random.getrandbits(32))()


@cocotb.test()
async def every_access_and_event(dut) -> None:
    """The response to each access, the slot that is processed next and the interrupt, in every cycle."""
    random, types, model = rng(), bench_types(), Model()
    zero(dut)
    await start(dut)
    seen = dict.fromkeys(("pending", "ring", "late", "wrapped", "irq", *WRITABLE), 0)
    kill = False
    for cycle in range(amount(20_000, 80_000)):
        # The host
        name = random.choice([*sorted(WRITABLE), *["RegRingTail"] * 20, *NAMES.values(), None])
        write = random.random() < 0.1
        mask = sum(0xFF << 8 * i for i in range(4) if random.random() < 0.9)
        value = word(random, name) if name else 0
        asked = random.choice([*NAMES.values(), None])
        unknown = 0xFF0  # no register of this map
        access = {
            "write": {"valid": write, "addr": ADDRESSES.get(name, unknown), "mask": mask, "bits": value & mask},
            "read": {"valid": random.random() < 0.5, "addr": ADDRESSES.get(asked, unknown)},
        }
        dut.access_i.value = types["access_i"].pack(access)
        # The machine
        stuck = model.ended is not None or model.problem() is not None
        kill = random.random() < (0.7 if kill else 0.02 if stuck else 0.001)
        there = model.next != model.tail and model.ended is None and not kill
        problem = model.problem() if there else None
        takes = there and problem is None and random.random() < 0.3
        finishes = not kill and model.head != model.next and random.random() < 0.4
        expires = random.random() < 0.001
        fails = not kill and (model.ended is None or model.late) and random.random() < 0.001
        busy, wants_irq = random.random() < 0.5, random.random() < 0.5
        error = {"valid": fails, "code": random.choice([RING, LATE]), "place": random.getrandbits(32)}
        dut.kill_i.value, dut.busy_i.value, dut.taken_i.value = kill, busy, takes
        dut.finish_i.value, dut.wants_irq_i.value, dut.expired_i.value = finishes, wants_irq, expires
        dut.fault_i.value = types["fault_i"].pack(error)
        await FallingEdge(dut.clk_i)
        # What both see
        answer = types["access_rsp_o"].unpack(int(dut.access_rsp_o.value))
        assert bool(answer.write_known) == (name in WRITABLE) and bool(answer.read_known) == (asked is not None)
        assert answer.data == (model.read(asked, dut, busy) if asked else 0), f"cycle {cycle}: {asked}"
        assert bool(answer.irq) == bool(model.status & model.enable)
        assert bool(dut.pending_o.value) == (there and problem is None), f"cycle {cycle}: {model}"
        assert int(dut.slot_o.value) == (model.base + SLOT * model.next) % (1 << 64)
        fault = types["ring_fault_o"].unpack(int(dut.ring_fault_o.value))
        assert tuple(fault) == ((1, RING, ADDRESSES[problem]) if problem else (0, 0, 0)), f"cycle {cycle}: {model}"
        assert bool(dut.late_o.value) == model.late
        seen["pending"] += there and problem is None
        seen["ring"] += problem is not None
        seen["late"] += model.late
        seen["irq"] += answer.irq
        # The next cycle
        outside = model.base // SLOT + model.size > 1 << 54
        events = finishes * wants_irq * DONE
        if finishes:
            seen["wrapped"] += model.after(model.head) == 0
            model.head = model.after(model.head)
        if takes:
            model.next = model.after(model.next)
        if expires and model.ended is None:
            model.ended, model.late = (LATE, 0), True
            events |= ERROR
        if fails:
            model.ended = error["code"], error["place"]
            events |= ERROR
        cleared = value & mask if write and name == "RegDmaIrqStatus" else 0
        model.status = model.status & ~cleared | events
        if write and name in WRITABLE:
            seen[name] += 1
            model.write(name, value, mask)
        if kill:
            model.forget()
        model.outside = outside
        await RisingEdge(dut.clk_i)
    assert min(seen.values()) > 20, seen
