# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: MACs built for portions give the same results for whole dot products."""

from collections.abc import Callable

import cocotb

from sim.thisrun import argument
from tb.common.bench import rng
from tests.blocks.mac.mac_directed import DIRECTED
from tests.blocks.mac.mac_floats import Floats, floats
from tests.blocks.mac.mac_integers import directed
from tests.blocks.mac.mac_player import Dot, play
from tests.blocks.mac.mac_player_tests import FLOATS, INTEGERS, begin


@cocotb.test()
@cocotb.parametrize(kind=list(DIRECTED))
async def whole_floats(dut, kind: Callable[[Floats], list[Dot]]) -> None:
    random = rng()
    await begin(dut)
    work = {name: kind(floats(name)) for name in FLOATS}
    for name, dots in work.items():  # in this order: some concern the one before
        kept = sorted(random.sample(range(len(dots)), min(len(dots), argument("sums"))))
        work[name] = [dots[i] for i in kept]
    await play(dut, work)


@cocotb.test()
async def whole_integers(dut) -> None:
    await begin(dut)
    await play(dut, {name: directed(name) for name in INTEGERS})
