# SPDX-License-Identifier: Apache-2.0
"""The MAC and the whole of `tiny` as netlists on the chip's sequences: part of make regress LIST=long."""

from pathlib import Path

import pytest

from tests.silicon.test_gates import chosen, simulated


@pytest.mark.parametrize("names", [("flaash_mac",), ()], ids=["mac", "tiny"])
def test_netlists_give_the_same_results(names: tuple[str, ...], tmp_path: Path, seed: int) -> None:
    run = simulated(chosen(*names), tmp_path, f"gates-{names[0] if names else 'tiny'}", seed)
    assert run.summary["passed"] and run.summary["compared"] > 0 and run.summary["mismatches"] == 0
