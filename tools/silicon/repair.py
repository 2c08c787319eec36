# SPDX-License-Identifier: Apache-2.0
"""Runs OpenROAD in a process of its own, which an error of the library can end: `repair.py job.json`.

The job names files and commands; the netlist is written before and after the commands that change it.
"""

import json
import sys
from pathlib import Path

from openroad import Design, Tech


def main(job: dict) -> None:
    technology = Tech()
    for path in job["lef"]:
        technology.readLef(path)
    for path in job["liberty"]:
        technology.readLiberty(path)
    design = Design(technology)
    design.readVerilog(job["netlist"])
    design.link(job["top"])
    for command in [*job["constraints"], f"write_verilog {job['before']}", *job["changes"]]:
        design.evalTclString(command)
    design.evalTclString(f"write_verilog {job['after']}")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
