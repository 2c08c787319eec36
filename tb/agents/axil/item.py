# SPDX-License-Identifier: Apache-2.0
"""One access to an AXI4-Lite port."""

from pyuvm import uvm_sequence, uvm_sequence_item


class AxilItem(uvm_sequence_item):
    """A write, or a read of one or more neighbouring words.

    Args:
        address: in bytes.
        write: the word to write, None for a read.
        words: how many words to read.

    Attributes:
        data: words that were read or written.
        okay: the hardware responded OKAY to all of it; set by the driver.
        strobes: of a write that was watched, a bit per byte.
    """

    def __init__(self, address: int = 0, write: int | None = None, words: int = 1):
        super().__init__("axil_item")
        self.address, self.words = address, words
        self.is_write = write is not None
        self.data: list[int] = [] if write is None else [write]
        self.okay = False
        self.strobes = 2**4 - 1


class AxilSequence(uvm_sequence):
    """Sends one access on the sequencer it is started on; the item then holds the response."""

    def __init__(self, item: AxilItem):
        super().__init__("axil_sequence")
        self.item = item

    async def body(self) -> None:
        await self.start_item(self.item)
        await self.finish_item(self.item)
