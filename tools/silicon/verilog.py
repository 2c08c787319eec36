# SPDX-License-Identifier: Apache-2.0
"""The forms of cells and of their pins in a netlist that Yosys has written."""

import re

CELL = re.compile(r"^  (\w+) (\\\S+ |\w+) \(\n((?:    \.\w+\(.*\),?\n)*)  \);\n", re.MULTILINE)
PIN = re.compile(r"^    \.(\w+)\((.*)\),?$", re.MULTILINE)
