# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: bursts cycle by cycle; flaash_axi_checker has to stop the illegal ones.

A step lists the channels that offer a beat in a cycle, and those that are not ready. The argument `case` names the
case.
"""

import cocotb
from cocotb.triggers import RisingEdge

from sim.thisrun import argument
from tb.common.bench import rng, start

CHANNELS = {
    "aw": {"id": 0, "addr": 0x1000, "len": 0, "size": 2, "burst": 1},
    "w": {"data": 0, "strb": 0xF, "last": 1},
    "b": {"id": 0, "resp": 0},
    "ar": {"id": 0, "addr": 0x1000, "len": 0, "size": 2, "burst": 1},
    "r": {"id": 0, "data": 0, "resp": 0, "last": 1},
}
AW, W, B, AR, R = ({channel: {}} for channel in CHANNELS)
LAST, MORE = {"w": {"last": 1}}, {"w": {"last": 0}}
R_LAST, R_MORE = {"r": {"last": 1}}, {"r": {"last": 0}}


def aw(**fields: int) -> dict:
    return {"aw": fields}


def ar(**fields: int) -> dict:
    return {"ar": fields}


def w(**fields: int) -> dict:
    return {"w": fields}


def held(step: dict) -> dict:
    """Return a step in which no offered beat is accepted."""
    return {**step, "stall": True}


# The beats of each case, cycle by cycle; tests/blocks/test_checkers.py has the sentence that must come.
CASES: dict[str, list[dict]] = {
    "aw_withdrawn": [held(AW), {}],
    "w_withdrawn": [AW, held(W), {}],
    "b_withdrawn": [AW, W, held(B), {}],
    "ar_withdrawn": [held(AR), {}],
    "r_withdrawn": [AR, held(R), {}],
    "aw_changes": [held(AW), aw(addr=0x1004)],
    "aw_changes_its_length": [held(AW), aw(len=1)],
    "w_changes": [AW, held(W), w(data=1)],
    "w_changes_its_strobes": [AW, held(W), w(strb=7)],
    "b_changes": [AW, W, held(B), {"b": {"resp": 2}}],
    "ar_changes": [held(AR), ar(size=1)],
    "r_changes": [AR, held(R), {"r": {"resp": 2}}],
    "write_burst_fixed": [aw(burst=0)],
    "write_burst_wraps": [aw(burst=2)],
    "read_burst_fixed": [ar(burst=0)],
    "write_too_wide": [aw(size=3)],
    "read_too_wide": [ar(size=3)],
    "write_crosses_by_a_beat": [aw(addr=0x1FF8, len=2)],
    "write_crosses_from_an_odd_address": [aw(addr=0x1FF9, len=2)],
    "read_crosses_by_a_beat": [ar(addr=0x1000 - 4, len=1)],
    "read_crosses_with_all_beats": [ar(addr=0x1C04, len=255)],
    "last_too_early": [aw(len=2), MORE, LAST],
    "last_too_late": [aw(len=1), MORE, MORE],
    "no_last": [AW, MORE],
    "last_in_the_second_burst": [aw(len=1), AW, MORE, LAST, MORE],
    "strobe_below_an_odd_address": [aw(addr=0x1002), w(strb=0xE)],
    "strobe_beside_a_narrow_beat": [aw(addr=0x1000, size=1, len=1), w(strb=3, last=0), w(strb=6)],
    "strobe_above_a_narrow_beat": [aw(addr=0x1001, size=0), w(strb=6)],
    "data_far_ahead_of_their_address": [W] * 256,
    "last_too_late_before_its_address": [MORE, aw(len=0)],
    "strobe_before_its_address": [w(strb=0xF), aw(addr=0x1001)],
    "answer_before_the_address": [W, B],
    "too_many_reads": [AR, AR, AR],
    "too_many_writes": [AW, AW, AW],
    "too_many_unanswered_writes": [AW, W, AW, W, AW],
    "answer_before_the_last_beat": [aw(len=1), MORE, B],
    "answer_with_the_last_beat": [AW, {**W, **B}],
    "answer_twice": [AW, W, B, B],
    "answer_of_another_id": [AW, W, {"b": {"id": 1}}],
    "data_without_a_read": [R],
    "data_with_their_address": [{**AR, **R}],
    "data_of_another_id": [AR, {"r": {"id": 1}}],
    "data_twice": [AR, R, R],
    "rlast_too_early": [ar(len=1), R_LAST],
    "rlast_too_late": [ar(len=1), R_MORE, R_MORE],
    "rlast_of_the_other_id": [ar(len=1), ar(id=1), {"r": {"id": 1, "last": 0}}],
}


class Pins:
    """Offers beats; all other signals have random values."""

    def __init__(self, dut):
        self.dut, self.random = dut, rng()

    async def step(self, step: dict) -> None:
        """Drive a cycle."""
        for channel, usual in CHANNELS.items():
            offered = step.get(channel)
            getattr(self.dut, f"{channel}valid_i").value = offered is not None
            getattr(self.dut, f"{channel}ready_i").value = not step.get("stall", False)
            for field, value in usual.items():
                handle = getattr(self.dut, f"{channel}{field}_i")
                handle.value = self.random.getrandbits(len(handle)) if offered is None else offered.get(field, value)
        await RisingEdge(self.dut.clk_i)


async def _started(dut) -> Pins:
    pins = Pins(dut)
    for channel in CHANNELS:
        getattr(dut, f"{channel}valid_i").value = 0
        getattr(dut, f"{channel}ready_i").value = 0
    await start(dut)
    return pins


@cocotb.test()
async def illegal(dut) -> None:
    """The case of the run."""
    pins = await _started(dut)
    for step in [*CASES[argument("case")], {}, {}]:
        await pins.step(step)


@cocotb.test()
async def valid_in_reset(dut) -> None:
    """A master that offers a beat while reset is low; `case` is the channel."""
    pins = await _started(dut)
    dut.rst_ni.value = 0
    await pins.step({})
    await pins.step({argument("case"): {}})
    await pins.step({})


@cocotb.test()
async def legal_traffic(dut) -> None:
    """Legal traffic: edges of 4 KB, odd addresses, narrow beats, IDs, stalls, a reset that withdraws."""
    pins = await _started(dut)
    random = pins.random
    for steps in (
        [aw(addr=0x1FF8, len=1), MORE, LAST, B],
        [ar(addr=0x1C00, len=255), *[R_MORE] * 255, R_LAST],
        [aw(addr=0x1002, len=1), w(strb=0xC, last=0), w(strb=0), B],
        [aw(addr=0x1001, size=1, len=2), w(strb=2, last=0), w(strb=0xC, last=0), w(strb=1), B],
        [{**AW, **W}, {**B, **AW}, W, B],
        [W, W, AW, B, AW, B],
        [MORE, aw(len=1), LAST, B],
        [AR, {**AR, **R}, R],
        [ar(id=1, len=1), AR, {"r": {"id": 0}}, {"r": {"id": 1, "last": 0}}, {"r": {"id": 1}}],
        [aw(id=1), AW, W, W, B, {"b": {"id": 1}}],
        [aw(addr=2**64 - 4), W, B],
        [ar(addr=0xFFF, size=0), R],
    ):
        for step in steps:
            while random.random() < 0.3:
                await pins.step({})
            while random.random() < 0.3:
                await pins.step(held(step))
            await pins.step(step)
    await pins.step(held({**AW, **AR, **W}))
    dut.rst_ni.value = 0
    await pins.step({})
    dut.rst_ni.value = 1
    await pins.step({})
    for step in (AW, AW, W, W, B, B, AR, AR, R, R):
        await pins.step(step)
