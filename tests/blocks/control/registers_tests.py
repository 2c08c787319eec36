# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: commands, events, errors and counters at flaash_registers."""

import itertools

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge, Timer
from cocotb.utils import get_sim_time

from flaash.driver.registers import mask
from sim.rtl_types import bench_types
from tb.common.rtl_constants import CONSTANTS
from tb.common.stalls import STALLS
from tests.blocks.control.register_port import RegisterPort, code, frame, out_of_range

CYCLE = 1000  # ps
SETTINGS = ("Mode", "RunLength", "Portion", "LongLines", "IrqEnable", "Watchdog")
RECORDED = ("IrqStatus", "Error", "ErrorPlace", "ErrorCount", "Flags")


@cocotb.test()
async def a_start_is_accepted_or_refused(dut) -> None:
    """All combinations of conditions that forbid a start: the first in the specification's order counts."""
    port = await RegisterPort.begin(dut)
    reasons = itertools.product((False, True), (False, True), (0, 1, 2, 3), (9, 8), (False, True))
    for active, loading, loaded, extent_b, resetting in reasons:
        port.drive(loading=0)
        await port.reset()
        if active:
            port.operands()
            await port.start()
        port.operands(loaded, (9, extent_b))
        port.drive(loading=loading, resetting=resetting)
        before = port.starts
        await port.start()
        port.drive(resetting=0)
        refusals = (
            (active or resetting, "ErrStartBusy", 0),
            (loading, "ErrStartLoading", 0),
            (loaded != 3, "ErrNoOperand", 3 & ~loaded),
            (extent_b != 9, "ErrExtentsDiffer", 9),
            (True, "ErrNone", 0),
        )
        name, place = next(refusal[1:] for refusal in refusals if refusal[0])
        await port.expect(Error=name, ErrorPlace=place, ErrorCount=name != "ErrNone")
        assert port.starts - before == (name == "ErrNone")


@cocotb.test()
async def a_contraction_passes_through_its_states(dut) -> None:
    """Operands may not change, and no start is accepted, before all results have left."""
    port = await RegisterPort.begin(dut)
    states = ((port.start, ("Busy",), 0), ({"done": 1}, ("Done",), 0), ({"drained": 1}, ("Done", "Drained"), 1))
    await port.status_is("Loaded")
    assert dut.load_enable_o.value == 1
    for _, (step, bits, enable) in itertools.product(range(2), states):
        await (step() if callable(step) else port.pulse(**step))
        await port.status_is("Loaded", *bits)
        assert dut.load_enable_o.value == enable
    assert port.starts == 2
    port.drive(loading=1)
    port.operands(loaded=2)
    await port.status_is("LoadedB", "Done", "Drained", "Loading")
    port.drive(loading=0)
    port.operands()
    await port.start()
    await port.pulse(done=1)
    await port.start()
    await port.expect(Error="ErrStartBusy")
    assert port.starts == 3
    await port.pulse(drained=1)
    await port.start()
    assert port.starts == 4


@cocotb.test()
async def parameters_are_taken_at_the_start(dut) -> None:
    port = await RegisterPort.begin(dut)
    most, most_entries = (2 ** CONSTANTS[name] - 1 for name in ("FiberIdWidth", "EntryIdWidth"))
    most_lines = 2 ** (CONSTANTS["LineAddrWidth"] + 1) - 1
    for dense, length, portion, lines in (
        (1, 5, 3, 2),
        (0, 0, 0, 0),
        (1, most, most_entries, most_lines),
        (0, most + 1, most_entries + 1, most_lines + 1),
        (1, *[0xFFFF_FFFF] * 3),
    ):
        await port.start(Mode=dense, RunLength=length, Portion=portion, LongLines=lines)
        for _ in range(2):
            seen = bench_types()["settings_o"].unpack(int(dut.settings_o.value))
            assert (seen.dense, seen.run_length) == (dense, min(length, most))
            assert (seen.portion_length, seen.long_lines) == (min(portion, most_entries), min(lines, most_lines))
            await port.set(Mode=1 - dense, RunLength=77, Portion=78, LongLines=79)
        await port.pulse(done=1, drained=1)


@cocotb.test()
async def interrupts(dut) -> None:
    port = await RegisterPort.begin(dut)
    done, drained, wrong = (mask(name) for name in ("IrqDone", "IrqDrained", "IrqError"))
    for bit, event in ((done, {"done": 1}), (drained, {"drained": 1}), (wrong, frame("ErrShort"))):
        others = (done | drained | wrong) & ~bit
        for enabled in (0, others, bit):
            await port.reset()
            await port.start()
            if bit == drained:  # comes after done
                await port.pulse(done=1)
                await port.set(IrqStatus=done)
            await port.set(IrqEnable=enabled)
            await port.pulse(**event)
            await port.expect(IrqStatus=bit)
            assert int(dut.irq_o.value) == (enabled == bit)
        for written in (others, bit << 8):
            await port.set(IrqStatus=written)
            assert dut.irq_o.value == 1, "another bit was cleared, or one that doesn't exist cleared one that does"
        await port.set(IrqStatus=bit)
        await port.expect(IrqStatus=0)
        assert dut.irq_o.value == 0


@cocotb.test()
async def an_event_in_the_cycle_of_its_clearing_stays(dut) -> None:
    port = await RegisterPort.begin(dut, operands=False)
    for name, event, bits in (("Flags", {"flags": 4}, 4), ("IrqStatus", frame("ErrShort"), mask("IrqError"))):
        met = 0
        for delay in range(12):
            await port.pulse(**event)
            write = cocotb.start_soon(port.set(**{name: 15}))
            answer = cocotb.start_soon(_time_of(dut.s_axil_bvalid_o))
            await ClockCycles(dut.clk_i, 1 + delay)
            happens = get_sim_time("ps")
            await port.pulse(**event)
            await write
            cleared = await answer - CYCLE  # the response comes one cycle later
            met += happens == cleared
            await port.expect(**{name: bits if happens >= cleared else 0})
            await port.set(**{name: 15})
            await port.expect(**{name: 0})
        assert met, f"{name}: the event never came in the cycle of the clearing"


async def _time_of(signal) -> float:
    await RisingEdge(signal)
    return get_sim_time("ps")


@cocotb.test()
async def ieee_flags_add_up(dut) -> None:
    port = await RegisterPort.begin(dut, operands=False)
    for flags in (1, 2, 8):
        await port.pulse(flags=flags)
    await port.expect(Flags=11)
    await port.set(Flags=2)
    await port.expect(Flags=9)


@cocotb.test()
async def the_first_error_stays(dut) -> None:
    """Among errors in one cycle the operand's comes first; all are counted."""
    port = await RegisterPort.begin(dut)
    await port.start()
    await port.pulse(**frame("ErrPointer", 0x8000_0007), **out_of_range(5, 3))
    await port.pulse(**out_of_range(1, 2))
    assert not await port.access_write(0xFF0, 1)
    await port.expect(Error="ErrPointer", ErrorPlace=0x8000_0007, ErrorCount=7)
    assert int(dut.trailer_code_o.value) == code("ErrPointer")
    await port.status_is("Loaded", "Busy", "Error")
    await port.reset()
    await port.pulse(**out_of_range(64))
    await port.expect(Error="ErrResultRange", ErrorPlace=64)


@cocotb.test()
async def operands_are_described(dut) -> None:
    port = await RegisterPort.begin(dut, operands=False)
    widths = {"order": 4, "entries": "EntryIdWidth", "fibers": "FiberIdWidth", "lines": "LineAddrWidth"}
    for loaded, (name, width) in itertools.product(range(4), widths.items()):
        values = [port.random.getrandbits(CONSTANTS.get(width, width)) for _ in "AB"]
        port.operands(loaded, **{name: values})
        for which, letter in enumerate("AB"):
            await port.expect(**{name.capitalize() + letter: values[which] if loaded >> which & 1 else 0})


@cocotb.test()
async def a_soft_reset_forgets(dut) -> None:
    port = await RegisterPort.begin(dut)
    kept = dict(zip(SETTINGS, (1, 12345, 67, 89, 5, 0xFFFF_FFF0), strict=True)) | {"SdpeSelect": 5}
    await port.start(**kept)
    await port.pulse(done=1, flags=3, **frame("ErrHeader", 7), increments={"CntRuns": 1})
    await port.command("ControlSoftReset", "ControlStart")
    assert port.pulses == {"start_o": 1, "stop_o": 0, "soft_reset_o": 1}, "the soft reset comes before the start"
    port.drive(resetting=1)
    # The core still reports old events; the host may already make new mistakes.
    old = {"done": 1, "drained": 1, "flags": 15, "increments": {"CntRuns": 1}}
    await port.pulse(**old, **frame("ErrOrder"), **out_of_range())
    await port.status_is("Loaded", "Busy")
    assert dut.load_enable_o.value == 0 and dut.irq_o.value == 0
    await port.pulse(discarded=1)
    await port.expect("a beat that the interface throws away in a soft reset", CntDiscarded=1)
    await port.expect(**dict.fromkeys((*RECORDED, "CntJobs", "CntRuns", "CntCycles"), 0))
    await port.start()
    port.drive(resetting=0)
    await port.expect(Error="ErrStartBusy", **kept)
    await port.start()
    assert port.starts == 2


@cocotb.test()
async def hard_reset_forgets_all(dut) -> None:
    port = await RegisterPort.begin(dut)
    await port.start(**dict(zip(SETTINGS, (1, 9, 4, 8, 7, 99), strict=True)))
    await port.pulse(done=1, flags=15, **frame("ErrExtent"), increments={"CntRuns": 1})
    dut.rst_ni.value = 0
    await Timer(3, "ns")
    dut.rst_ni.value = 1
    await ClockCycles(dut.clk_i, 2)
    await port.expect(**dict.fromkeys((*SETTINGS, *RECORDED, "CntJobs", "CntRuns", "CntCycles"), 0))
    await port.status_is("Loaded")


@cocotb.test()
async def counters_count(dut) -> None:
    """Random increments of all counters; a start clears the counters of a contraction, in mid-count."""
    port = await RegisterPort.begin(dut)
    random, lasting = port.random, ("CntLoadCycles", "CntDiscarded")
    names = ("CntJobs", "CntRuns", "CntSteps", "CntUnloaded", "CntMemReads", *lasting)
    total = dict.fromkeys(names, 0)
    for _ in range(4):
        total = {name: value if name in lasting else 0 for name, value in total.items()}
        await port.start()
        for _ in range(random.randint(5, 40)):
            steps = {name: random.choice([0, 1, random.getrandbits(7), random.getrandbits(24)]) for name in names}
            port.drive(increments=steps)
            await RisingEdge(dut.clk_i)
            total = {name: value + steps[name] for name, value in total.items()}
        port.drive(increments=0)
        await port.pulse(done=1, drained=1)
        await port.expect(**total)


@cocotb.test()
async def cycles_are_counted(dut) -> None:
    """From the cycle of start_o to the cycle of done_i and drained_i, both included; no further."""
    port = await RegisterPort.begin(dut)
    cocotb.start_soon(port.start())
    await RisingEdge(dut.start_o)
    await ClockCycles(dut.clk_i, 100)
    await port.pulse(done=1)
    await ClockCycles(dut.clk_i, 50)
    await port.pulse(drained=1)
    await port.expect(CntCycles=101)
    for _ in range(2):
        await port.expect(CntUnloadCycles=101 + 1 + 50 + 1)


@cocotb.test()
@cocotb.parametrize(kind=list(STALLS))
async def both_words_of_a_counter_belong_together(dut, kind: str) -> None:
    """The counter grows by nearly 2**24 each cycle while its words are read one by one."""
    port = await RegisterPort.begin(dut)
    random, step = port.random, 2**24 - 1
    await port.start()
    port.stall([STALLS[kind](random) for _ in range(5)])
    await FallingEdge(dut.clk_i)
    port.drive(increments={"CntJobs": step})
    last = 0
    while last >> 32 < 8:
        await ClockCycles(dut.clk_i, random.randint(1, 9))
        value = await port.counter("CntJobs")
        assert value % step == 0 and value > last, "the words are of different moments"
        last = value
    await port.read("CntJobs")
    assert await port.read("CntStepsHigh") == 0, "the upper word of another counter"


@cocotb.test()
async def a_full_word_is_read(dut) -> None:
    """All ones; the next increment carries, and the read upper word still belongs to the moment before."""
    port = await RegisterPort.begin(dut)
    await port.start()

    async def grow(*steps: tuple[int, int]) -> None:
        await FallingEdge(dut.clk_i)
        for step, cycles in steps:
            port.drive(increments={"CntJobs": step})
            await ClockCycles(dut.clk_i, cycles, FallingEdge)
        port.drive(increments=0)

    await grow((2**24 - 1, 256), (255, 1))
    assert await port.read("CntJobs") == 2**32 - 1
    await grow((1, 1))
    assert await port.read("CntJobsHigh") == 0
    await port.expect(CntJobs=2**32)


@cocotb.test()
async def steps_of_one_engine(dut) -> None:
    """The value of RegSdpeSelect goes out, and the returned steps are read."""
    port = await RegisterPort.begin(dut, operands=False)
    for _ in range(20):
        select, steps = port.random.getrandbits(32), port.random.getrandbits(32)
        port.drive(sdpe_steps=steps)
        await port.set(SdpeSelect=select)
        assert int(dut.sdpe_select_o.value) == select % 64
        await port.expect(SdpeSteps=steps)
