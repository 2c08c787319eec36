# SPDX-License-Identifier: Apache-2.0
"""`make silicon` on small pieces of `tiny`, with a library of a dozen cells, and its error messages."""

import json
from pathlib import Path

import pytest

from tests.silicon import dozen
from tools.silicon import __main__ as silicon
from tools.silicon import cells, measure, programs, timing
from tools.silicon.blocks import BLOCKS, DMA, NETWORK, PORTS

PIECE = "tiny/flaash_result_network"
FLIP_FLOPS = 178  # of the network: two registers of 88 bits, each with its valid bit


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the library at two corners, the slow one half as fast, and a table of macros."""
    made = tmp_path_factory.mktemp("cells")
    dozen.write(made / "dozen.lib")
    dozen.write(made / "slow.lib", slower=2.0)
    (made / "macros.yml").write_text(
        "- {cell: RAM, ports: 2, words: 1024, bits: 64, area: 90000, access: 1.5, setup: 0.1}\n"
    )
    return made


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep these files apart from the user's files, except the netlists of configurations."""
    monkeypatch.setattr(programs, "FOLDER", tmp_path / "silicon")


def piece(only: str, *options: str) -> dict:
    """Return the record of one piece."""
    assert silicon.main([f"--only={only}", "--jobs=1", *options]) == 0
    results = json.loads((programs.FOLDER / "results.json").read_text())
    config, _, name = only.partition("/")
    return results["configurations"][config]["pieces"][name]


@pytest.mark.runs(full=True)  # places on an ECP5, by a tool whose translation takes a minute
def test_a_piece_in_both_technologies(folder: Path, capsys: pytest.CaptureFixture) -> None:
    found = piece(PIECE, f"--liberty={folder}/dozen.lib", f"--slow={folder}/slow.lib")
    made, fpga = found["cells"], found["ecp5"]
    assert (found["block"], found["count"]) == ("network", 1)
    # Both have the same registers; those with a reset take 2 more than those without.
    assert fpga["flip_flops"] == FLIP_FLOPS and fpga["lut4"] > 0 and fpga["block_rams"] == 0
    assert 0 <= made["sequential"] - FLIP_FLOPS * dozen.FLIP_FLOP <= 2 * FLIP_FLOPS
    assert made["area"] > made["sequential"] and made["counted_bits"] == 0
    assert made["slow_ns"] > 1.5 * made["ns"] > 0.3 and fpga["clocks"][0] > 100
    register = "u_tree.gen_single.u_register"
    assert made["begin"] == f"{register}.out_valid_q" and made["end"].startswith(f"{register}.out_q[")
    shown = capsys.readouterr().out
    assert PIECE in shown and "LUT4" in shown and "no wires" not in shown  # a table of whole chips only


def test_memories_are_counted_or_macros(folder: Path) -> None:
    library = f"--liberty={folder}/dozen.lib"
    store = "tiny/flaash_operand_store"
    counted = piece(store, library, "--tech=cells")["cells"]
    # Firsts and leaves of 8,193 fibers, 16,384 nodes: widths as in flaash_operand_store.
    assert counted["counted_bits"] == 2 * 8193 * 20 + 16384 * 52 and counted["macro_area"] == 0
    mapped = piece(store, library, f"--macros={folder}/macros.yml", "--tech=cells")["cells"]
    assert mapped["counted_bits"] == 0 and mapped["macros"] == {"RAM": 9 + 9 + 16}
    assert mapped["macro_area"] == 34 * 90000.0
    # A path now begins at a memory, after its access time.
    assert mapped["ns"] > 1.5 > counted["ns"] and "mem_q" in mapped["begin"]


def test_netlists_are_put_together(folder: Path) -> None:
    """The clock of two pieces, one inside the other, includes the path from one into the other."""
    technology = measure.Technology(silicon.library.load(folder / "dozen.lib"))
    found = {one.name: one for one in measure.pieces("tiny")}
    inner, outer = (
        measure.in_cells(found[name], technology) for name in ("flaash_result_store", "flaash_result_network")
    )
    top = folder / "top.v"
    chain = "".join(f"  BUF4 b{number}(.A(n[{number}]), .Y(n[{number + 1}]));\n" for number in range(30))
    top.write_text(
        "module top(input clk_i, rst_ni, output o);\n"
        "  wire [30:0] n; assign o = n[30];\n"
        "  flaash_result_network a(.clk_i(clk_i), .rst_ni(rst_ni), .out_valid_o(n[0]));\n"
        f"{chain}endmodule\n"
    )
    whole = measure.timed("top", technology, [outer[1], inner[1], top], folder / "top")
    assert whole["end"] == "o" and whole["ns"] > 30 * 0.05 and whole["begin"].startswith("a/")


@pytest.mark.parametrize(("port", "slow"), [("load_rst_ni", False), ("load_i", True)])
def test_a_reset_is_in_no_path_whatever_its_name(port: str, slow: bool, folder: Path) -> None:
    technology = measure.Technology(silicon.library.load(folder / "dozen.lib"))
    top = folder / f"{port}.v"
    top.write_text(f"module top(input clk_i, rst_ni, {port}, output o);\n  BUF4 b(.A({port}), .Y(o));\nendmodule\n")
    assert (measure.timed("top", technology, [top], folder / port)["ns"] > 0) == slow


@pytest.mark.runs(full=True)  # a minute each; in the suite each step of the flow has its own test
@pytest.mark.parametrize(("name", "blocks"), [("tiny", set(BLOCKS) - {DMA}), ("tiny-memory128", set(BLOCKS))])
def test_the_whole_of_tiny(
    name: str, blocks: set[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """All pieces and the chip; without choices and sizes of cells, which take half of the time."""
    monkeypatch.setattr(cells, "ABC", ("strash", "&get -n", "&nf", "&put"))
    options = [f"--only={name}", "--tech=cells", "--jobs=1", f"--liberty={folder}/dozen.lib"]
    assert silicon.main(options) == 0
    one = json.loads((programs.FOLDER / "results.json").read_text())["configurations"][name]
    assert {piece["block"] for piece in one["pieces"].values()} == blocks
    shown = capsys.readouterr().out
    area = sum(piece["count"] * piece["cells"]["area"] for piece in one["pieces"].values())
    assert area > 1e5 and f"{area / 1e6:.2f}" in shown and "areas in mm2, no wires" in shown
    assert one["chip"]["ns"] > 0.5 and one["chip"]["begin"].startswith(("u_chip/", "u_dma/"))
    assert f"{one['chip']['ns']:.2f}" in shown and one["chip"]["buffers"] > 0
    ends = {path[end] for path in one["chip"]["pairs"] for end in ("from", "to")}
    assert {*blocks, PORTS} - ends <= {NETWORK} and "The slowest path from block to block" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--only=nothing", "'nothing' is no configuration, and no MAC's name contains it"),
        ("--only=tiny-memory64", "'tiny-memory64' is no configuration"),
        ("--tech=cells", "standard cells need a library: LIBERTY="),
        ("--power=smoke", "standard cells need a library: LIBERTY="),
        ("--only=tiny --power=smokes", "POWER=smokes is neither a sequence (back_to_back, "),
        ("--only=tiny --power=7x7x512_d0.07", "nor one of these, 7x7x512_d0.005, "),
        ("--only=tiny --power=7x7x512_d0.05", "tiny has no memory interface: ONLY= a configuration with -memory512"),
        ("--only=tiny --power=layers", "POWER=layers runs from memory to memory"),
        ("--liberty=none.lib", "there is no Liberty file none.lib"),
        ("--liberty=Makefile --slow=none.lib", "there is no Liberty file none.lib"),
        ("--liberty=Makefile --macros=none.yml", "there is no table of macros none.yml"),
        ("--macros=ram.toml", "SLOW, MACROS, GATED, LATCHES and WIRES are of standard cells: with LIBERTY="),
        ("--gated", "SLOW, MACROS, GATED, LATCHES and WIRES are of standard cells: with LIBERTY="),
        ("--wires", "SLOW, MACROS, GATED, LATCHES and WIRES are of standard cells: with LIBERTY="),
        ("--liberty=x.lib --gated", "GATED=1 is of standard cells alone: with TECH=cells"),
        ("--liberty=x.lib --tech=cells --gated --latches", "LATCHES=1 gates clocks, too: without GATED=1"),
        ("--liberty=Makefile --tech=cells --latches --record", "no record is of latches: without LATCHES=1"),
        ("--liberty=x.lib --lef=a,b", "LEF and WIRE are of placed cells: with WIRES=1"),
        (
            "--liberty=x.lib --tech=cells --wires --gated",
            "WIRES=1 places flip-flops alone: without LATCHES=1 and GATED=1",
        ),
    ],
)
def test_mistakes_are_told(arguments: str, told: str, capsys: pytest.CaptureFixture) -> None:
    assert silicon.main(arguments.split()) == silicon.MISTAKE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ") and told in line


def test_a_piece_that_is_not_there_is_told(capsys: pytest.CaptureFixture) -> None:
    assert silicon.main(["--only=tiny/flaash_nothing"]) == silicon.FAILED
    assert "no piece of tiny contains 'flaash_nothing'" in capsys.readouterr().err


def test_a_failing_program_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(cells, "ABC", ("no such command",))
    assert silicon.main([f"--only={PIECE}", "--tech=cells", f"--liberty={folder}/dozen.lib"]) == silicon.FAILED
    assert "yosys failed, see" in capsys.readouterr().err


def test_paths_are_read() -> None:
    text = (
        "Startpoint: a (input port clocked by clock)\nEndpoint: \\u.x_q[3]$_DFFE_PN0P_  (rising edge)\n"
        "  96.5000   slack (MET)\n\nStartpoint: \\b$_DFF_P_  (x)\nEndpoint: c (x)\n  98.0 slack (MET)\n"
    )
    assert timing.parsed(text) == timing.Timing(3.5, "a", "u.x_q[3]")
    assert timing.parsed("No paths found.") == timing.Timing(0.0, "", "")
    with pytest.raises(ValueError, match="OpenSTA: Error: no such cell"):
        timing.parsed("Error: no such cell\n")
