# SPDX-License-Identifier: Apache-2.0
"""Steps of a device that wait for their doorbell; what depends on a failed one fails, too."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flaash import driver
from flaash.device.held import Tensor
from flaash.device.report import DeviceReport, DeviceStep
from flaash.driver import MachineError, run
from flaash.driver.device import Job
from flaash.errors import DisagreementError
from models.device.interpret import interpret
from models.device.layout import COMPLETION, COMPLETION_AT, Descriptor
from models.device.results import Matrix

SLOTS = 64  # of the ring: 63 steps have one doorbell


@dataclass(frozen=True, eq=False)
class Step:
    """A contraction that waits for its doorbell.

    Attributes:
        subscripts: of the contraction.
        descriptor: without the fence.
        operands: the tensors that it reads.
        held: keeps the arrays of the operands.
        result: the tensor that it makes.
        matrix: the arrays of the result.
    """

    subscripts: str
    descriptor: Descriptor
    operands: tuple[Tensor, Tensor]
    held: tuple[Any, ...]
    result: Tensor
    matrix: Matrix


class Chain(driver.Device):
    """A queue that drops the descriptors after a faulty one: they may need its results.

    Attributes:
        doorbells: how often the queue was announced.
        records: addresses of the completion records of all descriptors.
    """

    doorbells = 0

    async def _enter(self, jobs: Sequence[Job]) -> None:
        self.doorbells += 1
        await super()._enter(jobs)
        self.records = [self.ring.address(job.slot) + COMPLETION_AT for job in jobs]

    async def _recover(self, job: Job) -> None:
        await self._complete(job)
        await self.reset()


class Queue:
    """Steps in their order.

    Args:
        machine: the transport; it may have `features`, `cycles` and `check`.
        chain: its queue.
        features: that the machine has.
    """

    def __init__(self, machine: Any, chain: Chain, features: frozenset[str]):
        self._machine, self._chain, self._features = machine, chain, features
        self.steps: list[Step] = []

    def run(self, report: DeviceReport) -> None:
        """Carry out all steps, as many as the ring holds with one doorbell; a tensor that fails has its error.

        Raises:
            DisagreementError: the machine has written what the model has not.
        """
        left, self.steps = self.steps, []
        while left:
            batch, left = left[: SLOTS - 1], left[SLOTS - 1 :]
            try:
                left = self._run_batch(batch, report) + left
            except BaseException as error:
                for step in [*batch, *left]:
                    step.result.failure = step.result.failure or RuntimeError(f"{step.subscripts} was not run: {error}")
                raise

    def _run_batch(self, batch: list[Step], report: DeviceReport) -> list[Step]:
        """Carry out steps with one doorbell; return those that an error of another step has kept from running."""
        made: set[int] = set()
        descriptors = []
        for step in batch:
            fence = any(id(operand) in made for operand in step.operands)
            descriptors.append(dataclasses.replace(step.descriptor, fence=fence))
            made.add(id(step.result))
        chain, began = self._chain, chain_cycles(self._machine)
        before = chain.doorbells
        jobs = run(chain.submit_all(descriptors, len(descriptors)))
        again: list[Step] = []
        for number, (step, job) in enumerate(zip(batch, jobs, strict=True)):
            try:
                done = run(chain.wait(job))
            except MachineError as error:
                error.add_note(f"in the contraction {step.subscripts}")
                step.result.failure = error
                again = _independent(batch[number + 1 :])
                break
            has_cycles = began is not None
            report.steps.append(
                DeviceStep(
                    step.subscripts,
                    job.descriptor.fence,
                    done.results,
                    done.cycles if has_cycles else None,
                    done.computing if has_cycles else None,
                    done.read if has_cycles else None,
                    done.written,
                )
            )
        if began is not None:
            report.elapsed = (report.elapsed or 0) + chain_cycles(self._machine) - began
        report.doorbells += chain.doorbells - before
        if hasattr(self._machine, "check"):
            self._compare(batch, jobs)
            report.checked = True
        return again

    def _compare(self, batch: list[Step], jobs: list[Job]) -> None:
        """Compare each byte of the results with the model; all other bytes must be unchanged.

        Raises:
            DisagreementError: a byte differs.
        """
        pieces = [(record, record + COMPLETION) for record in self._chain.records]
        for step in batch:
            pieces += [(address, address + size) for address, size in step.matrix.arrays()]
        wrong = [self._machine.check(pieces)]
        memory, build = self._chain.memory, self._chain.build
        for step, job in zip(batch, jobs, strict=True):
            if job.completion is None:
                continue
            slot = job.descriptor.pack().ljust(COMPLETION_AT, b"\0")
            effect = interpret(slot, lambda at, length, _: run(memory.read(at, length)), build, features=self._features)
            said, found = (
                (done.code, done.place, done.results, done.written, done.rows)
                for done in (effect.completion, job.completion)
            )
            if found[:2] != said[:2] or (not said[0] and found != said):
                wrong.append(f"{step.subscripts}: the completion record has {found}, the model {said}")
            wrong += [
                f"{step.subscripts}: {len(piece.data)} bytes at {piece.address:#x} differ from the model's"
                for piece in effect.pieces
                if run(memory.read(piece.address, len(piece.data))) != piece.data
            ]
        if any(wrong):
            raise DisagreementError("\n".join(["machine and model disagree:", *filter(None, wrong)]))


def chain_cycles(machine: Any) -> int | None:
    """Return the cycles of the machine so far, None if it counts none."""
    return getattr(machine, "cycles", None)


def _independent(steps: list[Step]) -> list[Step]:
    """Return the steps that need no tensor that has failed; the others fail."""
    left = []
    for step in steps:
        failed = next((operand.failure for operand in step.operands if operand.failure), None)
        if failed:
            step.result.failure = failed
        else:
            left.append(step)
    return left
