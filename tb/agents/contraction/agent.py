# SPDX-License-Identifier: Apache-2.0
"""Agent of the whole chip: contractions in, outcomes out."""

from collections.abc import Callable

from cocotb.handle import SimHandleBase
from pyuvm import uvm_agent, uvm_sequencer

from tb.agents.contraction.driver import ContractionDriver


class ContractionAgent(uvm_agent):
    """Sequencer of ContractionItems and the driver that carries them out over the bus agents.

    Args:
        irq, pack, seed: as for ContractionDriver.
    """

    def __init__(self, name: str, parent, irq: SimHandleBase, pack: Callable, seed: int):
        super().__init__(name, parent)
        self._options = (irq, pack, seed)

    def build_phase(self) -> None:
        self.sequencer = uvm_sequencer("sequencer", self)
        self.driver = ContractionDriver("driver", self, *self._options)

    def connect_phase(self) -> None:
        self.driver.seq_item_port.connect(self.sequencer.seq_item_export)
