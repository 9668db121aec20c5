"""Data with bad global minima: their kernel holds a vector with all entries positive. What Thm 2.2 and Sec 2.2-c share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import apply, euclidean
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, equals, positive
from theorems.checker.draws import Draws

MINIMUM = "Xμ = 0"


@dataclass(frozen=True)
class Shape:
    """n samples in dimension d, the partition function truncated at radius R."""

    n: int
    d: int
    R: float


@dataclass(frozen=True)
class Instance:
    """The rows of X are the data; mu > 0 is orthogonal to them, so that v = √mu is a global minimum; rate is λ."""

    X: Float[ndarray, "trials n d"]
    mu: Float[ndarray, "trials d"]
    rate: Float[ndarray, " trials"]


def shaped(*sizes: str) -> Callable[[Choose], Shape]:
    """One of the sizes "n, d", and a truncation radius."""

    def setting(choose: Choose) -> Shape:
        n, d = str(choose.option("n, d", sizes)).split(", ")
        return Shape(n=int(n), d=int(d), R=choose.real("R", 1e10, 1e12))

    return setting


def sized(choose: Choose) -> Shape:
    """Any size, for sweeps over the radius."""
    return Shape(n=choose.integer("n", 1, 2), d=choose.integer("d", 2, 6), R=choose.real("R", 10.0, 1e12))


def fan(shape: Shape, draws: Draws) -> Float[ndarray, "trials n d"]:
    """Alternating signs for n = 1, columns on d different lines for n = 2, of any lengths between 1/2 and 2."""
    k, length = np.arange(shape.d), draws.uniform(0.5, 2.0, shape.d)[:, np.newaxis, :]
    if shape.n == 1:
        return length * (-1.0) ** k
    angle = draws.uniform(0.0, np.pi, 1) + np.pi * (1 + 1 / shape.d) * k + draws.uniform(-0.2, 0.2, shape.d) / shape.d
    return length * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def chosen(shape: Shape, draws: Draws) -> Instance:
    r"""$X = G(I - \mu\mu^T/\lVert\mu\rVert^2)$ with a fan G."""
    G, mu = fan(shape, draws), draws.uniform(0.5, 2.0, shape.d)
    along = apply(G, mu) / np.sum(mu**2, axis=1, keepdims=True)
    X = G - along[:, :, np.newaxis] * mu[:, np.newaxis, :]
    return Instance(X=X, mu=mu, rate=10.0 ** draws.uniform(-2.0, 2.0))


def at_unit_rate(shape: Shape, draws: Draws) -> Instance:
    x = chosen(shape, draws)
    return replace(x, rate=np.ones_like(x.rate))


def of_one_sign(shape: Shape, draws: Draws) -> Instance:
    """All entries of the data positive: v = 0 is the only global minimum."""
    x = chosen(shape, draws)
    return replace(x, X=0.1 + np.abs(x.X))


def assumptions(_shape: Shape, x: Instance) -> Iterable[Clause]:
    yield positive("λ > 0", x.rate)
    yield positive("μ > 0", x.mu.min(axis=1))
    yield equals(MINIMUM, euclidean(apply(x.X, x.mu)), 0.0, allowance=1e-12)
