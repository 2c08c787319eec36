# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: commands, events and errors at flaash_registers."""

import itertools

import cocotb
from cocotb.triggers import ClockCycles, RisingEdge, Timer
from cocotb.utils import get_sim_time

from sim.rtl_types import bench_types
from tb.common.rtl_constants import CONSTANTS
from tests.blocks.control.register_bench import DONE, DRAINED, ERROR, SOFT_RESET, START, begin, code, error, status_of

CYCLE = 1000  # ps


@cocotb.test()
async def a_start_is_accepted_or_refused(dut) -> None:
    """All combinations of conditions that forbid a start: the first in the specification's order counts."""
    _, port, pulses = await begin(dut)
    reasons = itertools.product((False, True), (False, True), (0, 1, 2, 3), (9, 8), (False, True))
    for active, loading, loaded, extent_b, resetting in reasons:
        port.drive(loading=0)
        await port.write("RegControl", SOFT_RESET)
        if active:
            port.operands()
            await port.write("RegControl", START)
        port.operands(loaded, (9, extent_b))
        port.drive(loading=loading, resetting=resetting)
        before = pulses["start_o"]
        await port.write("RegControl", START)
        port.drive(resetting=0)
        expected = (0, 0)
        if active or resetting:
            expected = (code("ErrStartBusy"), 0)
        elif loading:
            expected = (code("ErrStartLoading"), 0)
        elif loaded != 3:
            expected = (code("ErrNoOperand"), 3 & ~loaded)
        elif extent_b != 9:
            expected = (code("ErrExtentsDiffer"), 9)
        assert (await port.read("RegError"), await port.read("RegErrorPlace")) == expected
        assert pulses["start_o"] - before == (expected[0] == 0)
        assert await port.read("RegErrorCount") == (expected[0] != 0)


@cocotb.test()
async def a_contraction_passes_through_its_states(dut) -> None:
    _, port, pulses = await begin(dut)
    port.operands()
    loaded = {"LoadedA", "LoadedB"}
    assert await status_of(port) == loaded and dut.load_enable_o.value == 1
    for _ in range(2):
        await port.write("RegControl", START)
        assert await status_of(port) == loaded | {"Busy"}
        assert dut.load_enable_o.value == 0
        await port.pulse(done=1)
        assert await status_of(port) == loaded | {"Done"}
        assert dut.load_enable_o.value == 0, "operands may change though results are left"
        await port.pulse(drained=1)
        assert await status_of(port) == loaded | {"Done", "Drained"}
        assert dut.load_enable_o.value == 1
    assert pulses["start_o"] == 2
    port.drive(loading=1)
    port.operands(loaded=2)
    assert await status_of(port) == {"LoadedB", "Done", "Drained", "Loading"}


@cocotb.test()
async def no_start_before_all_has_left(dut) -> None:
    _, port, pulses = await begin(dut)
    port.operands()
    await port.write("RegControl", START)
    await port.pulse(done=1)
    await port.write("RegControl", START)
    assert await port.read("RegError") == code("ErrStartBusy") and pulses["start_o"] == 1
    await port.pulse(drained=1)
    await port.write("RegControl", START)
    assert pulses["start_o"] == 2


@cocotb.test()
async def parameters_are_taken_at_the_start(dut) -> None:
    _, port, _ = await begin(dut)
    port.operands()
    most, most_entries = (2 ** CONSTANTS[name] - 1 for name in ("FiberIdWidth", "EntryIdWidth"))
    most_lines = 2 ** (CONSTANTS["LineAddrWidth"] + 1) - 1
    for dense, length, portion, lines in (
        (1, 5, 3, 2),
        (0, 0, 0, 0),
        (1, most, most_entries, most_lines),
        (0, most + 1, most_entries + 1, most_lines + 1),
        (1, *[0xFFFF_FFFF] * 3),
    ):
        await port.write("RegMode", dense)
        await port.write("RegRunLength", length)
        await port.write("RegPortion", portion)
        await port.write("RegLongLines", lines)
        await port.write("RegControl", START)
        for _ in range(2):
            settings = bench_types()["settings_o"].unpack(int(dut.settings_o.value))
            assert (settings.dense, settings.run_length) == (dense, min(length, most))
            assert settings.portion_length == min(portion, most_entries)
            assert settings.long_lines == min(lines, most_lines)
            await port.write("RegMode", 1 - dense)
            await port.write("RegRunLength", 77)
            await port.write("RegPortion", 78)
            await port.write("RegLongLines", 79)
        await port.pulse(done=1, drained=1)


@cocotb.test()
async def interrupts(dut) -> None:
    _, port, _ = await begin(dut)
    port.operands()
    await port.write("RegControl", START)
    events = {DONE: {"done": 1}, DRAINED: {"drained": 1}, ERROR: {"frame_error": error("ErrShort"), "frame_errors": 1}}
    for bit, ports in events.items():
        for enabled in (0, 7 & ~bit, bit):
            await port.write("RegControl", SOFT_RESET)
            await port.write("RegControl", START)
            if bit == DRAINED:  # comes after done
                await port.pulse(done=1)
                await port.write("RegIrqStatus", DONE)
            await port.write("RegIrqEnable", enabled)
            await port.pulse(**ports)
            assert await port.read("RegIrqStatus") == bit
            assert int(dut.irq_o.value) == (enabled == bit)
        await port.write("RegIrqStatus", 7 & ~bit)
        assert dut.irq_o.value == 1, "another bit was cleared"
        await port.write("RegIrqStatus", bit << 8)
        assert dut.irq_o.value == 1, "a bit that doesn't exist cleared one that does"
        await port.write("RegIrqStatus", bit)
        assert dut.irq_o.value == 0 and await port.read("RegIrqStatus") == 0


@cocotb.test()
async def an_event_in_the_cycle_of_its_clearing_stays(dut) -> None:
    _, port, _ = await begin(dut)
    wrong = {"frame_error": error("ErrShort"), "frame_errors": 1}
    for name, event, bits in (("RegFlags", {"flags": 4}, 4), ("RegIrqStatus", wrong, ERROR)):
        met = 0
        for delay in range(12):
            await port.pulse(**event)
            write = cocotb.start_soon(port.write(name, 15))
            answer = cocotb.start_soon(_time_of(dut.s_axil_bvalid_o))
            await ClockCycles(dut.clk_i, 1 + delay)
            happens = get_sim_time("ps")
            await port.pulse(**event)
            await write
            cleared = await answer - CYCLE  # the response comes one cycle later
            met += happens == cleared
            assert await port.read(name) == (bits if happens >= cleared else 0)
            await port.write(name, 15)
            assert await port.read(name) == 0
        assert met, f"{name}: the event never came in the cycle of the clearing"


async def _time_of(signal) -> float:
    await RisingEdge(signal)
    return get_sim_time("ps")


@cocotb.test()
async def ieee_flags_add_up(dut) -> None:
    _, port, _ = await begin(dut)
    for flags in (1, 2, 8):
        await port.pulse(flags=flags)
    assert await port.read("RegFlags") == 11
    await port.write("RegFlags", 2)
    assert await port.read("RegFlags") == 9


@cocotb.test()
async def the_first_error_stays(dut) -> None:
    """Among errors in one cycle the operand's comes first; all are counted."""
    _, port, _ = await begin(dut)
    port.operands()
    await port.write("RegControl", START)
    await port.pulse(
        frame_error=error("ErrPointer", 0x8000_0007),
        frame_errors=1,
        range_error=error("ErrResultRange", 5),
        range_errors=3,
    )
    await port.pulse(range_error=error("ErrResultRange", 1), range_errors=2)
    assert not await port.access_write(0xFF0, 1)
    assert await port.read("RegError") == code("ErrPointer")
    assert await port.read("RegErrorPlace") == 0x8000_0007
    assert await port.read("RegErrorCount") == 7
    assert int(dut.trailer_code_o.value) == code("ErrPointer")
    assert await status_of(port) == {"LoadedA", "LoadedB", "Busy", "Error"}
    await port.write("RegControl", SOFT_RESET)
    await port.pulse(range_error=error("ErrResultRange", 64), range_errors=1)
    assert (await port.read("RegError"), await port.read("RegErrorPlace")) == (code("ErrResultRange"), 64)


@cocotb.test()
async def operands_are_described(dut) -> None:
    random, port, _ = await begin(dut)
    widths = {
        "order": 4,
        "entries": CONSTANTS["EntryIdWidth"],
        "fibers": CONSTANTS["FiberIdWidth"],
        "lines": CONSTANTS["LineAddrWidth"],
    }
    for loaded in range(4):
        for name, width in widths.items():
            values = [random.getrandbits(width), random.getrandbits(width)]
            port.operands(loaded, **{name: values})
            for which, letter in enumerate("AB"):
                expected = values[which] if loaded >> which & 1 else 0
                assert await port.read(f"Reg{name.capitalize()}{letter}") == expected


@cocotb.test()
async def a_soft_reset_forgets(dut) -> None:
    _, port, pulses = await begin(dut)
    port.operands()
    kept = {
        "RegMode": 1,
        "RegRunLength": 12345,
        "RegPortion": 67,
        "RegIrqEnable": 5,
        "RegWatchdog": 0xFFFF_FFF0,
        "RegSdpeSelect": 5,
        "RegLongLines": 89,
    }
    for name, value in kept.items():
        await port.write(name, value)
    await port.write("RegControl", START)
    await port.pulse(done=1, flags=3, frame_error=error("ErrHeader", 7), frame_errors=1, increments={"CntRuns": 1})
    await port.write("RegControl", SOFT_RESET | START)
    assert pulses == {"start_o": 1, "soft_reset_o": 1}, "the soft reset comes before the start"
    port.drive(resetting=1)
    # The core still reports old events; the host may already make new mistakes.
    await port.pulse(
        done=1,
        drained=1,
        flags=15,
        frame_error=error("ErrOrder"),
        frame_errors=1,
        range_error=error("ErrResultRange"),
        range_errors=1,
        increments={"CntRuns": 1},
    )
    assert await status_of(port) == {"LoadedA", "LoadedB", "Busy"} and dut.load_enable_o.value == 0
    assert dut.irq_o.value == 0
    await port.pulse(discarded=1)
    assert await port.read("CntDiscarded") == 1, "a beat that the edge throws away in a soft reset"
    for name in ("RegIrqStatus", "RegError", "RegErrorPlace", "RegErrorCount", "RegFlags", "CntJobs", "CntCycles"):
        assert await port.read(name) == 0, name
    await port.write("RegControl", START)
    port.drive(resetting=0)
    assert await port.read("RegError") == code("ErrStartBusy")
    for name, value in kept.items():
        assert await port.read(name) == value, name
    await port.write("RegControl", START)
    assert pulses["start_o"] == 2


@cocotb.test()
async def hard_reset_forgets_all(dut) -> None:
    _, port, _ = await begin(dut)
    port.operands()
    for name, value in {
        "RegMode": 1,
        "RegRunLength": 9,
        "RegPortion": 4,
        "RegIrqEnable": 7,
        "RegWatchdog": 99,
        "RegLongLines": 8,
    }.items():
        await port.write(name, value)
    await port.write("RegControl", START)
    await port.pulse(done=1, flags=15, frame_error=error("ErrExtent"), frame_errors=1, increments={"CntRuns": 1})
    dut.rst_ni.value = 0
    await Timer(3, "ns")
    dut.rst_ni.value = 1
    await ClockCycles(dut.clk_i, 2)
    for name in (
        "RegMode",
        "RegRunLength",
        "RegPortion",
        "RegLongLines",
        "RegIrqEnable",
        "RegWatchdog",
        "RegIrqStatus",
        "RegError",
        "RegErrorPlace",
        "RegErrorCount",
        "RegFlags",
        "CntJobs",
        "CntCycles",
    ):
        assert await port.read(name) == 0, name
    assert await status_of(port) == {"LoadedA", "LoadedB"}
