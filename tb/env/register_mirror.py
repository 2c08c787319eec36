# SPDX-License-Identifier: Apache-2.0
"""Predicts registers from the accesses at the AXI4-Lite port, and compares each read."""

from __future__ import annotations

from pyuvm import uvm_predict_e, uvm_subscriber

from tb.agents.axil.item import AxilItem
from tb.env.registers import RegisterModel


class RegisterMirror(uvm_subscriber):
    """Takes accesses of an AxilMonitor.

    pyuvm's own predictor (5.0) is abstract, but its fields predict: RW and byte strobes as here.

    Attributes:
        registers: the model, set before the run.
        compared: reads that were compared.
        mismatches: a sentence each.
    """

    def build_phase(self) -> None:
        self.registers: RegisterModel | None = None
        self.compared = 0
        self.mismatches: list[str] = []
        self._known: set[int] = set()  # addresses of registers of the build that were read

    def write(self, item: AxilItem) -> None:
        """Take an access of one word; a refused one changes nothing."""
        register = self.registers.lasting.get(item.address)
        if register is None or not item.okay:
            return
        value = item.data[0]
        if item.is_write:
            register.predict(value, item.strobes, uvm_predict_e.UVM_PREDICT_WRITE)
            return
        held = int(register.get_mirrored_value())
        if register.get_rights() == "RO" and item.address not in self._known:
            self._known.add(item.address)
            register.predict(value, kind=uvm_predict_e.UVM_PREDICT_READ)
            return
        self.compared += 1
        if value != held:
            self.mismatches.append(f"{register.get_name()} is {value:#x}, it was written as {held:#x}")

    def check_phase(self) -> None:
        assert not self.mismatches, "; ".join(self.mismatches[:10])
