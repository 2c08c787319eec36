# SPDX-License-Identifier: Apache-2.0
"""Runs queues of descriptors on the chip with the memory edge, and writes the outcomes.

FLAASH_BENCH_REQUEST names a JSON file, a list of {"image", "slots", "queued", "latency", "gap", "limit"}.
These are a file with the bytes of the memory, the slots of the ring at its beginning, and the descriptors in
the ring. Then come the cycles from an address to its data, and the beats between two pauses of the bus. The
last one is the number of cycles after which the run is abandoned. Each queue adds a line to outcomes.jsonl in
the folder of the run, with "cycles", "read" and "written" (beats), or "failure". The memory afterwards goes to
<index>.bin.
"""

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.handle import SimHandleBase
from cocotb.triggers import ClockCycles, RisingEdge, SimTimeoutError, with_timeout

from tb.common.rtl_constants import EDGE

PERIOD = 2  # ns, of the clock in flaash_bench_edge
ACCESS = 1000  # cycles within which a register responds
IN, OUT = Path("memory_in.hex"), Path("memory_out.hex")  # in the folder of the run
DONE, ERROR = (1 << EDGE.constants[name].value for name in ("EdgeIrqDone", "EdgeIrqError"))


@cocotb.test()
async def queues(dut: SimHandleBase) -> None:
    folder = Path(os.environ["FLAASH_RUN_DIR"])
    dut.rst_ni.value = dut.load_i.value = dut.dump_i.value = dut.go_i.value = 0
    beat = int(os.environ["FLAASH_BENCH_WIDTH"]) // 8
    for index, wanted in enumerate(json.loads(Path(os.environ["FLAASH_BENCH_REQUEST"]).read_text())):
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


async def queue(dut: SimHandleBase, wanted: dict) -> dict:
    """Announce all descriptors and wait for the interrupt; return the outcome."""

    async def access(name: str, value: int | None) -> int:
        dut.addr_i.value, dut.write_i.value = EDGE.registers[name].address, value is not None
        dut.wdata_i.value, dut.go_i.value = value or 0, 1
        await with_timeout(RisingEdge(dut.done_o), ACCESS * PERIOD, "ns")
        answer, dut.go_i.value = int(dut.rdata_o.value), 0
        await ClockCycles(dut.clk_i, 2)
        return answer

    await access("RegRingSize", wanted["slots"])
    await access("RegEdgeIrqEnable", DONE | ERROR)
    await access("RegRingTail", wanted["queued"])
    try:
        await with_timeout(RisingEdge(dut.irq_o), wanted["limit"] * PERIOD, "ns")
    except SimTimeoutError:
        return {"failure": f"no interrupt in {wanted['limit']} cycles"}
    await ClockCycles(dut.clk_i, 2)
    if await access("RegEdgeIrqStatus", None) & ERROR:
        code, place = [await access(name, None) for name in ("RegEdgeError", "RegEdgePlace")]
        return {"failure": f"error {code:#x} at {place:#x}"}
    return {name: int(getattr(dut, f"{name}_o").value) for name in ("cycles", "read", "written")}
