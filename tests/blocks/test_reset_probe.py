# SPDX-License-Identifier: Apache-2.0
"""The reset at the beginning of every bench, for any initial values of pins and registers."""

from pathlib import Path

from sim.simulation import run_bench
from tests.share import amount

PROBE = (Path(__file__).parent / "flaash_reset_probe.sv",)


def test_reset_before_the_first_edge(simulator: str, seed: int) -> None:
    """A pin that begins low does not fall, so Verilator would reset only at the clock's first edge.

    There each run begins with other random values; on Icarus all begin unknown.
    """
    for start in range(seed, seed + (1 if simulator == "icarus" else amount(4, 8))):
        run_bench(
            "flaash_reset_probe",
            "tests.blocks.reset_probe_tests",
            simulator,
            f"reset_probe-{start}",
            {},
            start,
            extra_sources=PROBE,
        )
