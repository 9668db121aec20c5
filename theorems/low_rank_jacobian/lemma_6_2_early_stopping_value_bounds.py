r"""Lemma 6.2: bounds on the early stopping value. Section 6.1.1, Eqs 6.2 and 6.3; the value is Definition 6.1.

For singular values $\lambda_1 \ge \dots \ge \lambda_N$ of the reference Jacobian with left singular vectors $u_s$, a
cutoff $0 < \alpha \le \lambda_1$ that splits them into information ($\lambda_s \ge \alpha$, $s \le r$) and nuisance, and
every $\Gamma > 0$, the early stopping value
$$B_{\alpha,\Gamma}^2 = \sum_{s \le r} \frac{\alpha^2}{\lambda_s^2}\langle u_s, r_0\rangle^2
  + \Gamma^2 \sum_{s > r} \frac{\lambda_s^2}{\alpha^2}\langle u_s, r_0\rangle^2$$
obeys
$$\frac{\alpha}{\lambda_1}\lVert\Pi_I r_0\rVert \le B_{\alpha,\Gamma}
  \le \sqrt{\lVert\Pi_I r_0\rVert^2 + \Gamma^2\lVert\Pi_N r_0\rVert^2} \le \Gamma\lVert r_0\rVert.$$

*Reading.* r is the index of the smallest singular value not below $\alpha$, in the words of Definition 5.2; the formula
printed beside them, a minimum over indices, would always be 1 (a control shows what that breaks). $\alpha > 0$, as B
divides by it.

*Instances.* Singular values with ties and zeros; the cutoff on one of them or between two; any orthonormal basis.

*Tightness.* Every inequality is attained: the last at $\Gamma = 1$, the first where the information space is one vector.

*Remarks.* Definition 6.1 grants every $\Gamma > 0$, the last inequality needs $\Gamma \ge 1$. The paper applies the lemma
with $\Gamma \ge 1$ only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from models.matrices import apply, euclidean, orthonormal, transpose
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version

WEIGHTED = "B ≤ √(‖Π_I r₀‖² + Γ²‖Π_N r₀‖²)"
TOTAL = "√(‖Π_I r₀‖² + Γ²‖Π_N r₀‖²) ≤ Γ‖r₀‖"
BELOW = "B ≥ (α/λ₁)‖Π_I r₀‖"


@dataclass(frozen=True)
class Sizes:
    N: int


@dataclass(frozen=True)
class Instance:
    """N = nK. ``spectrum`` holds λ₁ ≥ ... ≥ λ_N, the columns of ``U`` their left singular vectors."""

    spectrum: Float[ndarray, "trials N"]
    U: Float[ndarray, "trials N N"]
    r0: Float[ndarray, "trials N"]
    alpha: Float[ndarray, " trials"]
    Gamma: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(N=choose.integer("N", 1, 6))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    size = np.abs(extremes.vector(draws, sizes.N)) * extremes.scale(draws, 3)[:, np.newaxis]
    spectrum = -np.sort(-size, axis=1)
    spectrum[:, 0] = np.where(spectrum[:, 0] > 0, spectrum[:, 0], 1.0)
    at = np.take_along_axis(spectrum, draws.integers(0, sizes.N - 1, 1), axis=1)[:, 0]
    between = spectrum[:, 0] * extremes.fraction(draws)
    alpha = np.where((draws.integers(0, 1) == 0) & (at > 0), at, between)
    U, r0 = orthonormal(draws.normal(sizes.N, sizes.N)), extremes.vector(draws, sizes.N)
    return Instance(spectrum=spectrum, U=U, r0=apply(U, r0), alpha=alpha, Gamma=extremes.scale(draws, 2))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("λ₁ ≥ … ≥ λ_N", np.min(-np.diff(x.spectrum, axis=1, append=0.0), axis=1), 0.0)
    yield positive("α > 0", x.alpha)
    yield at_most("α ≤ λ₁", x.alpha, x.spectrum[:, 0])
    yield positive("Γ > 0", x.Gamma)
    defect = np.abs(transpose(x.U) @ x.U - np.eye(x.U.shape[1])).max(axis=(1, 2))
    yield equals("UᵀU = I", defect, 0.0, allowance=1e-13 * x.U.shape[1])


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return compared(x, x.spectrum >= x.alpha[:, np.newaxis])


def compared(x: Instance, information: Bool[ndarray, "trials N"]) -> Iterable[Clause]:
    along = apply(transpose(x.U), x.r0)
    inside, outside = euclidean(np.where(information, along, 0.0)), euclidean(np.where(information, 0.0, along))
    value = early_stopping_value(x, information, along)
    weighted = np.hypot(inside, x.Gamma * outside)
    yield at_most(WEIGHTED, value, weighted)
    yield at_most(TOTAL, weighted, x.Gamma * euclidean(x.r0))
    yield at_least(BELOW, value, x.alpha / x.spectrum[:, 0] * inside)


def early_stopping_value(x: Instance, information: ndarray, along: Float[ndarray, "trials N"]) -> Float[ndarray, " trials"]:
    """$B_{\\alpha,\\Gamma}$ of Definition 6.1."""
    alpha, Gamma = x.alpha[:, np.newaxis], x.Gamma[:, np.newaxis]
    safe = np.where(information, x.spectrum, 1.0)
    return euclidean(np.where(information, alpha / safe, Gamma * x.spectrum / alpha) * along)


def by_the_formula(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """r = min{s : λ_s ≥ α}, which is 1."""
    return compared(x, np.broadcast_to(np.arange(x.spectrum.shape[1]) == 0, x.spectrum.shape))


def patient(sizes: Sizes, draws: Draws) -> Instance:
    x = chosen(sizes, draws)
    return replace(x, Gamma=np.maximum(x.Gamma, 1.0))


def granted(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from assumptions(sizes, x)
    yield at_least("Γ ≥ 1", x.Gamma, 1.0)


def certificate(_sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """For a diagonal Jacobian (U = I) with two singular values, the second below the cutoff."""
    (first, second), (r1, r2), alpha, Gamma = exact["spectrum"], exact["r0"], exact["alpha"], exact["Gamma"]
    identity = [[int(i == j) for j in range(2)] for i in range(2)]
    defect = max(abs(exact["U"][i][j] - identity[i][j]) for i in range(2) for j in range(2))
    yield given("UᵀU = I", defect, 0)
    yield given("λ₁ ≥ … ≥ λ_N", second, first)
    yield given("α > 0", alpha / 2, alpha)
    yield given("α ≤ λ₁", alpha, first)
    yield given("λ₂ < α", second, alpha)
    yield given("Γ > 0", Gamma / 2, Gamma)
    weighted = ball(r1**2 + Gamma**2 * r2**2).sqrt()
    value = ball((alpha / first * r1) ** 2 + (Gamma * second / alpha * r2) ** 2).sqrt()
    yield concluded(WEIGHTED, value, weighted)
    yield concluded(TOTAL, weighted, ball(Gamma) * ball(r1**2 + r2**2).sqrt())
    yield concluded(BELOW, alpha / first * abs(r1), value)


PRINTED = Theorem(
    statement=Statement(
        paper="low_rank_jacobian",
        label="Lem 6.2",
        title="bounds on the early stopping value",
        kind="deterministic",
        claim=r"\Gamma > 0 \Longrightarrow \frac{\alpha}{\lambda_1}\lVert\Pi_I r_0\rVert \le B_{\alpha,\Gamma} \le "
        r"\sqrt{\lVert\Pi_I r_0\rVert^2 + \Gamma^2\lVert\Pi_N r_0\rVert^2} \le \Gamma\lVert r_0\rVert",
        place="Section 6.1.1, Eqs 6.2 and 6.3",
        reading="r is the index of the smallest singular value not below α, in the words of Definition 5.2; α > 0, as B divides by it.",
        depends_on=("Def 5.2", "Def 6.1"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("lemma_6_2_counterexample.json"),
        certificate=certificate,
        account="With Γ = 1/2 the information part enters the middle term with weight 1 and the right side with weight Γ < 1. "
        "The proof's last line uses Γ ≥ 1, Definition 6.1 grants every Γ > 0.",
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "The last inequality needs Γ ≥ 1: the information part has weight 1 on its left side and Γ on its right. "
        "All uses in the paper have Γ ≥ 1. With that hypothesis every inequality holds and is attained.",
        chosen=patient,
        assumptions=granted,
    ),
    controls=(
        control("B ≤ 0.99 of its bound", sharpened(WEIGHTED, 0.99), WEIGHTED),
        control("0.99 Γ‖r₀‖", sharpened(TOTAL, 0.99), TOTAL),
        control("B ≥ 1.01 of its bound", sharpened(BELOW, 0.99), BELOW),
        control("r by the printed formula", with_conclusions(by_the_formula), WEIGHTED),
    ),
)
