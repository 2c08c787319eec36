# SPDX-License-Identifier: Apache-2.0
"""Runs queues of descriptors on the chip with the memory edge, and writes what came out.

FLAASH_BENCH_REQUEST names a JSON file, a list of {"image", "slots", "queued", "latency", "gap", "limit"}: a
file with the bytes of the memory, slots of the ring at its beginning, descriptors in it, cycles from an
address to its data, beats between two pauses of the bus, cycles after which the machine is given up. Each
adds a line to outcomes.jsonl in the folder of the run, with "cycles", "read" and "written" (beats), or
"failure"; the memory behind it goes to <index>.bin.
"""

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge, SimTimeoutError, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster

from tb.common.rtl_constants import EDGE

PERIOD = 2  # ns, of the clock in flaash_bench_edge
IN, OUT = Path("memory_in.hex"), Path("memory_out.hex")  # in the folder of the run
DONE, ERROR = (1 << EDGE.constants[name].value for name in ("EdgeIrqDone", "EdgeIrqError"))


@cocotb.test()
async def queues(dut: SimHandleBase) -> None:
    folder = Path(os.environ["FLAASH_RUN_DIR"])
    dut.rst_ni.value = dut.load_i.value = dut.dump_i.value = 0
    registers = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk_i, dut.rst_ni, False)
    beat = int(os.environ["FLAASH_BENCH_WIDTH"]) // 8
    for index, wanted in enumerate(json.loads(Path(os.environ["FLAASH_BENCH_REQUEST"]).read_text())):
        before = np.fromfile(wanted["image"], np.uint8)
        await load(dut, before, beat, wanted)
        outcome = await queue(dut, registers, wanted)
        await pulse(dut, dut.dump_i)
        lines = OUT.read_text().replace("\n", "")
        after = np.frombuffer(bytes.fromhex(lines), np.uint8).reshape(-1, beat)[:, ::-1]
        (folder / f"{index}.bin").write_bytes(after.tobytes()[:len(before)])
        with (folder / "outcomes.jsonl").open("a") as file:
            file.write(json.dumps({"index": index, **outcome}) + "\n")


async def load(dut: SimHandleBase, data: np.ndarray, beat: int, wanted: dict) -> None:
    """Reset the machine and put these bytes into its memory, which is no larger."""
    whole = np.concatenate([data, np.zeros(-len(data) % beat, np.uint8)]).reshape(-1, beat)
    text = whole[:, ::-1].tobytes().hex()
    IN.write_text("".join(f"{text[at:at + 2 * beat]}\n" for at in range(0, len(text), 2 * beat)))
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


async def queue(dut: SimHandleBase, registers: AxiLiteMaster, wanted: dict) -> dict:
    """Ring for all descriptors and wait for the interrupt; return the outcome."""
    async def write(name: str, value: int) -> None:
        await registers.write(EDGE.registers[name].address, value.to_bytes(4, "little"))

    async def read(name: str) -> int:
        return int.from_bytes((await registers.read(EDGE.registers[name].address, 4)).data, "little")

    await write("RegRingSize", wanted["slots"])
    await write("RegEdgeIrqEnable", DONE | ERROR)
    await write("RegRingTail", wanted["queued"])
    try:
        await with_timeout(RisingEdge(dut.irq_o), wanted["limit"] * PERIOD, "ns")
    except SimTimeoutError:
        return {"failure": f"no interrupt in {wanted['limit']} cycles"}
    await ClockCycles(dut.clk_i, 2)
    if await read("RegEdgeIrqStatus") & ERROR:
        return {"failure": f"error {await read('RegEdgeError'):#x} at {await read('RegEdgePlace'):#x}"}
    return {name: int(getattr(dut, f"{name}_o").value) for name in ("cycles", "read", "written")}
