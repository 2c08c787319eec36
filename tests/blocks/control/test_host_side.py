# SPDX-License-Identifier: Apache-2.0
"""The check of result frames notices each difference."""

import numpy as np
import pytest

from flaash.driver.frames import ResultFrame
from tests.blocks.control.host_side import check


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
