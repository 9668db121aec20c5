r"""Section 2, after Definition 2.1: two identical centres make the covariance singular.

For unit centres $c_1, \dots, c_K \in \mathbb{R}^d$, the rows of C, and every activation with bounded slopes
$$c_i = c_j \text{ for some } i \ne j \ \Longrightarrow\ \lambda(C) = 0.$$

*Reading.* $\lambda(C)$ is the least eigenvalue of $\Sigma(C) = CC^T \odot E_g[\varphi'(Cg)\varphi'(Cg)^T]$, which is positive
semidefinite, so rank deficiency and $\lambda(C) = 0$ are the same.

*Instances.* Any centres, one of them copied to another's place; smooth units of all kinds and ReLU.

*Tightness.* An equation. Next to each other is not enough: with a centre $10^{-3}$ away from its copy $\lambda(C)$ is
visibly positive, of the order of $10^{-6}$ for smooth units and of $10^{-4}$ for ReLU.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models import kernels
from models.activations import ACTIVATIONS, RELU, Activation
from models.data import unit
from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.changes import control, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

SINGULAR = "λ(C) = 0"
IDENTICAL = "c_i = c_j"
UNITS = {**ACTIVATIONS, RELU.name: RELU}


@dataclass(frozen=True)
class Sizes:
    K: int
    d: int
    activation: Activation


@dataclass(frozen=True)
class Instance:
    """``copied`` and ``copy`` are the indices i and j."""

    C: Float[ndarray, "trials K d"]
    copied: ndarray
    copy: ndarray


def setting(choose: Choose) -> Sizes:
    activation = UNITS[str(choose.option("activation", tuple(UNITS)))]
    return Sizes(K=choose.integer("K", 2, 6), d=choose.integer("d", 1, 6), activation=activation)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    C = unit(extremes.matrix(draws, sizes.K, sizes.d))
    copied = draws.integers(0, sizes.K - 1)
    copy = (copied + draws.integers(1, sizes.K - 1)) % sizes.K
    return placed(Instance(C=C, copied=copied, copy=copy), row(C, copied))


def row(C: Float[ndarray, "trials K d"], index: ndarray) -> Float[ndarray, "trials d"]:
    return C[np.arange(len(C)), index]


def placed(x: Instance, there: Float[ndarray, "trials d"]) -> Instance:
    """The instance with the copy moved there."""
    C = x.C.copy()
    C[np.arange(len(C)), x.copy] = there
    return replace(x, C=C)


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("‖c_l‖ = 1", np.abs(euclidean(x.C) - 1).max(axis=1), 0.0, allowance=1e-13)
    yield equals(IDENTICAL, euclidean(row(x.C, x.copied) - row(x.C, x.copy)), 0.0, allowance=0.0)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals(SINGULAR, kernels.least_eigenvalue(x.C, sizes.activation), 0.0, allowance=1e-14 * sizes.K)


def nearly(sizes: Sizes, draws: Draws) -> Instance:
    """The copy 10⁻³ away, in dimension 1 the opposite."""
    x = chosen(sizes, draws)
    there = row(x.C, x.copied)
    tangent = np.roll(there, 1, axis=1) * np.where(np.arange(sizes.d) % 2 == 0, -1.0, 1.0)
    return placed(x, unit(there + 1e-3 * tangent) if sizes.d > 1 else -there)


def opposite(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return placed(x, -row(x.C, x.copied))


def orthogonal(sizes: Sizes, draws: Draws) -> Instance:
    """All centres orthogonal, as many as there is room for."""
    x = chosen(sizes, draws)
    return replace(x, C=np.broadcast_to(np.eye(sizes.d)[np.arange(sizes.K) % sizes.d], x.C.shape))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 2-a",
        title="two identical centres make the covariance singular",
        kind="deterministic",
        claim=r"c_i = c_j,\ i \ne j \ \Longrightarrow\ \lambda(C) = 0",
        place="Section 2, after Definition 2.1",
        reading="Σ(C) is positive semidefinite, so rank deficiency and λ(C) = 0 are the same.",
        depends_on=("Def 2.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("a copy 10⁻³ away", without_assumption(IDENTICAL, chosen=nearly), SINGULAR),
        control("opposite in place of identical centres", without_assumption(IDENTICAL, chosen=opposite), SINGULAR),
        control("orthogonal centres", without_assumption(IDENTICAL, chosen=orthogonal), SINGULAR),
    ),
    block=400,
)
