# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the registers with the memory interface: its orders, their outcome, its own map."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from sim.rtl_types import bench_types
from tb.common.rtl_constants import DMA
from tests.blocks.control.register_port import RegisterPort, code, error, frame, out_of_range

SETTINGS = {"Mode": "dense", "RunLength": "run_length", "Portion": "portion", "LongLines": "long_lines"}


async def order(port: RegisterPort, **members: object):
    """Give an order for one cycle; return its outcome in the next cycle."""
    port.drive(run_cmd={"valid": 1, **members})
    await RisingEdge(port.dut.clk_i)
    port.drive(run_cmd={})
    await FallingEdge(port.dut.clk_i)
    return bench_types()["run_status_o"].unpack(int(port.dut.run_status_o.value))


async def outcome(port: RegisterPort, **said: object):
    """Drive reports of the chip for one cycle; return the outcome in that cycle."""
    port.drive(**said)
    await FallingEdge(port.dut.clk_i)
    seen = bench_types()["run_status_o"].unpack(int(port.dut.run_status_o.value))
    await RisingEdge(port.dut.clk_i)
    port.drive(**dict.fromkeys(said, 0))
    return seen


async def refused(port: RegisterPort, name: str, place: int = 0) -> None:
    """Give an order, which must be refused with this error."""
    seen = await order(port)
    assert not seen.begins and tuple(seen.error) == (1, code(name), place)


@cocotb.test()
async def settings_come_with_orders_alone(dut) -> None:
    """Writes of the host get a response and change nothing, ControlStart begins nothing; an order does."""
    port = await RegisterPort.begin(dut)
    random = port.random
    for _ in range(8):
        # Numbers that fit the machine, so that none is limited.
        wanted = {name: random.getrandbits(1 if name == "Mode" else 12) for name in SETTINGS}
        numbers = random.getrandbits(1)
        seen = await order(port, setup={SETTINGS[name]: value for name, value in wanted.items()}, numbers=numbers)
        assert seen.begins and not seen.error.valid
        now = bench_types()["settings_o"].unpack(int(dut.settings_o.value))
        assert [now.dense, now.run_length, now.portion_length, now.long_lines] == [*wanted.values()]
        assert int(dut.numbers_o.value) == numbers
        begun = port.starts
        await port.start(**{name: random.getrandbits(32) for name in SETTINGS})
        await port.expect(**wanted)
        await port.pulse(done=1)
        assert (await outcome(port, drained=1)).ended
        await port.start()
        assert port.starts == begun
        await port.expect(ErrorCount=0)


@cocotb.test()
async def a_refusal_has_its_cause(dut) -> None:
    """The outcome is the error of the start control; in a stop the cause of the stop."""
    port = await RegisterPort.begin(dut, operands=False)
    await refused(port, "ErrNoOperand", 3)
    port.operands()
    assert (await order(port)).begins
    await refused(port, "ErrStartBusy")
    for cause, stop in (
        ("ErrParity", lambda: port.pulse(parity_error=error("ErrParity", 5))),
        ("ErrAborted", port.abort),
    ):
        port.drive(loading=1)
        await stop()
        port.drive(loading=0, stopping=1)
        await refused(port, cause)
        await port.pulse(drained=1)
        port.drive(stopping=0)


@cocotb.test()
async def a_refused_order_and_a_bad_access_are_both_counted(dut) -> None:
    """The order falls in each cycle around the access, the cycle of the access included."""
    port = await RegisterPort.begin(dut, operands=False)
    for delay in range(12):
        before = await port.read("RegErrorCount")
        access = cocotb.start_soon(port.access_write(0xFF0, 0))  # no register
        if delay:
            await ClockCycles(dut.clk_i, delay)
        assert (await order(port)).error.valid
        assert not await access
        await port.expect(f"order {delay} cycles after the access begins", ErrorCount=before + 2)


@cocotb.test()
@cocotb.parametrize(cause=["ErrAborted", "ErrWatchdog", None])
async def the_outcome_tells_what_has_cut_a_contraction_short(dut, cause: str | None) -> None:
    """With the last beat: abort by the host, or the watchdog; of one that is complete nothing."""
    port = await RegisterPort.begin(dut)
    assert (await order(port)).begins
    if cause == "ErrWatchdog":
        await port.set(Watchdog=3)
        while not port.stops:
            await RisingEdge(dut.clk_i)
    else:
        if cause is None:
            await port.pulse(done=1)
        await port.abort()
    assert port.stops == (cause is not None)
    port.drive(stopping=int(cause is not None))
    seen = await outcome(port, drained=1)
    assert seen.ended and seen.error.valid == bool(cause)
    assert cause is None or seen.error.code == code(cause)


@cocotb.test()
async def errors_of_a_contraction_are_told(dut) -> None:
    """A flipped bit and a result out of range, in their cycles; the bit wins. Frames' errors don't count."""
    port = await RegisterPort.begin(dut)
    assert (await order(port)).begins
    assert not (await outcome(port, **frame("ErrShort"))).error.valid
    assert (await outcome(port, **out_of_range(4))).error.place == 4
    assert (await outcome(port, **out_of_range(4), parity_error=error("ErrParity", 9))).error.place == 9


@cocotb.test()
async def the_interface_answers_for_its_registers(dut) -> None:
    """The interface's registers are accessed in the cycle of the access; unknown addresses give ErrAddress."""
    port = await RegisterPort.begin(dut, operands=False)
    base = DMA.registers["RegRingBase"].address
    for write_known, read_known in ((0, 0), (0, 1), (1, 0), (1, 1)):
        word = port.random.getrandbits(32)
        port.drive(access_rsp={"write_known": write_known, "read_known": read_known, "data": word})
        errors = await port.read("RegErrorCount")
        assert await port.access_write(base, word) == bool(write_known)
        assert await port.access_read(base) == (word if read_known else 0, bool(read_known))
        await port.expect(ErrorCount=errors + (not write_known) + (not read_known))
    for irq in (1, 0):
        port.drive(access_rsp={"irq": irq})
        await FallingEdge(dut.clk_i)
        assert dut.irq_o.value == irq, "the interrupt of the interface does not come out"
    await port.status_is("Error")
