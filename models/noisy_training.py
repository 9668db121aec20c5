r"""Training both layers of $F(x) = \max(xW, 0)\,V \in \mathbb{R}^q$ by cross entropy on batches, with noise of several kinds.

At every step B samples are drawn with replacement. Each one's label is replaced, with probability ``flip``, by a class drawn
uniformly, and its gradient in the logits gets Gaussian noise; with $\sigma$ the scale of the noise in the weights,
$$\theta \leftarrow \theta - \frac\eta B \sum_{i \in \text{batch}} \partial_\theta F(x_i)^T\bigl(\mathrm{softmax}(F(x_i)) - e_{\hat y_i}
  + \sigma_{ln} z_i\bigr) + \sigma z, \qquad \theta = (W, V).$$

All draws of step t are functions of the run's key and of t (``counters``).
"""

from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import uint64
from numpy import ndarray
from scipy.special import poch

from models.counters import index, normals, unit, word
from models.label_noise_sgd import compiled


@dataclass(frozen=True)
class Weights:
    """The weights of many networks: inputs to hidden units, hidden units to outputs."""

    W: Float[ndarray, "#runs d k"]
    V: Float[ndarray, "#runs k q"]

    @property
    def number(self) -> int:
        """How many weights one network has."""
        return self.W[0].size + self.V[0].size

    @property
    def norm(self) -> Float[ndarray, " runs"]:
        """The Euclidean norm of all weights."""
        return np.sqrt(np.sum(self.W**2, axis=(1, 2)) + np.sum(self.V**2, axis=(1, 2)))

    def outputs(self, X: Float[ndarray, "#runs m d"]) -> Float[ndarray, "runs m q"]:
        return np.maximum(X @ self.W, 0.0) @ self.V

    def accuracy(self, X: Float[ndarray, "#runs m d"], y: Int[ndarray, "#runs m"]) -> Float[ndarray, " runs"]:
        """The share of inputs whose class has the largest output."""
        return np.mean(np.argmax(self.outputs(X), axis=-1) == y, axis=-1)


@dataclass(frozen=True)
class Noise:
    r"""The probability that a label is replaced, $\sigma_{ln}$ of the logits' gradients, and $\sigma$ of the weights."""

    flip: float = 0.0
    logits: float = 0.0
    weights: float = 0.0


def mean_norm(q: int) -> float:
    r"""$E\lVert z\rVert_2 = \sqrt2\,\Gamma(\tfrac{q+1}2)/\Gamma(\tfrac q2)$ for a standard normal z in $\mathbb{R}^q$."""
    return float(np.sqrt(2.0) * poch(q / 2, 0.5))


def noisy_training(
    start_at: Weights,
    X: Float[ndarray, "#runs n d"],
    y: Int[ndarray, "#runs n"],
    keys: Int[ndarray, " runs"],
    eta: float,
    batch: int,
    noise: Noise,
    steps: int,
    start: int = 0,
) -> Weights:
    """The weights at step ``start + steps`` from those at step ``start``. Arrays whose first axis is 1 are shared by the runs.

    Raises ValueError where ``steps`` or ``start`` is negative, or the batch is empty.
    """
    if steps < 0 or start < 0 or batch < 1:
        raise ValueError(f"steps = {steps} and start = {start} must not be negative, the batch of {batch} not empty")
    W, V = (np.broadcast_to(part, (len(keys), *part.shape[1:])).copy() for part in (start_at.W, start_at.V))
    rows, classes = (np.ascontiguousarray(part) for part in (X, y))
    _train(W, V, rows, classes, keys, float(eta), batch, float(noise.flip), float(noise.logits), float(noise.weights), steps, start)
    return Weights(W=W, V=V)


@compiled
@no_type_check
def _train(
    Ws: Float[ndarray, "runs d k"],
    Vs: Float[ndarray, "runs k q"],
    X: Float[ndarray, "#runs n d"],
    Y: Int[ndarray, "#runs n"],
    keys: Int[ndarray, " runs"],
    eta: float,
    batch: int,
    flip: float,
    logits: float,
    weights: float,
    steps: int,
    start: int,
) -> None:
    """Replaces the weights by those after ``steps`` steps, one run after the other."""
    (d, k), q, share = Ws.shape[1:], Vs.shape[2], eta / batch
    first, last, hidden, outputs = np.zeros((d, k)), np.zeros((k, q)), np.zeros(k), np.zeros(q)
    shift, walk = np.zeros(batch * q + 1), np.zeros(d * k + k * q + 1)
    draws = 3 * batch + len(shift) + len(walk)  # of a step: samples, whether labels are replaced and by what, two kinds of normals
    for run in range(len(keys)):
        W, V, key = Ws[run], Vs[run], keys[run]
        x, y = X[run if len(X) > 1 else 0], Y[run if len(Y) > 1 else 0]
        for t in range(start, start + steps):
            base = uint64(t) * uint64(draws)
            if logits > 0.0:
                normals(key, base + uint64(3 * batch), shift)
            if weights > 0.0:
                normals(key, base + uint64(3 * batch + len(shift)), walk)
            first[:] = 0.0
            last[:] = 0.0
            for s in range(batch):
                i = index(word(key, base + uint64(s)), len(x))
                label = y[i]
                if unit(word(key, base + uint64(batch + s))) < flip:
                    label = index(word(key, base + uint64(2 * batch + s)), q)
                _forward(W, V, x[i], hidden, outputs)
                _slope(outputs, label, logits, shift[s * q : (s + 1) * q])
                _backward(V, x[i], hidden, outputs, first, last)
            _step(W, first, share, weights, walk[: d * k])
            _step(V, last, share, weights, walk[d * k : d * k + k * q])


@compiled
@no_type_check
def _forward(
    W: Float[ndarray, "d k"], V: Float[ndarray, "k q"], x: Float[ndarray, " d"], hidden: Float[ndarray, " k"], outputs: Float[ndarray, " q"]
) -> None:
    r"""Writes $\max(xW, 0)$ and $\max(xW, 0)V$."""
    hidden[:] = 0.0
    outputs[:] = 0.0
    for j in range(len(x)):
        for h in range(len(hidden)):
            hidden[h] += x[j] * W[j, h]
    for h in range(len(hidden)):
        hidden[h] = max(hidden[h], 0.0)
        for r in range(len(outputs)):
            outputs[r] += hidden[h] * V[h, r]


@compiled
@no_type_check
def _slope(outputs: Float[ndarray, " q"], label: int, scale: float, z: Float[ndarray, " q"]) -> None:
    r"""Replaces the outputs F by $\mathrm{softmax}(F) - e_{label} + \mathrm{scale}\,z$."""
    largest, total = outputs.max(), 0.0
    for r in range(len(outputs)):
        outputs[r] = np.exp(outputs[r] - largest)
        total += outputs[r]
    for r in range(len(outputs)):
        outputs[r] = outputs[r] / total + scale * z[r]
    outputs[label] -= 1.0


@compiled
@no_type_check
def _backward(
    V: Float[ndarray, "k q"],
    x: Float[ndarray, " d"],
    hidden: Float[ndarray, " k"],
    slope: Float[ndarray, " q"],
    first: Float[ndarray, "d k"],
    last: Float[ndarray, "k q"],
) -> None:
    """Adds a sample's gradient to those in W and V; replaces the hidden values by the loss's derivatives in their sums."""
    for h in range(len(hidden)):
        back = 0.0
        for r in range(len(slope)):
            back += slope[r] * V[h, r]
            last[h, r] += hidden[h] * slope[r]
        hidden[h] = back if hidden[h] > 0.0 else 0.0
    for j in range(len(x)):
        for h in range(len(hidden)):
            first[j, h] += x[j] * hidden[h]


@compiled
@no_type_check
def _step(W: Float[ndarray, "a b"], gradient: Float[ndarray, "a b"], share: float, scale: float, z: Float[ndarray, " ab"]) -> None:
    for a in range(W.shape[0]):
        for b in range(W.shape[1]):
            W[a, b] += scale * z[a * W.shape[1] + b] - share * gradient[a, b]
