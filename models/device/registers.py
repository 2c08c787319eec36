# SPDX-License-Identifier: Apache-2.0
"""The addresses and bits of a machine's registers by name, at either interface."""

from models.constants import CONTROL_BITS, DMA, IRQ_BITS, MODE_BITS, REGISTERS, STATUS_BITS

CHIP = 0x464C_5348  # RegId, "FLSH"
ALL_ONES = 2**32 - 1
ADDRESSES = {name: register.address for name, register in {**REGISTERS, **DMA.registers}.items()}
BITS = {
    name: 1 << constant.value
    for table in (
        CONTROL_BITS,
        STATUS_BITS,
        MODE_BITS,
        IRQ_BITS,
        DMA.prefixed("DmaStatus"),
        DMA.prefixed("DmaIrq"),
    )
    for name, constant in table.items()
}


def mask(*names: str) -> int:
    """Return the word with these bits of a register set, such as "ControlStart"."""
    return sum(BITS[name] for name in names)
