# SPDX-License-Identifier: Apache-2.0
"""The guard against hangs as a component."""

from pyuvm import uvm_component

from sim.hang import HangGuard


class Watchdog(uvm_component):
    """Fails the test when nothing moves any more.

    Args:
        guard: that notices.
    """

    def __init__(self, name: str, parent, guard: HangGuard):
        super().__init__(name, parent)
        self.guard = guard

    async def run_phase(self) -> None:
        await self.guard.watch()
