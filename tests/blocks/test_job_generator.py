# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_job_generator."""

from tb.common.simulation import run_bench


def test_job_generator(simulator: str, seed: int) -> None:
    run_bench("flaash_job_generator", "tests.blocks.job_generator_tests", simulator,
              "job_generator", seed=seed)
