# SPDX-License-Identifier: Apache-2.0
"""The environment's memory notices each byte that the chip has changed outside of its buffers."""

import contextlib

import pytest
from cocotbext.axi import AxiResp

from flaash.driver import run
from sim.memory import Bytes


def memory() -> Bytes:
    made = Bytes(0x1000, 0x400)
    made.put(0x1000, bytes(range(256)) * 4)
    return made


@pytest.mark.parametrize("address", [0x1000, 0x110F, 0x1130, 0x13FF])
def test_a_byte_outside_is_noticed(address) -> None:
    made = memory()
    made.allowed.append((0x1110, 0x1130))
    run(made.write(address, b"\xa5"))
    with pytest.raises(AssertionError, match=f"1 bytes outside of its buffers, the first at {address:#x}"):
        made.check()


def test_bytes_inside_may_change_until_the_next_check() -> None:
    made = memory()
    for _ in range(2):
        made.allowed.append((0x1110, 0x1130))
        run(made.write(0x1110, b"\xa5" * 32))
        made.check()
    assert made.get(0x110F, 2) == b"\x0f\xa5"
    run(made.write(0x1111, b"\x77"))
    with pytest.raises(AssertionError, match="0x1111"):
        made.check()


def test_responses() -> None:
    made = memory()
    made.refused[0x1040] = AxiResp.SLVERR
    for address, response in (
        (0x1000, AxiResp.OKAY),
        (0x1040, AxiResp.SLVERR),
        (0x0FF0, AxiResp.DECERR),
        (0x1400, AxiResp.DECERR),
    ):
        assert made.respond(address, 16) == response
        if response != AxiResp.OKAY:
            with pytest.raises(ValueError):
                run(made.read(address, 16))
            assert made.response == response
    made.check()


def test_the_gravest_answer_of_a_burst() -> None:
    """A refused beat in the middle of a burst isn't hidden by the later beats."""
    made = memory()
    made.refused |= {0x1040: AxiResp.DECERR, 0x1060: AxiResp.SLVERR}
    for address in range(0x1030, 0x1080, 16):
        with pytest.raises(ValueError) if address in made.refused else contextlib.nullcontext():
            run(made.write(address + 3, made.get(address + 3, 1)))
    assert made.burst_response == AxiResp.DECERR
    made.check()
