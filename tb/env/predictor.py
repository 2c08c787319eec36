# SPDX-License-Identifier: Apache-2.0
"""Predicts the machine's responses with the reference model."""

from __future__ import annotations

import dataclasses

from pyuvm import uvm_analysis_port, uvm_subscriber

from models.contract import ContractionResult, contract
from models.csf import Csf
from models.numbers import Finish
from tb.agents.contraction.item import ContractionItem


@dataclasses.dataclass
class Prediction:
    """What must come out of one item.

    Attributes:
        item: the question.
        a, b: operands that are loaded when the contraction starts; None for one that is missing.
        result: of the contraction, None if none takes place.
    """

    item: ContractionItem
    a: Csf | None
    b: Csf | None
    result: ContractionResult | None


class Predictor(uvm_subscriber):
    """Follows the items, remembers the operands and publishes a Prediction for each on `ap`.

    `format` in the configuration database is the value format of the hardware.
    """

    def build_phase(self) -> None:
        self._fmt = self.cdb_get("format")
        self._loaded: list[Csf | None] = [None, None]
        self.ap = uvm_analysis_port("ap", self)

    def write(self, item: ContractionItem) -> None:
        """Predict one item.

        Raises:
            ValueError: it contracts an operand that is not there.
        """
        for which, csf in enumerate((item.a, item.b)):
            if csf is not None:
                self._loaded[which] = csf
        a, b = self._loaded
        for name, csf in zip("AB", self._loaded, strict=True):
            if item.drains and csf is None:
                raise ValueError(
                    f"no operand {name} is loaded: the first contraction, and the first after"
                    " an error or a reset, needs both"
                )
        result = self.contract(a, b, item.dense, item.finish) if item.drains else None
        if item.forgets:
            self._loaded = [None, None]
        self.ap.write(Prediction(item, a, b, result))

    def contract(self, a: Csf, b: Csf, dense: bool, finish: Finish) -> ContractionResult:
        """Return the reference result."""
        return contract(a.to_tensor(), b.to_tensor(), self._fmt, dense, finish)
