"""Gradients and training of :mod:`pipeline.parse.body.network`, in numpy.

The loss is weighted cross entropy of the output, plus a share of that of the first layer's own
guess, which the neighbours see. Optimizer: AdamW (Loshchilov & Hutter 2019), cosine schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import Ints
from pipeline.parse.body.network import GROUPS, OFFSETS, PARAMETERS

Array = NDArray[np.float32]

HIDDEN, MESSAGE, SECOND = 64, 16, 32
_GUESS_SHARE = 0.3
_PAGES_A_BATCH = 8
_LEARNING_RATE = 2e-3
_DECAY = 1e-2
_BATCH_SCALE = 3.0


@dataclass(slots=True)
class Page:
    """Normalized rows, groups, labels and weights of one page."""

    rows: Array
    groups: tuple[Ints, ...]
    """Group numbers of each run, one array for each of ``GROUPS``."""
    shares: Array
    """Each run's weight in its groups' means."""
    labels: Array
    weights: Array


def train_net(
    pages: Sequence[Page], *, seed: int, epochs: int = 14, dropout: float = 0.25
) -> dict[str, Array]:
    """One network; the same pages and seed give the same weights."""
    random = np.random.default_rng(seed)
    net = _new_net(pages[0].rows.shape[1], random)
    moments = {key: (np.zeros_like(value), np.zeros_like(value)) for key, value in net.items()}
    steps = epochs * (len(pages) // _PAGES_A_BATCH)
    step = 0
    for _ in range(epochs):
        order = random.permutation(len(pages))
        for batch in order[: len(order) // _PAGES_A_BATCH * _PAGES_A_BATCH].reshape(
            -1, _PAGES_A_BATCH
        ):
            step += 1
            gradients = _Pass(net, _joined([pages[i] for i in batch]), random, dropout).gradients()
            rate = _LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * step / steps)) + 1e-5
            _adam_step(net, gradients, moments, rate, step)
    return net


def _new_net(columns: int, random: np.random.Generator) -> dict[str, Array]:
    def weights(rows: int, width: int) -> Array:
        return random.normal(0, np.sqrt(2 / rows), (rows, width)).astype(np.float32)

    seen = HIDDEN + (MESSAGE + 1) * (len(OFFSETS) + len(GROUPS))
    shapes = {"w1": (columns, HIDDEN), "wa": (HIDDEN, 1), "wz": (HIDDEN, MESSAGE)}
    shapes |= {"w2": (seen, SECOND), "wo": (SECOND, 1)}
    net: dict[str, Array] = {}
    for key in PARAMETERS:
        if key in shapes:
            net[key] = weights(*shapes[key])
        else:
            net[key] = np.zeros(shapes["w" + key[1:]][1], np.float32)
    return net


def _joined(pages: list[Page]) -> tuple[Page, NDArray[np.int64]]:
    """Pages as one table whose groups do not mix, and the page of every row."""
    sizes = [len(page.rows) for page in pages]
    owner = np.repeat(np.arange(len(pages)), sizes)
    numbers = []
    for kind in range(len(GROUPS)):
        joined = np.concatenate([page.groups[kind] for page in pages])
        numbers.append(joined + owner * (int(joined.max()) + 1))
    table = Page(
        np.vstack([page.rows for page in pages]),
        tuple(numbers),
        np.concatenate([page.shares for page in pages]),
        np.concatenate([page.labels for page in pages]),
        np.concatenate([page.weights for page in pages]) * (_BATCH_SCALE / len(pages)),
    )
    return table, owner


class _Pass:
    """One forward pass with dropout, kept for the way back."""

    def __init__(
        self,
        net: dict[str, Array],
        batch: tuple[Page, NDArray[np.int64]],
        random: np.random.Generator,
        dropout: float,
    ) -> None:
        self.net, (self.page, owner) = net, batch
        self.kept = [
            (random.random((len(owner), width), dtype=np.float32) > dropout) / (1 - dropout)
            for width in (HIDDEN, SECOND)
        ]
        self.kept = [kept.astype(np.float32) for kept in self.kept]
        self.hidden = np.maximum(self.page.rows @ net["w1"] + net["b1"], 0) * self.kept[0]
        self.guess = _sigmoid(self.hidden @ net["wa"] + net["ba"])
        self.message = np.maximum(self.hidden @ net["wz"] + net["bz"], 0)
        message = np.hstack([self.message, self.guess])
        self.same_page = {offset: _same_page(owner, offset) for offset in OFFSETS}
        shares = self.page.shares
        self.segments = [_Segments(numbers, shares) for numbers in self.page.groups]
        seen = [self.hidden]
        seen += [np.roll(message, -offset, 0) * self.same_page[offset] for offset in OFFSETS]
        seen += [segments.means(message) for segments in self.segments]
        self.seen = np.hstack(seen)
        self.second = np.maximum(self.seen @ net["w2"] + net["b2"], 0) * self.kept[1]
        self.output = _sigmoid(self.second @ net["wo"] + net["bo"])

    def gradients(self) -> dict[str, Array]:
        """The loss's derivative by every parameter."""
        net, page = self.net, self.page
        target, weight = page.labels[:, None], page.weights[:, None]
        d_output = (self.output - target) * weight
        d_second = (d_output @ net["wo"].T) * self.kept[1] * (self.second > 0)
        d_seen = d_second @ net["w2"].T
        d_message = self._message_gradient(d_seen[:, HIDDEN:])
        d_guess = (self.guess - target) * weight * _GUESS_SHARE
        d_guess = d_guess + d_message[:, -1:] * self.guess * (1 - self.guess)
        d_relu = d_message[:, :-1] * (self.message > 0)
        d_hidden = d_seen[:, :HIDDEN] + d_relu @ net["wz"].T + d_guess @ net["wa"].T
        d_hidden = d_hidden * self.kept[0] * (self.hidden > 0)
        layers = {
            "1": (page.rows, d_hidden),
            "a": (self.hidden, d_guess),
            "z": (self.hidden, d_relu),
            "2": (self.seen, d_second),
            "o": (self.second, d_output),
        }
        found = {f"w{key}": below.T @ above for key, (below, above) in layers.items()}
        return found | {f"b{key}": above.sum(0) for key, (_, above) in layers.items()}

    def _message_gradient(self, d_context: Array) -> Array:
        width = MESSAGE + 1
        parts = [d_context[:, at : at + width] for at in range(0, d_context.shape[1], width)]
        total = np.zeros_like(parts[0])
        for offset, part in zip(OFFSETS, parts, strict=False):
            total += np.roll(part * self.same_page[offset], offset, 0)
        for segments, part in zip(self.segments, parts[len(OFFSETS) :], strict=True):
            total += segments.back(part)
        return total


class _Segments:
    """Weighted means over groups of rows, and the way back through them."""

    def __init__(self, numbers: NDArray[np.int64], weights: Array) -> None:
        self.order = np.argsort(numbers, kind="stable")
        changes = np.diff(numbers[self.order], prepend=numbers[self.order[0]] - 1) != 0
        self.starts = np.flatnonzero(changes)
        self.group = np.empty(len(numbers), np.int64)
        self.group[self.order] = np.cumsum(changes) - 1
        self.weights = weights[:, None]
        self.totals = np.add.reduceat(weights[self.order], self.starts)[:, None]

    def means(self, values: Array) -> Array:
        sums = np.add.reduceat((values * self.weights)[self.order], self.starts)
        return (sums / self.totals)[self.group]

    def back(self, gradient: Array) -> Array:
        sums = np.add.reduceat(gradient[self.order], self.starts)
        return (sums / self.totals)[self.group] * self.weights


def _same_page(owner: NDArray[np.int64], offset: int) -> Array:
    """1 where the row ``offset`` further belongs to the same page, as a column."""
    place = np.arange(len(owner)) + offset
    inside = (place >= 0) & (place < len(owner))
    same = np.roll(owner, -offset) == owner
    return (inside & same).astype(np.float32)[:, None]


def _sigmoid(logits: Array) -> Array:
    return 1 / (1 + np.exp(-np.clip(logits, -50, 50)))


def _adam_step(
    net: dict[str, Array],
    gradients: dict[str, Array],
    moments: dict[str, tuple[Array, Array]],
    rate: float,
    step: int,
) -> None:
    for key, value in net.items():
        first, second = moments[key]
        first *= 0.9
        first += 0.1 * gradients[key]
        second *= 0.999
        second += 0.001 * gradients[key] ** 2
        move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        decay = _DECAY * value if value.ndim > 1 else 0.0
        value -= np.float32(rate) * (move + decay)
