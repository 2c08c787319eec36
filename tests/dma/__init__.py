# SPDX-License-Identifier: Apache-2.0
"""The chip with the memory interface, in a memory that may be slow, refuse, and that sees every byte."""
