# SPDX-License-Identifier: Apache-2.0
"""What makes the hardware usable in somebody else's project: file lists, one file, registers, template."""
