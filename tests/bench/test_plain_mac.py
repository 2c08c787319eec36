# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_plain_mac, which the cost of exactness is measured against."""

import pytest

from tb.common.simulation import run_bench
from tools.silicon.exact import PLAIN


@pytest.mark.alternates("icarus")
def test_plain_mac(simulator: str, seed: int) -> None:
    run_bench("flaash_plain_mac", "tests.bench.plain_mac_tests", simulator, "plain_mac", {}, seed,
              extra_sources=PLAIN)
