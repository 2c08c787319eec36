# SPDX-License-Identifier: Apache-2.0
"""Layouts of rtl_types.py against those of the simulator, in both directions."""

import cocotb
from cocotb.triggers import Timer

from sim.rtl_types import bench_types
from tb.common.bench import rng


def _sample(order: int, fiber: int, busy: int, code: int, delta: int, coord1: int, count: int) -> dict:
    """Return the members of sample_t as the module shows them."""
    return {
        "write": {"desc": {"order": order}, "fiber": {"id": fiber}},
        "events": [{"busy": busy & 1}, {"busy": busy >> 1}],
        "code": code,
        "delta": delta - (delta >> 6 << 7),
        "coords": [0, coord1],
        "count": count,
    }


@cocotb.test()
async def layouts_agree(dut) -> None:
    """Python and the simulator agree on the layout, in both directions."""
    random, types = rng(), bench_types()
    kind = types["sample_t"]
    assert kind.width == len(dut.sample_i) == types["sample_o"].width
    names = ("order", "fiber", "busy", "code", "delta", "coord1", "count")
    for _ in range(50):
        values = {name: random.getrandbits(len(getattr(dut, f"{name}_i"))) for name in names}
        bits = kind.pack(_sample(**values))
        dut.sample_i.value = bits
        for name, value in values.items():
            getattr(dut, f"{name}_i").value = value
        await Timer(1, "ns")
        assert {name: int(getattr(dut, f"{name}_o").value) for name in names} == values
        assert int(dut.sample_o.value) == bits
        assert kind.pack(kind.unpack(bits)) == bits


@cocotb.test()
async def a_line_of_the_macro(dut) -> None:
    """The type that a macro declares inside the module is known, with the build's parameters."""
    random, kind = rng(), bench_types()["line_t"]
    lanes = int(dut.Lanes.value)
    assert kind.width == len(dut.line_i) and len(kind.unpack(0).values) == lanes
    for _ in range(20):
        values = [random.getrandbits(5) for _ in range(lanes)]
        count = random.randrange(lanes + 1)
        dut.line_i.value = kind.pack(count=count, values=values, coords=[random.getrandbits(9)] * lanes)
        await Timer(1, "ns")
        assert int(dut.line_count_o.value) == count and int(dut.line_value1_o.value) == values[1]
