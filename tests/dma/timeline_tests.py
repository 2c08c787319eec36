# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: two queued contractions, and the cycle in which each of their states begins.

The timeline of docs/images is drawn from bench/timeline.json. The run leaves its own in its folder.
"""

import json
import re

import cocotb
from cocotb.triggers import ReadOnly, RisingEdge

from bench.workloads import csf_pair
from models.device.layout import Descriptor
from sim.sources import RTL
from sim.thisrun import this_run
from tb.common.bench import start
from tb.dma.image import levels
from tests.dma.host import RESULTS, Host
from tests.dma.image import Image
from tools.figures.timeline import RECORD, problems

WORKLOAD, LATENCY, QUEUED = "7x7x512_d0.005", 100, 2
CAPACITY = 0x1_0000  # bytes of the results of each


def names() -> list[str]:
    """Return the states of flaash_dma_issue in the order of their codes."""
    text = (RTL / "dma" / "flaash_dma_issue.sv").read_text()
    (body,) = re.findall(r"typedef enum[^{]*\{([^}]*)\} entry_state_e;", text)
    return re.findall(r"\bEntry(\w+)", re.sub(r"//.*", "", body))


async def watch(dut, states: list[str], seen: list[list[list]]) -> None:
    """Note each new state of the first entries, with its cycle."""
    before = [0] * QUEUED
    cycle = 0
    while True:
        await RisingEdge(dut.clk_i)
        await ReadOnly()
        code = int(dut.u_dma.u_issue.states_q.value)
        for entry in range(QUEUED):
            now = code >> 4 * entry & 15
            if now != before[entry]:
                seen[entry].append([states[now], cycle])
                before[entry] = now
        cycle += 1


@cocotb.test()
async def the_timeline(dut) -> None:
    host = Host(dut, LATENCY)
    await start(dut)
    await host.set_ring()
    image = Image(host.memory)
    operands = [image.operand(i, levels(csf, host.fmt)) for i, csf in enumerate(csf_pair(WORKLOAD))]
    host.allow(RESULTS, RESULTS + QUEUED * CAPACITY)
    slots = [
        host.put(Descriptor(*operands, host.fmt.code, RESULTS + number * CAPACITY, CAPACITY))
        for number in range(QUEUED)
    ]
    seen: list[list[list]] = [[] for _ in slots]
    cocotb.start_soon(watch(dut, names(), seen))
    await host.ring()
    records = [await host.completed(slot) for slot in slots]
    assert [record.code for record in records] == [0] * QUEUED
    for _ in range(3 * LATENCY):  # the response to the last record
        if all(states and states[-1][0] == "Free" for states in seen):
            break
        await RisingEdge(dut.clk_i)
    begin = seen[0][0][1]
    seen = [[[name, at - begin] for name, at in states] for states in seen]
    measured = {"workload": WORKLOAD, "latency": LATENCY, "states": seen, "results": records[0].results}
    path = this_run().folder / RECORD.name
    path.write_text(json.dumps(measured) + "\n")
    found = problems(seen, json.loads(RECORD.read_text())["states"]) if RECORD.exists() else ["no record"]
    assert not found, f"{found}; to record this run: cp {path} {RECORD}, then make generate"
