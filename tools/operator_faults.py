# SPDX-License-Identifier: Apache-2.0
"""`make operator-faults`: small slips at random places of the RTL, and which test notices each.

COUNT faults are drawn from all that tools/operators.py finds in rtl/. Each is made in a copy of the tree in
build/operator_faults. The block benches that build its module run there, the smallest first, until a test fails. A
fault that no bench notices then meets the tests of the chip. If only the chip with the memory interface has the
module, these are its tests. Everything runs on Icarus, which builds fast, except the memory interface, whose tests
last too long there. report.json in that folder has one record per fault and is kept up to date. With KEEP=1 recorded
faults are not run again. Status 1 if a fault survives: it then needs a test, or a reason why it has no visible effect.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import functools
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sim.sources import RTL, rtl_sources
from sim.toolchain import BUILD, ROOT
from tb.cli.common import Parser
from tools import faults
from tools.operators import OperatorFault, draw

FOLDER = BUILD / "operator_faults"
BLOCKS = ROOT / "tests" / "blocks"
CHIP = [
    "tests/top/test_sequences.py",
    "tests/top/test_idle.py",
    "tests/top/test_hostile.py",
    "tests/top/test_portions.py",
]
DMA = ["tests/dma/test_memory_interface.py"]
BENCH_LIMIT, CHIP_LIMIT = 1800, 7200  # seconds for all tests of a stage
CPU_LIMIT = 300  # of one simulation, which takes a minute at most: with a fault it may hang
NAME = re.compile(r"flaash_\w+")


@functools.cache
def benches() -> list[tuple[str, frozenset[str]]]:
    """Return the tests of tests/blocks with the modules that each builds, those with the fewest first.

    They are read from the names of modules in a test's text, or in its file's text if the test names none.
    """
    extra = tuple(sorted(BLOCKS.rglob("*.sv")))
    known = {path.stem for path in [*RTL.rglob("*.sv"), *extra]}
    found = []
    for path in sorted(BLOCKS.rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        of_file = _named(tree, known)
        for node in tree.body:
            if name := _simulation(node):
                tops = _named(node, known) or of_file
                modules = {source.stem for top in tops for source in rtl_sources(top, extra)}
                found.append((f"{path.relative_to(ROOT).as_posix()}::{name}", frozenset(modules)))
    return sorted(found, key=lambda bench: len(bench[1]))


def _simulation(node: ast.stmt) -> str:
    """Return the name of a test that simulates, a function or a row of test_plain.py; else nothing."""
    name = ""
    if isinstance(node, ast.FunctionDef) and any(argument.arg == "simulator" for argument in node.args.args):
        name = node.name
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
    return name if name.startswith("test_") else ""


def _named(tree: ast.AST, known: set[str]) -> set[str]:
    """Return the modules that a piece of Python names, in full or by the beginning of an f-string."""
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value)
    }
    return {
        name for name in known if any(name == text or text.endswith("_") and name.startswith(text) for text in texts)
    }


def tests_of(module: str) -> list[str]:
    """Return the tests of tests/blocks that build a module, the smallest designs first."""
    return [test for test, modules in benches() if module in modules]


def chip_tests(module: str) -> list[str]:
    """Return the tests of the whole chip that has a module."""
    return CHIP if module in {source.stem for source in rtl_sources("flaash_chip")} else DMA


def catch(fault: OperatorFault, tests: Sequence[str], limit: int) -> str | None:
    """Return the test that notices a fault in the copy, a time limit, or None if it survives them all."""
    if not tests:
        return None
    path = FOLDER / fault.file
    with faults.changed(path, fault.applied(path.read_text())):
        simulator = "verilator" if tests == DMA else "icarus"
        return faults.first_failure(FOLDER, [*tests, "--simulator", simulator], limit, CPU_LIMIT)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = Parser(prog="make operator-faults", description=__doc__.split("\n\n")[0], epilog=__doc__.split("\n\n")[1])
    parser.add_argument("--seed", type=int, default=1, help="of the draw (SEED=, default 1)")
    parser.add_argument("--count", type=int, default=100, help="how many faults (COUNT=, default 100)")
    parser.add_argument("--only", default="", help="only in files whose path has this text (ONLY=)")
    parser.add_argument("--keep", action="store_true", help="do not repeat what report.json has of a fault (KEEP=1)")
    options = parser.parse_args(arguments)
    try:
        if options.count < 1:
            raise ValueError(f"COUNT={options.count} is not 1 or more")
        drawn = draw(options.seed, options.count, options.only)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return faults.MISTAKE
    report = FOLDER / "report.json"
    known = json.loads(report.read_text())["faults"] if options.keep and report.exists() else []
    faults.copy_tree(FOLDER)
    records = [
        {
            **dataclasses.asdict(fault),
            "what": fault.describe((ROOT / fault.file).read_text()),
            "caught": None,
            "stages": [],
            "seconds": 0,
        }
        for fault in drawn
    ]
    for record in records:
        record.update(
            next((old for old in known if old["what"] == record["what"] and old["offset"] == record["offset"]), {})
        )
    _report(options, records)
    for stage, limit in (("benches", BENCH_LIMIT), ("chip", CHIP_LIMIT)):
        left = [
            (fault, record)
            for fault, record in zip(drawn, records, strict=True)
            if not record["caught"] and stage not in record["stages"]
        ]
        for number, (fault, record) in enumerate(left, 1):
            module = Path(fault.file).stem
            tests = chip_tests(module) if stage == "chip" else tests_of(module)
            began = time.monotonic()
            try:
                record["caught"] = catch(fault, tests, limit)
            except ValueError as error:  # pytest itself has failed
                print(error, flush=True)
            record["stages"].append(stage)
            record["seconds"] += round(time.monotonic() - began)
            print(
                f"[{stage} {number}/{len(left)}] {record['what']}: {record['caught'] or 'NOT CAUGHT'}"
                f" ({record['seconds']} s)",
                flush=True,
            )
            _report(options, records)
    survived = [record["what"] for record in records if not record["caught"]]
    refused = sum(faults.not_built(record["caught"]) for record in records)
    unclear = [
        f"{record['caught']}: {record['what']}"
        for record in records
        if (record["caught"] or "").startswith((faults.TIME_LIMIT, faults.NO_BUILD, faults.DIED))
    ]
    print(
        f"{len(drawn) - len(survived) - refused} of {len(drawn)} faults caught, seed {options.seed}"
        + f", {refused} not built" * bool(refused),
        *(f"survived: {what}" for what in survived),
        *unclear,
        sep="\n",
    )
    return faults.FAILED if survived else 0


def _report(options: argparse.Namespace, records: list[dict]) -> None:
    (FOLDER / "report.json").write_text(json.dumps({**vars(options), "faults": records}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
