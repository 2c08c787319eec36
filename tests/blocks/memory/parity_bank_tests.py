# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: a bank of words reads what was written; with parity it reports every flipped bit.

flaash_memory_bank is a bank with one registered port and without parity.
"""

import cocotb
from cocotb.triggers import Timer

from tb.common.bench import rng


class Bank:
    """A bank with a model of it: writes, reads and flips, each cycle compared."""

    def __init__(self, dut):
        self.dut, self.random = dut, rng()
        plain = not hasattr(dut, "wrong_o")
        self.words, self.ports = int(dut.Words.value), 1 if plain else int(dut.Ports.value)
        self.registered, self.parity = (1, 0) if plain else (int(dut.Registered.value), int(dut.Parity.value))
        self.address, self.width = len(dut.wr_addr_i), len(dut.wr_data_i)
        self.reach = self.words if plain else 1 << self.address  # addresses that may be read
        self.stored = [self.random.getrandbits(self.width) for _ in range(self.words)]
        self.broken = [False] * self.words
        self.answers: list[tuple[int, bool] | None] = [None] * self.ports
        self.seen = dict.fromkeys(("held", "collision", "wrong", "right", "beyond"), 0)

    async def cycle(self, write: tuple[int, int] | None, reads: list[int | None]) -> None:
        """Let a cycle pass with a write (address, word) and a read (address) or none at each port."""
        dut, where = self.dut, [self.random.randrange(self.words) if read is None else read for read in reads]
        dut.wr_enable_i.value = write is not None
        dut.wr_addr_i.value, dut.wr_data_i.value = write or (0, 0)
        dut.rd_enable_i.value = sum((read is not None) << port for port, read in enumerate(reads))
        dut.rd_addr_i.value = sum(read << port * self.address for port, read in enumerate(where))
        await Timer(500, "ps")
        for port, read in enumerate(reads):
            if not self.registered:
                self.answers[port] = self.word(where[port])
            elif read is not None:
                self.seen["collision"] += write is not None and write[0] == read
                self.answers[port] = self.word(read)
            else:
                self.seen["held"] += 1
        if not self.registered:
            self.compare()
        dut.clk_i.value = 1
        await Timer(500, "ps")
        if self.registered:
            self.compare()
        dut.clk_i.value = 0
        if write is not None:
            self.stored[write[0]], self.broken[write[0]] = write[1], False

    def word(self, address: int) -> tuple[int, bool]:
        """Return the expected response: the word, and whether it is wrong."""
        if address < self.words:
            return self.stored[address], self.broken[address]
        self.seen["beyond"] += 1
        return 0, self.parity == 1

    def compare(self) -> None:
        """Compare the responses of all ports that have one."""
        # Highest port first; before its first read a port's register is unknown.
        data = str(self.dut.rd_data_o.value)[::-1]
        wrong = str(self.dut.wrong_o.value)[::-1] if hasattr(self.dut, "wrong_o") else "0"
        for port, answer in enumerate(self.answers):
            if answer is not None:
                bits = data[port * self.width : (port + 1) * self.width]
                got = int(bits[::-1], 2), wrong[port] == "1"
                assert got == answer, f"port {port}: {got}, expected {answer}"
                self.seen["wrong" if answer[1] else "right"] += 1

    def flip(self) -> None:
        """Flip a bit of a stored word, which may be the parity bit."""
        index, bit = self.random.randrange(self.words), self.random.randrange(self.width + self.parity)
        word = self.dut.mem_q[index]
        word.value = int(word.value) ^ 1 << bit
        self.stored[index] ^= 1 << bit & (1 << self.width) - 1
        self.broken[index] = self.parity == 1 and not self.broken[index]

    async def fill(self) -> None:
        """Write every word, because unwritten words can't be compared."""
        self.dut.clk_i.value = 0
        self.dut.rd_enable_i.value = self.dut.rd_addr_i.value = 0
        self.dut.wr_enable_i.value = 1
        for address, word in enumerate(self.stored):
            self.dut.wr_addr_i.value, self.dut.wr_data_i.value = address, word
            for level in (1, 0):
                await Timer(500, "ps")
                self.dut.clk_i.value = level


@cocotb.test()
async def reads_like_the_model(dut) -> None:
    """Random writes, reads and flips; reads of the word that is being written, and beyond the memory."""
    bank = Bank(dut)
    random = bank.random
    await bank.fill()
    for _ in range(1000):
        write = (random.randrange(bank.words), random.getrandbits(bank.width))
        most = bank.reach if random.random() < 0.2 else bank.words
        await bank.cycle(
            write if random.random() < 0.4 else None,
            [random.randrange(most) if random.random() < 0.6 else None for _ in range(bank.ports)],
        )
        if random.random() < 0.1:
            bank.flip()
            await Timer(100, "ps")
    never = set()
    if not bank.registered:
        never |= {"held", "collision"}
    if not bank.parity:
        never.add("wrong")
    if bank.words == bank.reach:
        never.add("beyond")
    assert {name for name, count in bank.seen.items() if count == 0} == never, bank.seen
