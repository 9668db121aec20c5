r"""Gradient descent on a network with one hidden layer, one run at a time, for sizes where every step counts.

$$W_{t+1} = W_t - \eta\nabla\mathcal{L}(W_t), \qquad \mathcal{L}(W) = \tfrac12\sum_i(f(W, x_i) - y_i)^2, \qquad f(W, x) = v^T\varphi(Wx).$$

The gradient is $\mathrm{diag}(v)\,\varphi'(WX^T)\,\mathrm{diag}(r)\,X$, r the residual; the Jacobian is never formed. The softplus
has compiled steps, any other activation takes NumPy's. Both use float64, and the compiled steps one thread. Their outputs f
are right to rounding of $\sum_j|v_j|(1 + \varphi(z_j))$: where all arguments are far below 0, a softplus below 1e-16 counts as 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.activations import SOFTPLUS, Activation
from models.matrices import euclidean, transpose
from models.softplus_kernels import COLUMNS, ROWS, descend, padded

BLOCK = 200  # samples at a time, so that their inputs stay in the innermost cache
LANES = 8  # samples in the widest vector register


@dataclass(frozen=True)
class Trajectory:
    r"""What was observed of one run.

    W:          the weights after the last step
    observed:   the iterations at which the rest was observed, in the order asked for
    residuals:  $f(W_t, X) - y$
    distances:  $\lVert W_t - W_0\rVert_F$
    """

    W: Float[ndarray, "k d"]
    observed: tuple[int, ...]
    residuals: Float[ndarray, "observed n"]
    distances: Float[ndarray, " observed"]

    @property
    def losses(self) -> Float[ndarray, "observed n"]:
        r"""$\frac12(f(W_t, x_i) - y_i)^2$, per sample."""
        return self.residuals**2 / 2


def train(
    W0: Float[ndarray, "k d"],
    X: Float[ndarray, "n d"],
    y: Float[ndarray, " n"],
    v: Float[ndarray, " k"],
    eta: float,
    steps: int,
    observe_at: Sequence[int] = (),
    activation: Activation = SOFTPLUS,
) -> Trajectory:
    """Takes ``steps`` steps from W0; iteration 0 is the start, iteration ``steps`` the end.

    Raises ValueError for an iteration that is not reached, FloatingPointError where the run diverges beyond float64.
    """
    if steps < 0 or any(not 0 <= t <= steps for t in observe_at):
        raise ValueError(f"iterations {list(observe_at)} are not all among 0, ..., {steps}")
    run = _Compiled.of(X, y, v, eta) if activation is SOFTPLUS else _Plain(X, y, v, eta, activation)
    W, residuals, distances = W0.astype(np.float64), {}, {}
    for t, following in pairwise([*sorted({0, *observe_at}), steps]):
        distances[t] = euclidean((W - W0).reshape(1, -1))[0]
        W, residuals[t] = run.advance(W, following - t)
    return _finite(
        Trajectory(
            W=W,
            observed=tuple(observe_at),
            residuals=np.array([residuals[t] for t in observe_at]).reshape(len(observe_at), len(y)),
            distances=np.array([distances[t] for t in observe_at]),
        )
    )


def _finite(trajectory: Trajectory) -> Trajectory:
    if not (np.isfinite(trajectory.W).all() and np.isfinite(trajectory.residuals).all()):
        raise FloatingPointError("the run diverged: the step size is too large, or the arguments overflow")
    return trajectory


@dataclass(frozen=True)
class _Plain:
    """Steps by NumPy."""

    X: Float[ndarray, "n d"]
    y: Float[ndarray, " n"]
    v: Float[ndarray, " k"]
    eta: float
    activation: Activation

    def advance(self, W: Float[ndarray, "k d"], steps: int) -> tuple[Float[ndarray, "k d"], Float[ndarray, " n"]]:
        """The weights after some steps, and the residual as it was before the first."""
        first = self._residual(self.X @ W.T)
        for _ in range(steps):
            Z = self.X @ W.T
            residual = self._residual(Z)
            gradient = self.v[:, np.newaxis] * (self.activation.slope(Z).T @ (residual[:, np.newaxis] * self.X))
            W = W - self.eta * gradient
        return W, first

    def _residual(self, Z: Float[ndarray, "n k"]) -> Float[ndarray, " n"]:
        return self.activation.value(Z) @ self.v - self.y


@dataclass(frozen=True)
class _Compiled:
    """Compiled steps for the softplus.

    X, y:   samples in blocks, inputs transposed, padded with zeros: a padded sample has the input 0 and moves nothing
    order:  puts the units in the order of their output weights
    ends:   where runs of units with the same output weight end, and those weights; a padded unit has the weight 0
    """

    X: Float[ndarray, "blocks inputs b"]
    y: Float[ndarray, "blocks b"]
    order: Int[ndarray, " k"]
    ends: Int[ndarray, " runs"]
    output_weights: Float[ndarray, " runs"]
    eta: float
    n: int

    @staticmethod
    def of(X: Float[ndarray, "n d"], y: Float[ndarray, " n"], v: Float[ndarray, " k"], eta: float) -> "_Compiled":
        """The data in the layout of the compiled loops."""
        n, order = len(y), np.argsort(v, kind="stable")
        blocks = -(-n // BLOCK)
        b = LANES * -(-n // (blocks * LANES))
        samples = padded(X, blocks * b, COLUMNS).reshape(blocks, b, -1)
        ends, output_weights = _runs(padded(v[order], ROWS))
        return _Compiled(
            X=np.ascontiguousarray(transpose(samples)),
            y=padded(y, blocks * b).reshape(blocks, b),
            order=order,
            ends=ends,
            output_weights=output_weights,
            eta=eta,
            n=n,
        )

    def advance(self, W: Float[ndarray, "k d"], steps: int) -> tuple[Float[ndarray, "k d"], Float[ndarray, " n"]]:
        """The weights after some steps, and the residual as it was before the first."""
        moving = padded(W[self.order], ROWS, COLUMNS)
        first = descend(moving, self.X, self.y, self.ends, self.output_weights, self.eta, steps)
        moved = np.empty(W.shape)
        moved[self.order] = moving[: W.shape[0], : W.shape[1]]
        return moved, first.ravel()[: self.n]


def _runs(v: Float[ndarray, " k"]) -> tuple[Int[ndarray, " runs"], Float[ndarray, " runs"]]:
    """Where runs of equal entries end, and what is repeated in each."""
    ends = np.append(np.flatnonzero(np.diff(v)) + 1, len(v))
    return ends, v[ends - 1]
