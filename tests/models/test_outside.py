# SPDX-License-Identifier: Apache-2.0
"""The bound from memory to memory: by hand, by the bytes of arrays, and as a pipeline."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import io
from models.contract import contract
from models.csf import Csf
from models.outside import operand_arrays, operand_bytes, outside_bound, queue_bound, result_bytes
from tests.models.strategies import FLOAT32, WORKLOADS, tensors

# Cycles of computing, beats in and beats out of two workloads at 512 bits: 2,509 and 1,000 entries of 6 bytes
# and 56 and 110 nodes of 8 on each side, 4 bytes more per level; 2,388 and 6,295 results of 12 bytes.
BY_HAND = [("7x7x512_d0.1", 1229, (485, 448)), ("10x10x100_d0.1", 998, (216, 1181))]


@pytest.mark.parametrize("beats_in, compute, beats_out", [(9, 4, 5), (4, 9, 5), (4, 5, 9), (0, 0, 0)])
@pytest.mark.parametrize("width", [128, 256, 512])
def test_the_slowest_decides(beats_in, compute, beats_out, width) -> None:
    beat = width // 8
    bound = outside_bound(beats_in * beat, compute, beats_out * beat, width)
    assert bound.terms == {"in": beats_in, "compute": compute, "out": beats_out}
    assert bound.cycles == max(beats_in, compute, beats_out) == bound.terms[bound.limit]
    if beats_in:  # one byte more is one beat more
        assert outside_bound(beats_in * beat + 1, 0, 0, width).cycles == beats_in + 1
        assert outside_bound(beats_in * beat - beat + 1, 0, 0, width).cycles == beats_in


@given(
    tensors(max_order=4, values=FLOAT32),
    st.sampled_from([(32, "<f4"), (16, "<u2"), (8, "u1")]),
    st.sampled_from(["<u2", "<u4", "<u8"]),
    st.sampled_from(["<u4", "<u8"]),
)
def test_bytes_of_arrays(operand, value, leaf, node) -> None:
    csf = Csf.from_tensor(operand)
    arrays = [np.zeros(len(csf.leaf_coords), leaf), np.zeros(csf.nnz, value[1])]
    for coords, pointers in zip(csf.coords, csf.pointers, strict=True):
        arrays += [coords.astype(node), pointers.astype(node)]
    sizes = np.dtype(leaf).itemsize, np.dtype(node).itemsize
    assert operand_bytes(csf, value[0], *sizes) == sum(array.nbytes for array in arrays)
    assert sorted(operand_arrays(csf, value[0], *sizes)) == sorted(array.nbytes for array in arrays)
    if csf.order > 1:
        assert operand_bytes(csf, value[0], *sizes, dense=[0]) == (
            sum(array.nbytes for array in arrays) - arrays[2].nbytes
        )


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 3), min_size=1, max_size=8))
def test_no_queue_takes_less(stages) -> None:
    # Each contraction loads, then computes, then leaves; each stage is busy with one contraction at a time.
    ends = [0, 0, 0]
    for costs in stages:
        for stage, cost in enumerate(costs):
            ends[stage] = max(ends[stage], ends[stage - 1] if stage else 0) + cost
    total = [sum(costs[stage] for costs in stages) for stage in range(3)]
    assert ends[-1] >= outside_bound(total[0], total[1], total[2], 8).cycles


STAGES = st.lists(st.tuples(*[st.integers(1, 50)] * 4), min_size=1, max_size=8)


@given(STAGES, st.integers(1, 200))
def test_no_queue_with_round_trips_takes_less(stages, latency) -> None:
    # The bus waits only for the first descriptor and its arrays; results leave while they are computed.
    reads = latency + stages[0][0] + latency  # the first descriptor has come, its arrays are about to
    computed = stored = 0
    for number, (descriptor, arrays, compute, out) in enumerate(stages):
        reads += arrays + (descriptor if number else 0)
        begins = max(reads, computed)
        computed = begins + compute
        stored = max(stored, begins) + out
    ends = max(computed, stored) + latency
    costs = list(zip(*stages, strict=True))
    loaded = [descriptor + arrays for descriptor, arrays in zip(*costs[:2], strict=True)]
    assert ends >= queue_bound(loaded, costs[2], costs[3], latency)
    assert queue_bound(loaded, costs[2], costs[3], latency) > max(map(sum, (loaded, costs[2], costs[3])))


def test_a_queue_by_hand() -> None:
    # Two contractions: the bus reads from cycle 100 to 340, the second one computes 5, then responds.
    assert queue_bound([40, 200], [7, 5], [3, 3], 100) == 100 + 240 + 5 + 100
    # Computing decides: the first operands are complete after 240 cycles.
    assert queue_bound([40, 20], [300, 5], [3, 3], 100) == 240 + 305 + 100
    assert queue_bound([40, 20], [7, 5], [300, 400], 100) == 240 + 700 + 100


def test_workloads_as_by_hand() -> None:
    for name, compute, (beats_in, beats_out) in BY_HAND:
        a, b = (io.read(WORKLOADS / f"{name}_{side}.csfbin") for side in ("lhs", "rhs"))
        results = contract(a, b, "fp32").results
        loaded = sum(operand_bytes(Csf.from_tensor(x), 32) for x in (a, b))
        bound = outside_bound(loaded, compute, result_bytes(results, 32), 512)
        assert bound.terms == {"in": beats_in, "compute": compute, "out": beats_out}
    assert (result_bytes(3, 32), result_bytes(3, 48)) == (36, 48)
