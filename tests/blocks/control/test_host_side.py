# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_result_unloader, flaash_operand_store, flaash_frame_parser and flaash_soft_reset."""

from pathlib import Path

import numpy as np
import pytest

from flaash.driver.frames import ResultFrame
from sim.simulation import run_bench
from tb.common.rtl_constants import FORMATS
from tests.blocks.control.host_side import check
from tests.share import share

WRAPPER = Path(__file__).parent / "flaash_host_side_bench.sv"
BUILDS = {"verilator": ["int16"], "icarus": ["fp32", "int16"]}


def _run(room: str, module: str, simulator: str, seed: int) -> None:
    for fmt in share(BUILDS[simulator], seed + 1):
        run_bench(
            "flaash_host_side_bench",
            f"tests.blocks.{room}.{module}",
            simulator,
            f"{module}-{fmt}",
            {"Format": FORMATS[fmt], "NodeDepth": 200, "FiberDepth": 100},
            seed,
            extra_sources=[WRAPPER],
        )


@pytest.mark.runs(odd="icarus")
def test_result_unloader(simulator: str, seed: int) -> None:
    _run("result", "result_unloader_tests", simulator, seed)


@pytest.mark.toggles(False)  # builds of the tests above
def test_soft_reset(simulator: str, seed: int) -> None:
    _run("control", "soft_reset_tests", simulator, seed)


def test_check_bites() -> None:
    coords, bits = np.array([[1, 2], [3, 4]]), [5, 6]
    right = ResultFrame(coords.astype(np.uint64), np.array(bits, np.uint64), 0, 2)
    check(right, coords, bits)
    for what, spoilt in {
        "count": ResultFrame(right.coords, right.bits, 0, 3),
        "order": ResultFrame(right.coords[::-1], right.bits[::-1], 0, 2),
        "lost": ResultFrame(right.coords[:1], right.bits[:1], 0, 1),
        "value": ResultFrame(right.coords, right.bits + np.uint64(1), 0, 2),
        "coordinate": ResultFrame(right.coords ^ np.uint64(1), right.bits, 0, 2),
    }.items():
        with pytest.raises(AssertionError):
            check(spoilt, coords, bits)
            pytest.fail(f"not noticed: {what}", pytrace=False)
