# SPDX-License-Identifier: Apache-2.0
"""The least cycles that a contraction can take as seen from the host's memory.

Operands come in over a bus and results go out over it, in whole beats, while the machine computes. All three
run at once, contraction after contraction, so the slowest of them decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.csf import Csf


@dataclass(frozen=True)
class Outside:
    """A lower bound in cycles per contraction of a queue, from memory to memory.

    Attributes:
        terms: the cycles of each limit alone: in, compute, out.
    """

    terms: dict[str, int]

    @property
    def limit(self) -> str:
        """Name of the greatest term."""
        return max(self.terms, key=lambda name: self.terms[name])

    @property
    def cycles(self) -> int:
        """The bound: the greatest term."""
        return self.terms[self.limit]


def outside_bound(bytes_in: int, compute: int, bytes_out: int, width: int) -> Outside:
    """Return the bound max(bytes in, compute, bytes out).

    Args:
        bytes_in: bytes of operand arrays that are read.
        compute: cycles of computing, at least: the result of models.cycles.lower_bound().
        bytes_out: bytes of results that are written.
        width: data bits of the bus, one beat per cycle in each direction.
    """
    beat = width // 8
    return Outside({"in": -(-bytes_in // beat), "compute": compute, "out": -(-bytes_out // beat)})


def queue_bound(beats_in: Sequence[int], compute: Sequence[int], beats_out: Sequence[int], latency: int) -> int:
    """Return the least cycles of a queue of contractions, from the doorbell to the last write response.

    The bound above lets all three run from the first cycle to the last. Three latencies are added here. The
    arrays of the first contraction are requested only after its descriptor has come. Computing begins when
    the operands are complete. The last results need a write response.

    Args:
        beats_in: reads of each contraction, a beat per cycle: descriptor and arrays, in whole beats.
        compute: cycles that each computes, at least.
        beats_out: beats of results of each.
        latency: cycles from an address to its first beat, and from a last beat to its response.
    """
    first = latency + latency + beats_in[0]
    return latency + max(latency + sum(beats_in) + compute[-1], first + sum(compute), first + sum(beats_out))


def operand_bytes(
    csf: Csf, value_width: int, leaf_bytes: int = 2, node_bytes: int = 4, dense: Sequence[int] = ()
) -> int:
    """Return the bytes of an operand's arrays in memory; arguments as for operand_arrays()."""
    return sum(operand_arrays(csf, value_width, leaf_bytes, node_bytes, dense))


def operand_arrays(
    csf: Csf, value_width: int, leaf_bytes: int = 2, node_bytes: int = 4, dense: Sequence[int] = ()
) -> list[int]:
    """Return the bytes of each of an operand's arrays in memory.

    Args:
        csf: the operand.
        value_width: bits of a value.
        leaf_bytes: of a contracted coordinate.
        node_bytes: of a coordinate of an upper level, and of a position.
        dense: levels without coordinates, which have a node for each coordinate; so must `csf` there.
    """
    arrays = [csf.nnz * leaf_bytes, csf.nnz * value_width // 8]
    for level, (coords, pointers) in enumerate(zip(csf.coords, csf.pointers, strict=True)):
        arrays += [len(pointers) * node_bytes, 0 if level in dense else len(coords) * node_bytes]
    return arrays


def result_bytes(results: int, result_width: int) -> int:
    """Return the bytes of results as numbers: two fibers of 4 bytes each and the value in whole words."""
    return results * (8 + 4 * (-(-result_width // 32)))
