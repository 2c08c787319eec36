# SPDX-License-Identifier: Apache-2.0
"""What every bench begins with, whatever the pins and registers hold when the simulation begins."""

from pathlib import Path

from tb.common.simulation import run_bench

PROBE = (Path(__file__).parent / "rtl" / "flaash_reset_probe.sv",)


def test_reset_before_the_first_edge(simulator: str, seed: int) -> None:
    """A pin that happens to begin low does not fall, and Verilator would reset at the clock's first edge."""
    for start in range(seed, seed + 8):
        run_bench("flaash_reset_probe", "tests.blocks.reset_probe_tests", simulator, f"reset_probe-{start}",
                  {}, start, extra_sources=PROBE)
