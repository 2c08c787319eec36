# SPDX-License-Identifier: Apache-2.0
"""The machines that are compared, the paper's and ours, by number of engines."""

from sim.machines import Machine, Settings, machine

__all__ = ["OURS", "PAPER", "Machine", "Settings", "machine"]

PAPER = {number: f"paper{number}" for number in (1, 2, 4, 8, 16, 32)}

# Our machines, the same for all workloads. A number of engines without its own table in
# rtl/configs.toml uses another table with NumSdpe changed.
OURS = {1: "fast1", 2: "fast1:NumSdpe=2", 4: "fast1:NumSdpe=4", 8: "default", 16: "fast1:NumSdpe=16", 32: "fast32"}
