# SPDX-License-Identifier: Apache-2.0
"""An analysis export that calls a function, for components with several of them."""

from collections.abc import Callable
from typing import Any

from pyuvm import uvm_analysis_export


class Inbox(uvm_analysis_export):
    """Hands each published item to a function."""

    def __init__(self, name: str, parent, write: Callable[[Any], None]):
        super().__init__(name, parent)
        self.write = write
