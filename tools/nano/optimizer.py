"""Muon for matrices inside the network, AdamW for embeddings, norms and the classifier."""

from __future__ import annotations

import torch
from torch import Tensor

from fast import BFLOAT16


def orthogonalise(gradient: Tensor) -> Tensor:
    """The nearest matrix with equal singular values, by five Newton-Schulz steps (Jordan, 2024)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradient / (gradient.norm() + 1e-7)
    x = x.bfloat16() if BFLOAT16 else x
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(5):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if tall else x).float()


class Optimizer:
    """Updates the parameters that this process owns."""

    MUON_RATE, ADAM_RATE = 0.008, 0.015
    _MOMENTUM, _BETA1, _BETA2, _DECAY = 0.95, 0.9, 0.98, 0.01

    def __init__(self, parameters: list[tuple[str, Tensor]]) -> None:
        self.parameters = parameters
        self._state = {name: [torch.zeros_like(p), torch.zeros_like(p)] for name, p in parameters}
        self._steps = 0

    @torch.no_grad()
    def step(self, scale: float) -> None:
        """One update with both learning rates multiplied by `scale`."""
        self._steps += 1
        for name, parameter in self.parameters:
            first, second = self._state[name]
            if name.startswith("blk.") and parameter.dim() == 2:
                self._muon(parameter, first, scale * self.MUON_RATE)
            else:
                self._adam(parameter, first, second, scale * self.ADAM_RATE)

    def _muon(self, parameter: Tensor, momentum: Tensor, rate: float) -> None:
        momentum.mul_(self._MOMENTUM).add_(parameter.grad)
        update = orthogonalise(parameter.grad + self._MOMENTUM * momentum)
        rows, columns = parameter.shape
        parameter.mul_(1 - rate * self._DECAY)
        parameter.add_(update, alpha=-rate * max(1.0, rows / columns) ** 0.5)

    def _adam(self, parameter: Tensor, first: Tensor, second: Tensor, rate: float) -> None:
        first.lerp_(parameter.grad, 1 - self._BETA1)
        second.lerp_(parameter.grad.square(), 1 - self._BETA2)
        bias1, bias2 = 1 - self._BETA1**self._steps, 1 - self._BETA2**self._steps
        parameter.sub_(rate * (first / bias1) / ((second / bias2).sqrt() + 1e-8))

    def state(self) -> dict[str, object]:
        return {"state": self._state, "steps": self._steps}

    def load(self, saved: dict[str, object]) -> None:
        self._state, self._steps = saved["state"], saved["steps"]
