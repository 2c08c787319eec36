# SPDX-License-Identifier: Apache-2.0
"""The gain on the skewed pair, which takes builds of two machines with 32 engines."""

from bench.measure import measure
from bench.report import BOUND_TOLERANCE
from bench.rows import SKEW_VARIANTS, Row
from bench.workloads import SKEWED


def test_the_gain_of_the_skewed_pair() -> None:
    """Demand-driven dispatch and long jobs first: 1.49 times as fast as the paper's machine."""
    rows = [Row(SKEWED, config) for config in ("paper32", SKEW_VARIANTS[-1])]
    plain, best = measure(rows, jobs=1, short=True)
    assert plain["checked"] and best["checked"], plain["problems"] + best["problems"]
    assert plain["cycles"] >= 1.49 * best["cycles"], (plain["cycles"], best["cycles"])
    assert all(row["above_percent"] <= BOUND_TOLERANCE for row in (plain, best))
