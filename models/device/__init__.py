# SPDX-License-Identifier: Apache-2.0
"""The machine without hardware: its build, descriptors as bytes, the outcome of each, and a stand-in for the driver."""
