# SPDX-License-Identifier: Apache-2.0
"""Finished results of the driver, on the stand-in."""

import numpy as np
import pytest

from flaash.driver import Finish, Settings, StandIn, arrange, run
from models import generate
from models.contract import contract
from models.errors import TensorError
from models.tiles import Room
from tests.driver.test_accelerator import opened, same


@pytest.mark.parametrize(
    ("name", "finish"),
    [
        ("fp32", Finish(relu=True)),
        ("bf16", Finish(relu=True, narrow=True)),
        ("int8", Finish(narrow=True, shift=3)),
        ("int16", Finish(relu=True, narrow=True, shift=9)),
    ],
)
def test_finished_results(name, finish, seed) -> None:
    """One pair, tiles and a batch; values are in the narrow format. A finish that the format has not is refused."""
    rng = np.random.default_rng(seed)
    a, b = (
        generate.uniform_tensor(rng, (9, 12), 0.5, values="wide" if name in ("fp32", "bf16") else name) for _ in "ab"
    )
    expected = contract(a, b, name, finish=finish)
    accelerator, settings = opened(StandIn(name)), Settings(finish=finish)
    batch = [(arrange(a, b, accelerator.device.build), settings)] * 3
    results = [
        run(accelerator.contract(a, b, settings)),
        run(accelerator.contract(a, b, settings, room=Room(4, 9, 9, 9))),
    ]
    for result in (*results, *run(accelerator.contract_each(batch))):
        assert same(result, expected) and np.array_equal(result.values(), expected.values())
    with pytest.raises(TensorError, match="shift"):
        run(accelerator.contract(a, b, Settings(finish=Finish(shift=1))))
    with pytest.raises(TensorError, match="shift"):
        run(accelerator.contract_each([(batch[0][0], Settings(finish=Finish(shift=1)))]))
