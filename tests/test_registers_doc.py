# SPDX-License-Identifier: Apache-2.0
"""The pages of registers and error codes agree with the package: every register, counter, bit and code, no other."""

import re

import pytest

from sim.toolchain import ROOT
from tb.common import rtl_constants as rtl

PAGE = "\n".join((ROOT / "docs" / name).read_text() for name in ("registers.md", "error_codes.md"))
BASE = rtl.CONSTANTS["RegCounters"]


def _rows(page: str) -> list[list[str]]:
    """Return the cells of all table rows, without back quotes, headings and rules left out."""
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("|")
    ]
    return [cells for cells in rows if re.match(r"0x|Reg", cells[0])]


def _package() -> list[list[str]]:
    """Return the rows that the page must have, in the order of the package."""
    registers = [
        [f"{r.address:#05x}", r.name, r.access, r.meaning]
        for r in rtl.REGISTERS.values()
        if not r.name.startswith("Cnt")
    ]
    counters = [[f"{BASE + 8 * c.value:#05x}", c.name, c.meaning] for c in rtl.COUNTERS.values()]
    bits = [
        [register, str(bit.value), bit.name, bit.meaning]
        for register, names in (
            ("RegControl", rtl.CONTROL_BITS),
            ("RegStatus", rtl.STATUS_BITS),
            ("RegMode", rtl.MODE_BITS),
            ("RegIrqEnable", rtl.IRQ_BITS),
        )
        for bit in names.values()
    ]
    errors = [[f"{e.value:#04x}", e.name, e.meaning] for e in rtl.ERRORS.values()]
    return registers + counters + bits + errors


def test_page_agrees_with_the_package() -> None:
    assert _rows(PAGE) == _package()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0x048", "0x04c"),
        ("| RO |", "| RW |"),
        ("CntJobs", "CntJob"),
        ("`StatusDone`", "`StatusDrained`"),
        ("| `0x0b` |", "| `0x0c` |"),
    ],
)
def test_comparison_bites(old: str, new: str) -> None:
    assert _rows(PAGE.replace(old, new, 1)) != _package()


def test_the_map_is_consistent() -> None:
    """Addresses are aligned, inside the space and used once; every register has an access and a meaning."""
    registers = list(rtl.REGISTERS.values())
    addresses = [register.address for register in registers]
    assert len(set(addresses)) == len(addresses)
    assert all(a % 4 == 0 and a < 2 ** rtl.CONSTANTS["RegAddrWidth"] for a in addresses)
    assert all(register.access in ("RO", "RW", "WO", "W1C") and register.meaning for register in registers)
    assert [c.value for c in rtl.COUNTERS.values()] == list(range(rtl.CONSTANTS["NumCounters"]))
    assert len(rtl.IRQ_BITS) == rtl.CONSTANTS["NumIrqs"]
    assert [e.value for e in rtl.ERRORS.values()] == list(range(len(rtl.ERRORS)))
