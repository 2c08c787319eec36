# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: operand frames of random beats; each is judged by the loader's model.

A frame that is right by chance is contracted. Arguments: `config`; `frames`, their number; `corpus`, a folder of
frames that are sent first, a beat per line in hexadecimal. A frame that causes a failure stays in
fuzz.frame in the folder of the run.
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import cocotb
import numpy as np

from flaash.driver.frames import OPERAND_MAGIC
from models.contract import contract
from models.csf import Csf
from models.generate import uniform_tensor
from models.tensor import SparseTensor
from sim.thisrun import argument, this_run
from tb.common import rtl_constants as rtl
from tests.blocks.operand.loader_frames import frame, tensor, wrong_beats
from tests.blocks.operand.loader_model import Build, Outcome, load
from tests.top.contractions import Case, run
from tests.top.host import Host, begin

FEW = 3  # errors between two soft resets, on average


class Fuzzer:
    """Sends frames and tracks the expected state of the machine.

    Attributes:
        right, wrong: frames of each kind so far.
        codes: errors met, by code.
    """

    def __init__(self, host: Host, chance: random.Random):
        self._host, self._chance = host, chance
        config = host.config
        self.build = Build(
            host.fmt, *(int(config[name]) for name in ("Lanes", "CoordWidth", "MemLines", "NodeDepth", "FiberDepth"))
        )
        self.right = self.wrong = 0
        self.codes: set[int] = set()
        self._first: tuple[int, int] | None = None
        self._count = 0

    def draw(self) -> list[int]:
        """Return a frame: noise, noise after a right header, or a right frame with a few changes."""
        chance = self._chance
        kind = chance.random()
        if kind < 0.15:
            return [chance.getrandbits(128) for _ in range(chance.randint(1, 12))]
        if kind < 0.4:
            order, which = chance.randint(1, 3), chance.randrange(2)
            words = [OPERAND_MAGIC, which | self.build.fmt.code << 8, order, chance.randrange(6)]
            words += [chance.randint(1, 9) for _ in range(order)] + [0] * (-order % 4)
            words += [chance.randint(0, 4) for _ in range(4 * chance.randint(0, 8))]
            return [sum(words[at + i] << 32 * i for i in range(4)) for at in range(0, len(words), 4)]
        shape = tuple(chance.randint(1, 4) for _ in range(chance.randint(0, 3))) + (chance.randint(1, 20),)
        most = int(np.prod(shape))
        beats = frame(
            tensor(chance, shape, chance.randint(0, min(most, 60)), chance.randint(0, 3)),
            chance.randrange(2),
            self.build,
            chance,
        )
        for _ in range(chance.choice([0, 1, 1, 1, 2, 4])):
            beats = wrong_beats(chance, beats)[1]
        return beats

    async def send(self, beats: list[int]) -> None:
        """Send a frame and check the outcome."""
        host, chance = self._host, self._chance
        outcome = load(beats, self.build)
        before = await host.counter("CntDiscarded")
        await host.send(beats, host.any_stalls())
        await host.wait_while("StatusLoading")
        assert await host.counter("CntDiscarded") - before == outcome.discarded
        if outcome.error is not None:
            self.wrong += 1
            self.codes.add(outcome.error[0])
            self._first = self._first or outcome.error
            self._count += 1
        seen = await host.error()
        assert seen == [*(self._first or (0, 0)), self._count], f"{seen}: {self._first}, {self._count}"
        if outcome.error is None:
            self.right += 1
            await self._contract(outcome)
        if chance.random() < 1 / FEW:
            await host.soft_reset()
            self._first, self._count = None, 0

    async def _contract(self, outcome: Outcome) -> None:
        """Contract the operand with one of ours."""
        which, ours = outcome.operand, 1 - outcome.operand
        operand = self._tensor(outcome)
        generator = np.random.default_rng(self._chance.getrandbits(32))
        extent = outcome.info[1]
        other = uniform_tensor(generator, (3, extent), nnz=min(3 * extent, 20))
        tensors = (operand, other) if which == 0 else (other, operand)
        pair = Case(*map(Csf.from_tensor, tensors), False, 0, contract(*tensors, self.build.fmt))
        await run(self._host, pair, load=(ours,), code=(self._first or (0, 0))[0])

    def _tensor(self, outcome: Outcome) -> SparseTensor:
        """Return the operand of a right frame, with the largest possible extents."""
        order, extent = outcome.info[:2]
        nodes = {number: (coord, parent) for number, coord, parent in outcome.nodes}
        coords, patterns = [], []
        fibers = outcome.fibers
        for (_, first, node), (_, end, _) in zip(fibers, fibers[1:], strict=False):
            path: list[int] = []
            while len(path) < order - 1:
                coord, node = nodes[node]
                path.insert(0, coord)
            for coord, pattern in (entry for line in outcome.lines[first:end] for entry in line):
                coords.append([*path, coord])
                patterns.append(pattern)
        values = self.build.fmt.decode(np.array(patterns, np.uint32))
        shape = (2**32 - 1,) * (order - 1) + (extent,)
        return SparseTensor.from_coordinates(shape, np.array(coords, np.int64).reshape(-1, order), values)


@cocotb.test()
async def any_beats(dut) -> None:
    host, chance = await begin(dut)
    fuzzer = Fuzzer(host, chance)
    found = this_run().folder / "fuzz.frame"
    corpus = [
        [int(line, 16) for line in path.read_text().split()]
        for path in sorted(Path(argument("corpus")).glob("*.frame"))
    ]
    frames = argument("frames")
    for beats in itertools.chain(corpus, (fuzzer.draw() for _ in range(frames))):
        found.write_text("".join(f"{beat:032x}\n" for beat in beats))
        await fuzzer.send(beats)
    found.unlink()
    names = sorted(rtl.error_name(code) for code in fuzzer.codes)
    dut._log.info(
        "%d frames, %d from the corpus: %d right, %d wrong: %s",
        frames + len(corpus),
        len(corpus),
        fuzzer.right,
        fuzzer.wrong,
        ", ".join(names),
    )
    assert fuzzer.right > frames // 20 and fuzzer.wrong > frames // 3 and len(names) >= 8
