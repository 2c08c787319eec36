# SPDX-License-Identifier: Apache-2.0
"""Runs queues of descriptors on the chip with the memory interface, and writes the outcomes.

The argument `request` names a JSON file, a list of {"image", "slots", "queued", "latency", "gap", "limit"}.
These are a file with the bytes of the memory, the slots of the ring at its beginning, and the descriptors in
the ring. Then come the cycles from an address to its data, and the beats between two pauses of the bus. The
last one is the number of cycles after which the run is abandoned. Each queue adds a line to outcomes.jsonl in
the folder of the run, with "cycles", "read" and "written" (beats), or "failure". The memory afterwards goes to
<index>.bin.
"""

import json
from pathlib import Path

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge

from flaash.driver import MachineError, RegisterFile, Ring
from sim.thisrun import argument, this_run
from sim.transport import within

PERIOD = 2  # ns, of the clock in flaash_bench_dma
ACCESS = 1000  # cycles within which a register responds
IN, OUT = Path("memory_in.hex"), Path("memory_out.hex")  # in the folder of the run


@cocotb.test()
async def queues(dut: SimHandleBase) -> None:
    folder = this_run().folder
    dut.rst_ni.value = dut.load_i.value = dut.dump_i.value = dut.go_i.value = 0
    beat = argument("width") // 8
    for index, wanted in enumerate(json.loads(Path(argument("request")).read_text())):
        before = np.fromfile(wanted["image"], np.uint8)
        await load(dut, before, beat, wanted)
        outcome = await queue(dut, wanted)
        await pulse(dut, dut.dump_i)
        lines = OUT.read_text().replace("\n", "")
        after = np.frombuffer(bytes.fromhex(lines), np.uint8).reshape(-1, beat)[:, ::-1]
        (folder / f"{index}.bin").write_bytes(after.tobytes()[: len(before)])
        with (folder / "outcomes.jsonl").open("a") as file:
            file.write(json.dumps({"index": index, **outcome}) + "\n")


async def load(dut: SimHandleBase, data: np.ndarray, beat: int, wanted: dict) -> None:
    """Reset the machine and put these bytes into its memory, which is no larger."""
    whole = np.concatenate([data, np.zeros(-len(data) % beat, np.uint8)]).reshape(-1, beat)
    text = whole[:, ::-1].tobytes().hex()
    IN.write_text("".join(f"{text[at : at + 2 * beat]}\n" for at in range(0, len(text), 2 * beat)))
    dut.rst_ni.value = 0
    dut.size_i.value, dut.latency_i.value, dut.gap_i.value = len(whole), wanted["latency"], wanted["gap"]
    await ClockCycles(dut.clk_i, 8)
    await pulse(dut, dut.load_i)
    dut.rst_ni.value = 1
    await ClockCycles(dut.clk_i, 8)


async def pulse(dut: SimHandleBase, pin: SimHandleBase) -> None:
    """Raise a pin for a cycle."""
    pin.value = 1
    await ClockCycles(dut.clk_i, 1)
    pin.value = 0
    await ClockCycles(dut.clk_i, 1)


class PulsedRegisters:
    """See flaash.driver.Registers; flaash_bench_dma makes the accesses.

    Args:
        dut: flaash_bench_dma.
        limit: cycles in which the interrupt must come.
    """

    def __init__(self, dut: SimHandleBase, limit: int):
        self._dut, self._limit = dut, limit

    async def read(self, address: int) -> int:
        """Return a register."""
        return await self._access(address, None)

    async def write(self, address: int, value: int) -> None:
        """Write a register."""
        await self._access(address, value)

    async def wait(self) -> None:
        """Return when the interrupt line is high."""
        await within(RisingEdge(self._dut.irq_o), PERIOD * self._limit, "raised its interrupt")
        await ClockCycles(self._dut.clk_i, 2)

    async def _access(self, address: int, value: int | None) -> int:
        dut = self._dut
        dut.addr_i.value, dut.write_i.value = address, value is not None
        dut.wdata_i.value, dut.go_i.value = value or 0, 1
        await within(RisingEdge(dut.done_o), PERIOD * ACCESS, "responded to an access")
        answer, dut.go_i.value = int(dut.rdata_o.value), 0
        await ClockCycles(dut.clk_i, 2)
        return answer


async def queue(dut: SimHandleBase, wanted: dict) -> dict:
    """Announce all descriptors and wait for the interrupt; return the outcome."""
    registers = RegisterFile(PulsedRegisters(dut, wanted["limit"]))
    ring = Ring(None, registers, 0, wanted["slots"])  # the descriptors are in memory: nothing is put there
    ring.tail = wanted["queued"]
    try:
        await ring.set_up()
        await ring.enable()
        await ring.ring()
        await registers.port.wait()
        if await registers.has("RegDmaIrqStatus", "DmaIrqError"):
            raise MachineError(await registers.read("RegDmaError"), await registers.read("RegDmaPlace"))
    except (MachineError, TimeoutError) as error:
        return {"failure": str(error)}
    return {name: int(getattr(dut, f"{name}_o").value) for name in ("cycles", "read", "written")}
