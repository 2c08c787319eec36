# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_operand_loader."""

import pytest

from tb.common.rtl_constants import FORMATS
from tb.common.simulation import run_bench

# Value format, Lanes, CoordWidth: entries of a beat below, at and above the lanes.
EVERYWHERE = [("fp32", 4, 16), ("int8", 8, 8), ("bf16", 1, 16)]
ON_ICARUS = [("int16", 2, 32), ("int8", 4, 16), ("int8", 2, 8), ("int8", 1, 3), ("fp32", 8, 32),
             ("bf16", 8, 15)]


@pytest.mark.parametrize(("fmt", "lanes", "coord_width"), EVERYWHERE + ON_ICARUS)
def test_operand_loader(simulator: str, seed: int, fmt: str, lanes: int, coord_width: int) -> None:
    if simulator == "verilator" and (fmt, lanes, coord_width) in ON_ICARUS:
        simulator = "icarus"
    run_bench("flaash_operand_loader", "tests.blocks.operand_loader_tests", simulator,
              f"operand_loader-{fmt}-l{lanes}-c{coord_width}",
              {"Format": FORMATS[fmt], "Lanes": lanes, "CoordWidth": coord_width, "MemLines": 40,
               "NodeDepth": 50, "FiberDepth": 24}, seed)
