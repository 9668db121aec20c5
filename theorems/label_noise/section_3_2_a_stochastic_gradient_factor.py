r"""Section 3.2: a sample's gradient factor is at most $(\lVert v\rVert_2^2 + r)\,\lVert x_i\rVert_\infty^2$.

With $v_* \in \{0, 1\}^d$, r the size of its support, and $g_k^{(i)} = \langle v^2 - v_*^2, x_i\rangle\, x_{ik}$, for every i and k
$$|g_k^{(i)}| \le \lVert v^2 - v_*^2\rVert_1\,\lVert x_i\rVert_\infty^2 \le (\lVert v\rVert_2^2 + r)\,\lVert x_i\rVert_\infty^2 .$$

*Instances.* States of any sign, on the support of $v_*$, off it or at a solution; inputs in general position, of one size with the
signs of $v^2 - v_*^2$, or in one coordinate alone; the largest factor over i and k.

*Tightness.* The first is attained by inputs of one size whose signs are those of $v^2 - v_*^2$, the second by states without
support in common with $v_*$.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import factors
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.claims import Clause, at_most, holds
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise import _one_step
from theorems.label_noise._one_step import Sizes, State, setting, sparse

FIRST = "|g_k| ≤ ‖v² - v*²‖₁ ‖x_i‖_∞²"
SECOND = "‖v² - v*²‖₁ ‖x_i‖_∞² ≤ (‖v‖² + r) ‖x_i‖_∞²"
WITHOUT_TARGET = "‖v² - v*²‖₁ ‖x_i‖_∞² ≤ ‖v‖² ‖x_i‖_∞²"
EUCLIDEAN = "|g_k| ≤ ‖v² - v*²‖₂ ‖x_i‖_∞²"
BINARY = "v* ∈ {0, 1}^d"


def chosen(sizes: Sizes, draws: Draws) -> State:
    x = _one_step.chosen(sizes, draws)
    target = sparse(draws, sizes.d)
    v = extremes.picked(np.stack([x.v, np.where(target > 0, 0.0, x.v), target]), draws.integers(0, 3))
    one_size = extremes.scale(draws, 1)[:, np.newaxis] * np.where(v**2 >= target**2, 1.0, -1.0)
    X = extremes.picked(np.stack([x.X, np.broadcast_to(one_size[:, np.newaxis, :], x.X.shape)]), draws.integers(0, 1))
    return replace(x, v=v, target=target, X=X)


def assumptions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield holds(BINARY, np.all((x.target == 0) | (x.target == 1), axis=1))


def largest_factor(x: State) -> Float[ndarray, "trials n"]:
    r"""$\max_k |g_k^{(i)}|$"""
    return np.abs(factors(x.v, x.target, x.X)).max(axis=2)


def apart(x: State, order: int) -> Float[ndarray, " trials"]:
    r"""$\lVert v^2 - v_*^2\rVert_p$"""
    return np.linalg.norm(x.v**2 - x.target**2, ord=order, axis=1)


def size(x: State) -> Float[ndarray, "trials n"]:
    r"""$\lVert x_i\rVert_\infty^2$"""
    return np.square(np.abs(x.X).max(axis=2))


def within(name: str, x: State, bound: Float[ndarray, " trials"]) -> Clause:
    """``|g_k| <= bound ||x_i||²`` for the sample that strains it most."""
    sizes = size(x)
    relative = largest_factor(x) / np.where(sizes > 0, sizes, 1.0)
    return at_most(name, relative.max(axis=1), bound, scale=np.sum(x.v**2 + x.target**2, axis=1))


def conclusions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    r, largest = np.sum(x.target > 0, axis=1), size(x).max(axis=1)
    yield within(FIRST, x, apart(x, 1))
    yield at_most(SECOND, apart(x, 1) * largest, (np.sum(x.v**2, axis=1) + r) * largest)


def without_target(_sizes: Sizes, x: State) -> Iterable[Clause]:
    largest = size(x).max(axis=1)
    yield at_most(WITHOUT_TARGET, apart(x, 1) * largest, np.sum(x.v**2, axis=1) * largest)


def euclidean_norm(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield within(EUCLIDEAN, x, apart(x, 2))


def other_values(sizes: Sizes, draws: Draws) -> State:
    x = chosen(sizes, draws)
    return replace(x, target=2 * x.target)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.2-a",
        title="a sample's gradient factor is at most (‖v‖² + r) ‖x_i‖_∞²",
        kind="deterministic",
        claim=r"|g_k^{(i)}| \le \lVert v^2-v_*^2\rVert_1\lVert x_i\rVert_\infty^2 \le (\lVert v\rVert_2^2+r)\,\lVert x_i\rVert_\infty^2",
        place="Section 3.2, after Eq 10",
        depends_on=("Eq 8",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.99 of the first bound", sharpened(FIRST, 0.99), FIRST),
        control("0.99 of the second bound", sharpened(SECOND, 0.99), SECOND),
        control("without r", with_conclusions(without_target), WITHOUT_TARGET),
        control("the Euclidean norm of v² - v*²", with_conclusions(euclidean_norm), EUCLIDEAN),
        control("v* with entries 2", without_assumption(BINARY, chosen=other_values), SECOND),
    ),
)
