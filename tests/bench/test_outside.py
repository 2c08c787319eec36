# SPDX-License-Identifier: Apache-2.0
"""The experiment from outside: its memory, its bound, its checks, and a small run."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from rich.console import Console

from bench import image, outside, outside_report, sweep
from bench.builds import MEMORY
from bench.machines import machine
from bench.outside import Point
from bench.rows import layer_workloads
from bench.workloads import csf_pair, operands, variants
from flaash.driver import StandIn, run
from models.device.layout import COMPLETION_AT, SLOT
from models.outside import operand_bytes
from sim.simulation import run_bench
from tb.common.rtl_constants import DMA

WORKLOAD = "3x3x64_nnz60"


def contracted(made: image.Image) -> np.ndarray:
    """Return the memory after a queue that the stand-in for the machine has processed."""
    size, count = len(made.data), len(made.workloads)
    stand_in = StandIn(base=0, size=size)
    memory, registers = stand_in.memory, stand_in.registers
    run(memory.write(0, made.data))
    for name, value in (("RegRingSize", count + 1), ("RegRingTail", count)):
        run(registers.write(DMA.registers[name].address, value))
    for _ in range(count):
        run(registers.wait())
    return np.frombuffer(run(memory.read(0, size)), np.uint8).copy()


def test_a_queue_has_different_operands_of_one_kind() -> None:
    names = variants("7x7x512_d0.1", 20)
    assert names[0] == "7x7x512_d0.1" and len(set(names)) == 20
    first, *others = (operands(name)[0] for name in names[:3])
    assert all(other.shape == first.shape and other.nnz == first.nnz and not other.equals(first) for other in others)


@pytest.mark.parametrize("layout", image.LAYOUTS)
def test_what_is_noticed(layout: str) -> None:
    """The stand-in's memory is right; each change of it is reported."""
    chosen = machine("default")
    made = image.make(variants(WORKLOAD, 3), chosen, layout=layout)
    after = contracted(made)
    assert not image.check(made, after, chosen)
    last = made.descriptors[2]
    record = SLOT + COMPLETION_AT
    changes = {
        "records": [(last.results + 8, "contraction 2: result"), (last.results, "contraction 2: result")]
        + [(record + 16, "contraction 1: code")],
        "rows": [(last.crd, "contraction 2: "), (last.pos + 4, "contraction 2: "), (last.results, "contraction 2: ")]
        + [(record + 56, "contraction 1: code, tag and rows")],
        "dense": [(last.results, "contraction 2: "), (record + 56, "contraction 1: code, tag and rows")],
    }
    for at, told in (
        *changes[layout],
        (record, "contraction 1: code, tag"),
        (record + 60, "contraction 1: there is no"),
        (record - 1, "1 bytes outside"),
        (last.a[0].first, "1 bytes outside"),
        (last.results + last.capacity - 1, "1 bytes outside"),
    ):
        wrong = after.copy()
        wrong[at] ^= 1
        sentences = image.check(made, wrong, chosen)
        assert sentences and sentences[0].startswith(told), (at, sentences)


def test_the_bound_is_that_of_all_contractions() -> None:
    chosen, names = machine("fast32"), variants("10x10x100_d0.1", 2)
    one, two, both = (outside.bound(some, chosen, 512) for some in (names[:1], names[1:], names))
    assert one.limit == "out"
    for name in one.terms:  # beats are rounded up once
        assert both.terms[name] in (one.terms[name] + two.terms[name], one.terms[name] + two.terms[name] - 1)


def test_filters() -> None:
    layers = 13  # of the 18 have no targets, and are measured at the width and on the machine of the targets only
    swept = len(outside.sweep()) - 2  # two are measured anyway
    rows = len(outside.as_rows())
    assert len(outside.select()) == 9 * 3 * 2 + layers + swept + rows
    assert len(set(outside.select())) == len(outside.select())
    assert len(outside.select("7x7x512_d0.1 fast32")) == 3
    assert len(outside.select("memory 512", config="fast32")) == 9 + layers + swept + rows // 2
    for name, count in {"latency 400": 6, "latency 1000": 6, "dense": 6, "kept": 6, "as rows": rows}.items():
        assert len(outside.select(name)) == count
    assert len(outside.select(num_sdpe=32)) == 9 * 3 + layers + swept + rows
    assert (
        len(outside.select("memory 256", config="fast32")) == len(outside.select("memory 512", config="default")) == 9
    )
    assert {point.workload for point in outside.select("fast32 memory 512")} >= set(layer_workloads())
    assert not outside.select(config="tiny")


def record(point: Point, sustained: int, cold: int) -> dict:
    outcomes = [{"cycles": cycles, "read": 1, "written": 1} for cycles in (20 * sustained, cold)]
    return outside.record(point, machine(point.config), outcomes, [1] * 21, [])


def test_targets_met_and_missed() -> None:
    point = Point("3x3x1024_d0.05", "fast32", 512)
    rows = [record(point, 140, 801), record(Point("3x3x1024_d0.05", "fast32", 256), 140, 801)]
    aimed, other = outside_report.lines(rows)
    assert aimed["aims"] == (140, 800) and aimed["met"] == (True, False)
    assert other["aims"] is None and not other["met"]
    assert aimed["outside_limit"] == "in" and not aimed["near"]
    assert outside_report.lines([record(point, int(1.14 * aimed["outside_bound"]), 801)])[0]["near"]
    for percent, reached in ((114, True), (116, False)):
        (line,) = outside_report.lines([record(point, int(percent * aimed["outside_least"] / 100), 801)])
        assert line["reached"] is reached and not line["near"]
    text = "\n".join(map(str, outside_report.tables(rows)))
    assert "801 (missed)" in text and "'140'" in text
    assert "  bar [140]" in outside_report.chart(rows)


def test_a_layer_without_targets_is_in_the_table_of_all_rows_only() -> None:
    rows = [record(Point("3x3x1024_d0.01", "fast32", 512), 100, 600)]
    (line,) = outside_report.lines(rows)
    assert line["aims"] is None and not line["met"]
    (_, _, targets), (_, _, every), (_, _, swept), (_, _, in_rows) = outside_report.tables(rows)
    assert not targets and not swept and not in_rows and every[0][:4] == ["3x3x1024_d0.01", "fast32", "512", "100"]
    assert outside_report.chart(rows) == [] and not outside_report.draw(rows, Figure().subplots())


def test_the_sweep_has_a_table_of_its_own() -> None:
    """A row of it belongs to no other table, but for the sparse levels at the common latency."""
    points = outside.sweep()
    rows = [record(point, 700, 1_500 + point.latency) for point in points]
    assert [made["problems"] for made in rows] == [[]] * len(points)
    assert [sweep.point_of(made) for made in rows] == points
    (_, head, body) = sweep.table(rows)
    assert len(body) == len(points) and head.index("target") == 5
    told = {tuple(line[:4]): line[4:6] for line in body}
    assert told["7x7x512_d0.05", "sparse", "read", "400"] == ["637 (missed)", "400"]
    assert told["10x10x100_d0.005", "sparse", "kept", "1,000"] == ["605", ""]
    assert len(outside_report.lines(rows)) == 2
    met = record(Point("10x10x100_d0.005", "fast32", 512, dense=True), 115, 500)
    assert sweep.table([met])[2][0][1:6] == ["dense", "read", "100", "95", "95"]


def test_results_as_rows_have_a_table_of_their_own() -> None:
    rows = [record(point, 900, 1_500) for point in outside.as_rows() if point.width == 512]
    assert not outside_report.lines(rows)
    body = outside_report.tables(rows)[3][2]
    assert [line[:4] for line in body] == [
        ["10x10x100_d0.1", "512", "900 (missed)", "720"],
        ["10x10x100_d0.05", "512", "900 (missed)", "290"],
        ["7x7x512_d0.05", "512", "900 (missed)", "330"],
    ]


def test_kept_operands_and_dense_levels_in_the_memory() -> None:
    """Kept descriptors name the first B; dense levels have no coordinates; results are right."""
    chosen = machine("default")
    names = variants(WORKLOAD, 3, same_b=True)
    assert [operands(name)[1] is operands(WORKLOAD)[1] for name in names] == [True] * 3
    made = image.make(names, chosen, dense=True, kept=True)
    assert [descriptor.kept for descriptor in made.descriptors] == [(False, False), (False, True), (False, True)]
    assert len({tuple(descriptor.b) for descriptor in made.descriptors}) == 1
    upper = [level for descriptor in made.descriptors for level in descriptor.a[:-1]]
    assert all(level.dense and level.second == 0 for level in upper)
    assert {level.count for level in upper} == {3, 9}
    after = contracted(made)
    assert not image.check(made, after, chosen)


def test_fewer_cycles_than_can_be_are_told() -> None:
    made = record(Point("3x3x1024_d0.05", "fast32", 512), 60, 801)
    assert not made["checked"] and "the least that there can be" in made["problems"][0]
    bound, least = made["outside_bound"], made["outside_least"]
    between, above = (
        record(Point("3x3x1024_d0.05", "fast32", 512), cycles, 801)
        for cycles in (int(bound + least) // 2, int(least) + 1)
    )
    assert bound < int(bound + least) // 2 < least
    assert "the least that there can be" in between["problems"][0] and above["checked"]


def test_names_and_numbers_are_whole_at_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    one = record(Point("3x3x1024_d0.05", "fast32", 512), 12_345, 12_345)
    rows = [
        one | {"workload": point.workload, "config": point.config, "width": point.width} for point in outside.select()
    ]
    outside_report.show(rows, Console(width=80))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    for line in outside_report.lines(rows):
        begin = [line["workload"], line["config"], str(line["width"]), "12,345"]
        assert any(found[:4] == begin and found[7] == "12,345" for found in lines if len(found) > 7)


@pytest.mark.toggles
@pytest.mark.runs(full="verilator")
@pytest.mark.parametrize(
    "width, latency, gap", [(128, 1, 0), pytest.param(512, 100, 3, marks=pytest.mark.runs(on="icarus"))]
)
def test_a_small_queue(simulator: str, width: int, latency: int, gap: int) -> None:
    """On a chip with its assertions, so with the checker of AXI4 between it and this memory."""
    point = Point(WORKLOAD, "tiny", width, latency, gap, queue=3)
    [made] = outside.measure([point], checked_on=simulator)
    assert made["checked"], made["problems"]
    assert made["outside_bound"] < made["sustained_cycles"] < made["cold_cycles"]
    arrays = sum(operand_bytes(csf, 32) for name in variants(WORKLOAD, 3) for csf in csf_pair(name))
    assert made["beats_read"] * width // 8 >= arrays and made["beats_written"] >= 6


@pytest.mark.runs(on="verilator")
def test_small_queues_with_layouts(simulator: str) -> None:
    points = [Point(WORKLOAD, "default:NumSdpe=4", 128, queue=3, layout=layout) for layout in ("rows", "dense")]
    assert [made["problems"] for made in outside.measure(points, checked_on=simulator)] == [[], []]


@pytest.mark.runs(on="verilator")
def test_a_far_memory(simulator: str) -> None:
    """With its default bursts the chip prefetches far enough: only the queue's ends take longer."""
    points = [Point("3x3x64_nnz20", "tiny", 128, latency) for latency in (100, 400)]
    near, far = outside.measure(points, checked_on=simulator)
    assert near["checked"] and far["checked"], near["problems"] + far["problems"]
    ends = far["cold_cycles"] - near["cold_cycles"]  # round trips of a contraction that is alone
    assert outside.QUEUE * (far["sustained_cycles"] - near["sustained_cycles"]) < 1.1 * ends


def test_the_memory(simulator: str, seed: int) -> None:
    run_bench(
        "flaash_bench_memory",
        "tests.bench.memory_tests",
        simulator,
        "bench-memory",
        {"DataWidth": 128, "Beats": 64, "Bursts": 4},
        seed,
        extra_sources=(MEMORY,),
    )
