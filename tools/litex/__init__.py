# SPDX-License-Identifier: Apache-2.0
"""`make litex`: the chip in a LiteX SoC, simulated with its firmware, and placed in an FPGA."""
