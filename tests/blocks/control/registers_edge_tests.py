# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the registers with the memory edge: its orders, their outcome, its own map."""

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.rtl_constants import EDGE
from tests.blocks.control.register_bench import ABORT, SOFT_RESET, START, begin, code, error, status_of
from tests.blocks.control.register_port import RegisterPort, start_counting

SETTINGS = {"RegMode": "dense", "RegRunLength": "run_length", "RegPortion": "portion", "RegLongLines": "long_lines"}


def setup(random) -> dict[str, int]:
    """Return a setup_t whose numbers fit the machine, so that none is limited."""
    return {
        "dense": random.getrandbits(1),
        "run_length": random.getrandbits(12),
        "portion": random.getrandbits(12),
        "long_lines": random.getrandbits(12),
    }


async def order(dut, port: RegisterPort, **members: object):
    """Give an order for one cycle; return its outcome in the next cycle."""
    port.drive(order={"valid": 1, **members})
    await RisingEdge(dut.clk_i)
    port.drive(order={})
    await FallingEdge(dut.clk_i)
    return bench_types()["outcome_o"].unpack(int(dut.outcome_o.value))


async def outcome(dut, port: RegisterPort, **said: object):
    """Drive reports of the chip for one cycle; return the outcome in that cycle."""
    port.drive(**said)
    await FallingEdge(dut.clk_i)
    seen = bench_types()["outcome_o"].unpack(int(dut.outcome_o.value))
    await RisingEdge(dut.clk_i)
    port.drive(**dict.fromkeys(said, 0))
    return seen


@cocotb.test()
async def settings_come_with_orders_alone(dut) -> None:
    """Writes of the host get a response and change nothing, ControlStart begins nothing; an order does."""
    random, port, pulses = await begin(dut)
    port.operands()
    for _ in range(8):
        wanted, numbers = setup(random), random.getrandbits(1)
        seen = await order(dut, port, setup=wanted, numbers=numbers)
        assert seen.begins and not seen.error.valid
        settings = bench_types()["settings_o"].unpack(int(dut.settings_o.value))
        assert (settings.dense, settings.run_length, settings.portion_length, settings.long_lines) == (
            *wanted.values(),
        ) and int(dut.numbers_o.value) == numbers
        begun = pulses["start_o"]
        for name in SETTINGS:
            await port.write(name, random.getrandbits(32))
        await port.write("RegControl", START)
        assert {name: await port.read(name) for name in SETTINGS} == {
            name: wanted[member] for name, member in SETTINGS.items()
        }
        await port.pulse(done=1)
        assert (await outcome(dut, port, drained=1)).ended
        await port.write("RegControl", START)
        assert pulses["start_o"] == begun and await port.read("RegErrorCount") == 0


@cocotb.test()
async def a_refusal_has_its_cause(dut) -> None:
    """The outcome is the error of the start control; in a stop the cause of the stop."""
    _, port, _ = await begin(dut)
    seen = await order(dut, port)
    assert not seen.begins and tuple(seen.error) == (1, code("ErrNoOperand"), 3)
    port.operands()
    assert (await order(dut, port)).begins
    assert tuple((await order(dut, port)).error) == (1, code("ErrStartBusy"), 0)
    for cause, said in (("ErrParity", {"parity_error": error("ErrParity", 5)}), ("ErrAborted", {})):
        port.drive(loading=1)
        if said:
            await port.pulse(**said)
        else:
            await port.write("RegControl", ABORT)
        port.drive(loading=0, stopping=1)
        seen = await order(dut, port)
        assert not seen.begins and tuple(seen.error) == (1, code(cause), 0)
        await port.pulse(drained=1)
        port.drive(stopping=0)


@cocotb.test()
async def a_refused_order_and_a_bad_access_are_both_counted(dut) -> None:
    """The order falls in each cycle around the access, the cycle of the access included."""
    _, port, _ = await begin(dut)
    nothing = 0xFF0  # no register
    for delay in range(12):
        before = await port.read("RegErrorCount")
        access = cocotb.start_soon(port.access_write(nothing, 0))
        for _ in range(delay):
            await RisingEdge(dut.clk_i)
        assert (await order(dut, port)).error.valid
        assert not await access
        assert await port.read("RegErrorCount") == before + 2, f"order {delay} cycles after the access begins"


@cocotb.test()
async def the_outcome_tells_what_has_cut_a_contraction_short(dut) -> None:
    """With the last beat: abort by the host, or the watchdog; of one that is complete nothing."""
    _, port, _ = await begin(dut)
    stops = start_counting(dut, "stop_o")
    port.operands()
    for cause in ("ErrAborted", "ErrWatchdog", None):
        assert (await order(dut, port)).begins
        if cause == "ErrAborted":
            await port.write("RegControl", ABORT)
        elif cause == "ErrWatchdog":
            await port.write("RegWatchdog", 3)
            while not stops["stop_o"]:
                await RisingEdge(dut.clk_i)
        else:
            await port.pulse(done=1)
            await port.write("RegControl", ABORT)
        assert stops["stop_o"] == (cause is not None)
        port.drive(stopping=int(cause is not None))
        seen = await outcome(dut, port, drained=1)
        wanted = code(cause) if cause else 0
        assert seen.ended and seen.error.valid == bool(cause) and (not cause or seen.error.code == wanted)
        port.drive(stopping=0)
        await port.write("RegWatchdog", 0)
        await port.write("RegControl", SOFT_RESET)
        stops["stop_o"] = 0


@cocotb.test()
async def errors_of_a_contraction_are_told(dut) -> None:
    """A flipped bit and a result out of range, in their cycles; the bit wins. Frames' errors don't count."""
    _, port, _ = await begin(dut)
    port.operands()
    assert (await order(dut, port)).begins
    late, flipped = error("ErrResultRange", 4), error("ErrParity", 9)
    assert not (await outcome(dut, port, frame_error=error("ErrShort"), frame_errors=1)).error.valid
    assert (await outcome(dut, port, range_error=late, range_errors=1)).error.place == 4
    assert (await outcome(dut, port, range_error=late, range_errors=1, parity_error=flipped)).error.place == 9


@cocotb.test()
async def the_edge_answers_for_its_registers(dut) -> None:
    """The edge's registers are accessed in the cycle of the access; unknown addresses give ErrAddress."""
    random, port, _ = await begin(dut)
    base = EDGE.registers["RegRingBase"].address
    for write_known, read_known in ((0, 0), (0, 1), (1, 0), (1, 1)):
        word = random.getrandbits(32)
        port.drive(answer={"write_known": write_known, "read_known": read_known, "data": word})
        errors = await port.read("RegErrorCount")
        assert await port.access_write(base, word) == bool(write_known)
        assert await port.access_read(base) == (word if read_known else 0, bool(read_known))
        assert await port.read("RegErrorCount") - errors == (not write_known) + (not read_known)
    port.drive(answer={"irq": 1})
    await FallingEdge(dut.clk_i)
    assert dut.irq_o.value == 1, "the interrupt of the edge does not come out"
    port.drive(answer={})
    await FallingEdge(dut.clk_i)
    assert dut.irq_o.value == 0
    assert await status_of(port) == {"Error"}
