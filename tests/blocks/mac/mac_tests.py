# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: handshakes of flaash_mac, with the project's stream agents on its ports."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge, Timer

from models.numbers import FORMATS
from sim.rtl_types import bench_types
from tb.common.bench import reset, rng, start, until
from tb.common.stalls import STALLS
from tests.blocks.mac.mac_floats import floats
from tests.blocks.mac.mac_player import Dot, compare, encode
from tests.blocks.mac.mac_random import random_dots
from tests.blocks.ports import Sink, Source

# Empty dot products inside while nothing leaves: results, waiting sums, stages.
FLOAT_PLACES, INTEGER_PLACES = 16 + 4 + 5, 16 + 3


class Bench:
    """A MAC with a source of beats and a sink of results.

    Attributes:
        name: format of the build.
        names: of the dot products sent, in order.
    """

    def __init__(self, dut, producer: str | None = "none", consumer: str | None = None):
        self.dut, self.random = dut, rng()
        self.name = next(fmt.name for fmt in FORMATS.values() if fmt.code == int(dut.Format.value))
        dut.part_ready_i.value = dut.finish_i.value = 0
        self.names: list[tuple] = []
        self.source, self.sink = Source(dut, "in", producer), Sink(dut, "out", consumer)

    def send(self, dots: list[Dot]) -> None:
        """Queue the beats of dot products; a name counts with the last beat only."""
        name_t = self.source.types["in_name_i"]
        for item in dots:
            for line in item.beats(self.name):
                _, kind, a, b = (int(word, 16) for word in line.split())
                name = {"a_id": self.random.getrandbits(20), "b_id": self.random.getrandbits(20)}
                self.source.put(in_i={"product": kind & 1, "last": kind >> 1, "a": a, "b": b}, in_name_i=name)
            self.names.append(name_t.unpack(name_t.pack(name)))

    async def finish(self, dots: list[Dot]) -> None:
        """Wait for the results of these dot products, and compare them."""
        beats, result_t = self.sink.beats, bench_types()["mac_result_t"]
        await until(self.dut, lambda: len(beats) >= len(dots), 20_000, "the last result")
        await ClockCycles(self.dut.clk_i, 40)
        # The status is below the value.
        results = [(beat.result.value, result_t.pack(beat.result) & 0xFF) for beat in beats]
        compare(self.name, dots, [encode(self.name, item.expected(self.name)) for item in dots], results)
        assert [beat.name for beat in beats] == self.names, "results with other names"


@cocotb.test()
@cocotb.parametrize(producer=list(STALLS), consumer=list(STALLS))
async def stalls(dut, producer: str, consumer: str) -> None:
    bench = Bench(dut, producer, consumer)
    random = await start(dut)
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
    await ClockCycles(dut.clk_i, 80)
    places = FLOAT_PLACES if FORMATS[bench.name].is_float else INTEGER_PLACES
    assert len(bench.source.accepted[0]) == places and not int(dut.in_ready_o.value)
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
    bench = Bench(dut, consumer="none")
    random = await start(dut)
    for cycles in range(1, 40, 3):
        bench.send(random_dots(bench.name, random, 12))
        await ClockCycles(dut.clk_i, cycles)
        bench.source.clear()
        await reset(dut, 40)
        await RisingEdge(dut.clk_i)
        bench.names.clear()
        bench.sink.clear()
        after = random_dots(bench.name, random, 6)
        bench.send(after)
        await bench.finish(after)
        bench.names.clear()
        bench.sink.clear()


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
