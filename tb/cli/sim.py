# SPDX-License-Identifier: Apache-2.0
"""`make sim`: contracts two tensors, or runs a sequence, on the simulated chip and checks every bit."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models import io
from models.axes import prepare
from models.csf import Csf
from models.errors import TensorError
from models.numbers import get_format
from models.tensor import SparseTensor
from sim import configs, files
from sim.fits import check_fits
from sim.interfaces import MEMORY, STREAM
from sim.simulation import SimulationFailed
from sim.toolchain import BUILD, SIMULATORS, ToolMissing, require, shown
from tb.cli import einsum, memory, report, settings
from tb.cli.alone import alone, end_children
from tb.cli.common import FAILED, Parser, UsageError, complain, variable
from tb.cli.progress import FILE, watched
from tb.env.run import Run, build_top, run_folder, run_sequences
from tb.sequences.file import DEFAULT_A, DEFAULT_AXES, DEFAULT_B
from tb.sequences.registry import SequenceError, check_interface, load_sequence
from tb.sequences.registry import names as sequence_names

FOLDER = BUILD / "sim"
RUN_NAME = "sim"
BOTH = "both"  # simulators
SEVERAL = "for several runs: with SEEDS, several names in SEQ, or SIM=both"


class NotWritten(UsageError):
    """A run has ended, but its result can't be written as asked."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    result = Parser(
        prog="make sim",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Contracts two sparse tensors on the simulated chip and compares every result with\n"
        "the reference model. Without arguments: two tensors of lithium hydride.",
        epilog="examples:\n"
        "  make sim A=a.tns B=b.npz AXES='2,3:0,1' OUT=c.tns\n"
        "  make sim EINSUM='bij,bkj->bik' A=a.npz B=b.npz CONFIG=fast8\n"
        "  make sim SEQ=skewed CONFIG=fast32 SEED=7\n"
        f"sequences: {', '.join(sequence_names())}\n"
        f"configurations (rtl/configs.toml): {', '.join(configs.names())}\n"
        f"tensor files: {', '.join(io.READERS)}",
    )
    result.add_argument("--a", metavar="FILE", help="tensor A (make: A=)")
    result.add_argument("--b", metavar="FILE", help="tensor B (B=)")
    result.add_argument(
        "--axes",
        metavar="A,A:B,B",
        help="modes of A and of B that are contracted pair by pair, counted from 0, as in"
        " numpy.tensordot (AXES=; default: last of A with last of B)",
    )
    result.add_argument(
        "--einsum", metavar="SUBSCRIPTS", help="contract as numpy.einsum does, such as bij,bkj->bik, instead (EINSUM=)"
    )
    result.add_argument("--out", metavar="FILE", help="write the result to a file (OUT=)")
    result.add_argument(
        "--sim", default="verilator", metavar="NAME", help=f"simulator: {' or '.join(SIMULATORS)}, or both (SIM=)"
    )
    result.add_argument("--config", default=configs.DEFAULT, metavar="NAME", help="hardware configuration (CONFIG=)")
    result.add_argument(
        "--portion",
        metavar="N",
        default="0",
        help="split dot products into portions of at most so many entries of A, if the"
        " configuration can (PORTION=, default 0: don't)",
    )
    result.add_argument(
        "--long-lines",
        metavar="N",
        default="0",
        help="give out jobs of at least so many lines first (LONG_LINES=, default 0: in order)",
    )
    result.add_argument(
        "--if",
        "--edge",
        dest="interface",
        metavar="NAME",
        help="stream: operands and results as streams, they must fit; memory: in memory;"
        " two files by the host's driver, then of any size (IF=, default: stream, or memory if they don't fit)",
    )
    result.add_argument(
        "--renumber",
        metavar="0|1",
        help="IF=memory: leave out contracted coordinates that only one operand has, or not"
        " (RENUMBER=, default: where the contracted extent is beyond CoordWidth)",
    )
    result.add_argument(
        "--chips",
        metavar="N",
        help="contract on so many simulated chips, or on the cluster at an address tcp://host:8786 (CHIPS=)",
    )
    result.add_argument("--seq", metavar="NAME", help="run this sequence instead of two files; several: SEQ=a,b (SEQ=)")
    result.add_argument("--seed", default="1", metavar="N", help="of every random choice (SEED=, default 1)")
    result.add_argument("--seeds", metavar="N-M", help="a run for each of these seeds, such as 1-20 or 1,5,8 (SEEDS=)")
    result.add_argument(
        "--jobs", metavar="N", help="of several runs so many at a time, otherwise one per processor (JOBS=)"
    )
    result.add_argument("--rerun", metavar="all", help="of several runs also those that have passed before (RERUN=all)")
    result.add_argument("--waves", action="store_true", help="write a trace (WAVES=1)")
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 agreed, 1 the hardware is wrong, 2 called wrongly."""
    try:
        options = parser().parse_args(arguments)
        if options.seeds or options.sim == BOTH or "," in (options.seq or ""):
            return several(options)
        if options.jobs:
            raise UsageError(f"JOBS is {SEVERAL}")
        if options.rerun:
            raise UsageError(f"RERUN is {SEVERAL}")
        FOLDER.mkdir(parents=True, exist_ok=True)
        with alone(FOLDER.with_name(f"{FOLDER.name}.lock"), "make sim"):
            return simulate(options)
    except NotWritten as error:
        return complain(error)  # the run itself has left its summary
    except (UsageError, TensorError, configs.ConfigError, SequenceError, ToolMissing) as error:
        return refuse(error)
    except OSError as error:
        return refuse(f"{error.filename}: {error.strerror}" if error.filename else error)
    except KeyboardInterrupt:
        end_children()
        print("interrupted", file=sys.stderr)
        return FAILED


def refuse(message: object) -> int:
    """Complain, and leave no summary of a run before that could be taken for one of this call."""
    with contextlib.suppress(OSError):  # the refusal may concern this folder
        FOLDER.mkdir(parents=True, exist_ok=True)
        summary = {"passed": False, "error": f"refused: {message}"}
        (FOLDER / "summary.json").write_text(json.dumps(summary) + "\n")
    return complain(message)


def several(options: argparse.Namespace) -> int:
    """Run each combination of sequences, simulators and seeds as a regression of its own."""
    from tb.cli.regress import carry_out  # its engine takes a second to load
    from tb.regress.plan import Call, expand, parse_seeds

    for name in ("out", "waves", "einsum", "renumber", "chips"):
        if getattr(options, name):
            raise UsageError(f"{name.upper()} is for one run; a failed run gets its waves by itself")
    if options.seeds and options.seed != "1":
        raise UsageError("SEED and SEEDS can't be given together")
    if options.seeds and not options.seq:
        raise UsageError("SEEDS needs SEQ: two files are contracted in the same way with every seed")
    seeds = parse_seeds(options.seeds) if options.seeds else [settings.seed(options.seed)]
    names = (options.seq or "file").split(",")
    knobs: dict[str, dict] = {}
    config = configs.load(options.config)
    for name in names:
        one = argparse.Namespace(**{**vars(options), "seq": name if options.seq else None})
        knobs.update(_choose(one, config)[1])
    simulators = SIMULATORS if options.sim == BOTH else [options.sim]
    for simulator in simulators:
        require(simulator)
    unsaid = vars(parser().parse_args([]))
    given = {
        variable(name): value
        for name, value in vars(options).items()
        if name not in ("jobs", "rerun") and value != unsaid[name]
    }
    specs = expand(names, [options.config], simulators, seeds, knobs, options.interface or STREAM)
    return carry_out(
        "sim", specs, Call("sim", given), jobs=options.jobs or str(os.cpu_count() or 1), rerun=options.rerun or ""
    )


def simulate(options: argparse.Namespace) -> int:
    """Check the options, run the simulation and report."""
    config = configs.load(options.config)
    require(options.sim)
    check_interface(options.interface or STREAM, [options.seq] if options.seq else ())
    if options.chips and not options.a:
        raise UsageError("CHIPS needs A and B")
    if options.chips and not options.einsum:
        _files(options)  # both, or a complaint
    two_files = options.seq in (None, "", "file")
    if options.renumber and not (two_files and options.interface == MEMORY):
        raise UsageError(f"RENUMBER is for two files with IF={MEMORY}")
    if options.einsum or options.chips:
        if options.interface == MEMORY and not options.chips:
            raise UsageError(f"IF={MEMORY} takes no EINSUM")
        return einsum.run(options)
    seed = settings.seed(options.seed)
    if options.out:
        io.check_writable(options.out)
    try:
        sequence, knobs = _choose(options, config)
    except TensorError as error:
        if options.interface or not two_files:
            raise
        options.interface = MEMORY
        sequence, knobs = _choose(options, config)
        print(f"{error}: so through the {MEMORY} interface")
    options.interface = options.interface or STREAM
    interface = f" with the {MEMORY} interface" if options.interface == MEMORY else ""
    print(f"{sequence} on {options.sim}, configuration {config.name}{interface}, seed {seed}", flush=True)
    shutil.rmtree(run_folder(RUN_NAME), ignore_errors=True)  # what a run before has left there
    summary_path, began = FOLDER / "summary.json", time.monotonic()
    summary_path.write_text(json.dumps({"passed": False, "error": "not finished"}) + "\n")
    try:
        watched("building", lambda: build_top(config, options.sim, options.waves, interface=options.interface))
        run = watched(
            "simulating",
            lambda: run_sequences(
                config,
                options.sim,
                [sequence],
                RUN_NAME,
                seed,
                knobs,
                options.waves,
                progress=str(run_folder(RUN_NAME) / FILE),
                interface=options.interface,
            ),
            run_folder(RUN_NAME),
        )
    except SimulationFailed as error:
        summary = {**_read_summary(), "passed": False, "error": str(error)}
        summary_path.write_text(json.dumps(summary, indent=1) + "\n")
        report.table(summary)
        if options.waves:
            report.trace(run_folder(RUN_NAME), options.sim)
        print(error, *report.repeat_lines(options), sep="\n", file=sys.stderr)
        return FAILED
    summary_path.write_text(json.dumps(run.summary, indent=1) + "\n")
    report.table(run.summary)
    report.added(run.folder)
    if options.out:
        _write_result(options.out, run, str(config["Format"]))
    print(f"summary in {shown(summary_path)}, {time.monotonic() - began:.1f} s")
    if options.waves:
        report.trace(run.folder, options.sim)
    return 0 if run.summary["passed"] else FAILED


def _files(options: argparse.Namespace) -> tuple[tuple[str, str], str | None]:
    """Return the two files and the axes."""
    if bool(options.a) != bool(options.b):
        raise UsageError("A and B must be given together")
    axes = options.axes or (None if options.a else DEFAULT_AXES)
    return (options.a or DEFAULT_A, options.b or DEFAULT_B), axes


def _choose(options: argparse.Namespace, config: configs.Config) -> tuple[str, dict[str, dict]]:
    """Return the sequence and its knobs; read the files once, so that mistakes show before a build."""
    portion = settings.portion(options.portion, config)
    long_lines = settings.number("LONG_LINES", options.long_lines, "lines")
    given = {"A": options.a, "B": options.b, "AXES": options.axes, "PORTION": portion, "LONG_LINES": long_lines}
    if options.seq:
        load_sequence(options.seq)
        extra = [name for name, value in given.items() if value]
        if extra and options.seq != "file":
            raise UsageError(f"{' and '.join(extra)} can't be given together with SEQ={options.seq}")
    if options.seq and options.seq != "file":
        return options.seq, {}
    files, axes = _files(options)
    in_memory = options.interface == MEMORY
    renumbered = memory.renumbered(options.renumber)
    operands = prepare(*map(io.read, files), axes, None if in_memory else int(config["CoordWidth"]))
    if in_memory:
        memory.check(operands, config, renumbered)
    for file, operand in () if in_memory else zip(files, operands, strict=True):
        check_fits(Path(file).name, Csf.from_tensor(operand), config)
    if options.out:
        _check_shape(Path(options.out), (*operands[0].shape[:-1], *operands[1].shape[:-1]))
    fmt = get_format(str(config["Format"]))
    report.losses(fmt, dict(zip(files, operands, strict=True)))
    for sentence in settings.warnings(config, operands, portion, long_lines):
        print(f"warning: {sentence}")
    return "file", {
        "file": {
            "a": str(Path(files[0]).resolve()),
            "b": str(Path(files[1]).resolve()),
            "axes": axes,
            "portion": portion,
            "long_lines": long_lines,
            "renumbered": renumbered,
        }
    }


def _check_shape(path: Path, shape: tuple[int, ...]) -> None:
    """Complain if the format of a file can't hold a result of this shape: try it with an empty one."""
    empty = SparseTensor.from_coordinates(shape, np.zeros((0, len(shape)), np.int64), np.zeros(0))
    with tempfile.TemporaryDirectory() as folder:
        try:
            io.write(Path(folder) / path.name, empty)
        except TensorError as error:
            raise UsageError(f"{path}: {error.message}") from None


def _read_summary() -> dict:
    """Return what the simulation has left, nothing if it never began."""
    path = run_folder(RUN_NAME) / "summary.json"
    return files.read_json(path) or {}


def _write_result(out: str, run: Run, fmt: str) -> None:
    """Write what the hardware delivered.

    Raises:
        NotWritten: there is none, or the file can't be written; the message says where it is all the same.
    """
    raw = run.folder / "result.npz"
    if not raw.exists():
        raise NotWritten(f"{out} was not written: the sequence contracted nothing that has a result")
    if run.summary.get("outputs", 1) > 1:
        raise NotWritten(
            f"{out} was not written: OUT is for one contraction, the sequence made {run.summary['outputs']}"
        )
    with np.load(raw) as data:
        result = SparseTensor.from_coordinates(
            tuple(data["shape"].tolist()), data["coords"], get_format(fmt).decode_result(data["bits"])
        )
    try:
        io.write(out, result)
    except TensorError as error:
        raise NotWritten(f"{error}; coordinates and bits of the result are in {shown(raw)}") from None
    print(f"result written to {out}")


if __name__ == "__main__":
    sys.exit(main())
