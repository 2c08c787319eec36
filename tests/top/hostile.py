# SPDX-License-Identifier: Apache-2.0
"""Host side of the hostile tests: runs their modules on a build of the chip."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sim.configs import Config
from sim.simulation import run
from sim.toolchain import ROOT
from tb.env.run import build_top

MEMORIES = Path(__file__).with_name("memories.vlt")
CORPUS = ROOT / "tests" / "corpus" / "frames"


def run_hostile(
    config: Config,
    simulator: str,
    module: str,
    seed: int,
    name: str = "",
    open_memories: bool = False,
    **arguments: Any,
) -> Path:
    """Run a module of this folder, print its counts, and return the folder of the run.

    Args:
        config, simulator, seed: of the run.
        module: without `_tests`.
        name: added to the run's name, to make it unique.
        open_memories: allow the module to write the memories with parity.
        arguments: of the module, beside the configuration.

    Raises:
        SimulationFailed: a test in it failed.
    """
    options = (MEMORIES,) if open_memories and simulator == "verilator" else ()
    folder = run(
        build_top(config, simulator, options=options),
        f"tests.top.{module}_tests",
        f"hostile-{module}{name}-{simulator}",
        seed,
        {"config": config.to_json(), **arguments},
    )
    print(*re.findall(r"INFO +cocotb\.flaash_top +(.*)", (folder / "run.log").read_text()), sep="\n")
    return folder
