# SPDX-License-Identifier: Apache-2.0
"""Watches a valid/ready stream that leaves the hardware and collects its beats."""

from cocotb.handle import SimHandleBase
from cocotb.triggers import FallingEdge
from cocotb.types import Logic
from cocotb_bus.monitors import BusMonitor

HIGH = Logic(1)  # its comparison with a number makes a Logic of that first


class StreamMonitor(BusMonitor):
    """Reports each accepted beat: an int for a single field, else a dict by field.

    An X or Z on a valid beat raises (the simulators' own checkers stop the run before that).

    Args:
        entity, name, clock, fields: as for StreamDriver; the ports end in `_o` (`_ready_i`).
            An empty field name stands for the port `<name>_o`, called "payload" in a dict.
        inward: watch a stream that enters the module (`_valid_i`, `_ready_o`) instead.
    """

    def __init__(
        self,
        entity: SimHandleBase,
        name: str,
        clock: SimHandleBase,
        fields: tuple[str, ...] = ("data",),
        inward: bool = False,
        **options,
    ):
        out, back = ("i", "o") if inward else ("o", "i")
        self._signals = {
            "valid": f"valid_{out}",
            "ready": f"ready_{back}",
            **{f or "payload": f"{f}_{out}" if f else out for f in fields},
        }
        self._fields = tuple(f or "payload" for f in fields)
        super().__init__(entity, name, clock, **options)

    async def _monitor_recv(self) -> None:
        # In most cycles valid is low.
        valid, ready, reset = self.bus.valid, self.bus.ready, self.entity.rst_ni
        while True:
            # Everything has settled half a cycle before the edge that takes the beat.
            await FallingEdge(self.clock)
            if valid.value == HIGH and ready.value == HIGH and reset.value == HIGH:
                beat = {field: int(getattr(self.bus, field).value) for field in self._fields}
                self._recv(beat if len(self._fields) > 1 else beat[self._fields[0]])
