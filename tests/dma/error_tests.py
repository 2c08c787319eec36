# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the chip reports faults with their places; the next contraction is right."""

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import RisingEdge

from models.device.layout import COMPLETION, COMPLETION_AT, PROMPT, SLOT
from models.generate import uniform_tensor
from sim.thisrun import argument
from tb.common.bench import rng, start
from tb.dma import coverage
from tests.dma import error_cases
from tests.dma.host import ADDRESS, BIT, ERROR, RESULTS, SLOTS, Host, check, expected
from tests.share import amount

# Every how manieth case is tried, from the seed on.
SHARE = argument("share", amount(28, 7))


async def attempt(host: Host, case: error_cases.Case, a, b) -> None:
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
    await host.set_ring()
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
    error = await host.read("RegDmaError"), await host.read("RegDmaPlace")
    assert error == (told or (case.code, case.place)), case.name
    coverage.sample_error(*error)
    assert await host.read("RegDmaIrqStatus") & BIT["DmaIrqError"] and host.dut.irq_o.value == 1
    host.memory.refused.clear()
    await host.reset()
    await right(host, a, b, case.name)
    coverage.hit("dma.after", "error")


async def right(host: Host, a, b, why: str) -> None:
    """Contract as it should be."""
    await host.set_ring()
    record, found = await host.contract(a, b)
    assert record.code == 0, f"after {why}: {record.code:#x} at {record.place:#x}"
    check(found, expected(a, b, host.fmt))
    await host.reset()


async def begin(dut: SimHandleBase) -> tuple[Host, object, object]:
    numbers = np.random.default_rng(rng().getrandbits(32))
    host = Host(dut)
    await start(dut)
    return host, *error_cases.operands(numbers, "normal")


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
    random, wanted = rng(), expected(a, b, host.fmt)
    for kind in ("results", "record", "full") * amount(1, 2):
        host.set_latency(latency)
        now = error_cases.setting(host, a, b)
        now.lay()
        bad, jobs = random.randrange(SLOTS - 1), []
        for index in range(SLOTS - 1):
            at = RESULTS + index * 0x4000
            words = list(now.words)
            words[2], words[3] = at & 0xFFFF_FFFF, at >> 32
            words[4], words[9] = wanted.nbytes - (kind == "full" and index == bad), index
            jobs.append((host.put(words), at))
        slot, at = jobs[bad]
        if kind != "full":
            # Only the beat of the record with the magic: other beats of its burst may be written.
            addr = at + wanted.nbytes // 2 if kind == "results" else slot + COMPLETION_AT + COMPLETION - 1
            host.memory.refused[addr - addr % host.memory.beat] = error_cases.SLVERR
        await host.set_ring()
        await host.ring()
        while not await host.idle() & BIT["DmaStatusHalted"]:
            pass
        code = ERROR["ErrResultFull"] if kind == "full" else ERROR["ErrWriteSlave"]
        assert await host.read("RegDmaError") == code, kind
        assert await host.read("RegRingHead") == bad + 1, kind
        for index, (slot, at) in enumerate(jobs):
            record = host.record(slot)
            done = index < bad or index == bad and kind != "record"
            # Records do not wait for the responses to earlier records, so some can follow a record that is refused.
            done = done or (kind == "record" and index > bad and record is not None)
            assert (record is not None) == done, f"{kind}: descriptor {index} behind an error in {bad}"
            if done:
                assert (record.code, record.tag) == (code if index == bad else 0, index)
            if done and index != bad:
                found = np.frombuffer(host.memory.get(at, wanted.nbytes), "<u4")
                check(found.reshape(wanted.shape), wanted)
        host.memory.refused.clear()
        host.set_latency(1)
        await host.reset()
        await right(host, a, b, kind)


@cocotb.test()
async def rings(dut) -> None:
    """Without a slot there is no completion record."""
    host, a, b = await begin(dut)
    for name, register, value, tail in error_cases.ring_cases():
        await host.set_ring()
        if register != "RegRingTail":
            await host.write(register, value)
        await host.write("RegRingTail", tail)
        assert await host.idle() & BIT["DmaStatusHalted"], name
        assert (await host.read("RegDmaError"), await host.read("RegDmaPlace")) == (
            ERROR["ErrRing"],
            ADDRESS[register],
        ), name
        coverage.sample_error(ERROR["ErrRing"], 0)
        assert not host.memory.read_bytes, name
        await host.reset()
    await right(host, a, b, "rings")


@cocotb.test()
async def rings_around_the_last_address(dut) -> None:
    """One that ends there is legal, whatever lies there; of one that ends beyond nothing is read."""
    host, a, b = await begin(dut)
    await host.write("RegDmaIrqEnable", BIT["DmaIrqError"])
    asked = []

    async def watch() -> None:
        while True:
            await RisingEdge(dut.clk_i)
            if dut.m_axi_arvalid.value and dut.m_axi_arready.value:
                asked.append(int(dut.m_axi_araddr.value))

    cocotb.start_soon(watch())
    for base, slots, beyond in error_cases.ring_ends():
        asked.clear()
        await host.write("RegRingBase", base & 0xFFFF_FFFF)
        await host.write("RegRingBaseHigh", base >> 32)
        await host.write("RegRingSize", slots)
        await host.write("RegRingTail", 1)
        await host.halted()
        error = await host.read("RegDmaError"), await host.read("RegDmaPlace")
        if beyond:
            assert error == (ERROR["ErrRing"], ADDRESS["RegRingSize"]), f"{base:#x}, {slots} slots"
            assert not asked
        else:  # no memory at this address
            assert error[0] in (ERROR["ErrReadDecode"], ERROR["ErrWriteDecode"]) and asked[0] == base
        assert dut.irq_o.value == 1
        await host.reset()
    await right(host, a, b, "rings")


@cocotb.test()
async def a_ring_changes_while_its_head_is_not_0(dut) -> None:
    """A base counts from the next slot on that is read; a size that does not reach the head is refused."""
    host, a, b = await begin(dut)
    await host.set_ring()
    now = error_cases.setting(host, a, b)
    now.lay()
    wanted = expected(a, b, host.fmt)
    for index in range(3):
        if index == 2:  # a ring one slot further back
            await host.idle()
            base = host.slot(0) - SLOT
            await host.write("RegRingBase", base & 0xFFFF_FFFF)
            await host.write("RegRingBaseHigh", base >> 32)
            host.tail = 1
        slot = host.put(now.words)
        host.tail = index + 1
        await host.ring()
        record = await host.completed(slot)
        assert record.code == 0
        check(host.rows(record, 2 + host.value_words), wanted)
        host.memory.put(slot + COMPLETION_AT, bytes(COMPLETION))
    await host.idle()
    assert await host.read("RegRingHead") == 3
    await host.write("RegRingSize", 3)
    await host.write("RegRingTail", 1)
    await host.halted()
    assert (await host.read("RegDmaError"), await host.read("RegDmaPlace")) == (
        ERROR["ErrRing"],
        ADDRESS["RegRingSize"],
    )
    await host.reset()
    await right(host, a, b, "another size")
