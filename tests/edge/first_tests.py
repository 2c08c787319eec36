# SPDX-License-Identifier: Apache-2.0
"""Runs inside the simulator: contractions from memory to memory."""

import cocotb
import numpy as np

from models.csf import Csf
from models.generate import uniform_tensor
from models.tensor import SparseTensor
from tb.common.bench import start
from tests.edge.host import CAPACITY, RESULTS, Host, check, expected, rows
from tests.edge.layout import Image, Job, levels

VALUES = {"fp32": "normal", "bf16": "normal", "int8": "int8", "int16": "int16"}


@cocotb.test()
async def the_example_of_the_page(dut) -> None:
    """A is [[0, 2, 0], [0, 0, 0], [1, 0, 3]] in CSR form, B is [4, 5, 0]."""
    host = Host(dut)
    await start(dut)
    await host.set_ring()
    a = SparseTensor((3, 3), np.array([[0, 1], [2, 0], [2, 2]]), np.array([2., 1., 3.]))
    b = SparseTensor((3,), np.array([[0], [1]]), np.array([4., 5.]))
    image = Image(host.memory)
    words = [image.operand(0, levels(Csf.from_tensor(a), host.fmt, dense=True)),
             image.operand(1, levels(Csf.from_tensor(b), host.fmt))]
    slot = host.put(Job(RESULTS, 48, fmt=host.fmt.code, tag=7).words(*words))
    await host.ring()
    record = await host.completed(slot)
    assert (record["code"], record["place"], record["tag"]) == (0, 0, 7)
    assert record["results"] == 2
    check(rows(host.memory, record, 2 + host.value_words), expected(a, b, host.fmt))
