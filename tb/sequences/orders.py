# SPDX-License-Identifier: Apache-2.0
"""Every order of A with every order of B, from two vectors (a scalar result) to eight modes each."""

from tb.sequences.base import ContractionSequence

MAX_ORDER = 8


class OrdersSeq(ContractionSequence):
    """Contract small tensors of all orders.

    Args:
        orders: orders to pair with each other.
        extent: of the contracted mode.
        count: random pairs of orders after that.
    """

    def __init__(
        self, name: str = "orders", orders: tuple[int, ...] = (1, 2, 5, MAX_ORDER), extent: int = 5, count: int = 3
    ):
        super().__init__(name)
        self.orders, self.extent, self.count = orders, extent, count

    async def body(self) -> None:
        for order_a in self.orders:
            for order_b in self.orders:
                await self.pair(order_a, order_b)
        for _ in range(self.count):
            await self.pair(*(int(order) for order in self.rng.integers(1, MAX_ORDER + 1, 2)))

    async def pair(self, order_a: int, order_b: int) -> None:
        await self.contract(self.draw(order_a), self.draw(order_b))

    def draw(self, order: int):
        # Few fibers whatever the order: extents of 2 in three modes, 1 or 2 in the others.
        free = [2, 1, 2, 1, 1, 2, 1][: order - 1]
        return self.tensor(*free, self.extent, density=0.6)
