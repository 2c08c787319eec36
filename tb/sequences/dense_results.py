# SPDX-License-Identifier: Apache-2.0
"""Results as a dense matrix: a value for each column of each row, zeros included."""

from models.device.layout import DENSE
from tb.sequences.rows import RowsSeq


class DenseResultsSeq(RowsSeq):
    """Contract to dense matrices, with as many results per row as RowsSeq.

    Args:
        count: as for RowsSeq.
    """

    layout = DENSE

    def __init__(self, name: str = "dense_results", count: int = 4):
        super().__init__(name, count)
