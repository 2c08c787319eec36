# SPDX-License-Identifier: Apache-2.0
"""Contractions for the hostile host, each with its expected result, and the checks after one."""

from __future__ import annotations

import dataclasses
import random

import numpy as np

from flaash.driver.frames import ResultFrame
from models.compare import compare_records
from models.contract import ContractionResult, contract
from models.csf import Csf
from models.generate import uniform_tensor
from sim.thisrun import this_run
from tb.common import rtl_constants as rtl
from tb.env.cover_points import export, hit
from tests.share import COUNTED
from tests.top.host import Host

KINDS = {"int8": "int8", "int16": "int16"}
ABORTED = rtl.ERRORS["ErrAborted"].value


@dataclasses.dataclass(frozen=True)
class Case:
    """Two operands, the mode, and the outcome."""

    a: Csf
    b: Csf
    dense: bool
    run_length: int
    result: ContractionResult

    @property
    def operands(self) -> tuple[Csf, Csf]:
        return self.a, self.b

    @property
    def modes(self) -> int:
        """Coordinates of a record."""
        return self.a.order + self.b.order - 2


def case(rng: random.Random, host: Host, most: int = 3, extent: int = 24) -> Case:
    """Return a random contraction of up to `most` free modes per operand."""
    generator = np.random.default_rng(rng.getrandbits(32))
    contracted = rng.randint(1, extent)
    tensors = []
    for _ in range(2):
        shape = [rng.randint(1, 4) for _ in range(rng.randint(0, most))] + [contracted]
        tensors.append(
            uniform_tensor(
                generator,
                tuple(shape),
                rng.choice([0.05, 0.3, 0.8]),
                values=KINDS.get(str(host.config["Format"]), "normal"),
            )
        )
    dense = rng.random() < 0.3
    return Case(
        *(Csf.from_tensor(tensor) for tensor in tensors),
        dense,
        rng.choice([0, 0, 1, 3]),
        contract(*tensors, host.fmt, dense),
    )


def compare(case: Case, frame: ResultFrame, code: int = 0, partial: bool = False) -> None:
    """Check a result frame, which may lack records if it is partial, but has no wrong one."""
    wrong = compare_records(case.result.coords, case.result.bits, frame.coords, frame.bits, partial)
    assert not wrong, "; ".join(sentence for _, sentence in wrong[:5])
    assert frame.count == len(frame.bits), f"the trailer counts {frame.count}, {len(frame.bits)} came"
    assert frame.error == code, f"the trailer has {rtl.error_name(frame.error)}, not {rtl.error_name(code)}"


async def run(host: Host, case: Case, stalls: str = "none", load: tuple[int, ...] = (0, 1), code: int = 0) -> None:
    """Contract and check everything that the host can see, and that all queues are empty.

    Args:
        host, case: the host and the contraction.
        stalls: kind of stalls on both streams.
        load: the operands to send, 0 and 1; the others are loaded already.
        code: earlier error, which the trailer repeats.
    """
    host.stall_results(stalls)
    for which in load:
        await host.load(case.operands[which], which, stalls)
    await host.start(case.dense, case.run_length)
    await host.interrupt("IrqDrained")
    compare(case, await host.frame(case.modes), code)
    assert not host.frames and not host.inside_frame, "beats came after the trailer"
    expected = {
        "CntJobs": case.result.jobs,
        "CntDotsDone": case.result.jobs,
        "CntMatches": case.result.matches,
        "CntResults": case.result.results,
        "CntUnloaded": case.result.results,
    }
    for name, value in expected.items():
        seen = await host.counter(name)
        assert seen == value, f"{name} is {seen}, expected {value}"
    for which, csf in zip("AB", case.operands, strict=True):
        seen = [await host.read(f"Reg{name}{which}") for name in ("Order", "Entries", "Fibers")]
        assert seen == [csf.order, csf.nnz, len(csf.fiber_bounds())], f"operand {which}: {seen}"
    assert not host.queues_in_use(), f"not empty: {host.queues_in_use()}"


async def no_error(host: Host) -> None:
    """Check that no error has been recorded."""
    assert await host.read("RegError") == 0 and await host.read("RegErrorCount") == 0, await host.describe()


def covered(*codes: str) -> None:
    """Record checked error codes in the functional coverage of this run."""
    for code in codes:
        hit("error.code", code)
    if COUNTED:
        export(this_run().folder)
