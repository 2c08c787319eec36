# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: the sequences that the run has been given."""

import json
import logging
from pathlib import Path

import cocotb
from cocotb.handle import SimHandleBase
from pyuvm import uvm_root

from sim.thisrun import this_run
from tb.env.test import ContractionTest


async def run_test(dut: SimHandleBase, test: type[ContractionTest] = ContractionTest) -> None:
    """Run one test class and leave a summary.json, whatever happens."""
    folder = this_run().folder
    for name in (dut._name, f"{dut._name}.s_axil", f"{dut._name}.s_axis", f"{dut._name}.m_axis"):
        logging.getLogger(f"cocotb.{name}").setLevel(logging.WARNING)
    verdict = {"passed": False, "error": "the simulation stopped itself"}
    _write(folder, verdict)
    try:
        await uvm_root().run_test(test)
        verdict = {"passed": True}
    except BaseException as error:
        # Cancelled means that another task failed; its message is in the log and in results.xml.
        verdict["error"] = str(error) or type(error).__name__
        raise
    finally:
        top = uvm_root().get_child("uvm_test_top")
        _write(folder, {**top.summary(), **verdict})
        top.export(folder)


def _write(folder: Path, summary: dict) -> None:
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")


@cocotb.test()
async def sequences(dut: SimHandleBase) -> None:
    """Run the sequences in one environment."""
    await run_test(dut)
