# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: `make sim EDGE=memory`, one contraction, compared with the model."""

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.utils import get_sim_time

from flaash.driver import Settings, arrange
from models.contract import contract
from models.outside import outside_bound
from tb.common.bench import start
from tb.edge.job import Job
from tb.edge.transport import Chip
from tb.env.progress import FILE

MEMORY = 1 << 30  # bytes
PATIENCE = 1 << 32  # cycles; whoever runs this sees whether it goes on


@cocotb.test()
async def files(dut) -> None:
    """Contract two files."""
    folder = Path(os.environ["FLAASH_RUN_DIR"])
    job = Job(**json.loads(os.environ["FLAASH_EDGE_JOB"]))
    operands = job.operands()
    # On the way in: address, data; on the way out: data, answer. Together the latency of each.
    chip = Chip(dut, size=MEMORY, latency={"ar": job.latency, "b": job.latency}, patience=PATIENCE)
    await start(dut)
    accelerator = await chip.open()
    build, settings = accelerator.device.build, Settings(portion=job.portion, long_lines=job.long_lines)
    made = arrange(*operands, build, renumbered=job.renumbered)

    def progress(done: int, pairs: int, results: int) -> None:
        (folder / FILE).write_text(json.dumps({"done": done, "pairs": pairs, "results": results}))

    progress(0, len(made.plan.a) * len(made.plan.b), 0)
    began = get_sim_time("ns")
    result = await accelerator.carry_out(made, settings, progress)
    cycles = int(get_sim_time("ns") - began)
    expected = contract(*operands, build.fmt)
    assert np.array_equal(result.coords, expected.coords), "the model has other results"
    wrong = np.flatnonzero(result.bits != expected.bits)
    for at in wrong[:1]:
        raise AssertionError(f"{len(wrong)} of {len(result.bits)} results are wrong; at"
                             f" {tuple(result.coords[at].tolist())} stands {result.bits[at]:#x}, the model"
                             f" says {expected.bits[at]:#x}")
    chip.check()
    cost = result.cost
    bound = outside_bound(cost.read, cost.computing, cost.written, build.width)
    summary = {
        "passed": True, "results": len(result.bits), "jobs": expected.jobs, "matches": expected.matches,
        "operands": [{"shape": list(side.operand.shape), "entries": side.operand.entries,
                      "fibers": len(side.operand.fiber_lengths())} for side in made.sides],
        "removed": list(result.removed), "renumbered": any(result.removed), "pairs": cost.descriptors,
        "cycles": cycles, "computing": cost.computing, "read": cost.read, "written": cost.written,
        "bound": bound.cycles, "limit": bound.limit, "width": build.width, "latency": job.latency}
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    np.savez(folder / "result.npz", shape=np.array(result.shape, np.int64), coords=result.coords,
             bits=result.bits)
