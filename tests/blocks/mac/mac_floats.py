# SPDX-License-Identifier: Apache-2.0
"""Builds operand patterns of the floating-point formats, and exact values out of products of them."""

from __future__ import annotations

import dataclasses

from models.numbers import get_format

Pair = tuple[int, int]
CLASSES = (
    "zero",
    "least subnormal",
    "subnormal",
    "greatest subnormal",
    "least normal",
    "normal",
    "greatest normal",
    "infinity",
    "quiet NaN",
    "signalling NaN",
)


@dataclasses.dataclass(frozen=True)
class Floats:
    """Patterns of one format.

    Attributes:
        name: of the format.
        width: bits of a pattern.
        precision: bits of the significand, hidden bit included.
        least: binary exponent of the least subnormal number.
    """

    name: str
    width: int
    precision: int
    least: int

    @property
    def lsb(self) -> int:
        """Binary exponent of the least product: bit 0 of the accumulator."""
        return 2 * self.least

    def number(self, significand: int, exponent: int) -> int:
        """Return the pattern of significand * 2**exponent, which has to be exact."""
        sign, magnitude = (significand < 0) << (self.width - 1), abs(significand)
        if not magnitude:
            return sign
        while magnitude >> self.precision and not magnitude & 1:
            magnitude, exponent = magnitude >> 1, exponent + 1
        while magnitude >> (self.precision - 1) == 0 and exponent > self.least:
            magnitude, exponent = magnitude << 1, exponent - 1
        field = exponent - self.least + 1 if magnitude >> (self.precision - 1) else 0
        if magnitude >> self.precision or exponent < self.least or field > 254:
            raise ValueError(f"{significand} * 2**{exponent} is not a {self.name} number")
        return sign | field << (self.precision - 1) | magnitude & ((1 << (self.precision - 1)) - 1)

    def term(self, significand: int, exponent: int) -> Pair:
        """Return operands whose product is significand * 2**exponent, significand within the precision."""
        low = max(min(exponent // 2, 127), self.least)
        high = max(min(exponent - low, 127 - abs(significand).bit_length() + 1), self.least)
        return self.number(significand, high), self.number(1, exponent - high)

    def value(self, integer: int, exponent: int) -> list[Pair]:
        """Return operands whose products sum up to integer * 2**exponent, with any number of terms."""
        sign, rest, terms = (-1 if integer < 0 else 1), abs(integer), []
        while rest:
            piece = rest & ((1 << self.precision) - 1)
            if piece:
                terms.append(self.term(sign * piece, exponent))
            rest, exponent = rest >> self.precision, exponent + self.precision
        return terms

    def negated(self, pair: Pair) -> Pair:
        """Return operands of the opposite product."""
        return pair[0] ^ 1 << (self.width - 1), pair[1]

    def sign(self, bits: int) -> int:
        """Return 1 for a pattern with a minus sign, else 0."""
        return bits >> (self.width - 1)

    def exact(self, pair: Pair) -> int:
        """Return the product of two finite patterns in units of 2**lsb."""
        product = 1
        for bits in pair:
            field, fraction = bits >> (self.precision - 1) & 255, bits & ((1 << (self.precision - 1)) - 1)
            significand = fraction | (field > 0) << (self.precision - 1)
            product *= (-1) ** self.sign(bits) * significand << max(field - 1, 0)
        return product

    def full(self, position: int, sign: int = 1) -> Pair:
        """Return the greatest significands whose product's bit 0 is at a position, 0 to 506."""
        ones = (1 << self.precision) - 1
        a = position // 2
        return self.number(sign * ones, self.least + a), self.number(ones, self.least + position - a)

    def of_class(self, name: str, sign: int) -> int:
        """Return a pattern of a class, with the sign in its top bit."""
        fraction = self.precision - 1
        least_normal, infinity = 1 << fraction, 255 << fraction
        magnitude = {
            "zero": 0,
            "least subnormal": 1,
            "subnormal": (1 << (fraction - 1)) | 5,
            "greatest subnormal": least_normal - 1,
            "least normal": least_normal,
            "normal": (127 << fraction) | (1 << (fraction - 2)) | 1,
            "greatest normal": infinity - 1,
            "infinity": infinity,
            "quiet NaN": infinity | 1 << (fraction - 1) | 3,
            "signalling NaN": infinity | 1,
        }[name]
        return sign << (self.width - 1) | magnitude

    def classify(self, bits: int) -> str:
        """Return the class of a pattern."""
        fraction = self.precision - 1
        field, rest = bits >> fraction & 255, bits & ((1 << fraction) - 1)
        ones = (1 << fraction) - 1
        if field == 255:
            return ("quiet NaN" if rest >> (fraction - 1) else "signalling NaN") if rest else "infinity"
        if field == 0:
            return {0: "zero", 1: "least subnormal", ones: "greatest subnormal"}.get(rest, "subnormal")
        return {(1, 0): "least normal", (254, ones): "greatest normal"}.get((field, rest), "normal")


def floats(name: str) -> Floats:
    """Return the patterns of a format by its name, fp32 or bf16."""
    form = get_format(name)
    return Floats(name, form.value_width, form.precision, -126 - (form.precision - 1))
