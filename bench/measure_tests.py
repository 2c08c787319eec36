# SPDX-License-Identifier: Apache-2.0
"""Runs a list of workloads on the simulated chip, and writes the outcomes.

The argument `request` names a JSON file: "config" as Config.to_json() made it, and "runs", a list of
{"workload", "settings", "limit"}. Each run adds a line to outcomes.jsonl in the folder of the run, with
"counters", "steps" of each engine, "wall", "cpu" and "simulated", or "failure"; its result frame goes to
<index>.bin.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import cocotb
from cocotb.handle import SimHandleBase
from cocotb.utils import get_sim_time

from bench.machines import Settings
from bench.transport import PERIOD, BenchStreams
from bench.workloads import csf_pair
from flaash.driver import MachineError, StreamDevice
from flaash.driver.frames import BEAT, pack_operand
from models.csf import Csf
from models.numbers import get_format
from sim.configs import Config
from sim.thisrun import argument, this_run
from sim.transport import SimRegisters


@cocotb.test()
async def all_runs(dut: SimHandleBase) -> None:
    request = json.loads(Path(argument("request")).read_text())
    config = Config.from_json(request["config"])
    streams, registers, folder = BenchStreams(dut), SimRegisters(dut), this_run().folder
    device = StreamDevice(streams, registers, get_format(str(config["Format"])), int(config["CoordWidth"]))
    for index, wanted in enumerate(request["runs"]):
        streams.limit = registers.limit = PERIOD * wanted["limit"]
        frames = pack_pair(csf_pair(wanted["workload"]), config)
        await streams.prepare(frames)
        try:
            outcome, beats = await one(device, frames, Settings(**wanted["settings"]))
        except (MachineError, TimeoutError) as error:
            outcome = {"failure": str(error)}
        else:
            (folder / f"{index}.bin").write_bytes(b"".join(beat.to_bytes(BEAT, "little") for beat in beats))
        with (folder / "outcomes.jsonl").open("a") as file:
            file.write(json.dumps({"index": index, **outcome}) + "\n")


async def one(device: StreamDevice, frames: list[list[int]], settings: Settings) -> tuple[dict, Sequence[int]]:
    """Load the operands and contract them; return the outcome and the beats of the result frame.

    Raises:
        MachineError: the machine has reported an error.
        TimeoutError: it did not respond in time.
    """
    began, cpu, first = time.perf_counter(), time.process_time(), get_sim_time("ns")
    # Hardware that can't split has no register for portions.
    await device.configure(False, settings.run_length, settings.long_lines, settings.portion or None)
    await device.load(*frames)
    await device.start()
    await device.drained()
    beats = await device.streams.receive()
    outcome = {
        "simulated": round((get_sim_time("ns") - first) / PERIOD),
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "counters": await device.counters(),
        "steps": await device.steps(),
    }
    return outcome, beats


def pack_pair(pair: tuple[Csf, Csf], config: Config) -> list[list[int]]:
    """Return the frames of A and B."""
    fmt, coord_width = get_format(str(config["Format"])), int(config["CoordWidth"])
    return [pack_operand(csf, which, fmt, coord_width) for which, csf in enumerate(pair)]
