# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_compute_lookup."""

from pathlib import Path

from tb.common.simulation import run_bench

WRAPPER = (Path(__file__).parent / "rtl" / "flaash_lookup_bench.sv",)


def test_lookup(simulator: str, seed: int) -> None:
    run_bench("flaash_lookup_bench", "tests.blocks.lookup_tests", simulator, "lookup-n8", {"NumSdpe": 8}, seed,
              extra_sources=WRAPPER)
