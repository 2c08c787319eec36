# SPDX-License-Identifier: Apache-2.0
"""The simulated chip at either interface, driven by flaash.driver from within the simulation."""
