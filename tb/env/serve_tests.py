# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: takes contractions from a socket, and compares every result with the model.

Environment variables (set by tb.env.serve): FLAASH_CONFIG, Config.to_json(); FLAASH_SERVE_ADDRESS, the
path of the socket. A request is a list of Orders, the response a list of Deliveries; in between no cycle
passes. The test ends when the socket is closed.
"""

from __future__ import annotations

import os

import cocotb
from cocotb.handle import SimHandleBase
from pyuvm import uvm_root, uvm_sequence, uvm_subscriber

from flaash.driver.frames import BEAT
from models.contract import contract
from models.numbers import get_format
from tb.agents.contraction.item import ContractionItem, ExpectedError
from tb.common import rtl_constants as rtl
from tb.common.bench import start
from tb.env.scoreboard import Contracted
from tb.env.serve import RANGE, Delivery, Order, serve_orders
from tb.env.stream import StreamEnv
from tb.env.test import ContractionTest

LASTING = [name for name, counter in rtl.COUNTERS.items() if "since reset" in counter.meaning]
SAFE_WIDTH = 16  # up to this CoordWidth no sum of integers can leave its result format


class _Keeper(uvm_subscriber):
    """Remembers the last published item, and the number of all items."""

    def build_phase(self) -> None:
        self.last, self.beats = None, 0

    def write(self, published) -> None:
        """Note a Contracted or a FrameItem."""
        self.last = published
        self.beats += len(getattr(published, "beats", ()))


class _One(uvm_sequence):
    """Sends one item."""

    def __init__(self, item: ContractionItem):
        super().__init__("one")
        self._item = item

    async def body(self) -> None:
        await self.start_item(self._item)
        await self.finish_item(self._item)


class ServingTest(ContractionTest):
    """Builds the environment, resets the chip and serves."""

    def build_phase(self) -> None:
        self.read_config()
        self.env = StreamEnv("env", self, cocotb.top, self.config, self.seed, record=False)
        self.contracted, self.sent, self.received = (_Keeper(name, self) for name in ("contracted", "sent", "received"))

    def connect_phase(self) -> None:
        self.env.scoreboard.ap.connect(self.contracted.analysis_export)
        self.env.operand.monitor.ap.connect(self.sent.analysis_export)
        self.env.result.monitor.ap.connect(self.received.analysis_export)

    async def run_phase(self) -> None:
        self.raise_objection()
        await start(cocotb.top)
        await self.check_identity()
        self.before: dict[str, int] = {}  # counters that go on from contraction to contraction
        await serve_orders(self.carry_out_each, os.environ)
        self.drop_objection()

    def check_phase(self) -> None:
        """Nothing is left to check: every response held the differences."""

    async def carry_out_each(self, orders: list[Order]) -> list[Delivery]:
        """Contract one order after the other."""
        return [await self.carry_out(order) for order in orders]

    async def carry_out(self, order: Order) -> Delivery:
        """Contract on the chip, and let the scoreboard compare."""
        item = ContractionItem(
            order.a,
            order.b,
            run_length=order.settings.run_length,
            portion=order.settings.portion,
            long_lines=order.settings.long_lines,
        )
        if self.leaves_range(order):
            item.error = ExpectedError(RANGE, count=None, fatal=False)
        scoreboard = self.env.scoreboard
        scoreboard.mismatches.clear()
        self.contracted.last, self.sent.beats, self.received.beats = None, 0, 0
        await _One(item).start(self.env.contraction.sequencer)
        answer: Contracted | None = self.contracted.last
        if answer is None:
            raise AssertionError("; ".join(scoreboard.mismatches) or "the chip gave no answer")
        counters = {name: count - self.before.get(name, 0) for name, count in answer.outcome.counters.items()}
        # The driver resets the chip after an error, and these counters with it.
        self.before = {} if item.error else {name: answer.outcome.counters[name] for name in LASTING}
        return Delivery(
            answer.frame.coords,
            answer.frame.bits,
            rtl.error_name(answer.outcome.registers["RegError"]),
            counters,
            BEAT * self.sent.beats,
            BEAT * self.received.beats,
            list(scoreboard.mismatches),
        )

    def leaves_range(self, order: Order) -> bool:
        """Return whether a result does not fit its integer format, which the chip must report."""
        fmt = get_format(str(self.config["Format"]))
        return (
            not fmt.is_float
            and int(self.config["CoordWidth"]) > SAFE_WIDTH
            and contract(order.a.to_tensor(), order.b.to_tensor(), fmt).range_errors > 0
        )


@cocotb.test()
async def serve(dut: SimHandleBase) -> None:
    """Serve until the socket is closed."""
    await uvm_root().run_test(ServingTest)
