# SPDX-License-Identifier: Apache-2.0
"""`make silicon`: area and clock of the chip, whole and by block, on an ECP5 and in standard cells.

It prints tables and writes build/silicon/results.json. It ends with status 1 if a program fails, a target of
the exact MACs is missed or --check finds a wrong record; with 2 if the call is wrong or a program is missing.
--record writes the results to bench/silicon.json (the MACs to bench/cost.json), keeps the records of other
configurations, and renews the tables of docs/silicon.md. A family of libraries can have its own record and page.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.rows import layer_workloads
from sim import configs
from sim.toolchain import ToolMissing
from tb.cli.common import Parser
from tb.sequences import registry
from tools import set_up
from tools.silicon import elaborate, exact, library, macros, measure, page, programs, record, tables, wires

CONFIGS = (
    "tiny",
    "paper1",
    "paper8",
    "default",
    "fast1",
    "fast32",
    "tiny-memory128",
    "default-memory128",
    "fast32-memory512",
)
LAYERS = "layers"  # all workloads of the tensor contraction layers
FAILED, MISTAKE = 1, 2


def parser() -> argparse.ArgumentParser:
    result = Parser(description=__doc__.split("\n\n")[0])
    result.add_argument(
        "--only", default="", help="a configuration, part of configuration/piece, or part of the name of a MAC"
    )
    result.add_argument("--liberty", type=Path, help="standard cells, typical corner")
    result.add_argument("--slow", type=Path, help="the same cells at the slow corner")
    result.add_argument("--macros", type=Path, help="a table of RAM macros")
    result.add_argument("--gated", action="store_true", help="gate clocks, aiming at energy")
    result.add_argument("--latches", action="store_true", help="gate clocks, use latches, aiming at area")
    result.add_argument(
        "--power",
        default="",
        help="a sequence: run it, and report its power; a tensor contraction layer such as 7x7x512_d0.05, or layers "
        "for all: run a queue of it from memory to memory, and report the energy of a contraction",
    )
    result.add_argument("--wires", action="store_true", help="place and globally route the netlists, time their wires")
    result.add_argument("--lef", default="", help="LEF of the technology and of the cells, a comma between them")
    result.add_argument("--wire", default="", help="a um of wire and routing layers: kOhm,fF,LOWEST,HIGHEST")
    result.add_argument(
        "--tech", choices=("both", "cells", "ecp5"), default="both", help="leave the other technology out"
    )
    result.add_argument("--record", action="store_true", help="keep the results, renew docs/silicon.md")
    result.add_argument("--check", action="store_true", help="fail if the record is off by more than 3 %%")
    result.add_argument("--jobs", "-j", type=int, default=os.cpu_count() or 1, help="pieces at a time")
    return result


def chosen(only: str) -> tuple[dict[str, str], list[exact.Design]]:
    """Return configurations, each with the text that its pieces must contain, and MACs.

    Raises:
        ValueError: nothing has that name.
    """
    designs = [design for design in exact.DESIGNS if only in design.name]
    if not only:
        return dict.fromkeys(CONFIGS, ""), designs
    name, _, part = only.partition("/")
    try:
        elaborate.machine(name)
        return {name: part}, designs
    except configs.ConfigError:
        if name.partition(":")[0] in configs.names():
            raise
    if designs:
        return {}, designs
    raise ValueError(
        f"'{only}' is no configuration, and no MAC's name contains it; there are "
        f"{', '.join(configs.names())}, these with -memory128, -memory256 or "
        f"-memory512 behind the name, and {', '.join(design.name for design in exact.DESIGNS)}"
    )


def wants_cells(options: argparse.Namespace) -> bool:
    """Return whether standard cells are requested.

    Raises:
        ValueError: the options contradict each other, or name a file that does not exist.
    """
    of_cells = (options.slow, options.macros, options.gated, options.latches, options.wires)
    if not options.liberty and any(of_cells):
        raise ValueError("SLOW, MACROS, GATED, LATCHES and WIRES are of standard cells: with LIBERTY=")
    if (options.lef or options.wire) and not options.wires:
        raise ValueError("LEF and WIRE are of placed cells: with WIRES=1")
    if options.gated and options.tech != "cells":
        raise ValueError("GATED=1 is of standard cells alone: with TECH=cells")
    if options.gated and options.latches:
        raise ValueError("LATCHES=1 gates clocks, too: without GATED=1")
    if options.wires and (options.latches or options.gated):
        raise ValueError("WIRES=1 places flip-flops alone: without LATCHES=1 and GATED=1")
    if options.tech == "ecp5" or not options.liberty:
        if options.tech == "cells" or options.power:
            raise ValueError("standard cells need a library: LIBERTY=")
        return False
    for path in filter(None, (options.liberty, options.slow)):
        if not path.is_file():
            raise ValueError(f"there is no Liberty file {path}")
    if options.macros:
        macros.read(options.macros)
    if options.latches and (options.record or options.check):
        raise ValueError("no record is of latches: without LATCHES=1")
    return True


def technology(options: argparse.Namespace) -> measure.Technology:
    """Return the requested standard cells."""
    return measure.Technology(
        library.load(options.liberty, options.latches, options.gated),
        options.slow and options.slow.resolve(),
        macros.read(options.macros) if options.macros else (),
        wires.read(options.lef, options.wire, options.liberty) if options.wires else None,
    )


def runs(power: str, wanted: Iterable[str]) -> tuple[str, list[str]]:
    """Return the sequence and the workloads of POWER=, one of them at least empty.

    Raises:
        ValueError: there is no such run, or it does not run on a configuration.
    """
    if power in ("", *registry.names()):
        return power, []
    layers = layer_workloads()
    if power not in (LAYERS, *layers):
        raise ValueError(
            f"POWER={power} is neither a sequence ({', '.join(registry.names())}) "
            f"nor '{LAYERS}' nor one of these, {', '.join(layers)}"
        )
    if streams := [name for name in wanted if elaborate.machine(name)[0] == elaborate.TOP]:
        raise ValueError(
            f"POWER={power} runs from memory to memory, and {streams[0]} has no memory interface: "
            "ONLY= a configuration with -memory512"
        )
    return "", layers if power == LAYERS else [power]


def show(console: Console, results: dict) -> None:
    """Print the tables."""
    for caption, heads, rows in tables.all_tables(results):
        table = Table(title=caption)
        for number, head in enumerate(heads):
            table.add_column(head, justify="left" if number == 0 or rows[0][number][:1] == "`" else "right")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    console = Console()

    def tell(line: str) -> None:
        console.print(line, highlight=False, soft_wrap=True)

    try:
        wanted, designs = chosen(options.only)
        sequence, workloads = runs(options.power, wanted)
        fpga = options.tech != "cells"
        in_cells = wants_cells(options)
        set_up.require("silicon", *(["openroad"] if options.liberty else []))
        programs.require([*(programs.ECP5 if fpga else ()), *(programs.CELLS if options.liberty else ())])
        cells = technology(options) if in_cells else None
    except (ToolMissing, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return MISTAKE
    results = record.empty(cells)
    try:
        for name, part in wanted.items():
            made = measure.configuration(
                name,
                lambda piece, part=part: part in piece,
                cells,
                fpga,
                options.jobs,
                tell,
                sequence,
                workloads,
            )
            if not made["pieces"]:
                raise ValueError(f"no piece of {name} contains '{part}'")
            results["configurations"][record.key(name, cells)] = made
        costs = exact.costs_of(designs if fpga else [], options.jobs, tell)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    if wanted:
        show(console, record.with_cycles(results))
    programs.FOLDER.mkdir(parents=True, exist_ok=True)
    (programs.FOLDER / "results.json").write_text(
        json.dumps(results | {"macs": exact.recorded(costs)}, indent=2) + "\n"
    )
    kept = record.of(results["library"] and results["library"]["name"])
    wrong = record.differences(results, record.read(kept)) if options.check else []
    for line in wrong:
        tell(line)
    if options.record:
        record.keep(results, exact.recorded(costs), kept)
        page.renew()
    verdicts = exact.judge(costs)
    for line in verdicts:
        tell(line)
    return FAILED if wrong or any(line.endswith(exact.MISSED) for line in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
