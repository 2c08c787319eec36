# SPDX-License-Identifier: Apache-2.0
"""Agent of the whole chip: contractions in, outcomes out."""

from typing import Any

from pyuvm import uvm_agent, uvm_sequencer

from tb.agents.contraction.driver import ContractionDriver


class ContractionAgent(uvm_agent):
    """Sequencer of ContractionItems and the driver that carries them out over the bus agents.

    Args:
        driver: its class, by the interface.
        options: arguments of the driver.
    """

    def __init__(self, name: str, parent, driver: type[ContractionDriver], *options: Any):
        super().__init__(name, parent)
        self._driver, self._options = driver, options

    def build_phase(self) -> None:
        self.sequencer = uvm_sequencer("sequencer", self)
        self.driver = self._driver("driver", self, *self._options)

    def connect_phase(self) -> None:
        self.driver.seq_item_port.connect(self.sequencer.seq_item_export)
