# SPDX-License-Identifier: Apache-2.0
"""The table of the plain benches: a module, its bench of the same name, and parameters on each simulator."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.simulation import run_bench
from tests.share import LONG, amount, share
from tools.proofs import read_proofs

Rows = list[dict[str, int]]
HERE = Path(__file__).parent
WRAPPERS = {path.stem: path for path in HERE.glob("*/*.sv")}  # modules that stand beside their benches
BENCHES = {path.stem.removesuffix("_tests"): path for path in HERE.glob("*/*_tests.py")}


def rows(names: str, *values: int | tuple[int, ...]) -> Rows:
    """Return a row of parameters per value, or per tuple of values for several names."""
    return [dict(zip(names.split(), value if isinstance(value, tuple) else (value,), strict=True)) for value in values]


def plain(
    module: str,
    verilator: Rows,
    icarus: Rows,
    long: Rows | None = None,
    bench: str = "",
    proved: bool = False,
    first: str | None = "icarus",
    inside: bool = False,
    testcase: str | None = None,
    whole: bool = False,
    arguments: dict[str, object] | None = None,
    **common: int,
) -> Callable:
    """Return the test of a module.

    Args:
        module: of rtl/, or a wrapper beside its bench.
        verilator: parameters of each build there, which takes seconds.
        icarus: of each build there, which is fast, so that the space is swept there.
        long: parameters that the suite leaves to make regress LIST=long, there.
        bench: tests/blocks/*/<bench>_tests.py, several with commas; by default the module's name without `flaash_`.
        proved: by induction, in formal/: the suite needs no second simulator.
        first: the simulator that runs it with odd seeds; the other one runs it with even seeds. None: both always.
        inside: the bench looks inside the module.
        testcase: only these tests of the bench.
        whole: the suite runs all builds.
        arguments: of the bench.
        common: parameters of all builds.
    """
    name = module.removeprefix("flaash_")
    benches = (bench or name).split(",")
    modules = ",".join(f"tests.blocks.{BENCHES[one].parent.name}.{one}_tests" for one in benches)
    builds = {"verilator": verilator, "icarus": icarus + (long or [] if LONG else [])}

    def test(simulator: str, seed: int) -> None:
        for row in builds[simulator] if whole else share(builds[simulator], seed, suite=3):
            label = "".join(f"-{parameter}{value}" for parameter, value in row.items())
            run_bench(
                module,
                modules,
                simulator,
                "-".join(dict.fromkeys((name, benches[0]))) + label,
                {**common, **row},
                seed,
                inside=inside,
                testcase=testcase,
                arguments=arguments,
                extra_sources=[WRAPPERS[module]] if module in WRAPPERS else [],
            )

    if proved:
        PROVED.append(name)
    runs = {"proved": True} if proved else {"odd": first} if first else {}
    return pytest.mark.runs(**runs)(test)


PROVED: list[str] = []

test_axi_read = plain(
    "flaash_axi_read",
    rows("DataWidth Bursts BurstBeats", (128, 4, 16)),
    rows("DataWidth Bursts BurstBeats", (128, 4, 16), (256, 16, 8), (512, 1, 64), (512, 5, 1)),
)
test_axi_write = plain(
    "flaash_axi_write",
    rows("DataWidth Bursts BurstBeats", (128, 4, 16)),
    rows("DataWidth Bursts BurstBeats", (128, 4, 16), (256, 2, 8), (512, 16, 4)),
)
test_dma_loader = plain(
    "flaash_dma_loader",
    rows("Format CoordWidth DataWidth Bursts Depth", (3, 14, 256, 4, 64), (0, 10, 512, 4, 32)),
    rows(
        "Format CoordWidth DataWidth Bursts Depth LevelsAhead",
        (0, 16, 128, 8, 64, 32),
        (1, 10, 512, 2, 32, 16),
        (0, 16, 256, 4, 32, 16),
        (2, 9, 256, 16, 128, 32),
        (3, 32, 128, 1, 32, 16),
        (2, 14, 128, 4, 256, 16),
        (2, 8, 512, 5, 64, 32),
    ),
)
test_stream_packer = plain(
    "flaash_stream_packer",
    rows("DataWidth InWords", (256, 12), (128, 6)),
    rows("DataWidth InWords", (128, 1), (128, 6), (256, 4), (256, 16), (512, 24), (512, 32)),
)
test_dma_issue = plain(
    "flaash_dma_issue",
    rows("DataWidth FirstBeats RestBeats InFlight", (512, 9, 0, 16)),
    rows(
        "DataWidth FirstBeats RestBeats InFlight Buffers", (128, 16, 20, 16, 2), (256, 8, 10, 8, 1), (512, 9, 0, 2, 2)
    ),
)
test_dma_quota = plain("flaash_dma_quota", [{}], [{}])
test_dma_registers = plain(
    "flaash_dma_registers",
    rows("DataWidth ReadBursts WriteBursts", (512, 62, 32)),
    rows("DataWidth ReadBursts WriteBursts", (128, 255, 64), (256, 1, 2)),
)
test_dma_retire = plain("flaash_dma_retire", rows("InFlight", 16), rows("InFlight", 8, 16))
test_dma_writer = plain(
    "flaash_dma_writer",
    rows("DataWidth ResultLanes Format BeatsBuffered", (512, 8, 0, 64), (128, 2, 3, 256)),
    rows(
        "DataWidth ResultLanes Format BeatsBuffered",
        (128, 1, 0, 32),
        (128, 2, 1, 128),
        (256, 4, 0, 64),
        (256, 3, 3, 256),
        (512, 8, 3, 32),
    ),
)
test_delay_line = plain("flaash_delay_line", rows("Delay", 3), rows("Delay", 0, 1, 2, 3, 8, 49), Channels=3, Width=24)
test_error_log = plain("flaash_error_log", [{}], [{}])
test_job_generator = plain("flaash_job_generator", [{}], [{}], proved=True)
SDPE = "Format Lanes CoordWidth"
RANGE = (2, 8, 32)  # int8
test_sdpe = plain(
    "flaash_sdpe",
    rows(SDPE, (0, 8, 16), RANGE),
    rows(SDPE, (0, 8, 16), (3, 4, 32), (1, 2, 16), (2, 1, 32)),
    inside=True,
    ResultDepth=4,
)
test_sdpe_range = pytest.mark.toggles(False)(  # the same product 2**17 times, which takes minutes on Icarus
    pytest.mark.runs(on="verilator", turn=(1, 2))(
        plain("flaash_sdpe", rows(SDPE, RANGE), [], bench="sdpe_range", first=None, inside=True, ResultDepth=4)
    )
)
# On Verilator, whose builds take long, the others are for LIST=long.
FORMATS = rows("Format", 0, 1, 2, 3)
test_handshakes = plain("flaash_mac", FORMATS[: 4 if LONG else 1], FORMATS, bench="mac", whole=True)
COMBINERS = rows("Format Slots", (0, 1), (1, 16), (2, 3), (3, 64))
test_combiner = plain(
    "flaash_combiner",
    rows("Format Slots", (0, 5)) + COMBINERS[: 4 if LONG else 0],
    COMBINERS,
    bench="combiner,combiner_room",
    first=None,
    ResultDepth=4,
)
test_export = plain(  # floats, with room for 2**4 products; the proof mac_integer has integers
    "flaash_mac", FORMATS[: 2 if LONG else 1], FORMATS[:2], bench="mac_export", whole=True, CountWidth=4, Portions=1
)
test_mac_and_combiner = pytest.mark.runs(on="icarus")(  # the MAC's directed dot products, cut into portions
    plain(
        "flaash_mac_combined",
        [],
        FORMATS,
        bench="mac_combined",
        first=None,
        whole=True,
        arguments={"sums": 10_000 if LONG else amount(15, 40)},
    )
)
test_memory_interface = plain(
    "flaash_dma",
    rows("DataWidth ResultLanes ReadBursts WriteBursts", (512, 8, 8, 8)),
    rows("DataWidth ResultLanes ReadBursts WriteBursts Buffers", (128, 2, 4, 2, 2), (256, 4, 62, 32, 1)),
)
test_memory_interface_pairs = plain(  # the chip's model makes each error at any time
    "flaash_dma",
    rows("DataWidth ResultLanes", (512, 8)),
    rows("DataWidth ResultLanes", (128, 2)),
    bench="dma_pairs",
    first=None,
)
# Beats have fewer entries than lanes, the same number, and more. The suite has the first builds.
LOADER = "Format Lanes CoordWidth FeedWidth PointerWords LineWrites"
test_operand_loader = plain(
    "flaash_operand_loader_bench",
    # Two lanes with entries of 64 bits, four with 32 bits: the widest stages whose toggles Verilator counts.
    rows(
        LOADER,
        (0, 4, 10, 512, 16, 2),
        (2, 8, 8, 256, 8, 1),
        (0, 2, 32, 128, 1, 1),
        (1, 4, 16, 256, 8, 1),
        (0, 4, 32, 256, 8, 1),
    )[: amount(1, None)],
    rows(
        LOADER,
        (0, 4, 16, 128, 1, 1),
        (0, 4, 10, 512, 16, 2),
        (2, 8, 8, 128, 1, 1),
        (3, 2, 32, 256, 8, 1),
        (2, 1, 3, 128, 4, 1),
        (0, 4, 10, 256, 8, 1),
        (1, 8, 15, 128, 1, 1),
        (2, 2, 8, 512, 16, 2),
        (2, 2, 8, 256, 1, 1),
        (0, 8, 32, 512, 16, 1),
        (3, 1, 12, 512, 16, 2),
    )[: amount(5, None)],
    bench="operand_loader",
    whole=True,
    MemLines=40,
    NodeDepth=50,
    FiberDepth=24,
)
test_operand_loaders = pytest.mark.runs(full="verilator")(  # two loaders side by side: their joined report
    plain("flaash_operand_loaders_bench", [{}], [{}], bench="operand_loaders", first=None)
)
# A grid of 5 x 3 leaves one of 16 groups without a cell: this group has the last fibers alone.
LAST_FIBERS = rows("Groups MaxSize Engines MemLines Buffers Lanes", (16, 8, 2, 8192, 2, 4))
test_the_last_fibers = plain(
    "flaash_plan_bench", LAST_FIBERS, LAST_FIBERS, bench="plan", inside=True, testcase="last_fibers_alone"
)
test_memory_bank = plain("flaash_memory_bank", [{}], [{}], bench="parity_bank", Width=20, Words=6)
test_operand_memory = plain(
    "flaash_operand_memory",
    rows("Lines Buffers LineWrites", (5, 2, 2)),
    rows("Lines Buffers LineWrites", (5, 2, 2), (8, 1, 1), (8, 2, 1), (8, 2, 2)),
    inside=True,
    NumPorts=2,
    LineWidth=20,
    Memory=0,
)
MEMORY = "NumPorts LineWidth Lines Latency Banks Parity LineWrites LastFirst Shared"
MEMORIES = (
    rows(MEMORY, (6, 37, 24, 3, 4, 1, 2, 1, 0), (6, 32, 24, 1, 8, 1, 1, 0, 1)),
    rows(
        MEMORY,
        (6, 37, 24, 3, 4, 1, 2, 0, 0),
        (1, 1, 1, 1, 1, 1, 1, 1, 0),
        (3, 64, 21, 1, 8, 1, 1, 1, 0),
        (5, 20, 8, 2, 1, 0, 1, 0, 0),
        (4, 20, 23, 2, 2, 1, 2, 1, 0),
        (8, 517, 32, 50, 16, 1, 1, 0, 0),
        (1, 32, 24, 1, 1, 0, 1, 0, 1),
        (8, 32, 24, 1, 4, 1, 1, 0, 1),
    ),
)
test_tensor_memory_banked = plain("flaash_tensor_memory_banked", *MEMORIES, bench="tensor_memory", inside=True)
test_tensor_memory_ideal = plain(
    "flaash_tensor_memory_ideal",
    *(
        [{name: value for name, value in row.items() if name not in ("LastFirst", "Shared")} for row in rows]
        for rows in MEMORIES
    ),
    bench="tensor_memory",
    inside=True,
)
test_parity_bank = plain(
    "flaash_parity_bank",
    rows("Words AddrWidth Ports Registered Parity", (6, 5, 2, 1, 1)),
    rows(
        "Words AddrWidth Ports Registered Parity",
        *((*size, *kind) for size in ((6, 5, 2), (2, 1, 1), (8, 3, 3)) for kind in ((1, 1), (0, 1), (1, 0), (0, 0))),
    ),
)
REGISTERS = {
    **{"Format": 3, "NumSdpe": 5, "Lanes": 2, "CoordWidth": 11, "Engine": 3, "Memory": 0, "Scheduler": 1},
    **{"MemLines": 777, "NodeDepth": 888, "FiberDepth": 999},
}
test_registers = plain(
    "flaash_registers_bench", [{}], [{}], bench="registers,registers_stop,registers_bus", CanSplit=1, **REGISTERS
)
test_registers_of_the_memory_interface = plain(
    "flaash_registers_bench", [{}], [{}], bench="registers_dma", CanSplit=1, ByCommand=1, **REGISTERS
)
test_registers_of_a_build_that_cannot_split = plain(
    "flaash_registers_bench",
    [{}],
    [{}],
    bench="registers_bus",
    testcase="portions_need_a_build_that_can_split,the_build_can_be_read",
    CanSplit=0,
    **REGISTERS,
)
HOST_SIDE = rows("Format", 3), rows("Format", 0, 3)  # int16 has the widest values
test_result_unloader = plain(
    "flaash_host_side_bench", *HOST_SIDE, bench="result_unloader", NodeDepth=200, FiberDepth=100
)
test_soft_reset = pytest.mark.toggles(False)(  # builds of the test above
    plain("flaash_host_side_bench", *HOST_SIDE, bench="soft_reset", first=None, NodeDepth=200, FiberDepth=100)
)
test_work = plain("flaash_work_bench", [{}], [{}], bench="work")
test_parity_report = plain("flaash_parity_report", rows("NumSources", 9), rows("NumSources", 1, 2, 9, 65))
# One source more than engines: with a combiner.
test_perf_sum = plain(
    "flaash_perf_sum",
    rows("NumSdpe NumSources Empties", (64, 65, 1)),
    rows("NumSdpe NumSources Empties", (1, 1, 1), (1, 2, 0), (5, 5, 0), (64, 64, 1), (64, 65, 1)),
)
test_result_gate = plain("flaash_result_gate", rows("NumSources", 5), rows("NumSources", 1, 5, 64), CountWidth=4)
test_result_lanes = plain(
    "flaash_result_lanes",
    rows("NumSources Lanes", (9, 4), (8, 2)),
    rows("NumSources Lanes", (1, 1), (5, 1), (1, 2), (8, 2), (3, 4), (33, 8)),
)
test_result_network = plain(
    "flaash_result_network", rows("NumSources", 5), rows("NumSources", 1, 3, 8, 65), bench="stream_tree", proved=True
)
test_row_bounds = plain(
    "flaash_row_bounds",
    rows("DataWidth Inputs", (512, 4)),
    rows("DataWidth Inputs", (128, 1), (256, 2), (512, 4)),
    NodeDepth=70,
)
test_row_packer = plain(
    "flaash_row_packer",
    rows("DataWidth ValueBytes Sources", (512, 4, 2)),
    rows("DataWidth ValueBytes Sources", (128, 4, 1), (128, 8, 3), (256, 8, 2), (512, 4, 2)),
)
test_stream_arbiter2 = plain("flaash_stream_arbiter2", [{}], [{}], bench="stream_tree", proved=True, Width=40)
BUFFER = {"bench": "stream_buffer", "proved": True, "Width": 32}
FIFOS = rows("Depth OutputRegister", (2, 0), (8, 0), (4, 1))
test_stream_fifo = plain("flaash_stream_fifo", FIFOS, FIFOS, **BUFFER)
test_ram_fifo = plain("flaash_ram_fifo", rows("Depth", 2, 8), rows("Depth", 2, 8), **BUFFER)
test_stream_register = plain("flaash_stream_register", [{}], [{}], **BUFFER)
test_stream_tree = plain(
    "flaash_stream_tree",
    rows("Inputs Width", (32, 40)),
    rows("Inputs Width", (1, 30), (2, 30), (3, 90), (5, 30), (13, 32), (64, 90)),
)


@pytest.mark.parametrize("name", PROVED)
def test_what_is_marked_as_proved_is_proved(name: str) -> None:
    assert name in {proof.wrapper.removeprefix("flaash_formal_") for proof in read_proofs() if proof.mode == "prove"}
