# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: flaash_operand_loader agrees with loader_model, frame by frame."""

import dataclasses
from collections.abc import Iterator

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, RisingEdge, Timer
from cocotbext.axi import AxiStreamFrame

from flaash.driver.frames import entry_width
from models.csf import Csf
from tb.common.bench import start, until
from tb.common.rtl_constants import ERRORS, FRAME_ERRORS
from tb.common.stalls import STALLS
from tests.blocks.axi.axi_ports import stream_source
from tests.blocks.operand.loader_frames import filling, frame, of_lengths, right_frames, tensor, wrong_beats
from tests.blocks.operand.loader_model import load
from tests.blocks.operand.loader_watch import LoaderWatch, build_of, compare
from tests.share import amount

LOADER_ERRORS = [ERRORS[name].value for name in FRAME_ERRORS]


async def _begin(dut):
    """Start the bench: returns (random, build, source, watch)."""
    source = stream_source(dut, "s_axis", dut.rst_ni)
    dut.enable_i.value, dut.forget_i.value, dut.loader_rst_ni.value = 1, 0, 1
    random = await start(dut)
    return random, build_of(dut), source, LoaderWatch(dut)


async def _send(dut, source, frames: list[tuple[str, list[int]]], watch: LoaderWatch) -> None:
    """Send frames back to back, wait until all have been processed and compare each with the model."""
    first = len(watch.finished)
    for _, beats in frames:
        await source.send(AxiStreamFrame(beats))
    budget = 1000 + 60 * sum(len(beats) for _, beats in frames)
    await until(dut, lambda: source.idle() and not watch.loading, budget, "the last frame")
    await ClockCycles(dut.clk_i, 2)
    seen = watch.finished[first:]
    assert len(seen) == len(frames), f"{len(frames)} frames were sent, {len(seen)} have ended"
    for outcome, (what, beats) in zip(seen, frames, strict=True):
        compare(outcome, load(beats, build_of(dut)), what)


async def _cycles(dut, source, watch: LoaderWatch, beats: list[int]) -> int:
    """Send a frame alone, compare it with the model and return the cycles in which the loader was at work."""
    cycles = 0
    await source.send(AxiStreamFrame(beats))
    await until(dut, lambda: watch.loading, 20, "the begin")
    while watch.loading:
        await RisingEdge(dut.clk_i)
        cycles += 1
    compare(watch.finished[-1], load(beats, build_of(dut)), "a frame alone")
    return cycles


@cocotb.test()
@cocotb.parametrize(stalls=amount(["none", "random"], list(STALLS)))
async def right_frames_are_stored(dut, stalls: str) -> None:
    random, build, source, watch = await _begin(dut)
    source.set_pause_generator(STALLS[stalls](random))
    frames = list(right_frames(random, build, 10))
    for what, beats in frames:
        error = load(beats, build).error
        assert error is None, f"{what} is meant to be right, but the model says {error}"
    await _send(dut, source, frames, watch)


@cocotb.test()
@cocotb.parametrize(stalls=["none", "random"])
async def wrong_frames_are_refused_and_the_next_is_read(dut, stalls: str) -> None:
    random, build, source, watch = await _begin(dut)
    source.set_pause_generator(STALLS[stalls](random))
    frames, codes = [], set()
    right = list(right_frames(random, build, 15))
    while len(frames) < 110 or len(codes) < len(LOADER_ERRORS) + 1:
        what, whole = random.choice(right)
        change, beats = wrong_beats(random, whole, build.feed_width)
        error = load(beats, build).error
        code = error and error[0]
        # Every code occurs; some cases of the frequent ones are dropped.
        if code not in codes or (len(frames) < 110 and random.random() < 0.6):
            frames.append((f"{what}, {change}", beats))
            codes.add(code)
            if not len(frames) % 10:
                frames.append((what, whole))
    assert codes == {None, *LOADER_ERRORS}
    await _send(dut, source, frames, watch)


@cocotb.test()
async def memories_fill_to_the_last_place(dut) -> None:
    random, build, source, watch = await _begin(dut)
    frames = []
    for more in (0, 1):
        fits = [filling(random, build, build.mem_lines + more) for _ in range(6)]
        fits += [of_lengths(random, build, lengths) for lengths in _long_last(build, build.mem_lines + more)]
        full = [csf for csf in fits if csf.nnz <= build.mem_lines * build.lanes]
        fibers = build.fiber_depth + more
        full.append(tensor(random, (fibers, 1), fibers))
        nodes = build.node_depth + more
        full.append(Csf((nodes, 1), [np.arange(nodes)], [np.zeros(nodes + 1, int)], np.zeros(0, int), np.zeros(0)))
        for csf in full:
            what = f"{csf.nodes} nodes, {csf.nnz} entries"
            frames.append((what, frame(csf, more, build, random)))
            error = load(frames[-1][1], build).error
            assert (error and error[0]) == (ERRORS["ErrMemoryFull"].value if more else None), what
    await _send(dut, source, frames, watch)


def _long_last(build, lines: int) -> Iterator[list[int]]:
    """Yield lengths of fibers for a number of lines; the last one is long and begins anywhere in a beat."""
    longest = 2**build.coord_width // build.lanes * build.lanes
    for first in range(1, min(17, longest)):
        left = lines * build.lanes - -(-first // build.lanes) * build.lanes  # room after the first one
        before = max(0, -(-left // longest) - 1)
        for spare in range(build.lanes):
            yield [first, *[longest] * before, left - before * longest - spare]


@cocotb.test()
async def fibers_of_each_length_from_each_place_of_a_beat(dut) -> None:
    """The end of a fiber meets each number of entries that wait for their line, and each rest of a beat."""
    random, build, source, watch = await _begin(dut)
    pairs = [
        (first, second)
        for first in range(1, 17)
        for second in range(1, 21)
        if second <= 2**build.coord_width and first <= 2**build.coord_width
    ]
    frames = [
        (f"fibers of {pair} entries", frame(of_lengths(random, build, [*pair, 1]), 0, build, random))
        for pair in random.sample(pairs, min(len(pairs), amount(30, len(pairs))))
    ]
    await _send(dut, source, frames, watch)


@cocotb.test()
async def entries_come_as_fast_as_they_are_written(dut) -> None:
    """One long fiber: the beats give the cycles, or the lines where these limit."""
    random, build, source, watch = await _begin(dut)
    entries = min(build.lanes * build.mem_lines, 2**build.coord_width)
    extent = min(2**build.coord_width, 2**32 - 1)
    beats = frame(tensor(random, (extent,), entries), 0, build, random)
    group = min(entries // (len(beats) - 2), build.line_writes * build.lanes)
    cycles = await _cycles(dut, source, watch, beats)
    assert cycles <= -(-entries // group) + 12, f"{cycles} cycles for {entries} entries by {group}"


@cocotb.test()
async def a_fiber_comes_in_each_cycle(dut) -> None:
    """Fibers that begin anywhere in a beat, each with less entries than a step takes."""
    random, build, source, watch = await _begin(dut)
    per_beat = build.feed_width // entry_width(build.fmt, build.coord_width)
    length = min(per_beat, build.line_writes * build.lanes, 2**build.coord_width) * 3 // 4 or 1
    fibers, pointers = 20, int(dut.PointerWords.value)
    csf = of_lengths(random, build, [length] * fibers)
    upper = fibers // (4 if pointers > 1 else 1) + fibers // pointers
    cycles = await _cycles(dut, source, watch, frame(csf, 0, build, random))
    assert cycles <= upper + fibers + 16, f"{cycles} cycles for {fibers} fibers of {length} entries"


def _sparse(random, build, lengths: list[int]) -> Csf:
    """Return a tensor of order 2 with fibers of these lengths, of which most may be 0."""
    extent = min(2**build.coord_width, max(2, 2 * max(lengths)))
    coords = [np.sort(random.sample(range(extent), length)) for length in lengths]
    leaf = np.concatenate(coords).astype(int)
    return Csf((len(lengths), extent), [np.arange(len(lengths))], [np.cumsum([0, *lengths])], leaf, np.zeros(len(leaf)))


# Nodes that have children, of 50. A row of pointers may have 4, 8 or 16, the first of all being no node's end.
INHABITED = {
    "none": [],
    "the first": [0],
    "the last": [49],
    "ends of rows": [3, 7, 14, 15, 30, 31, 47],
    "begins of rows": [4, 8, 15, 16, 32, 48],
    "around each border": [2, 3, 4, 6, 7, 8, 14, 15, 16, 17, 30, 31, 32, 46, 47, 48],
    "one in the middle": [25],
    "two far apart": [1, 45],
}


@cocotb.test()
async def childless_nodes_lie_anywhere_in_rows_of_pointers(dut) -> None:
    """Nodes with children around the borders of rows, whole rows without them, none at all, and the other way round."""
    random, build, source, watch = await _begin(dut)
    frames = []
    for what, inhabited in INHABITED.items():
        for nodes in (50, random.choice([15, 16, 17, 31, 32, 33, 47, 48, 49])):
            lengths = [random.choice([1, 2]) if node in inhabited else 0 for node in range(nodes)]
            frames.append((f"{what} of {nodes}", frame(_sparse(random, build, lengths), 0, build, random)))
    for borders in (range(0, 50, 4), range(3, 50, 4), range(0, 50, 16), range(15, 50, 16)):
        keep = set(random.sample([node for node in range(50) if node not in borders], min(20, build.fiber_depth)))
        lengths = [int(node in keep) for node in range(50)]
        frames.append((f"all but {borders}", frame(_sparse(random, build, lengths), 1, build, random)))
    for what, beats in frames:
        assert load(beats, build).error is None, what
    await _send(dut, source, frames, watch)


@cocotb.test()
async def rows_of_childless_nodes_take_a_cycle(dut) -> None:
    """A row of pointers, not a node, costs a cycle where no node has children."""
    random, build, source, watch = await _begin(dut)
    pointers, taken = int(dut.PointerWords.value), {}
    for inhabited in ([0, 49], range(0, 50, 3)):
        lengths = [int(node in inhabited) for node in range(50)]
        cycles = await _cycles(dut, source, watch, frame(_sparse(random, build, lengths), 0, build, random))
        taken[len(inhabited)] = cycles
        upper = -(-50 // min(pointers, 8)) + 50 // pointers + 1
        assert cycles <= upper + 50 // pointers + len(inhabited) + 18, (cycles, inhabited)
    dut._log.info("cycles by nodes with children: %s", taken)


@cocotb.test()
async def wrong_pointers_are_found_at_each_place_of_a_row(dut) -> None:
    """A pointer that is less than the one before it, or too great: the code and the place are those of the word."""
    random, build, source, watch = await _begin(dut)
    lengths = [int(node % 3 != 1 and node < 30) for node in range(50)]
    csf, frames = _sparse(random, build, lengths), []
    for place in [0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 49, 50]:
        pointers = csf.pointers[0].copy()
        pointers[place] = random.choice([pointers[place - 1] - 1, csf.nnz + 1]) if place > 2 else csf.nnz + 1
        wrong = frame(dataclasses.replace(csf, pointers=[pointers]), 0, build, random)
        error = load(wrong, build).error
        assert error == (ERRORS["ErrPointer"].value, place), (place, error)
        frames += [(f"pointer {place}", wrong), ("after it", frame(csf, 0, build, random))]
    await _send(dut, source, frames, watch)


@cocotb.test()
async def disabled_means_between_frames(dut) -> None:
    random, build, source, watch = await _begin(dut)
    beats = frame(tensor(random, (4, 5), 12), 0, build, random)
    dut.enable_i.value = 0
    await source.send(AxiStreamFrame(beats))
    for _ in range(20):
        await RisingEdge(dut.clk_i)
        assert dut.s_axis_tready_o.value == 0, "a frame was begun while disabled"
    dut.enable_i.value = 1
    await until(dut, lambda: watch.loading, 20, "the begin")
    await RisingEdge(dut.clk_i)
    dut.enable_i.value = 0
    await until(dut, lambda: watch.finished, 200, "the frame that had begun")
    compare(watch.finished[-1], load(beats, build), "the frame that had begun")
    assert dut.s_axis_tready_o.value == 0


@cocotb.test()
async def an_operand_is_given_up(dut) -> None:
    """At any point, also around an error and while the rest is discarded: nothing of the operand remains."""
    random, build, source, watch = await _begin(dut)
    whole = ("after it", frame(tensor(random, (3, 4, 6), 20, 2), 1, build, random))
    broken = whole[1][:1] + [0] + whole[1][2:]
    repeated = whole[1][:-2] + [0] + whole[1][-1:]  # coordinates that do not ascend, in the last beat but one
    for beats in (whole[1], broken, repeated):
        for _ in range(8):
            await source.send(AxiStreamFrame(beats))
            await until(dut, lambda: watch.loading, 20, "the begin")
            await ClockCycles(dut.clk_i, random.randint(0, 2 * len(beats)))
            ended = len(watch.finished)
            dut.forget_i.value = 1
            await until(dut, lambda: source.idle() and not watch.loading, 200, "the end")
            dut.forget_i.value = 0
            await ClockCycles(dut.clk_i, 2)
            # Only what had come before may still end, in its own way.
            assert all(outcome.error is None or beats is not whole[1] for outcome in watch.finished[ended:])
            watch.forget()
            await _send(dut, source, [whole], watch)


@cocotb.test()
async def what_a_reset_has_cut_short_is_thrown_away(dut) -> None:
    """The loader alone is reset, inside of an operand: the rest of it is no operand, and no error."""
    random, build, source, watch = await _begin(dut)
    whole = ("after the reset", frame(tensor(random, (3, 4, 6), 20, 2), 1, build, random))
    for _ in range(8):
        await source.send(AxiStreamFrame(whole[1]))
        await until(dut, lambda: watch.loading, 20, "the begin")
        await ClockCycles(dut.clk_i, random.randint(0, len(whole[1]) // 2))
        ended = len(watch.finished)
        dut.loader_rst_ni.value = 0
        await RisingEdge(dut.clk_i)
        watch.forget()
        dut.loader_rst_ni.value = 1
        await until(dut, source.idle, 200, "the rest")
        await ClockCycles(dut.clk_i, 4)
        assert len(watch.finished) == ended and not watch.loading, "the rest of an operand was read"
        await _send(dut, source, [whole], watch)


@cocotb.test()
async def reset_inside_a_frame(dut) -> None:
    """A reset at any point: the next beat is read as a header, and nothing of the earlier frame is left."""
    random, build, source, watch = await _begin(dut)
    whole = ("after the reset", frame(tensor(random, (3, 4, 6), 20, 2), 1, build, random))
    # A wrong frame is being discarded when the reset comes, too.
    broken = whole[1][:1] + [0] + whole[1][2:]
    for beats in (whole[1], broken):
        for _ in range(8):
            await source.send(AxiStreamFrame(beats))
            await ClockCycles(dut.clk_i, random.randint(2, 2 * len(beats)))
            dut.rst_ni.value = 0
            source.clear()
            await Timer(2, "ns")
            watch.forget()
            dut.rst_ni.value = 1
            await RisingEdge(dut.clk_i)
            await _send(dut, source, [whole], watch)
