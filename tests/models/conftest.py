# SPDX-License-Identifier: Apache-2.0
"""Property tests draw the same examples in every run."""

import hypothesis

hypothesis.settings.register_profile("models", derandomize=True, max_examples=200, deadline=None, database=None)
hypothesis.settings.load_profile("models")
