r"""Lemma 6.4: positive semidefinite matrices that are close have close roots. Section 6.1.1.

For all positive semidefinite $A, B \in \mathbb{R}^{n \times n}$ with $\lVert A - B\rVert \le \alpha^2$, $\alpha \ge 0$, and
every $X \in \mathbb{R}^{n \times p}$, $p \ge n$, with $A = XX^T$, there is a $Y \in \mathbb{R}^{n \times p}$ such that
$$B = YY^T, \qquad \lVert Y - X\rVert \le 2\alpha.$$

*Reading.* The Y is exhibited: $Y = B^{1/2} U_A V_A^T$, where $X = U_A \Lambda_A^{1/2} V_A^T$.

*Instances.* X is drawn, with every extreme of matrices; B is the Gram matrix of another R, near to X, far from it, or -X,
and $p \ge n$ lets it be any. $\alpha$ is the root of $\lVert A - B\rVert$, enlarged on half of the trials. Roots are taken
from the singular values of X and R, and A - B from R - X: roots of a rounded, nearly singular Gram matrix would be right
to half the digits only.

*Tightness.* Half of the bound is enough: $A \preceq B + \alpha^2 I \preceq (B^{1/2} + \alpha I)^2$ and a root is operator
monotone, so $\lVert A^{1/2} - B^{1/2}\rVert \le \alpha$. This is attained by $A = 0$.

*Remarks.* Not every root of B will do: $R = -X$ is one of A itself, at distance $2\lVert X\rVert$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import gram_root, least_eigenvalue, orthonormal, spectral_norm, transpose
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import ROUNDING, Clause, at_least, at_most, equals, holds
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem

GRAM = "YYᵀ = B"
NEAR = "‖Y - X‖ ≤ 2α"


@dataclass(frozen=True)
class Sizes:
    n: int
    p: int


@dataclass(frozen=True)
class Instance:
    """A = XXᵀ and B = RRᵀ."""

    X: Float[ndarray, "trials n p"]
    R: Float[ndarray, "trials n p"]
    alpha: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 5)
    return Sizes(n=n, p=n + choose.integer("extra", 0, 2))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    X = extremes.matrix(draws, sizes.n, sizes.p) * extremes.scale(draws, 2.0)[:, np.newaxis, np.newaxis]
    E = extremes.matrix(draws, sizes.n, sizes.p) * extremes.scale(draws, 3.0)[:, np.newaxis, np.newaxis]
    R = extremes.picked(np.stack([X + E, E, -X]), draws.integers(0, 5))
    return Instance(X=X, R=R, alpha=np.sqrt(distance(X, R)) / extremes.fraction(draws))


def distance(X: Float[ndarray, "trials n p"], R: Float[ndarray, "trials n p"]) -> Float[ndarray, " trials"]:
    """``||A - B||`` as ``||X E^T + E R^T||`` with E = R - X, which keeps its digits where R is near to X."""
    return spectral_norm(X @ transpose(R - X) + (R - X) @ transpose(R))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    A, B = x.X @ transpose(x.X), x.R @ transpose(x.R)
    yield holds("p ≥ n", sizes.p >= sizes.n)
    yield at_least("α ≥ 0", x.alpha, 0.0)
    yield at_least("A ⪰ 0", least_eigenvalue(A), 0.0, scale=spectral_norm(A))
    yield at_least("B ⪰ 0", least_eigenvalue(B), 0.0, scale=spectral_norm(B))
    yield at_most("‖A - B‖ ≤ α²", distance(x.X, x.R), x.alpha**2)


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return judged(x, gram_root(x.R) @ polar(x.X))


def polar(X: Float[ndarray, "trials n p"]) -> Float[ndarray, "trials n p"]:
    """``U V^T`` of the singular value decomposition ``X = U S V^T``, with orthonormal rows where p >= n."""
    return transpose(orthonormal(transpose(X)))


def judged(x: Instance, Y: Float[ndarray, "trials n p"]) -> Iterable[Clause]:
    defect = spectral_norm(Y @ transpose(Y) - x.R @ transpose(x.R))
    yield equals(GRAM, defect, 0.0, allowance=ROUNDING * spectral_norm(x.R) ** 2)
    yield at_most(NEAR, spectral_norm(Y - x.X), 2 * x.alpha, scale=size(x))


def size(x: Instance) -> Float[ndarray, " trials"]:
    """What the roots are as large as."""
    return np.maximum(spectral_norm(x.X), spectral_norm(x.R))


def roots(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most("‖A^½ - B^½‖ ≤ 2α", spectral_norm(gram_root(x.X) - gram_root(x.R)), 2 * x.alpha, scale=size(x))


def shifted(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """A₊ = A + (α²/4) I and B₊ alike; the quotient asks for α > 0."""
    A, B, lifted_A, lifted_B = gram_root(x.X), gram_root(x.R), lifted_root(x.X, x.alpha), lifted_root(x.R, x.alpha)
    largest = np.maximum(size(x), x.alpha)
    quotient = distance(x.X, x.R) / np.where(x.alpha > 0, x.alpha, 1.0)
    yield at_most("‖A₊^½ - B₊^½‖ ≤ ‖A - B‖/α", spectral_norm(lifted_A - lifted_B), quotient, scale=largest, where=x.alpha > 0)
    yield at_most("‖A₊^½ - A^½‖ ≤ α/2", spectral_norm(lifted_A - A), x.alpha / 2, scale=largest)
    yield at_most("‖B₊^½ - B^½‖ ≤ α/2", spectral_norm(lifted_B - B), x.alpha / 2, scale=largest)


def lifted_root(X: Float[ndarray, "trials n p"], alpha: Float[ndarray, " trials"]) -> Float[ndarray, "trials n n"]:
    """``(X X^T + (alpha^2/4) I)^{1/2}`` for p >= n, by the singular values of X."""
    left, values, _ = np.linalg.svd(X, full_matrices=False)
    return (left * np.hypot(values, alpha[:, np.newaxis] / 2)[:, np.newaxis, :]) @ transpose(left)


def sharp(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    Y = gram_root(x.R) @ polar(x.X)
    yield at_most("‖Y - X‖ ≤ α", spectral_norm(Y - x.X), x.alpha, scale=size(x))


def unturned(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Y = B^{1/2} V_Aᵀ, a root of B that forgets the left singular vectors of X."""
    return judged(x, gram_root(x.R) @ np.linalg.svd(x.X, full_matrices=False)[2])


def any_root(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return judged(x, x.R)


def unrooted(sizes: Sizes, draws: Draws) -> Instance:
    """‖A - B‖ ≤ α in place of α²."""
    x = chosen(sizes, draws)
    return replace(x, alpha=x.alpha**2)


def narrow(choose: Choose) -> Sizes:
    return Sizes(n=choose.integer("n", 2, 5), p=1)


BASE = Theorem(
    statement=Statement(
        paper="low_rank_jacobian",
        label="Lem 6.4",
        title="close positive semidefinite matrices have close roots",
        kind="deterministic",
        claim=r"A = XX^T,\ B \succeq 0,\ \lVert A-B\rVert \le \alpha^2,\ p \ge n"
        r"\ \Longrightarrow\ \exists\, Y \in \mathbb{R}^{n \times p}:\ B = YY^T,\ \lVert Y-X\rVert \le 2\alpha",
        place="Section 6.1.1",
        reading="The Y is exhibited: Y = B^{1/2} U_A V_Aᵀ, where U_A and V_A are the singular vectors of X.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("0.99 α in place of 2α", sharpened(NEAR, 0.495), NEAR),
        control("‖A - B‖ ≤ α in place of α²", without_assumption("‖A - B‖ ≤ α²", chosen=unrooted), NEAR),
        control("Y without the left singular vectors of X", with_conclusions(unturned), NEAR),
        control("any root of B", with_conclusions(any_root), NEAR),
        control("p = 1 < n", without_assumption("p ≥ n", setting=narrow), GRAM),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem 6.4-roots",
            title="the symmetric roots are as close",
            claim=r"\lVert A^{1/2}-B^{1/2}\rVert \le 2\alpha",
            conclusions=roots,
        ),
        step(
            BASE,
            label="Lem 6.4-shifted",
            title="the roots of A and B shifted by α²/4 differ by ‖A - B‖/α, and each from its own by α/2",
            claim=r"\lVert A_+^{1/2}-B_+^{1/2}\rVert \le \lVert A-B\rVert/\alpha,\quad \lVert A_+^{1/2}-A^{1/2}\rVert,\ "
            r"\lVert B_+^{1/2}-B^{1/2}\rVert \le \alpha/2,\quad A_+ = A + \tfrac{\alpha^2}{4} I,\ B_+ = B + \tfrac{\alpha^2}{4} I",
            conclusions=shifted,
        ),
        step(
            BASE,
            label="Lem 6.4-constant",
            title="the constant 1 suffices",
            claim=r"\lVert Y-X\rVert \le \alpha",
            conclusions=sharp,
        ),
    ),
)
