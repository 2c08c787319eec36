# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_dma_issue leads each descriptor from its slot to its completion record."""

from __future__ import annotations

import random
from collections import deque

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.bench import rng, start, zero
from tb.common.rtl_constants import DMA, ERRORS
from tests.blocks.dma.dma_issue_descriptor import Descriptor
from tests.share import amount

CODES = {name: error.value for name, error in {**ERRORS, **DMA.errors}.items()}
TURNS = 8
PULSES = ("begin", "ask_valid", "refused", "open", "close", "ran", "kill", "busy", "holds")


class Bench:
    """The ring, the loader, the chip and the writer around the module.

    Attributes:
        ahead: descriptors that were begun and not handed over, in order; the first one is at load.
        parsing: how many of them have been parsed.
        work: the descriptor in the chip.
        left: descriptors that have left the chip and are not finished, in order.
        cause: the code of the kill in progress, 0 without one.
        killed: there was a kill since the last soft reset, so the queue ends.
    """

    def __init__(self, dut, numbers: random.Random):
        self.dut, self.random, self.types = dut, numbers, bench_types()
        self.in_flight, self.buffers = int(dut.InFlight.value), int(dut.Buffers.value)
        self.number = self.cycle = self.most = 0
        kinds = ("started", "failed", "dropped", "refused", "behind", "bad", "late", "waited", "open")
        self.counts = dict.fromkeys(kinds, 0)
        self.clear()

    def clear(self) -> None:
        """A soft reset."""
        self.ahead: deque[Descriptor] = deque()
        self.left: deque[Descriptor] = deque()
        self.work: Descriptor | None = None
        self.oldest = 0  # its entry
        self.parsing = self.cause = self.halted = self.late = self.load_fault = self.loading = 0
        self.asking = self.killed = self.ordered = self.orders = False
        self.ask_ready = self.load_ready = 3

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def error(self, code: int) -> dict[str, int]:
        return {"valid": int(code != 0), "code": code}

    def settle(self, kill: bool) -> None:
        """Let the loader and the chip go on."""
        self.ask_ready |= self.random.choice([0, 0, 0, 1, 2, 3])
        if kill:
            self.load_fault, self.ask_ready = 0, 3
            self.load_ready |= 3 if self.chance(0.5) else 0
        asked = not self.asking or self.parsing  # for what is loaded
        if self.load_ready != 3 and asked and self.chance(0.15):
            self.load_ready |= self.random.choice([1, 2, 3])
        elif self.load_ready == 3 and self.chance(0.3):
            self.loading = 0
        if self.load_ready != 3 and not kill and self.chance(0.003):
            self.load_fault = CODES["ErrReadSlave"]

    def first_parsed(self) -> Descriptor | None:
        """Return the descriptor at load, once it is parsed."""
        return self.ahead[0] if self.ahead and self.ahead[0].parsed else None

    def drive(self, kill: bool) -> None:
        """Set the inputs of a cycle."""
        dut, chance, first = self.dut, self.chance, self.first_parsed()
        self.settle(kill)
        self.resetting = chance(0.1) if self.halted else chance(0.0005)
        if chance(0.5):
            self.cause = 0
        busy = first is not None or self.work is not None
        if not self.cause and busy and not self.halted and chance(0.01 if first and first.loads else 0.001):
            self.cause = CODES["ErrAborted"]
        if not self.late and not self.cause and self.ahead and not self.halted and chance(0.002):
            self.late = 1
        self.killed |= self.cause != 0
        self.fault = CODES["ErrPointer"] if self.loading and not kill and chance(0.003) else 0
        self.idle = int(not self.late and chance(0.5 if kill else 0.2))
        parse = self.ahead[self.parsing] if self.parsing < len(self.ahead) else None
        ready = write = 0
        if parse is not None and self.parse_valid:
            write = 31 * (not parse.written)
            ready = parse.written and not parse.wait and not self.late
            parse.wait -= parse.wait > 0 and parse.written
            parse.written = True
        descriptor = parse.descriptor() if parse else {}
        self.beats = 0
        asks = [{"valid": 0, "beats": 0}] * 4
        rest = 0
        if self.asking or write:
            asks = [{"valid": int(self.asking and chance(0.5)), "beats": self.random.choice([1, 9])} for _ in range(4)]
            rest = int(chance(0.3))
            self.beats = sum(ask["beats"] for ask in asks if ask["valid"]) + rest * int(dut.RestBeats.value)
        self.begins = self.ordered and self.orders and chance(0.95)
        self.done = self.ended = False
        self.reported = 0
        if self.work is not None and not self.ordered:
            if self.work.computed is None and self.work.started is not None and chance(0.03):
                self.done = True
            elif self.work.computed is not None or chance(0.005):
                self.ended = chance(0.2)
            self.ended |= self.killed
            self.reported = CODES["ErrResultRange"] if self.killed or chance(0.001) else 0
        elif self.ordered and self.orders and not self.begins:
            self.reported = CODES["ErrAborted"]
        self.turn_ready = int(len(self.left) + (self.work is not None) < TURNS and chance(0.9))
        self.finish = int(bool(self.left) and not self.halted and chance(0.05))
        # The bit of a turn that has not left the chip, or whose record is written, has no meaning.
        self.written = self.random.getrandbits(TURNS)
        for index, work in enumerate(self.left):
            mask = 1 << (self.oldest + index) % self.in_flight % TURNS
            if (self.finish and not index) or (not work.settled and chance(0.03)):
                self.written |= mask
            elif not work.settled:
                self.written &= ~mask
        self.look = self.random.randrange(len(self.left)) if self.left else 0
        values = {
            "halted": self.halted,
            "late": self.late,
            "slot_valid": chance(0.5) and not self.late,
            "slot": 1024 * self.number,
            "begin_ready": chance(0.7),
            "ask_ready": self.ask_ready,
            "loading": self.loading,
            "idle": self.idle,
            "turn_ready": self.turn_ready,
            "written": self.written,
            "look": (self.oldest + self.look) % self.in_flight,
            "next": (self.oldest + self.look) % self.in_flight,
            "done": self.oldest,
            "finish": self.finish,
        }
        self.ready = bool(ready)
        fields = {
            "kill": {
                "valid": self.resetting or self.cause != 0,
                "all": self.resetting,
                "cause": self.cause or CODES["ErrAborted"],
            },
            "parse": {
                "ready": int(self.ready),
                "fault": self.error(parse.code if parse and ready else 0),
                "write": {"fields": write, "descriptor": descriptor},
            },
            "load": {"ready": self.load_ready, "fault": self.error(self.load_fault)},
            "chip_fault": self.error(self.fault),
            "asks": {"arrays": asks, "rest": rest},
            "run_status": {
                "begins": self.begins,
                "done": self.done,
                "ended": self.ended,
                "error": self.error(self.reported),
            },
        }
        for name, value in values.items():
            getattr(dut, f"{name}_i").value = value
        for name, members in fields.items():
            getattr(dut, f"{name}_i").value = self.types[f"{name}_i"].pack(members)
        kept, extent = (first.kept, first.number + 3) if first else (3, 0)
        dut.desc_i.value = self.types["desc_i"].pack(
            [{"loaded": kept >> i & 1, "order": i + 1, "extent": extent} for i in (0, 1)]
        )

    def judge(self, seen: dict[str, int], fault) -> tuple[bool, bool]:
        """Fail unless what the module does in this cycle is allowed; return whether it starts or fails a descriptor."""
        first, left = self.first_parsed(), self.work is None
        starts = str(self.dut.run_cmd_o.value)[0] == "1"
        fails = bool(seen["open"]) and not starts
        assert seen["kill"] or not (self.cause or self.resetting or self.halted), "reads go on after the queue's end"
        assert bool(seen["busy"]) == bool(self.ahead) or seen["kill"], "descriptors that are not in the chip"
        assert seen["holds"] or first is None or self.halted
        assert bool(seen["ran"]) == (self.work is not None and not self.ordered)
        if seen["load_valid"]:
            assert first is not None and first.loads is None and not (self.loading or self.cause or first.told)
            assert seen["load_valid"] == 3 & ~first.keep and not first.code
            assert left or self.buffers == 2
            descriptor = self.types["load_o"].unpack(int(self.dut.load_o.value)).descriptor
            found = (descriptor.head.tag, descriptor.extent, descriptor.head.keep)
            assert found == (first.number, first.number + 3, first.keep)
            assert tuple(descriptor.entries) == (first.number + 4, 5) and descriptor.short_crd == 2
        if starts or fails:
            assert self.turn_ready and not self.halted and (left or starts and self.ended)
        if starts:
            assert first is not None and not (first.told or self.cause), "a descriptor with an error is contracted"
            assert (first.loads or 0) == 3 & ~first.keep and self.load_ready == 3 and not self.loading
            order = self.types["run_cmd_o"].unpack(int(self.dut.run_cmd_o.value))
            assert (order.setup.run_length, order.setup.long_lines) == (first.number + 1, first.number + 2)
            finish = order.setup.finish
            assert {"relu": finish.relu, "narrow": finish.narrow, "shift": finish.shift} == first.finish
        if fails:
            assert left and self.ahead and self.ahead[0].killed, "its reads go on"
            assert self.load_ready == 3 and not (self.loading or self.cause) and (self.idle or self.late)
            wanted = self.ahead[0].told | ({CODES["ErrWatchdog"]} if self.late else set())
            assert fault.valid and fault.code in wanted, f"{fault} is told, not one of {wanted}"
        if not left:
            assert fault.valid == (self.reported != 0) and (not fault.valid or fault.code == self.reported)
            if self.work.parsed and not self.work.told:
                assert self.types["work_head_o"].unpack(int(self.dut.work_head_o.value)).tag == self.work.number
        assert bool(seen["refused"]) == (self.ordered and not self.begins)
        return starts, fails

    def check_retired(self) -> None:
        """Compare the data for a completion record."""
        if not self.left or not self.left[self.look].parsed:
            return
        work = self.left[self.look]
        seen = self.types["retired_o"].unpack(int(self.dut.retired_o.value))
        assert seen.slot == 1024 * work.number and seen.now - seen.began == self.cycle - work.began
        last = work.left - 1 if work.computed is None or work.computed == work.left else work.computed
        assert seen.computing == (0 if work.started is None else last - work.started + 1)
        if CODES["ErrWatchdog"] in (work.code, *work.told):
            assert seen.tag in (work.number, 0)  # it may not have come
        else:
            assert (seen.tag, int(self.dut.prompt_o.value)) == (work.number, work.prompt)
        if not work.told:
            assert seen.bytes_read == work.beats * int(self.dut.DataWidth.value) // 8
        if self.left[0].parsed and not self.left[0].told:
            assert int(self.dut.wants_irq_o.value) == self.left[0].wants_irq

    def update(self, seen: dict[str, int], starts: bool, fails: bool) -> None:
        """Note what has happened in this cycle."""
        dut, kill, first = self.dut, bool(seen["kill"]), self.first_parsed()
        passes = self.parsing == 0 and self.work is None and all(work.settled for work in self.left)
        for index, work in enumerate(self.left):
            work.settled |= bool(self.written >> (self.oldest + index) % self.in_flight % TURNS & 1)
        if self.ahead:
            work = self.ahead[0]
            if first and not first.told and not first.killed:
                free = first.asked and (self.work is None or self.buffers == 2)
                if first.code:
                    first.told = {first.code}
                else:
                    if first.keep & ~first.kept and free and first.loads is None:
                        first.told.add(CODES["ErrNoOperand"])
                    if first.loads is not None or free:
                        first.told |= {code for code in (self.fault, self.load_fault) if code}
                    first.told |= {self.cause} - {0}
            work.killed |= kill
            work.age += bool(first and self.turn_ready and self.work is None)
            assert work.age < 1500, f"cycle {self.cycle}: a descriptor is not handed over"
        if self.beats and self.parsing < len(self.ahead):
            self.ahead[self.parsing].beats += self.beats
        # parse and ask
        if self.asking and self.ask_ready == 3:
            self.asking, self.parsing = False, self.parsing + 1
        parse = self.ahead[self.parsing] if self.parsing < len(self.ahead) else None
        if seen["parse_valid"] and not kill and (self.ready or self.late):
            parse.parsed = True
            if self.late:
                parse.code = CODES["ErrWatchdog"]
                self.counts["late"] += 1
            self.counts["bad"] += parse.code != 0
            self.counts["waited"] += bool(parse.fence and not passes)
            self.counts["open"] += bool(parse.fence and passes)
        valid = 0
        waits = parse is not None and parse.parsed and not (parse.asked or parse.code or kill or self.late)
        if waits and (passes or not parse.fence):
            assert self.ask_ready == 3
            self.asking = parse.asked = True
            valid = 3 & ~parse.keep
        assert seen["ask_valid"] == valid, "arrays are requested too early, or too late"
        self.ask_ready &= ~valid
        if seen["load_valid"]:
            first.loads = seen["load_valid"]
            self.load_ready &= ~seen["load_valid"]
            self.loading = 1
        if seen["begin"]:
            self.begin()
        # the chip
        self.ordered = False if self.ordered else self.ordered
        if self.begins:
            self.work.started = self.cycle
        if self.done:
            self.work.computed = self.cycle
        if seen["close"]:
            self.work.left = self.cycle
            self.counts["refused"] += seen["refused"]
            self.left.append(self.work)
            self.work = None
        if starts or fails:
            self.work = self.ahead.popleft()
            self.parsing -= self.parsing > 0
            self.counts["started" if starts else "failed"] += 1
            self.counts["behind"] += seen["close"]
            self.ordered = True
            self.orders = starts
        if self.finish:
            self.left.popleft()
            self.oldest = (self.oldest + 1) % self.in_flight
        if kill:
            del_from = 1 if self.ahead and not (starts or fails) else 0
            while len(self.ahead) > del_from:
                self.ahead.pop()
                self.counts["dropped"] += 1
            self.asking, self.parsing = False, 0
            self.ask_ready = 3
        told = bool(int(self.types["fault_o"].unpack(int(dut.fault_o.value)).valid))
        stuck = self.killed and not self.first_parsed() and self.work is None
        self.halted |= int(told or stuck or (self.late and not self.ahead and self.work is None) or self.chance(0.0005))
        if self.resetting:
            self.clear()

    def begin(self) -> None:
        """The next slot is read."""
        dut, random = self.dut, self.random
        assert dut.slot_valid_i.value == 1 and dut.begin_ready_i.value == 1
        inside = len(self.ahead) + len(self.left) + (self.work is not None)
        assert inside < self.in_flight, "an entry that is in use"
        self.most = max(self.most, inside + 1)
        self.ahead.append(
            Descriptor(
                self.number,
                self.cycle,
                CODES["ErrDescriptor"] if random.random() < 0.02 else 0,
                random.choice([0, 0, 1, 2, 3]),
                random.choice([*[3] * 17, 0, 1, 2]),
                random.choice([0, 1, 5, 30]),
                int(dut.FirstBeats.value),
                random.getrandbits(1),
                random.getrandbits(1),
                int(random.random() < 0.2),
            )
        )
        self.number += 1

    async def run(self, cycles: int) -> None:
        """Let cycles go by."""
        dut, kill = self.dut, False
        self.parse_valid = 0
        for self.cycle in range(cycles):
            self.drive(kill)
            await FallingEdge(dut.clk_i)
            seen = {name: int(getattr(dut, f"{name}_o").value) for name in PULSES}
            # Contents have no value before the first descriptor.
            for name, bits in (("parse", 1), ("load", 2)):
                seen[f"{name}_valid"] = int(str(getattr(dut, f"{name}_o").value)[:bits], 2)
            if self.resetting:
                starts = fails = False
            else:
                fault = self.types["fault_o"].unpack(int(dut.fault_o.value))
                starts, fails = self.judge(seen, fault)
                self.check_retired()
            kill, self.parse_valid = bool(seen["kill"]), seen["parse_valid"]
            self.update(seen, starts, fails)
            await RisingEdge(dut.clk_i)


@cocotb.test()
async def each_descriptor_is_handed_over_once(dut) -> None:
    """In order, loaded or with its first error, and counted; after an error, or a soft reset, none is."""
    zero(dut)
    await start(dut)
    bench = Bench(dut, rng())
    await bench.run(amount(12_000, 40_000))
    assert bench.most == bench.in_flight, "not as many descriptors as there may be"
    if bench.buffers == 1:
        del bench.counts["behind"]  # a contraction starts after the operands are loaded, so after the previous one
    assert min(bench.counts.values()) > 3, bench.counts
