# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_plain_mac, the reference for the cost of exactness."""

import pytest

from sim.simulation import run_bench
from tools.silicon.exact import PLAIN


@pytest.mark.runs(odd="icarus")
def test_plain_mac(simulator: str, seed: int) -> None:
    run_bench("flaash_plain_mac", "tests.bench.plain_mac_tests", simulator, "plain_mac", {}, seed, extra_sources=PLAIN)
