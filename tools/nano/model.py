"""The llama architecture, small: RMSNorm, rotary grouped attention, SwiGLU, tied output."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fast import Linear, product


@dataclass(frozen=True)
class Shape:
    """Sizes of a model. `head` is the width of one attention head."""

    vocabulary: int = 1536
    width: int = 192
    layers: int = 4
    heads: int = 6
    key_heads: int = 2
    head: int = 32
    feed: int = 512
    context: int = 1024
    rope_base: float = 10000.0
    norm_epsilon: float = 1e-5

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


class RmsNorm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight


def rotation(shape: Shape, length: int) -> Tensor:
    """Complex factors [length, head / 2] that turn neighbouring pairs, as ggml's NORM rope does."""
    rates = shape.rope_base ** (-torch.arange(0, shape.head, 2, dtype=torch.float32) / shape.head)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), rates)
    return torch.polar(torch.ones_like(angles), angles)


def _rotate(x: Tensor, factors: Tensor) -> Tensor:
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * factors).flatten(-2)


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.attn_norm = RmsNorm(shape.width, shape.norm_epsilon)
        self.attn_q = Linear(shape.width, shape.heads * shape.head)
        self.attn_k = Linear(shape.width, shape.key_heads * shape.head)
        self.attn_v = Linear(shape.width, shape.key_heads * shape.head)
        self.attn_output = Linear(shape.heads * shape.head, shape.width)
        self.ffn_norm = RmsNorm(shape.width, shape.norm_epsilon)
        self.ffn_gate = Linear(shape.width, shape.feed)
        self.ffn_up = Linear(shape.width, shape.feed)
        self.ffn_down = Linear(shape.feed, shape.width)

    def forward(self, x: Tensor, factors: Tensor, mask: Tensor) -> Tensor:
        x = x + self._attend(self.attn_norm(x), factors, mask)
        y = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))

    def _attend(self, x: Tensor, factors: Tensor, mask: Tensor) -> Tensor:
        rows, length, _ = x.shape
        s = self.shape
        q = self.attn_q(x).view(rows, length, s.heads, s.head).transpose(1, 2)
        k = self.attn_k(x).view(rows, length, s.key_heads, s.head).transpose(1, 2)
        v = self.attn_v(x).view(rows, length, s.key_heads, s.head).transpose(1, 2)
        groups = s.heads // s.key_heads
        q = _rotate(q, factors).reshape(rows, s.key_heads, groups * length, s.head)
        k = _rotate(k, factors)
        scores = (q @ k.transpose(-1, -2)).view(rows, s.key_heads, groups, length, length)
        shares = torch.softmax(scores * s.head**-0.5 + mask, dim=-1)
        y = shares.view(rows, s.key_heads, groups * length, length) @ v
        y = y.view(rows, s.heads, length, s.head).transpose(1, 2)
        return self.attn_output(y.reshape(rows, length, -1))


class Nano(nn.Module):
    """The model, and beside it a classifier of intents that only training uses."""

    AUX_AFTER = 2  # blocks before the classifier looks

    def __init__(self, shape: Shape, intents: int) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = RmsNorm(shape.width, shape.norm_epsilon)
        self.aux = Linear(shape.width, intents)
        self.register_buffer("factors", rotation(shape, shape.context), persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                deep = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(parameter, std=0.02 / (2 * shape.layers) ** 0.5 if deep else 0.02)

    def forward(self, ids: Tensor, prompt_end: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden states before the output matrix, and the intent scores at `prompt_end`."""
        middle = self._blocks(self.token_embd(ids), 0, self.AUX_AFTER)
        last = self._blocks(middle, self.AUX_AFTER, len(self.blk))
        return self.output_norm(last), self._scores(middle, prompt_end)

    def classify(self, ids: Tensor, prompt_end: Tensor) -> Tensor:
        """The intent scores alone: half of the work."""
        middle = self._blocks(self.token_embd(ids), 0, self.AUX_AFTER)
        return self._scores(middle, prompt_end)

    def _scores(self, middle: Tensor, prompt_end: Tensor) -> Tensor:
        """The classifier looks at states of one length: it learns faster so."""
        x = middle[torch.arange(len(middle)), prompt_end]
        return self.aux(x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.shape.norm_epsilon))

    def _blocks(self, x: Tensor, begin: int, end: int) -> Tensor:
        length = x.shape[1]
        mask = torch.full((length, length), float("-inf")).triu(1)
        for block in self.blk[begin:end]:
            x = block(x, self.factors[:length], mask)
        return x

    def logits(self, hidden: Tensor) -> Tensor:
        return product(hidden, self.token_embd.weight)
