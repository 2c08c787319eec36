# SPDX-License-Identifier: Apache-2.0
"""The reference model of flaash_operand_loader, and the comparison with it."""

import copy
import random

import pytest

from models.numbers.formats import FORMATS
from tests.blocks.operand.loader_frames import frame, tensor
from tests.blocks.operand.loader_model import Build, Outcome, load
from tests.blocks.operand.loader_watch import compare


def _example(seed: int):
    rng = random.Random(seed)
    parameters = Build(FORMATS["fp32"], 4, 16, 40, 50, 24)
    csf = tensor(rng, (3, 4, 9), 30, empty=3)
    return csf, parameters, load(frame(csf, 1, parameters, rng), parameters)


def test_model_agrees_with_the_tree(seed: int) -> None:
    """The model reads the beats; the tree has the fibers without any frame."""
    csf, parameters, outcome = _example(seed)
    bounds = csf.fiber_bounds()
    coords = [entry[0] for line in outcome.lines for entry in line]
    parents = {number: (coord, parent) for number, coord, parent in outcome.nodes}
    leaves = [parents[node] for _, _, node in outcome.fibers[:-1]]
    paths = [(parents[parent][0], coord) for coord, parent in leaves]
    assert coords == csf.leaf_coords.tolist() and sum(outcome.lasts) == len(bounds)
    assert paths == [tuple(path) for path in csf.fiber_paths().tolist()]
    assert outcome.info == (3, 9, csf.nnz, len(bounds), sum(-(-int(e - b) // 4) for b, e in bounds))


def _spoilt(right: Outcome) -> dict[str, Outcome]:
    """Return outcomes that differ from the right one in one thing each."""
    spoilt = {
        name: copy.deepcopy(right)
        for name in ("operand", "error", "discarded", "node", "fiber", "sentinel", "line", "last", "info")
    }
    spoilt["operand"].operand ^= 1
    spoilt["error"].error = (1, 0)
    spoilt["discarded"].discarded = 1
    spoilt["node"].nodes[1] = spoilt["node"].nodes[0]
    spoilt["fiber"].fibers[1:3] = reversed(spoilt["fiber"].fibers[1:3])
    spoilt["sentinel"].fibers.pop()
    spoilt["line"].lines[-1][0] = (0, 0)
    spoilt["last"].lasts[0] ^= True
    spoilt["info"].info = (*right.info[:-1], right.info[-1] + 1)
    return spoilt


def test_comparison_bites(seed: int) -> None:
    _, _, right = _example(seed)
    compare(copy.deepcopy(right), right, "the same")
    for what, outcome in _spoilt(right).items():
        with pytest.raises(AssertionError, match=what[:4]):
            compare(outcome, right, f"spoilt: {what}")
            pytest.fail(f"not noticed: {what}", pytrace=False)
