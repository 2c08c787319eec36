# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_sdpe with its loaders, intersection and MAC, on a memory in Python."""

import pytest

from sim.simulation import run_bench
from tb.common.rtl_constants import FORMATS
from tests.share import share

# Format, Lanes, CoordWidth; more of them where a build is cheap. The first and the next have a floating-point
# format and an integer one.
RANGE_BUILD = ("int8", 8, 32)
BUILDS = {
    "verilator": [("fp32", 8, 16), RANGE_BUILD],
    "icarus": [("fp32", 8, 16), ("int16", 4, 32), ("bf16", 2, 16), ("int8", 1, 32)],
}


def _run(module: str, simulator: str, build: tuple[str, int, int], seed: int) -> None:
    fmt, lanes, coord_width = build
    parameters = {"Format": FORMATS[fmt], "Lanes": lanes, "CoordWidth": coord_width, "ResultDepth": 4}
    run_bench(
        "flaash_sdpe",
        f"tests.blocks.paper.{module}",
        simulator,
        f"{module}-{fmt}-l{lanes}",
        parameters,
        seed,
        inside=True,
    )


@pytest.mark.runs(odd="icarus")
def test_sdpe(simulator: str, seed: int) -> None:
    for build in share(BUILDS[simulator], seed, of=3):
        _run("sdpe_tests", simulator, build, seed)


@pytest.mark.runs(on="verilator")
@pytest.mark.toggles(False)  # the same product again
@pytest.mark.runs(turn=(1, 2))
def test_sdpe_range(simulator: str, seed: int) -> None:
    # 2**17 products, the least that exceed int32: minutes on Icarus.
    _run("sdpe_range_tests", simulator, RANGE_BUILD, seed)
