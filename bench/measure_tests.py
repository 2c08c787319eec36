# SPDX-License-Identifier: Apache-2.0
"""Runs a list of workloads on the simulated chip, and writes the outcomes.

FLAASH_BENCH_REQUEST names a JSON file: "config" as Config.to_json() made it, and "runs", a list of
{"workload", "settings", "limit"}. Each run adds a line to outcomes.jsonl in the folder of the run, with
"counters", "steps" of each engine, "wall", "cpu" and "simulated", or "failure"; its result frame goes to
<index>.bin.
"""

import json
import os
from pathlib import Path

import cocotb
from cocotb.handle import SimHandleBase

from bench.host import Host, HostError
from bench.machines import Settings
from bench.workloads import csf_pair
from models.csf import Csf
from models.numbers import get_format
from tb.common.configs import Config
from tb.common.frames import BEAT, pack_operand


@cocotb.test()
async def all_runs(dut: SimHandleBase) -> None:
    request = json.loads(Path(os.environ["FLAASH_BENCH_REQUEST"]).read_text())
    config = Config.from_json(request["config"])
    host, folder = Host(dut), Path(os.environ["FLAASH_RUN_DIR"])
    for index, wanted in enumerate(request["runs"]):
        await host.prepare(pack_pair(csf_pair(wanted["workload"]), config))
        try:
            run = await host.contract(Settings(**wanted["settings"]), wanted["limit"])
        except HostError as error:
            outcome = {"failure": str(error)}
        else:
            outcome = {
                "counters": run.counters,
                "steps": run.steps,
                "wall": run.wall,
                "cpu": run.cpu,
                "simulated": run.simulated,
            }
            (folder / f"{index}.bin").write_bytes(b"".join(beat.to_bytes(BEAT, "little") for beat in run.beats))
        with (folder / "outcomes.jsonl").open("a") as file:
            file.write(json.dumps({"index": index, **outcome}) + "\n")


def pack_pair(pair: tuple[Csf, Csf], config: Config) -> list[list[int]]:
    """Return the frames of A and B."""
    fmt, coord_width = get_format(str(config["Format"])), int(config["CoordWidth"])
    return [pack_operand(csf, which, fmt, coord_width) for which, csf in enumerate(pair)]
