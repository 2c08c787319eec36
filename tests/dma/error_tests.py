# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the chip reports faults with their places; the next contraction is right."""

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase

from models.device.layout import COMPLETION, COMPLETION_AT, PROMPT, SLOT
from models.generate import uniform_tensor
from models.tensor import SparseTensor
from sim.thisrun import argument
from tb.common.bench import rng
from tb.dma import coverage
from tests.dma import error_cases
from tests.dma.host import ADDRESS, BIT, ERROR, SLOTS, Host, expected, opened
from tests.dma.queue import Bus, Queue
from tests.share import amount

# Every how manieth case is tried, from the seed on.
SHARE = argument("share", amount(28, 7))


async def attempt(host: Host, case: error_cases.Case, a: SparseTensor, b: SparseTensor) -> None:
    """Make a fault, compare its report, reset, and contract the right operands."""
    now = error_cases.setting(host, a, b)
    if case.arrays:
        case.arrays(now)
    now.lay()
    if case.words:
        case.words(now.words)
    now.words[1] |= case.prompt << PROMPT
    now.slot = host.put(now.words)
    if case.memory:
        case.memory(now)
    await host.ring()
    told = None
    if case.recorded:
        if case.prompt:
            await host.halted()  # a record before that may be the one that went out before the error
        record = await host.completed(now.slot)
        told = record.code, record.place
        assert record.code == case.code and record.place in case.places, (
            f"{case.name}: {record.code:#x} at {record.place:#x}, not {case.code:#x} at {case.place:#x}"
        )
        if not case.words and not case.name.startswith("descriptor"):  # else the descriptor can't be used
            assert record.tag == now.words[9]
    assert await host.idle() & BIT["DmaStatusHalted"], case.name
    error = await host.error()
    assert error == (told or (case.code, case.place)), case.name
    coverage.sample_error(*error)
    assert await host.read("RegDmaIrqStatus") & BIT["DmaIrqError"] and host.dut.irq_o.value == 1
    await host.works_again(case.name, (a, b), "error")


async def begin(dut: SimHandleBase) -> tuple[Host, SparseTensor, SparseTensor]:
    host = await opened(dut)
    return host, *error_cases.operands(host.numbers, "normal")


def chosen(cases: list[error_cases.Case]) -> list[error_cases.Case]:
    """Return every SHAREth case, and the first case of each code and field, or of each kind of refusal."""
    found, seen, first = [], set(), rng().randrange(SHARE)
    for index, case in enumerate(cases):
        refused = case.place >> 24 if case.memory else 0
        field = 0 if case.memory else case.place & 0xFF
        kind = (case.code, field, refused & 0xF, refused >> 4 & 7 == error_cases.LEAF, case.double)
        if index % SHARE == first or kind not in seen:
            found.append(case)
        seen.add(kind)
    return found


@cocotb.test()
async def descriptors_and_arrays(dut) -> None:
    host, a, b = await begin(dut)
    cases = chosen([*error_cases.head_cases(), *error_cases.level_cases(), *error_cases.array_cases()])
    for case in cases:
        await attempt(host, case, a, b)
    dut._log.info("%d cases", len(cases))


@cocotb.test()
async def refusals_of_a_descriptor_with_all_levels(dut) -> None:
    """The memory also refuses the part that the chip reads only for many levels."""
    host, _a, _b = await begin(dut)
    numbers = np.random.default_rng(1)
    a, b = (uniform_tensor(numbers, (*(1 for _ in range(7)), 9), 0.6, values="normal") for _ in range(2))
    now = error_cases.setting(host, a, b)
    now.lay()
    for case in error_cases.refusals(now):
        if case.name.startswith("descriptor"):
            await attempt(host, case, a, b)


@cocotb.test()
async def refusals_of_the_memory(dut) -> None:
    host, a, b = await begin(dut)
    now = error_cases.setting(host, a, b)
    now.lay()
    cases = chosen([*error_cases.refusals(now), *error_cases.write_refusals(now, expected(a, b, host.fmt).nbytes)])
    for case in cases:
        await attempt(host, case, a, b)
    dut._log.info("%d cases", len(cases))


@cocotb.test()
@cocotb.parametrize(latency=amount([100], [1, 100]))
async def others_are_under_way(dut, latency: int) -> None:
    """Results, or the record, of one of a queue are refused, or don't fit: those before it are right."""
    host, a, b = await begin(dut)
    wanted = expected(a, b, host.fmt)
    for kind in ("results", "record", "full") * amount(1, 2):
        host.set_latency(latency)
        queue, bad, answer = Queue(host), host.random.randrange(SLOTS - 1), host.random.choice(list(error_cases.WRITE))
        for index in range(SLOTS - 1):
            queue.put((a, b), capacity=wanted.nbytes - (kind == "full" and index == bad), tag=index)
        turn = queue.turns[bad]
        if kind != "full":
            # Only the beat of the record with the magic: other beats of its burst may be written.
            addr = turn.at + wanted.nbytes // 2 if kind == "results" else turn.slot + COMPLETION_AT + COMPLETION - 1
            host.memory.refused[addr - addr % host.memory.beat] = answer
        await host.ring()
        error = await host.ended(bad + 1)
        assert error[0] == (ERROR["ErrResultFull"] if kind == "full" else error_cases.WRITE[answer]), kind
        if kind != "record":
            queue.check_ended(bad + 1, error)
        else:  # records do not wait for the responses to earlier records, so some follow the one that is refused
            assert host.record(turn.slot) is None
            queue.check_records()
        await host.works_again(kind, (a, b))


@cocotb.test()
async def rings(dut) -> None:
    """Without a slot there is no completion record."""
    host, a, b = await begin(dut)
    for name, register, value, tail in error_cases.ring_cases():
        if register != "RegRingTail":
            await host.write(register, value)
        await host.write("RegRingTail", tail)
        assert await host.idle() & BIT["DmaStatusHalted"], name
        assert await host.error() == (ERROR["ErrRing"], ADDRESS[register]), name
        coverage.sample_error(ERROR["ErrRing"], 0)
        assert not host.memory.read_bytes, name
        await host.reset()
    await host.works_again("rings", (a, b))


@cocotb.test()
async def rings_around_the_last_address(dut) -> None:
    """One that ends there is legal, whatever lies there; of one that ends beyond nothing is read."""
    host, a, b = await begin(dut)
    bus = Bus(host)
    for base, slots, beyond in error_cases.ring_ends():
        bus.reads.clear()
        await host.write("RegRingBase", base & 0xFFFF_FFFF)
        await host.write("RegRingBaseHigh", base >> 32)
        await host.write("RegRingSize", slots)
        await host.write("RegRingTail", 1)
        await host.halted()
        error = await host.error()
        if beyond:
            assert error == (ERROR["ErrRing"], ADDRESS["RegRingSize"]), f"{base:#x}, {slots} slots"
            assert not bus.reads
        else:  # no memory at this address
            assert error[0] in (ERROR["ErrReadDecode"], ERROR["ErrWriteDecode"]) and bus.reads[0][1] == base
        assert dut.irq_o.value == 1
        await host.reset()
    await host.works_again("rings", (a, b))


@cocotb.test()
async def a_ring_changes_while_its_head_is_not_0(dut) -> None:
    """A base counts from the next slot on that is read; a size that does not reach the head is refused."""
    host, a, b = await begin(dut)
    for index in range(3):
        if index == 2:  # a ring one slot further back
            await host.idle()
            base = host.slot(0) - SLOT
            await host.write("RegRingBase", base & 0xFFFF_FFFF)
            await host.write("RegRingBaseHigh", base >> 32)
            host.tail = 1
        queue = Queue(host)
        turn = queue.put((a, b))
        host.tail = index + 1
        await queue.run()
        host.memory.put(turn.slot + COMPLETION_AT, bytes(COMPLETION))
    assert await host.read("RegRingHead") == 3
    await host.write("RegRingSize", 3)
    await host.write("RegRingTail", 1)
    await host.halted()
    assert await host.error() == (ERROR["ErrRing"], ADDRESS["RegRingSize"])
    await host.works_again("another size", (a, b))
