# SPDX-License-Identifier: Apache-2.0
"""Builds a simulation and runs cocotb tests in it, on Verilator or Icarus.

Builds are kept in build/sims/<hash of sources, parameters and options>. So tests that need the same
hardware share one build, also when they run in parallel.
"""

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import cocotb_tools.config
from cocotb_tools.runner import get_runner
from filelock import FileLock

from sim import compilers, failures, files, traces
from sim.folders import runs
from sim.options import options as wanted
from sim.sources import INCLUDE_DIR, WAIVERS, headers, rtl_sources
from sim.states import bound
from sim.thisrun import VARIABLE, ThisRun
from sim.toolchain import BUILD, IN_CHECKOUT, ROOT, ToolMissing, environment, require, shown

VERILATOR_ARGS = ["-Wall", "--timing", "--assert", "--x-initial", "unique", "--x-assign", "unique"]
# cocotb makes every signal public, which costs much of the compilation and half of the speed or more. Benches
# of the chip see its ports and the signals of this file. Benches of a block see its ports, unless they ask
# for more.
CHIPS = ("flaash_top", "flaash_memory_top")
CHIP_PUBLIC = Path(__file__).with_name("chip_public.vlt")
# A wrapper of a bench then has unused signals; lint checks the hardware's signals.
ONLY_PORTS = ("--no-public-flat-rw", "--public-depth", "1", "-Wno-UNUSEDSIGNAL")
UNCOUNTED = Path(__file__).with_name("coverage.vlt")
# Code that runs once is not worth optimizing.
MAKEFLAGS = "OPT_FAST=-O1 OPT_SLOW=-O0"
# For runs so short that -O1 costs more in the compiler than it saves in the simulation, which is three
# times as slow without. One file then costs less than pieces that each read the headers; with -O1 it may
# cost minutes (flaash_resident_bench: 753 s; 31 s in pieces without -O1, 13 s as one file).
SHORT_MAKEFLAGS = "OPT_FAST=-O0 OPT_SLOW=-O0 VM_PARALLEL_BUILDS=0"
# Not --coverage-expr: with it, 5.048 stops with an internal error at indexed memories.
# With counters Verilator reports a loop (UNOPTFLAT) for a block that reads its own assignments.
# Lint, which has no counters, still refuses real loops.
COVERAGE_ARGS = ["--coverage-line", "--coverage-user", "-Wno-UNOPTFLAT"]
# Lines and covers cost next to nothing; with toggles a build takes two and a half times as long, a run
# three times.
TOGGLE_ARGS = ["--coverage-toggle"]
TIMESCALE = ("1ns", "1ps")
# Files in which pytest shows both sides of an `assert`. cocotb's default is every file. Then each simulation
# would begin by rewriting numpy, pyuvm and all other packages: half of the time of a short run.
REWRITTEN = " ".join(str(ROOT / folder / "*.py") for folder in ("tests", "tb", "bench", "flaash", "sim"))
# For short runs: no file. A run in which a bare `assert` failed is repeated with the files above.
PLAIN_ASSERTS = {"COCOTB_REWRITE_ASSERTION_FILES": ""}


class SimulationFailed(AssertionError):
    """A test inside the simulator failed, or none ran; the text holds the one line to repeat it."""


@dataclasses.dataclass(frozen=True)
class Build:
    """A compiled simulation.

    Attributes:
        simulator: "verilator" or "icarus".
        toplevel: module that is simulated.
        folder: where the build lives.
        parameters: values of the module's parameters.
        sources: the files that it was built of.
    """

    simulator: str
    toplevel: str
    folder: Path
    parameters: Mapping[str, int]
    sources: tuple[Path, ...]


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """Run a block under environment(): cocotb's runner reads os.environ."""
    before = dict(os.environ)
    os.environ.update(environment())
    os.environ.pop("WAVES", None)  # the runner would heed it where the build can't write a trace
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@functools.cache
def tool_versions(simulator: str) -> tuple[str, ...]:
    """Return what a build depends on beside its sources and options: versions, and places that it names.

    Dates say nothing: the setup of another checkout links the simulator once more, which changes its ctime.
    """
    if simulator == "icarus":
        shown = subprocess.run(["iverilog", "-V"], capture_output=True, text=True).stdout
        return (shown.partition("\n")[0],)
    return (*map(metadata.version, ("verilator", "cocotb")), str(cocotb_tools.config.libs_dir), str(ROOT))


def build(
    toplevel: str,
    simulator: str,
    parameters: Mapping[str, int] | None = None,
    extra_sources: tuple[Path, ...] = (),
    waves: bool = False,
    quiet: bool = True,
    options: tuple[str | Path, ...] = (),
    shared: bool = False,
    inside: bool = False,
    training: Callable[["Build"], object] | None = None,
    compiler: str | None = None,
) -> Build:
    """Compile `toplevel` once for these sources and parameters, and return the build.

    Args:
        toplevel: module below rtl/ or in `extra_sources`.
        simulator: "verilator" or "icarus".
        parameters: values of the module's parameters, integers.
        extra_sources: files outside rtl/, such as wrappers of a test.
        waves: make the build able to write a trace.
        quiet: keep the compiler's output in build.log of the folder.
        options: further arguments of the compiler, after ours; a Path is a file that the build depends on.
        shared: many tests, or long ones, run on this build: compile it for speed in the suite, too.
        inside: the bench reads or writes signals below the toplevel; Icarus shows them in any case.
        training: runs a build whose counts show the compiler which code to optimize. The build takes
            more than twice as long, and then simulates faster. Icarus needs none.
        compiler: command of the C++ compiler, by default that of sim.compilers.

    Raises:
        ToolMissing: the simulator is not installed.
        SimulationFailed: the compiler refused the sources; the text ends with its messages.
    """
    require(simulator)
    chosen = wanted()
    waves = waves or chosen.waves
    parameters = dict(parameters or {})
    sources = rtl_sources(toplevel, extra_sources)
    coverage = chosen.coverage and simulator == "verilator"
    short = chosen.short and not shared
    compiler = compiler or (compilers.PROFILER if training else compilers.compiler(short))
    arguments = [*VERILATOR_ARGS, *compilers.arguments(compiler)] if simulator == "verilator" else ["-g2012"]
    if simulator == "verilator" and not IN_CHECKOUT:
        arguments.append("-Wno-fatal")  # a user's Verilator may be another version, with other warnings
    if coverage:
        arguments += [*COVERAGE_ARGS, *(TOGGLE_ARGS if chosen.toggles else ())]
        options = (*options, UNCOUNTED, *bound(sources))
    if waves and simulator == "verilator":
        arguments += ["--trace-structs", *(["--trace-fst"] if not traces.why_no_fst() else [])]
    if toplevel in CHIPS and simulator == "verilator":
        options = (*options, "--no-public-flat-rw", CHIP_PUBLIC)
    elif simulator == "verilator" and not inside and "--no-public-flat-rw" not in options:
        options = (*ONLY_PORTS, *options)
    arguments += map(str, options)

    makeflags = SHORT_MAKEFLAGS if short else MAKEFLAGS
    made_of = [simulator, toplevel, parameters, arguments, waves, tool_versions(simulator)]
    if simulator == "verilator":
        if not compilers.version(compiler):
            raise ToolMissing(f"the C++ compiler '{compiler}' cannot be run: CXX= names another one")
        makeflags += " " + compilers.makeflags(compiler)
        made_of += [makeflags, compilers.version(compiler), training is not None]
    digest = hashlib.sha256(json.dumps(made_of).encode())
    for path in [*sources, *headers(), WAIVERS, *(option for option in options if isinstance(option, Path))]:
        digest.update(path.name.encode() + path.read_bytes())
    built = Build(
        simulator,
        toplevel,
        BUILD / "sims" / f"{toplevel}-{simulator}-{digest.hexdigest()[:16]}",
        parameters,
        tuple(sources),
    )
    done = built.folder / "build.done"
    with FileLock(built.folder.with_suffix(".lock")), _environment():
        if not _is_whole(built, done):
            shutil.rmtree(built.folder, ignore_errors=True)
            built.folder.mkdir(parents=True)
            if training and simulator == "verilator":
                _compile_trained(built, arguments, makeflags, waves, quiet, training)
            else:
                _compile(built, arguments, makeflags, waves, quiet)
            files.write(done, json.dumps(files.sizes(built.folder, _products(built))) + "\n")
    return built


def _products(built: Build) -> tuple[str, ...]:
    """Return the names of the files that a run of a build reads."""
    return ("sim.vvp", "cmds.f") if built.simulator == "icarus" else (built.toplevel,)


def _is_whole(built: Build, done: Path) -> bool:
    """Return whether a build has ended, and its files have the sizes of then: a full disk may have cut them."""
    known = files.read_json(done)
    return bool(known) and known == files.sizes(built.folder, _products(built))


def _compile(built: Build, arguments: list[str], makeflags: str, waves: bool, quiet: bool, kept: bool = True) -> None:
    """Call the compiler for a build, in its folder.

    Args:
        kept: objects of other builds can be taken. An object with counts names the folder that it counts in.
    """
    log = built.folder / "build.log"
    if built.simulator == "verilator":
        arguments = [str(WAIVERS), *arguments]  # as a source cocotb 2.0 would refuse it
        os.environ["OBJCACHE"] = (shutil.which("ccache") or "") if kept else ""
        os.environ["MAKEFLAGS"] = makeflags
        # ccache caches compilations with a precompiled header only with this setting.
        os.environ["CCACHE_SLOPPINESS"] = "pch_defines,time_macros"
    try:
        get_runner(built.simulator).build(
            sources=list(built.sources),
            includes=[INCLUDE_DIR],
            hdl_toplevel=built.toplevel,
            parameters=built.parameters,
            build_args=arguments,
            build_dir=built.folder,
            timescale=TIMESCALE,
            waves=waves,
            log_file=log if quiet else None,
        )
    except (SystemExit, RuntimeError, subprocess.CalledProcessError) as error:  # the last one of cocotb 2.0
        text = log.read_text(errors="replace") if log.exists() else ""
        messages = [line for line in text.splitlines() if re.search(r"error|warning", line, re.I)]
        raise SimulationFailed(
            f"{built.simulator} could not build {built.toplevel}:\n"
            + "\n".join(messages[:20] or text.splitlines()[-20:])
            + f"\nparameters: {built.parameters}\nlog: {log}"
        ) from error


def _compile_trained(
    built: Build, arguments: list[str], makeflags: str, waves: bool, quiet: bool, training: Callable[[Build], object]
) -> None:
    """Call the compiler twice: for a build that counts, and with the counts of its run."""
    _compile(built, [*arguments, *compilers.GENERATE], makeflags, waves, quiet, kept=False)
    training(built)
    for pattern in ("*.o", "*.a", "*.gch", built.toplevel):
        for path in built.folder.glob(pattern):
            path.unlink()
    _compile(built, [*arguments, *compilers.USE], makeflags, waves, quiet, kept=False)


def run(
    built: Build,
    test_module: str,
    name: str,
    seed: int = 1,
    arguments: Mapping[str, Any] | None = None,
    testcase: str | None = None,
    only: str | None = None,
    waves: bool = False,
    log: bool = True,
) -> Path:
    """Run the cocotb tests of a Python module on a build.

    Args:
        built: what build() returned.
        test_module: dotted name of the module with the @cocotb.test functions; several names with commas between.
        name: of the run; its files go to a folder of that name (sim.folders).
        seed: of every random choice, in cocotb.RANDOM_SEED.
        arguments: of the module, as JSON; sim.thisrun.argument() returns one.
        testcase: run only the tests of this name.
        only: run only the tests whose names match this expression.
        waves: write a trace into the folder (the build must allow it), with a view of it for each viewer.
        log: keep the simulator's output in run.log instead of printing it.

    Returns:
        The folder of the run.

    Raises:
        SimulationFailed: a test failed, no test ran, or the simulator died.
    """
    waves = waves or wanted().waves
    folder = runs() / re.sub(r"[^\w.=-]+", "_", name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    results = folder / "results.xml"
    sources = list(map(str, built.sources))
    repeat, parameters = failures.repeat_command(), dict(built.parameters)
    given = dict(arguments or {})
    noted = ThisRun(built.toplevel, built.simulator, parameters, sources, seed, repeat, given, folder).write()
    # On Icarus a trusted write races with the clock edge that wakes the writer.
    trusted = "1" if built.simulator == "verilator" else "0"
    variables = {
        "COCOTB_TRUST_INERTIAL_WRITES": trusted,
        VARIABLE: str(noted),
        "COCOTB_REWRITE_ASSERTION_FILES": REWRITTEN,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    plusargs = [f"+dumpfile_path={folder / traces.FST}"] if waves and built.simulator == "icarus" else []
    if built.simulator == "verilator":
        plusargs += ["+verilator+rand+reset+2", f"+verilator+seed+{seed % 2**31 or 1}"]
        if wanted().coverage:
            plusargs += [f"+verilator+coverage+file+{folder / 'coverage.dat'}"]

    def attempt(more: Mapping[str, str]) -> tuple[str | None, list[str]]:
        """Simulate; return the runner's complaint, and the failures in the tests' results."""
        failure = None
        with _environment():
            try:
                get_runner(built.simulator).test(
                    test_module=test_module.split(","),
                    hdl_toplevel=built.toplevel,
                    hdl_toplevel_lang="verilog",
                    build_dir=built.folder,
                    test_dir=folder,
                    results_xml=str(results),
                    seed=seed,
                    extra_env={**variables, **more},
                    plusargs=plusargs,
                    testcase=testcase,
                    test_filter=only,
                    waves=waves,
                    log_file=(folder / "run.log") if log else None,
                )
            except (SystemExit, RuntimeError) as error:
                failure = str(error) or "the simulator ended with an error"
        return failure, failures.problems(results) if results.exists() else ["no test result: the simulator died"]

    failure, problems = attempt(PLAIN_ASSERTS if wanted().short else {})
    if wanted().short and any(failures.BARE.search(problem) for problem in problems):
        failure, problems = attempt({})
    if waves:
        traces.write_views(folder, built.toplevel)
    if problems or failure:
        # What a failed run did was not seen to be right, so it covers nothing.
        for path in (folder / "coverage.dat", *folder.glob("functional-*.*")):
            path.unlink(missing_ok=True)
        text = (folder / "run.log").read_text(errors="replace") if log else ""
        where = f"{test_module} on {built.simulator}, seed {seed}"
        lines = failures.report(where, problems or [str(failure)], text)
        raise SimulationFailed("\n".join([*lines, f"log: {shown(folder / 'run.log')}", *failures.repeat_lines()]))
    return folder


def run_bench(
    toplevel: str,
    test_module: str,
    simulator: str,
    name: str,
    parameters: Mapping[str, int] | None = None,
    seed: int = 1,
    **options,
) -> Path:
    """Build a block with its parameters and run its bench; the way of tests/blocks/test_*.py.

    Args:
        toplevel, simulator, parameters: as for build().
        test_module: as for run().
        name: of the run, unique among the tests.
        seed: as for run().
        options: `extra_sources`, `shared` and `inside` for build(), everything else for run().
    """
    extra = tuple(options.pop("extra_sources", ()))
    built = build(
        toplevel, simulator, parameters, extra, shared=options.pop("shared", False), inside=options.pop("inside", False)
    )
    return run(built, test_module, f"{name}-{simulator}", seed, **options)
