# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: an assertion that fails without a message, and a use of pytest."""

import cocotb
import pytest


@cocotb.test()
async def fails(dut) -> None:
    width = len(dut.request_i)
    assert width == 77


@cocotb.test()
async def uses_pytest(dut) -> None:
    with pytest.raises(ZeroDivisionError):
        _ = len(dut.request_i) // 0
    with pytest.raises(pytest.fail.Exception):
        pytest.fail("on purpose")
