# SPDX-License-Identifier: Apache-2.0
"""The programs for the tests of `make silicon`."""

import pytest

from tools.silicon import programs

NEEDS = tuple(
    """test_placed.py test_library.py test_flow.py test_gates.py test_power.py test_clocks.py test_join.py
    long_gates.py long_power.py""".split()
)
# Tests that join a chip, or ask for all programs.
BUFFERED = tuple(
    """test_the_whole_of_tiny test_mistakes_are_told test_memories_are_counted_or_macros
    test_a_failing_program_is_told test_a_net_between_pieces_is_buffered
    test_a_chip_with_another_function_is_refused test_wires_add_to_the_slowest_path
    test_the_clock_and_constants_have_no_wires test_repair_adds_buffers test_a_memory_has_a_place
    test_the_step_that_fails_is_told""".split()
)
CELLS = ("yosys", "sta")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need the system's Yosys and OpenSTA, or OpenROAD."""
    for item in items:
        if item.path.parent.name == "silicon" and item.path.name in NEEDS:
            item.add_marker(pytest.mark.needs(*CELLS))
            if item.nodeid.split("[")[0].split("::")[1] in BUFFERED:
                item.add_marker(pytest.mark.needs(programs.OPENROAD))
