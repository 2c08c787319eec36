# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: handshakes of flaash_mac, with the project's stream agents on its ports."""

from random import Random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge, Timer

from models.numbers import FORMATS
from sim.rtl_types import bench_types
from tb.agents.stream.driver import StreamDriver
from tb.agents.stream.monitor import StreamMonitor
from tb.agents.stream.sink import StreamSink
from tb.common.bench import rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.mac.mac_floats import floats
from tests.blocks.mac.mac_player import Dot, compare, encode
from tests.blocks.mac.mac_random import random_dots

# Empty dot products inside while nothing leaves: results, waiting sums, stages.
FLOAT_PLACES, INTEGER_PLACES = 16 + 4 + 5, 16 + 3


class Bench:
    """A MAC with agents at both ports.

    Attributes:
        name: format of the build.
        driver: of the beats.
        results: (value, status) of the results so far.
    """

    def __init__(self, dut, producer=None, consumer=None):
        self.dut = dut
        self.name = next(fmt.name for fmt in FORMATS.values() if fmt.code == int(dut.Format.value))
        self.results: list[tuple[int, int]] = []
        dut.part_ready_i.value = 0
        self.names: list[int] = []  # of the dot products sent, in order
        self.came: list[int] = []  # of the results
        self.random = rng()
        self.driver = StreamDriver(dut, "in", dut.clk_i, ("", "name"), producer)
        StreamMonitor(dut, "out", dut.clk_i, ("",), callback=self._take)
        StreamSink(dut, "out", dut.clk_i, consumer)

    def _take(self, beat: int) -> None:
        dot = bench_types()["out_o"].unpack(beat)
        result = bench_types()["mac_result_t"].pack(dot.result)
        self.came.append(bench_types()["in_name_i"].pack(dot.name))
        self.results.append((dot.result.value, result & 0xFF))  # the status is below the value

    def send(self, dots: list[Dot]) -> None:
        """Queue the beats of dot products; a name counts with the last beat only."""
        match_t, name_t = bench_types()["in_i"], bench_types()["in_name_i"]
        for item in dots:
            for line in item.beats(self.name):
                _, kind, a, b = (int(word, 16) for word in line.split())
                name = name_t.pack(a_id=self.random.getrandbits(20), b_id=self.random.getrandbits(20))
                self.driver.append({"payload": match_t.pack(product=kind & 1, last=kind >> 1, a=a, b=b), "name": name})
            self.names.append(name)

    async def finish(self, dots: list[Dot]) -> None:
        """Wait for the results of these dot products, and compare them."""
        await until(self.dut, lambda: len(self.results) >= len(dots), 20_000, "the last result")
        await ClockCycles(self.dut.clk_i, 40)
        compare(self.name, dots, [encode(self.name, item.expected(self.name)) for item in dots], self.results)
        assert self.came == self.names, "results with other names"


@cocotb.test()
@cocotb.parametrize(producer=list(STALLS), consumer=list(STALLS))
async def stalls(dut, producer: str, consumer: str) -> None:
    random = rng()
    bench = Bench(dut, STALLS[producer](Random(random.random())), STALLS[consumer](Random(random.random())))
    await start(dut)
    dots: list[Dot] = []
    for item in random_dots(bench.name, random, 20):
        dots += [item, Dot([]), Dot(item.pairs[:1]), Dot([])]
    bench.send(dots)
    await bench.finish(dots)


@cocotb.test()
async def full_and_advancing(dut) -> None:
    """Fill every register while nothing leaves, then accept one result at a time, then all of them."""
    random = rng()
    bench = Bench(dut)
    dut.out_ready_i.value = 0
    await start(dut)
    sums = [Dot([(random.getrandbits(6), random.getrandbits(6)) for _ in range(2)]) for _ in range(40)]
    dots = [Dot([])] * 30 + [item for pair in zip(sums, [Dot([])] * 40, strict=True) for item in pair]
    bench.send(dots)
    accepted = 0
    for _ in range(80):
        await FallingEdge(dut.clk_i)
        accepted += int(dut.in_valid_i.value) & int(dut.in_ready_o.value)
    places = FLOAT_PLACES if FORMATS[bench.name].is_float else INTEGER_PLACES
    assert accepted == places and not int(dut.in_ready_o.value)
    for _ in range(30):  # one leaves, one enters: all stages move while they are full
        await RisingEdge(dut.clk_i)
        dut.out_ready_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.out_ready_i.value = 0
        await ClockCycles(dut.clk_i, random.randrange(8))
    await RisingEdge(dut.clk_i)
    dut.out_ready_i.value = 1
    await bench.finish(dots)


@cocotb.test()
async def ready_without_a_path_through(dut) -> None:
    """Change out_ready_i within a cycle: in_ready_o must not follow."""
    bench = Bench(dut)
    dut.out_ready_i.value = 0
    await start(dut)
    bench.send([Dot([])] * 40)
    await ClockCycles(dut.clk_i, 80)
    for ready in (1, 0, 1, 0):
        await FallingEdge(dut.clk_i)
        dut.out_ready_i.value = ready
        await Timer(100, "ps")
        assert not int(dut.in_ready_o.value)
        dut.out_ready_i.value = 0
    await RisingEdge(dut.clk_i)
    dut.out_ready_i.value = 1
    await bench.finish([Dot([])] * 40)


@cocotb.test()
async def reset_in_traffic(dut) -> None:
    """Reset at many moments of a stream: the results afterwards show nothing of the beats before."""
    random = rng()
    bench = Bench(dut)
    await start(dut)
    for cycles in range(1, 40, 3):
        dots = random_dots(bench.name, random, 12)
        bench.send(dots)
        await ClockCycles(dut.clk_i, cycles)
        bench.driver.clear()
        bench.names.clear()
        await RisingEdge(dut.clk_i)
        dut.rst_ni.value = 0
        await ClockCycles(dut.clk_i, 40)  # the beat on offer is accepted or lost meanwhile
        bench.results.clear()
        bench.came.clear()
        await RisingEdge(dut.clk_i)
        dut.rst_ni.value = 1
        await RisingEdge(dut.clk_i)
        after = random_dots(bench.name, random, 6)
        bench.send(after)
        await bench.finish(after)
        for seen in (bench.results, bench.came, bench.names):
            seen.clear()


@cocotb.test()
async def latency(dut) -> None:
    """Count cycles from a `last` beat to its result, as the contract states them."""
    bench = Bench(dut)
    dut.out_ready_i.value = 0
    await start(dut)
    floating = FORMATS[bench.name].is_float
    product = floats(bench.name).full(48 * 5 + 40) if floating else (1, 1)  # reaches into two words
    match_t = bench_types()["in_i"]

    def last() -> int:
        return match_t.unpack(int(dut.in_i.value)).last

    for pairs, cycles in (([], 18), ([product], 18), ([product] * 2, 19)):
        bench.send([Dot(pairs)])
        await until(dut, lambda: int(dut.in_valid_i.value) & last(), 100, "last")
        waited = 0
        while not int(dut.out_valid_o.value) and waited < 100:
            await RisingEdge(dut.clk_i)
            waited += 1
        assert waited == (cycles if floating else 6), f"{waited} cycles for {len(pairs)} products"
        dut.out_ready_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.out_ready_i.value = 0
        await ClockCycles(dut.clk_i, 2)
