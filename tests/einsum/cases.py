# SPDX-License-Identifier: Apache-2.0
"""Random calls of einsum, and their results in rational numbers by numpy.

A chain of contractions rounds after each one; its values are drawn so that no intermediate result loses
digits.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sparse
from hypothesis import strategies as st
from scipy.sparse import coo_array

from models.numbers import NumberFormat, get_format
from models.tensor import SparseTensor
from tests.models.fractions_reference import round_fraction

MAX_ORDER = 5
FORMATS = ("fp32", "bf16", "int8")


@dataclass(frozen=True)
class Case:
    """One call.

    Attributes:
        subscripts: of einsum.
        arrays: the operands, dense float64 of values that the format holds.
        kinds: of each operand, "numpy", "scipy", "coo", "gcxs" or "tensor".
    """

    subscripts: str
    arrays: list[np.ndarray]
    kinds: list[str]

    def operands(self) -> list[Any]:
        """Return the operands in their kinds."""
        return [as_kind(array, kind) for array, kind in zip(self.arrays, self.kinds, strict=True)]

    def __repr__(self) -> str:
        arrays = ", ".join(f"np.array({array.tolist()})" for array in self.arrays)
        return f"Case({self.subscripts!r}, [{arrays}], {self.kinds})"


def as_kind(array: np.ndarray, kind: str) -> Any:
    """Return an array as an operand of a kind."""
    if kind == "scipy" and array.ndim:
        return coo_array(array)
    if kind == "coo" and array.ndim:
        return sparse.COO.from_numpy(array)
    if kind == "gcxs" and array.ndim > 1:
        return sparse.GCXS.from_numpy(array)
    return SparseTensor.from_dense(array) if kind == "tensor" else array


def to_dense(result: Any) -> np.ndarray:
    """Return a result of any kind as a dense array."""
    for method in ("to_dense", "toarray", "todense"):
        if hasattr(result, method):
            return np.asarray(getattr(result, method)())
    return np.asarray(result)


def exact(case: Case, fmt: str | NumberFormat) -> np.ndarray:
    """Return numpy's result in exact arithmetic, rounded once to the format's results, as float64."""
    fmt = get_format(fmt)
    fractions = [
        np.reshape(np.array([Fraction(value) for value in array.ravel()], object), array.shape) for array in case.arrays
    ]
    total = np.asarray(np.einsum(case.subscripts, *fractions, dtype=object, casting="unsafe"), object)
    rounded = [_round(Fraction(value), fmt) for value in total.ravel()]
    return np.reshape(np.array(rounded, np.float64), total.shape)


def _round(number: Fraction, fmt: NumberFormat) -> float:
    if not fmt.is_float:
        return float(number)
    value, overflow = round_fraction(number)
    return float("inf") * (1 if number > 0 else -1) if overflow else float(value)


@st.composite
def cases(draw, fmt: str, most_operands: int = 3) -> Case:
    """Draw a call: one to three operands of orders 0 to 5, with all features of the notation."""
    count = draw(st.sampled_from([1, 2, 2, 2, 3][: 2 + most_operands]))
    chain = count > 2
    letters = draw(st.permutations(string.ascii_letters))[: 6 if not chain else 5]
    extents = {letter: draw(st.integers(1, 2 if chain else 3)) for letter in letters}
    dots = draw(st.lists(st.integers(1, 2), max_size=2)) if draw(st.integers(0, 3)) == 0 else []
    inputs, shapes, reach = [], [], 0
    for _ in range(count):
        own = draw(st.lists(st.sampled_from(letters), max_size=MAX_ORDER - (len(dots) if dots else 0)))
        shape = [1 if own.count(letter) == 1 and draw(st.integers(0, 7)) == 0 else extents[letter] for letter in own]
        if dots and draw(st.booleans()):
            place, some = draw(st.integers(0, len(own))), draw(st.integers(0, len(dots)))
            shape[place:place] = [extent if draw(st.integers(0, 3)) else 1 for extent in dots[len(dots) - some :]]
            own.insert(place, "...")
            reach = max(reach, some)
        inputs.append("".join(own))
        shapes.append(tuple(shape))
    subscripts = ",".join(inputs)
    named = sorted({letter for own in inputs for letter in own.replace(".", "")})
    if draw(st.booleans()):
        kept = draw(st.permutations(draw(st.lists(st.sampled_from(named), unique=True)) if named else []))
        place = draw(st.integers(0, len(kept)))
        middle = "..." if any("..." in own for own in inputs) and (reach or draw(st.booleans())) else ""
        subscripts += "->" + "".join(kept[:place]) + middle + "".join(kept[place:])
    arrays = [draw(_arrays(shape, fmt, chain)) for shape in shapes]
    kinds = [draw(st.sampled_from(["numpy", "scipy", "coo", "gcxs", "tensor"])) for _ in range(count)]
    return Case(subscripts, arrays, kinds)


@st.composite
def _arrays(draw, shape: tuple[int, ...], fmt: str, chain: bool) -> np.ndarray:
    """Draw values by a seed: one draw for each element would take most of the time."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    style = "ones" if chain else draw(st.sampled_from(["small", "normal", "wide"]))
    if style == "ones":
        values = rng.choice([-1.0, 1.0], shape)
    elif style == "small" or fmt == "int8":
        values = rng.integers(-128 if style == "wide" else -4, 128 if style == "wide" else 5, shape).astype(float)
    else:
        values = rng.normal(size=shape) * (2.0 ** rng.integers(-75, 60, shape) if style == "wide" else 1)
    values = np.asarray(values) * (rng.random(shape) < draw(st.sampled_from([0.0, 0.3, 0.6, 1.0])))
    number = get_format(fmt)
    return number.decode(number.encode(values.ravel())).reshape(shape)
