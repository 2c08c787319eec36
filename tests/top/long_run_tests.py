# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: many contractions back to back, of random shapes, kinds and stalls.

After each contraction every queue of the machine must be empty. Arguments: `config`;
`count`, the number of contractions; `extent`, the largest contracted extent.
"""

from __future__ import annotations

import cocotb
import pytest

from flaash.driver import MachineError, StreamDevice
from sim.thisrun import argument
from tests.top.contractions import case, compare, no_error, run
from tests.top.host import begin


@cocotb.test()
async def nothing_is_left(dut) -> None:
    host, chance = await begin(dut)
    count = argument("count")
    sums = dict.fromkeys(("jobs", "matches", "results"), 0)
    for _ in range(count):
        contraction = case(chance, host, extent=argument("extent"))
        await run(host, contraction, host.any_stalls())
        if chance.random() < 0.2:  # the operands stay
            await run(host, contraction, load=())
        for name in sums:
            sums[name] += getattr(contraction.result, name)
    await no_error(host)
    dut._log.info("%d contractions, %s; %d queues empty after each", count, sums, host.queues)
    assert host.queues and all(sums.values())


@cocotb.test()
async def the_driver_contracts(dut) -> None:
    """The driver as a user has it: identity, settings, an error with its place, the next contraction."""
    host, chance = await begin(dut)
    device = await StreamDevice.open(host.streams, host.port)
    assert (device.fmt, device.coord_width) == (host.fmt, int(host.config["CoordWidth"]))
    for _ in range(3):
        wanted = case(chance, host)
        settings = {"dense": wanted.dense, "run_length": wanted.run_length, "long_lines": chance.randrange(3)}
        compare(wanted, await device.contract(*wanted.operands, **settings))
        await device.load([0])
        with pytest.raises(MachineError, match="ErrHeader"):
            await device.drained()
        await device.recover()
