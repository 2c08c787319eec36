# SPDX-License-Identifier: Apache-2.0
"""Between pyuvm's register model and the AXI4-Lite agent."""

from pyuvm import uvm_access_e, uvm_reg_adapter, uvm_reg_bus_op, uvm_status_e

from tb.agents.axil.item import AxilItem


class AxilAdapter(uvm_reg_adapter):
    """Turns register operations into AxilItems and the responses back."""

    def reg2bus(self, rw: uvm_reg_bus_op) -> AxilItem:
        """Return the bus access of a register operation."""
        write = rw.data if rw.kind == uvm_access_e.UVM_WRITE else None
        return AxilItem(int(rw.addr), write)

    def bus2reg(self, bus_item: AxilItem, rw: uvm_reg_bus_op) -> None:
        """Put data and status of a finished access into the register operation."""
        rw.data = bus_item.data[0]
        rw.status = uvm_status_e.UVM_IS_OK if bus_item.okay else uvm_status_e.UVM_NOT_OK
