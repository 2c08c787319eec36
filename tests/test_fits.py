# SPDX-License-Identifier: Apache-2.0
"""Operands that just fit a configuration, and operands that need one place more."""

import numpy as np
import pytest

from models.csf import Csf
from models.errors import TensorError
from models.tensor import SparseTensor
from sim import configs
from sim.fits import check_fits

CONFIG = configs.load("default", {"Lanes": 4, "CoordWidth": 5, "MemLines": 6, "FiberDepth": 5, "NodeDepth": 7})
WIDE = configs.load("default", {"CoordWidth": 32})


def _fibers(*lengths: int, extent: int = 32) -> Csf:
    coords = [(row, k) for row, length in enumerate(lengths) for k in range(length)]
    return Csf.from_tensor(
        SparseTensor.from_coordinates((len(lengths), extent), np.array(coords), np.ones(len(coords)))
    )


def _empty(*shape: int) -> Csf:
    none = np.zeros((0, len(shape)), np.int64)
    return Csf.from_tensor(SparseTensor.from_coordinates(shape, none, np.zeros(0)))


def _hollow(nodes: int) -> Csf:
    none = np.zeros(0, np.int64)
    return Csf((nodes, 2), [np.arange(nodes)], [np.zeros(nodes + 1, np.int64)], none, none)


@pytest.mark.parametrize(
    ("fits", "too_large", "sentence"),
    [
        (_fibers(1, 1, 1, 1, 1), _fibers(1, 1, 1, 1, 1, 1), r"6 fibers, .* takes 5 \(FiberDepth\)"),
        (_fibers(24), _fibers(25), r"7 lines of 4 entries, .* takes 6 \(MemLines\)"),
        (_fibers(5, 5, 8), _fibers(5, 5, 9), r"7 lines of 4 entries"),
        (_hollow(7), _hollow(8), r"8 nodes above the entries, .* takes 7 \(NodeDepth\)"),
        (_empty(2, 32), _empty(2, 33), r"33 coordinates in its contracted mode, .* takes 32 \(CoordWidth\)"),
        (_empty(*[2] * 8), _empty(*[2] * 9), r"9 modes, .* takes 8 \(MaxOrder\)"),
    ],
)
def test_limits(fits: Csf, too_large: Csf, sentence: str) -> None:
    check_fits("a.tns", fits, CONFIG)
    with pytest.raises(TensorError, match=f"^a.tns: {sentence}"):
        check_fits("a.tns", too_large, CONFIG)


def test_an_extent_has_32_bits_on_the_way_to_the_machine() -> None:
    """The extent 2**32, two fused modes of 65,536, would arrive as 0."""
    rows = _empty(65536, 65536).to_tensor()
    check_fits("a.tns", _empty(2, 2**32 - 1), WIDE)
    with pytest.raises(
        TensorError,
        match=r"4,294,967,296 coordinates in its contracted mode, .*"
        r" takes 4,294,967,295 \(CoordWidth\)",
    ):
        check_fits("a.tns", Csf.from_tensor(rows.fuse_last(2)), WIDE)
