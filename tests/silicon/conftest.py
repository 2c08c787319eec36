# SPDX-License-Identifier: Apache-2.0
"""The system programs for the tests of `make silicon`; CI requires them, like Icarus."""

import os

import pytest

from tools.silicon import programs

MISSING = [name for name in programs.CELLS if not programs.find(name)]
NEEDS = ("test_library.py", "test_flow.py", "test_gates.py", "test_power.py", "test_join.py", "long_gates.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests that need the system's Yosys and OpenSTA, or OpenROAD, if these are not installed."""
    if MISSING and not os.environ.get("CI"):
        for item in items:
            if item.path.name in NEEDS and item.path.parent.name == "silicon":
                item.add_marker(
                    pytest.mark.skip(
                        f"{', '.join(MISSING)} not installed: apt-get install yosys opensta, make silicon LIBERTY="
                    )
                )
