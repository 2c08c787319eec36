# SPDX-License-Identifier: Apache-2.0
"""Contractions that train a build for speed: typical operands, small enough for every configuration."""

import numpy as np

from models.csf import Csf
from models.generate import uniform_tensor
from sim.machines import Machine
from sim.serve import Order

SHAPES = [((4, 9), (5, 9)), ((3, 3, 12), (3, 4, 12)), ((8, 16), (6, 16))]


def training_orders(machine: Machine) -> list[Order]:
    """Return the same contractions for every build of a machine."""
    numbers = np.random.default_rng(1)
    orders = []
    for shapes in SHAPES:
        a, b = (Csf.from_tensor(uniform_tensor(numbers, shape, 0.4, values="small")) for shape in shapes)
        orders.append(Order(a, b, machine.settings(a, b)))
    return orders
