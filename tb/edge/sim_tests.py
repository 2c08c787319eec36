# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: `make sim EDGE=memory`, one contraction, compared with the model."""

import dataclasses
import json

import cocotb
import numpy as np
from cocotb.utils import get_sim_time

from flaash.driver import Settings, arrange
from flaash.driver.arrange import Arranged
from models.compare import disagreements
from models.contract import contract
from models.csf import Csf
from models.outside import outside_bound
from sim.configs import Config
from sim.machines import Machine
from sim.progress import FILE
from sim.thisrun import argument, this_run
from tb.common.bench import start
from tb.edge.job import Job
from tb.edge.transport import Chip
from tb.env.scoreboard import MAX_REPORTED

RESULTS = 1 << 28  # bytes for results, most; more than that in one pair of tiles is an error that says so


def memory_size(made: Arranged) -> int:
    """Return bytes for all arrays and the results of three pairs of tiles, as the driver shares them out."""
    arrays = sum(part.nbytes + 1024 for side in made.sides for part in side.parts)
    jobs = [max(len(part.fiber_lengths()) for part in side.parts) if side.parts else 0 for side in made.sides]
    return (1 << 16) + arrays + min(3 * 16 * (jobs[0] * jobs[1] + 64), RESULTS)


def least_computing(made: Arranged, machine: Machine, job: Job) -> int:
    """Return the least cycles of computing."""
    total = 0
    for pair in made.plan.pairs():
        a, b = (side.parts[tile].to_csf() for side, tile in zip(made.sides, pair, strict=True))
        used = dataclasses.replace(machine.settings(a, b), portion=job.portion, long_lines=job.long_lines)
        total += machine.bound(a, b, None, used)
    return total


@cocotb.test()
async def files(dut) -> None:
    """Contract two files."""
    folder = this_run().folder
    job = Job(**argument("job"))
    config = Config.from_json(argument("config"))
    machine = config.identity()
    operands = job.operands()
    # On the way in: address, data; on the way out: data, response. Together the latency of each.
    made = arrange(*operands, machine, renumbered=job.renumbered)
    chip = Chip(dut, size=memory_size(made), latency={"ar": job.latency, "b": job.latency})
    await start(dut)
    accelerator = await chip.open()
    build, settings = accelerator.device.build, Settings(portion=job.portion, long_lines=job.long_lines)
    assert build == machine, f"the registers tell of another machine: {build}"

    def progress(done: int, pairs: int, results: int) -> None:
        (folder / FILE).write_text(json.dumps({"done": done, "pairs": pairs, "results": results}))

    progress(0, len(made.plan.a) * len(made.plan.b), 0)
    began = get_sim_time("ns")
    result = await accelerator.carry_out(made, settings, progress)
    cycles = int(get_sim_time("ns") - began)
    expected = contract(*operands, build.fmt)
    wrong = disagreements(expected, result.coords, result.bits, *map(Csf.from_tensor, operands))
    assert not wrong, "\n".join([f"wrong results {len(wrong):,}, {len(result.bits):,} compared", *wrong[:MAX_REPORTED]])
    chip.check()
    cost = result.cost
    compute = least_computing(made, Machine(config), job)
    bound = outside_bound(cost.read, compute, cost.written, build.width)
    summary = {
        "passed": True,
        "results": len(result.bits),
        "jobs": expected.jobs,
        "matches": expected.matches,
        "operands": [
            {
                "shape": list(side.operand.shape),
                "entries": side.operand.entries,
                "fibers": len(side.operand.fiber_lengths()),
            }
            for side in made.sides
        ],
        "removed": list(result.removed),
        "renumbered": any(result.removed),
        "pairs": cost.descriptors,
        "cycles": cycles,
        "computing": cost.computing,
        "read": cost.read,
        "written": cost.written,
        "bound": bound.cycles,
        "limit": bound.limit,
        "width": build.width,
        "latency": job.latency,
    }
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    np.savez(folder / "result.npz", shape=np.array(result.shape, np.int64), coords=result.coords, bits=result.bits)
