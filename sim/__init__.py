# SPDX-License-Identifier: Apache-2.0
"""Builds, runs and serves simulations of the hardware. Knows neither the front end nor the environment of the tests."""
