# SPDX-License-Identifier: Apache-2.0
"""Area, clock and power of the chip on an ECP5 and in standard cells: `make silicon`."""
