# SPDX-License-Identifier: Apache-2.0
"""Trains a pruned network of two layers on the simulated chip, and the same network in PyTorch beside it.

.venv/bin/python examples/train/train.py               after `.venv/bin/pip install torch scikit-learn`
.venv/bin/python examples/train/train.py --on model --steps 100

The data are the 1,797 digits of 8 x 8 pixels of scikit-learn. Both networks begin with the same weights and
see the same batches. All contractions, forward and backward, run on the chip; ReLU, the loss and the step of
the weights run in PyTorch.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

try:
    import torch
    from sklearn.datasets import load_digits
except ImportError as error:
    sys.exit(f"error: this example needs PyTorch and scikit-learn ({error}): pip install 'torch>=2.6' scikit-learn")
from torch import Tensor
from torch.nn.functional import cross_entropy

import flaash
from flaash import Report
from flaash.torch import einsum

PIXELS, CLASSES = 64, 10
Layer = Callable[[Tensor, Tensor], Tensor]


def pruned(outputs: int, inputs: int, density: float) -> Tensor:
    """Return random weights, of which the share `density` is not 0."""
    weight = torch.randn(outputs, inputs) * (2 / (density * inputs)) ** 0.5
    return weight * (torch.rand(outputs, inputs) < density)


def loss_of(weights: list[Tensor], x: Tensor, labels: Tensor, layer: Layer) -> Tensor:
    """Return the loss of a batch: two layers with a ReLU between them, cross entropy."""
    return cross_entropy(layer(layer(x, weights[0]).relu(), weights[1]), labels)


def step(weights: list[Tensor], loss: Tensor, rate: float) -> None:
    """Change the weights along their gradients. A pruned weight has none and stays 0."""
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.data -= rate * gradient * (weight.data != 0)


def batches(size: int, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield pixels from 0 to 1 and labels, in random order."""
    pixels, labels = (torch.from_numpy(array) for array in load_digits(return_X_y=True))
    for _ in range(steps):
        chosen = torch.randint(len(labels), (size,))
        yield pixels[chosen].float() / 16, labels[chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--on", default="verilator", help="verilator, icarus or model (default: verilator)")
    parser.add_argument("--config", default="fast8", help="configuration of the chip (default: fast8)")
    parser.add_argument("--steps", type=int, default=5, help="batches (default: 5)")
    parser.add_argument("--batch", type=int, default=32, help="digits in a batch (default: 32)")
    parser.add_argument("--hidden", type=int, default=48, help="neurons between the layers (default: 48)")
    parser.add_argument("--density", type=float, default=0.2, help="share of weights that stay (default: 0.2)")
    parser.add_argument("--rate", type=float, default=0.2, help="step of the weights along a gradient (default: 0.2)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    first = [
        pruned(options.hidden, PIXELS, options.density),
        pruned(CLASSES, options.hidden, options.density),
    ]
    ours, theirs = ([weight.clone().requires_grad_() for weight in first] for _ in range(2))
    reports: list[Report] = []

    def on_the_chip(x: Tensor, weight: Tensor) -> Tensor:
        return einsum("bi,oi->bo", x, weight, on=options.on, config=options.config, masked=True, reports=reports)

    def in_pytorch(x: Tensor, weight: Tensor) -> Tensor:
        return torch.einsum("bi,oi->bo", x, weight)

    print(f"{'step':>4} {'loss here':>12} {'in PyTorch':>12} {'difference':>11} {'contractions':>12} {'cycles':>9}")
    for number, (x, labels) in enumerate(batches(options.batch, options.steps), 1):
        reports.clear()
        losses = []
        for weights, layer in ((ours, on_the_chip), (theirs, in_pytorch)):
            loss = loss_of(weights, x, labels, layer)
            step(weights, loss, options.rate)
            losses.append(loss.item())
        cycles = "-" if options.on == "model" else f"{sum(report.cycles or 0 for report in reports):,}"
        print(
            f"{number:>4} {losses[0]:>12.7f} {losses[1]:>12.7f} {abs(losses[0] - losses[1]):>11.1e}"
            f" {len(reports):>12} {cycles:>9}",
            flush=True,
        )
    for ours_now, at_first in zip(ours, first, strict=True):
        left = int(((ours_now != 0) & (at_first == 0)).sum())
        print(f"layer {'x'.join(map(str, at_first.shape))}: {int((at_first != 0).sum())} weights, {left} grown")


if __name__ == "__main__":
    try:
        main()
    except flaash.EinsumError as error:
        sys.exit(f"error: {error}")
    finally:
        flaash.close()
