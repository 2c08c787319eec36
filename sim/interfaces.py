# SPDX-License-Identifier: Apache-2.0
"""The interfaces of the chip: by which door operands come in and results leave."""

STREAM, MEMORY = "stream", "memory"
TOPS = {STREAM: "flaash_top", MEMORY: "flaash_memory_top"}  # the module with these ports
INTERFACES = tuple(TOPS)
