# SPDX-License-Identifier: Apache-2.0
"""A pruned network of three layers on a device: weights stay in its memory, results go from layer to layer there.

.venv/bin/python examples/mlp/mlp.py
.venv/bin/python examples/mlp/mlp.py --batches 8 --size 32

Two formats, bf16 and int8. After each of the first two layers the machine applies ReLU and gives the results the format
of operands. numpy computes the same. examples/mlp/flaash_mlp.c is the same chain in C.
"""

import argparse
import sys

import numpy as np

from flaash import Device, EinsumError, SessionError

LAYERS = ((128, 256), (64, 128), (10, 64))  # outputs, inputs
DENSITY = 0.2
SHIFT = 7  # bits that a sum of int8 loses


def pruned(rng: np.random.Generator, shape: tuple[int, int], density: float, whole: bool) -> np.ndarray:
    """Return random values, of which the share `density` is not 0: integers of 8 bits, or a normal distribution."""
    values = rng.integers(-100, 101, shape) if whole else rng.normal(size=shape) * (2 / density / shape[1]) ** 0.5
    return values * (rng.random(shape) < density)


def bf16(values: np.ndarray) -> np.ndarray:
    """Return the nearest bf16 of each value, ties to even."""
    words = values.astype("<f4").view("<u4").astype(np.int64)
    return ((words + 0x7FFF + (words >> 16 & 1) >> 16) << 16).astype("<u4").view("<f4").astype(np.float64)


def by_numpy(x: np.ndarray, weights: list[np.ndarray], whole: bool) -> np.ndarray:
    """Return the last layer's results as numpy computes them."""
    for weight in weights[:-1]:
        sums = np.maximum(x @ weight.T, 0)
        x = np.round(sums / 2**SHIFT).clip(-128, 127) if whole else bf16(sums)
    return x @ weights[-1].T


def by_device(device: Device, x: np.ndarray, weights: list, whole: bool) -> np.ndarray:
    """Return the last layer's results from the device: three contractions, one doorbell."""
    held = device.put(x)
    for weight in weights[:-1]:
        held = device.einsum("bi,oi->bo", held, weight, finish="relu", narrow=True, shift=SHIFT if whole else 0)
    return device.einsum("bi,oi->bo", held, weights[-1], layout="dense").get()


def show(config: str, on: str, batches: int, size: int) -> bool:
    """Run the network in a format and print the cost; return whether it agrees with numpy."""
    rng, whole = np.random.default_rng(1), config == "int8"
    weights = [pruned(rng, shape, DENSITY, whole) for shape in LAYERS]
    inputs = [pruned(rng, (size, LAYERS[0][1]), 0.5, whole) for _ in range(batches)]
    if not whole:  # numpy then has the operands that the machine has
        weights, inputs = [bf16(weight) for weight in weights], [bf16(x) for x in inputs]
    with Device(on=on, config=config) as device:
        held = [device.put(weight) for weight in weights]
        weight_bytes = device.new_report().bytes_in
        found = np.concatenate([by_device(device, x, held, whole) for x in inputs])
        report = device.new_report()
        width = device.width
    expected = np.concatenate([by_numpy(x, weights, whole) for x in inputs])
    print(f"{config} on {on}: {batches} batches of {size}, {weight_bytes:,} bytes of weights stay")
    same = int((found.argmax(axis=1) == expected.argmax(axis=1)).sum())
    error = float(abs(found - expected).max() / abs(expected).max())
    print(f"  agreement with numpy        {same} of {len(found)} classes, largest difference {error:.1e}, relative")
    print(f"  doorbells, contractions     {report.doorbells}, {len(report.steps)}")
    print(f"  bytes of the host           {report.bytes_in:,} in, {report.bytes_out:,} out")
    between = sum(step.written for number, step in enumerate(report.steps) if number % len(LAYERS) < len(LAYERS) - 1)
    if report.elapsed is None:
        print("  cycles                      the model counts none")
    else:
        cycles = [count / batches for count in (report.elapsed, report.computing)]
        print(f"  cycles per batch            {cycles[0]:,.0f}, {cycles[1]:,.0f} of computing")
        # Each result would cross the bus to the host and back.
        print(f"  a host between the layers   at least {2 * between * 8 / width / batches:,.0f} cycles more per batch")
    print(f"  bytes between the layers    {between:,} that stayed in the memory")
    return same == len(found) and error < (1e-12 if whole else 0.02) and not report.host


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--on", default="model", help="verilator, icarus or model (default: model)")
    parser.add_argument("--batches", type=int, default=4, help="number of batches (default: 4)")
    parser.add_argument("--size", type=int, default=16, help="rows of a batch (default: 16)")
    options = parser.parse_args()
    try:
        agree = [show(config, options.on, options.batches, options.size) for config in ("bf16", "int8")]
    except (EinsumError, SessionError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0 if all(agree) else 1


if __name__ == "__main__":
    sys.exit(main())
