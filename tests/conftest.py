# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the whole suite: every test that simulates runs on each simulator that is here."""

import os

import pytest

from tb.common.toolchain import SIMULATORS, has_icarus


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--simulator", choices=SIMULATORS, help="run on this simulator only")
    parser.addoption("--seed", type=int, default=1, help="seed of every random test (default 1)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "simulator" in metafunc.fixturenames:
        only = metafunc.config.getoption("--simulator")
        chosen = [only] if only else list(SIMULATORS)
        # Without Icarus its tests are left out, and said so at the end; CI insists on them.
        if not has_icarus() and not os.environ.get("CI"):
            chosen = [name for name in chosen if name != "icarus"]
        metafunc.parametrize("simulator", chosen)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Return the seed of this run; printed by pytest when a test fails."""
    value = request.config.getoption("--seed")
    print(f"seed {value}")
    return value


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not has_icarus():
        terminalreporter.write_line(
            "Icarus Verilog isn't installed: nothing ran on it (Debian: apt-get install iverilog).",
            yellow=True)
