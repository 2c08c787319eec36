# SPDX-License-Identifier: Apache-2.0
"""Drives a valid/ready stream into the hardware."""

from collections.abc import Iterator

from cocotb.handle import SimHandleBase
from cocotb.triggers import ReadOnly, RisingEdge
from cocotb_bus.drivers import BusDriver


class StreamDriver(BusDriver):
    """Offers beats at `<name>_valid_i`, `<name>_ready_o` and one port per field, `<name>_<field>_i`.

    Args:
        entity: the module.
        name: prefix of the ports.
        clock: its clock.
        fields: names of the payload ports without prefix and suffix; an empty name stands for the
            port `<name>_i`, called "payload" in a dict.
        stalls: True for a cycle in which no new beat is offered (tb.common.stalls).
    """

    def __init__(
        self,
        entity: SimHandleBase,
        name: str,
        clock: SimHandleBase,
        fields: tuple[str, ...] = ("data",),
        stalls: Iterator[bool] | None = None,
    ):
        self._signals = {
            "valid": "valid_i",
            "ready": "ready_o",
            **{f or "payload": f"{f}_i" if f else "i" for f in fields},
        }
        self._fields = tuple(f or "payload" for f in fields)
        self._stalls = stalls
        super().__init__(entity, name, clock)
        self.bus.valid.value = 0
        for field in self._fields:
            getattr(self.bus, field).value = 0

    async def _driver_send(self, transaction, sync: bool = True) -> None:
        """Offer one beat (an int, or a dict by field) until it is taken."""
        while self._stalls is not None and next(self._stalls):
            await RisingEdge(self.clock)
        beat = transaction if isinstance(transaction, dict) else {self._fields[0]: transaction}
        for field, value in beat.items():
            getattr(self.bus, field).value = value
        self.bus.valid.value = 1
        while True:
            await ReadOnly()
            taken = bool(self.bus.ready.value)
            await RisingEdge(self.clock)
            if taken:
                break
        self.bus.valid.value = 0
