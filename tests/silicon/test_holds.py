# SPDX-License-Identifier: Apache-2.0
"""The records of an ECP5 hold: small pieces of `tiny` are synthesised again, without placement.

The library of the recorded cells is not part of the project; make silicon LIBERTY=.. CHECK=1 compares those.
"""

import pytest

from tools.silicon import ecp5, measure, record

PIECES = ("flaash_operand_store", "flaash_result_gate")


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_takes_what_is_recorded(name: str) -> None:
    (piece,) = (one for one in measure.pieces("tiny") if one.name == name)
    made = {"pieces": {name: {"ecp5": ecp5.counts(piece)}}}
    assert record.differences({"configurations": {"tiny": made}}, record.read()) == []
