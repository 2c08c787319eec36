# SPDX-License-Identifier: Apache-2.0
"""Reports the progress of a simulation to the host, in a small file that is replaced now and then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from cocotb.triggers import Timer
from cocotb.utils import get_sim_time
from pyuvm import uvm_subscriber

from tb.agents.axil.item import AxilItem
from tb.common import rtl_constants as rtl
from tb.env.arguments import SequenceRun
from tb.env.predictor import Prediction

PERIOD = 2_000  # cycles between two looks


class Progress(uvm_subscriber):
    """Writes cycles, finished and expected dot products to a file if the run names that file.

    Args:
        access: carries out an AxilItem.
    """

    def __init__(self, name: str, parent, access: Callable):
        super().__init__(name, parent)
        self._access = access
        self._jobs = self._items = 0

    def write(self, prediction: Prediction) -> None:
        """Note what the contraction that begins now has to do."""
        self._items += 1
        self._jobs = prediction.result.jobs if prediction.result else 0

    async def run_phase(self) -> None:
        path = Path(SequenceRun.of_this_run().progress)
        if not path.name:
            return
        dots = AxilItem(rtl.REGISTERS["CntDotsDone"].address)
        while True:
            await Timer(PERIOD, "ns")
            await self._access(dots)
            state = {
                "cycles": int(get_sim_time("ns")),
                "contraction": self._items,
                "jobs": self._jobs,
                "dots": dots.data[0],
            }
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(state))
            fresh.replace(path)
