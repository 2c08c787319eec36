# SPDX-License-Identifier: Apache-2.0
"""The least cycles of the queues of the experiment *from outside*."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from bench import image
from bench.machines import Machine, machine
from bench.workloads import csf_pair, expected
from models.cycles import lower_bound
from models.device.layout import HEAD, LEVEL
from models.numbers import NumberFormat
from models.outside import Outside, outside_bound, queue_bound, result_bytes


def bound(
    workloads: Sequence[str],
    chosen: Machine,
    width: int,
    dense: bool = False,
    kept: bool = False,
    layout: str = "records",
) -> Outside:
    """Return the bound of a queue, all of its contractions together; its arguments as bench.outside.Point."""
    bytes_in = compute = bytes_out = 0
    for number, workload in enumerate(workloads):
        wanted = expected(workload, str(chosen.config["Format"]))
        bytes_in += sum(_arrays(workload, wanted.fmt, dense, kept and number > 0))
        bytes_out += sum(written(workload, wanted.fmt, layout))
        compute += _compute(workload, chosen.name)
    return outside_bound(bytes_in, compute, bytes_out, width)


def least(
    workloads: Sequence[str],
    chosen: Machine,
    width: int,
    latency: int,
    dense: bool = False,
    kept: bool = False,
    layout: str = "records",
) -> int:
    """Return the least cycles of a queue, with what can't overlap at its beginning and its end."""
    beat, format_name = width // 8, str(chosen.config["Format"])
    loaded, computed, stored = [], [], []
    for number, workload in enumerate(workloads):
        wanted = expected(workload, format_name)
        arrays = _arrays(workload, wanted.fmt, dense, kept and number > 0)
        descriptor = HEAD + LEVEL * sum(csf.order for csf in csf_pair(workload))
        loaded.append(sum(-(-size // beat) for size in (descriptor, *arrays)))
        computed.append(_compute(workload, chosen.name))
        sizes = written(workload, wanted.fmt, layout)
        stored.append(sum(-(-size // beat) for size in sizes) if layout != "records" else sizes[0] // beat)
    return queue_bound(loaded, computed, stored, latency)


@functools.lru_cache(maxsize=1024)
def written(workload: str, fmt: NumberFormat, layout: str) -> list[int]:
    """Return the bytes of results that a contraction writes: of all records, or of each row of each array."""
    wanted = expected(workload, fmt.name)
    if layout == "records":
        return [result_bytes(wanted.results, fmt.result_width)]
    matrix = image.matrix_of(csf_pair(workload), image.LAYOUTS[layout], fmt)
    return [len(piece.data) for piece in image.wanted_pieces(workload, fmt, matrix)]


def _arrays(workload: str, fmt: NumberFormat, dense: bool, keeps_b: bool) -> list[int]:
    """Return the bytes of each array that a contraction reads."""
    read = [image.operand(csf, fmt, dense) for csf in csf_pair(workload)[: 1 if keeps_b else 2]]
    return [size for operand in read for size in operand.array_bytes()]


@functools.lru_cache(maxsize=1024)  # it takes up to a second and is the same for all widths
def _compute(workload: str, config: str) -> int:
    """Return the least cycles of computing."""
    chosen, pair = machine(config), csf_pair(workload)
    results = expected(workload, str(chosen.config["Format"])).results
    return lower_bound(
        *pair, chosen.config.values, results=results, **dataclasses.asdict(chosen.settings(*pair))
    ).cycles
