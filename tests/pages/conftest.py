# SPDX-License-Identifier: Apache-2.0
"""Pages of real runs: a coverage report of both simulators and the results of a small regression."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sim import configs, options
from sim.toolchain import BUILD
from tb.coverage import report
from tb.coverage.exports import junit
from tb.coverage.origin import Origin
from tb.coverage.testplan import read_testplan
from tb.env.run import run_sequences
from tb.regress import results
from tb.regress.job import record_of
from tb.regress.plan import expand
from tb.regress.run import Regression

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync --disable-background-networking
    --disable-component-update""".split()
WRONG = (
    "tb.env.top_tests on icarus, seed {0}: sequences failed: contraction 2 (random, seed {0}),"
    " at 12{0} ns: result (0, {0}) is 0x40200000 (2.5), the model says 0x3f800000 (1.0)\nlog: run.log"
)
FILES = {"a": "/somewhere/else/left.tns", "b": "/somewhere/else/right.npz", "axes": "2:0", "portion": 0}


@pytest.fixture(scope="session")
def coverage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a coverage report of three runs of the chip, a subset of the suite's."""
    folder = tmp_path_factory.mktemp("pages") / "coverage"
    with pytest.MonkeyPatch.context() as patch:
        for variable, path in options.environment(coverage=True, runs=str(folder / "runs")).items():
            patch.setenv(variable, path)
        for simulator, sequences, seed in (
            ("verilator", ["smoke", "random"], 1),
            ("verilator", ["smoke"], 2),
            ("icarus", ["smoke", "dense"], 3),
        ):
            run_sequences(configs.load("tiny"), simulator, sequences, f"{sequences[-1]}-{simulator}", seed)
    records = [
        record_of(spec, "key", "make ..", WRONG.format(1) if spec.seed == 2 else "", {"passed": True})
        for spec in expand(["smoke"], ["tiny"], ["icarus"], [1, 2])
    ]
    (folder / "junit.xml").write_text(junit("suite", records))
    assert report.write(folder, Origin("make pages", subset=True, revision=results.revision()))
    return folder


@pytest.fixture(scope="session")
def result_page(coverage: Path) -> Path:
    """Return the page of results of forty runs, of which a few failed for two reasons.

    Its folder is below build/, because the page shows paths, and the documents show the page.
    """
    folder = BUILD / "pages"
    for name in ("regress", "results"):
        shutil.rmtree(folder / name, ignore_errors=True)
    specs = expand(["smoke", "random", "dense", "back_to_back"], ["tiny", "paper1:NumSdpe=3"], ["icarus"], range(1, 6))[
        :36
    ]
    specs += expand(["file"], ["default"], ["icarus"], [1, 2], {"file": FILES})
    specs += expand(["corners"], ["tiny"], ["icarus"], [1, 2])
    regression = Regression("nightly", specs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tb.regress.run.BUILD", folder)
        records = []
        for number, spec in enumerate(specs):
            error = (
                WRONG.format(spec.seed) if number % 13 == 5 else "no progress for 20000 cycles" if number == 17 else ""
            )
            summary = {"passed": True, "cycles": 900 + number}
            record = record_of(spec, "key", regression.command(spec), error, summary, 1.0 + number / 7)
            place = regression.folder / spec.name
            place.mkdir(parents=True)
            (place / "run.log").write_text("log\n")
            (place / "run.json").write_text(json.dumps(record))
            if error:
                traced = regression.folder / f"{spec.name}-waves"
                traced.mkdir()
                (traced / "dump.fst").write_text("trace")
                record["waves"] = {"trace": f"{spec.name}-waves/dump.fst", "fails_again": True}
            else:
                for path in (coverage / "runs").glob("*/functional-icarus.yml"):
                    shutil.copy(path, place)
            records.append(record)
        results.write(regression, records[:30], folder / "results")
        return results.write(regression, records, folder / "results")


@pytest.fixture(scope="session")
def suite_page(coverage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of results of a suite: every planned test, with parameters as long as the suite's."""
    cases = "".join(
        f'<testcase classname="{file.removesuffix(".py").replace("/", ".")}" time="1.5"'
        f' name="{name}[verilator-default:NumSdpe=2,Lanes=4,ResultDepth=16-{number}]"/>'
        for number, (file, _, name) in enumerate(
            sorted(test.partition("::") for point in read_testplan() for test in point.tests)
        )
    )
    folder = tmp_path_factory.mktemp("suite")
    (folder / "index.html").write_text("the coverage report")
    (folder / "junit.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    (folder / "runs").mkdir()
    suite = results.Suite(folder)
    return results.write(suite, suite.records(), folder / "results")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site of `make docs`."""
    from tools.docs import __main__ as docs  # needs what only this target installs

    folder = tmp_path_factory.mktemp("site")
    docs.build(folder)
    return folder


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["BrowserContext"]:
    """Start Debian's chromium."""
    # Only make pages installs it, and make test reads this file, too.
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium")
    assert executable, "chromium is not installed (Debian: apt-get install --no-install-recommends chromium)"
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("browser")),
            executable_path=executable,
            headless=True,
            args=FLAGS,
            permissions=["clipboard-read", "clipboard-write"],
        )
        yield context
        context.close()


@pytest.fixture
def page(browser: "BrowserContext") -> Iterator["Page"]:
    """Yield a page of the browser on which no script fails."""
    errors: list[str] = []
    opened = browser.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.set_viewport_size({"width": 1400, "height": 900})
    yield opened
    if opened.url.startswith("file:"):
        opened.evaluate("() => localStorage.clear()")  # the order of tables
    opened.close()
    assert not errors, errors


@pytest.fixture(scope="session")
def shots() -> Path:
    """Return the folder of the screenshots: `make pages` copies them into docs/images with SHOTS=1."""
    folder = BUILD / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
