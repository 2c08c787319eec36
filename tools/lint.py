# SPDX-License-Identifier: Apache-2.0
"""`make lint`: Verilator, slang and Yosys on every configuration of both tops, and the quick checks.

The quick checks (`make lint QUICK=1`, pre-commit) take seconds: ruff, the house style, structs, imports between
the layers, and the schema of workflow files. tools/structs.py has the rule for structs.

Yosys' time grows with the engines, so it checks configurations with at most MOST_ENGINES of them: its checks
concern single modules. The top with the memory interface has the same engines as the other top, so it is checked
with as few engines. It is checked with one bus width after the other, and Yosys sees each width once.

Prints a line per problem, and ends with status 1 if there is one.
"""

import argparse
import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sim import configs, frontend
from sim.simulation import CHIP_PUBLIC
from sim.sources import INCLUDE_DIR, RTL, WAIVERS, rtl_sources
from sim.toolchain import ROOT, environment
from tools import legal, registers, structs, synthesisable
from tools.packaging import lists

TOP = "flaash_top"
MEMORY_TOP = "flaash_memory_top"
WIDTHS = (128, 256, 512)  # of its bus
# The least there can be.
CORNERS = {"Buffers": 1, "ReadBursts": 1, "WriteBursts": 2, "ResultLanes": 1, "ReadDepth": 32, "InFlight": 2}
# Every module, and each branch that makes a struct: the quick checks look for structs here.
STRUCTS = ((TOP, "paper1"), (TOP, "int8"), (MEMORY_TOP, "default"))
SYNTHESISED = {"tiny": 128, "int8": 256, "default": 512}  # with the memory interface
MOST_ENGINES = 8
MAX_PYTHON_LINES = 400
MAX_COLUMNS = 120
COUNTED_EXPRESSION = re.compile(r"\$countones\([^)]*[&|^~]")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def verilator(top: str, name: str, parameters: dict[str, int]) -> list[str]:
    """Lint a top with one configuration under -Wall. A small one is translated, as a simulation does.

    Only the translation finds combinational loops, and --lint-only does not begin it.
    """
    command = [
        "-Wall",
        "--assert",
        f"-I{INCLUDE_DIR}",
        str(WAIVERS),
        *map(str, rtl_sources(top)),
        "--top-module",
        top,
        *(f"-G{key}={value}" for key, value in parameters.items()),
    ]
    with tempfile.TemporaryDirectory() as folder:
        translate = ["--cc", "--timing", "--no-public-flat-rw", str(CHIP_PUBLIC), "--Mdir", folder]
        options = translate if name.startswith("tiny") else ["--lint-only"]
        result = subprocess.run(["verilator", *options, *command], env=environment(), capture_output=True, text=True)
    if result.returncode == 0 and not result.stderr.strip():
        return []
    return [f"verilator, {top}, CONFIG={name}:", *result.stderr.strip().splitlines()[:20]]


def slang(top: str, name: str, parameters: dict[str, int]) -> list[str]:
    """Elaborate a top with one configuration in slang, a second, stricter front end."""
    files = tuple(rtl_sources(top))
    # A width that follows from a parameter can already be the right one.
    options = ("-Wextra", "-Wno-case-redundant-default", "-Wno-useless-cast", *frontend.top(top, parameters))
    driver, _ = frontend.elaborate(files, options)
    good = driver.runFullCompilation(True)
    return [] if good else [f"slang refuses {top}, CONFIG={name} (its messages stand above)"]


def for_yosys(builds: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return the configurations for Yosys: with few engines, and of equal ones the first."""
    few = {name: {**values, "NumSdpe": min(values["NumSdpe"], MOST_ENGINES)} for name, values in builds.items()}
    return {
        name: values
        for name, values in few.items()
        if name == next(first for first, others in few.items() if others == values)
    }


def memory_builds(builds: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return the configurations in which the top with the memory interface is checked."""
    few = for_yosys(builds)
    widths = itertools.cycle(WIDTHS)
    found = {
        f"{name}-memory{width}": {**values, "DataWidth": width}
        for (name, values), width in zip(few.items(), widths, strict=False)
    }
    return found | {f"tiny-memory{width}-least": {**builds["tiny"], "DataWidth": width, **CORNERS} for width in WIDTHS}


def ruff() -> list[str]:
    """Lint all Python, and say which files `ruff format` would change."""
    found = []
    for command in (["check", "--output-format", "concise"], ["format", "--check"]):
        result = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)
        found += [] if result.returncode == 0 else (result.stdout + result.stderr).strip().splitlines()
    return found


def imports(root: Path = ROOT) -> list[str]:
    """Check the contracts of import-linter in pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if result.returncode == 0:
        return []
    said = (result.stdout + result.stderr).partition("Broken contracts")[2] or result.stdout + result.stderr
    return ["imports:", *(line for line in said.splitlines() if line.strip(" -="))]


def workflows(folder: Path = ROOT / ".github" / "workflows") -> list[str]:
    """Check the workflow files by the schema of the host."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    files = map(str, sorted(folder.glob("*.yml")))
    result = subprocess.run([*command, *files], capture_output=True, text=True)
    return [] if result.returncode == 0 else (result.stdout + result.stderr).strip().splitlines()


def made_structs() -> list[str]:
    """Check that no long concatenation makes a struct."""
    found = []
    for top, name in STRUCTS:
        options = frontend.top(top, configs.load(name).parameters())
        found += structs.problems(tuple(rtl_sources(top)), options)
    return sorted(set(found))


def quick() -> list[str]:
    """Run all that takes seconds."""
    return style() + made_structs() + ruff() + imports() + workflows()


def python_style(name: str, text: str) -> list[str]:
    """Check what ruff does not check in a file."""
    lines = text.splitlines()
    found = [] if lines and lines[0] == "# SPDX-License-Identifier: Apache-2.0" else [f"{name}:1: no SPDX line"]
    if len(lines) > MAX_PYTHON_LINES:
        found.append(f"{name}: {len(lines)} lines, at most {MAX_PYTHON_LINES}")
    return found


def hardware_style(name: str, text: str) -> list[str]:
    """Check the lines of a file of SystemVerilog."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_COLUMNS or line != line.rstrip() or "\t" in line:
            found.append(f"{name}:{number}: too long, or blanks at its end")
        if COUNTED_EXPRESSION.search(line):
            found.append(f"{name}:{number}: Icarus counts an expression wrong within a sum: count the ones of a signal")
    return found


def style() -> list[str]:
    """Check the house rules that no other tool checks."""
    problems = []
    hardware = [
        *RTL.rglob("*.sv"),
        *RTL.rglob("*.svh"),
        *(ROOT / "formal").rglob("*.sv"),
        *(ROOT / "bench" / "rtl").rglob("*.sv"),
        *(ROOT / "examples").rglob("*.sv"),
    ]
    for path in sorted(hardware):
        text = path.read_text()
        lines = text.splitlines()
        if not lines[0].startswith("// SPDX-License-Identifier: Apache-2.0"):
            problems.append(f"{relative(path)}:1: no SPDX line")
        problems += hardware_style(relative(path), text)
        modules = re.findall(r"^module\s+(\w+)", text, re.MULTILINE)
        if path.suffix == ".sv" and modules not in ([], [path.stem]):
            problems.append(f"{relative(path)}: holds {modules}, one module of the file's name is expected")
        if modules and f"endmodule : {path.stem}" not in text:
            problems.append(f"{relative(path)}: its end is not 'endmodule : {path.stem}'")
    made = {".venv", "build"}
    for path in sorted(ROOT.glob("[a-z]*/**/*.py")):
        if not made.intersection(path.relative_to(ROOT).parts):
            problems += python_style(relative(path), path.read_text())
    problems.extend(
        f"{relative(path)} does not list what {TOP} and {MEMORY_TOP} need: make generate" for path in lists.outdated()
    )
    problems.extend(
        f"{relative(path)} is not what rtl/registers.rdl says: make generate" for path in registers.outdated()
    )
    if legal.is_outdated():
        problems.append(f"{relative(legal.FILE)} has other legal values than rtl/configs.toml: make generate")
    unused = {str(path.relative_to(RTL)) for path in RTL.rglob("*.sv")} - set(lists.files())
    problems.extend(f"rtl/{name}: no module of {TOP} or {MEMORY_TOP} needs it" for name in sorted(unused))
    return problems


def tell(problems: list[str], clean: str) -> int:
    """Print the problems, or the clean parts, and return the exit status."""
    print("\n".join(problems) or f"lint: clean ({clean})")
    return 1 if problems else 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only the checks that take seconds")
    checked = "ruff, house style, structs, imports, workflows"
    problems = quick()
    if parser.parse_args(arguments).quick:
        return tell(problems, checked)
    builds = {name: configs.load(name).parameters() for name in configs.names()}
    memory, few = memory_builds(builds), for_yosys(builds)
    seen = [(TOP, *build) for build in builds.items()] + [(MEMORY_TOP, *build) for build in memory.items()]
    made = [(TOP, f"CONFIG={name}", values) for name, values in few.items()]
    made += [
        (MEMORY_TOP, f"CONFIG={name}-memory{width}", {**builds[name], "DataWidth": width})
        for name, width in SYNTHESISED.items()
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = pool.map(lambda build: verilator(*build), seen)
        unmade = pool.map(lambda build: synthesisable.problems(build[0], build[2], build[1]), made)
        for build in seen:
            problems += slang(*build)
        problems += [line for lines in (*told, *unmade) for line in lines]
    return tell(
        problems,
        f"verilator -Wall and slang on {len(builds)} builds of {TOP} and {len(memory)} of "
        f"{MEMORY_TOP}, yosys on {len(made)} of both, {checked}",
    )


if __name__ == "__main__":
    sys.exit(main())
