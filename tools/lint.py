# SPDX-License-Identifier: Apache-2.0
"""`make lint`: Verilator, slang and Yosys on every configuration, ruff, and the house style.

Yosys, whose time goes with the engines, takes no more than MOST_ENGINES of them: what it looks for lies in
a module.

Prints what is wrong, one line each, and ends with status 1 if anything is.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pyslang.driver import Driver

from tb.common import configs
from tb.common.sources import INCLUDE_DIR, RTL, WAIVERS, rtl_sources
from tb.common.toolchain import ROOT, environment
from tools import synthesisable
from tools.packaging import lists

TOP = "flaash_top"
MEMORY_TOP = "flaash_memory_top"  # with the memory edge, whose widths are few: a configuration of each
MEMORY_BUILDS = {f"{name}, {width} bits": {**configs.load(name).parameters(), "DataWidth": width}
                 for name, width in (("tiny", 128), ("int8", 256), ("fast8", 512))}
MOST_ENGINES = 8
MAX_RTL_LINES = 300
MAX_COLUMNS = 120


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def verilator(name: str, parameters: dict[str, int], top: str = TOP) -> list[str]:
    """Lint a top with one configuration under -Wall."""
    command = ["verilator", "--lint-only", "-Wall", "--assert", f"-I{INCLUDE_DIR}", str(WAIVERS),
               *map(str, rtl_sources(top)), "--top-module", top,
               *(f"-G{key}={value}" for key, value in parameters.items())]
    result = subprocess.run(command, env=environment(), capture_output=True, text=True)
    if result.returncode == 0 and not result.stderr.strip():
        return []
    return [f"verilator, CONFIG={name}:", *result.stderr.strip().splitlines()[:20]]


def slang(name: str, parameters: dict[str, int], top: str = TOP) -> list[str]:
    """Elaborate a top with one configuration in slang, a second, stricter front end."""
    driver = Driver()
    driver.addStandardArgs()
    arguments = ["slang", "-Wextra", "-Wno-case-redundant-default",
                 # a width that follows from a parameter can happen to be the right one already
                 "-Wno-useless-cast", f"-I{INCLUDE_DIR}", "--top", top,
                 *map(str, rtl_sources(top)),
                 *(f"-G{key}={value}" for key, value in parameters.items())]
    good = (driver.parseCommandLine(" ".join(arguments)) and driver.processOptions()
            and driver.parseAllSources() and driver.runFullCompilation(True))
    return [] if good else [f"slang refuses CONFIG={name} (its messages stand above)"]


def for_yosys(builds: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return the configurations that Yosys takes: with few engines, and of equal ones the first."""
    few = {name: {**values, "NumSdpe": min(values["NumSdpe"], MOST_ENGINES)}
           for name, values in builds.items()}
    return {name: values for name, values in few.items()
            if name == next(first for first, others in few.items() if others == values)}


def ruff() -> list[str]:
    """Lint all Python."""
    result = subprocess.run([sys.executable, "-m", "ruff", "check", "--output-format", "concise", "."],
                            cwd=ROOT, capture_output=True, text=True)
    return [] if result.returncode == 0 else result.stdout.strip().splitlines()


def style() -> list[str]:
    """Check the house rules that no tool knows."""
    problems = []
    hardware = [*RTL.rglob("*.sv"), *RTL.rglob("*.svh"), *(ROOT / "formal").rglob("*.sv"),
                *(ROOT / "bench" / "rtl").rglob("*.sv"), *(ROOT / "examples").rglob("*.sv")]
    for path in sorted(hardware):
        text = path.read_text()
        lines = text.splitlines()
        if not lines[0].startswith("// SPDX-License-Identifier: Apache-2.0"):
            problems.append(f"{relative(path)}:1: no SPDX line")
        if len(lines) > MAX_RTL_LINES:
            problems.append(f"{relative(path)}: {len(lines)} lines, at most {MAX_RTL_LINES}")
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_COLUMNS or line != line.rstrip() or "\t" in line:
                problems.append(f"{relative(path)}:{number}: too long, or blanks at its end")
        modules = re.findall(r"^module\s+(\w+)", text, re.MULTILINE)
        if path.suffix == ".sv" and modules not in ([], [path.stem]):
            problems.append(f"{relative(path)}: holds {modules}, one module of the file's name is expected")
        if modules and f"endmodule : {path.stem}" not in text:
            problems.append(f"{relative(path)}: its end is not 'endmodule : {path.stem}'")
    for path in sorted(ROOT.glob("[a-z]*/**/*.py")):
        if ".venv" not in path.parts and "build" not in path.parts and path.read_text().split("\n")[0] \
                != "# SPDX-License-Identifier: Apache-2.0":
            problems.append(f"{relative(path)}:1: no SPDX line")
    problems.extend(f"{relative(path)} does not list what {TOP} needs: make lists"
                    for path in lists.outdated())
    unused = {str(path.relative_to(RTL)) for path in RTL.rglob("*.sv")} - set(lists.files())
    unused -= {str(path.relative_to(RTL)) for path in rtl_sources(MEMORY_TOP)}
    problems.extend(f"rtl/{name}: no module of {TOP} or {MEMORY_TOP} needs it" for name in sorted(unused))
    return problems


def main() -> int:
    problems = style() + ruff()
    names = configs.names()
    parameters = [configs.load(name).parameters() for name in names]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = [*pool.map(verilator, names, parameters),
                *pool.map(lambda name: verilator(name, MEMORY_BUILDS[name], MEMORY_TOP), MEMORY_BUILDS)]
        few = for_yosys(dict(zip(names, parameters, strict=True)))
        unmade = pool.map(lambda name: synthesisable.problems(TOP, few[name], f"CONFIG={name}"), few)
        for name, values in zip(names, parameters, strict=True):
            problems += slang(name, values)
        for name, values in MEMORY_BUILDS.items():
            problems += slang(name, values, MEMORY_TOP)
        problems += [line for lines in (*told, *unmade) for line in lines]
    print("\n".join(problems) if problems else
          f"lint: clean (verilator -Wall and slang on {len(names)} configurations, yosys on {len(few)}, "
          "ruff, house style)")
    return 1 if problems else 0


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    sys.exit(main())
