r"""Section 2, after Definition 2.1: the covariance of ReLU units at separated centres. Quoted there from two other papers.

For $\varphi(z) = \max(z, 0)$ and unit centres $c_1, \dots, c_K \in \mathbb{R}^d$, the rows of C, any two of them at distance
at least $\nu > 0$,
$$\lambda(C) = \lambda_{\min}\bigl(CC^T \odot E_g[\varphi'(Cg)\varphi'(Cg)^T]\bigr) \ge \frac{\nu}{100K^2}.$$

*Instances.* Centres on a circle, equally spaced or not, over all of it or over an arc as small as $10^{-4}$, in any plane,
moved off it on half of the trials; $\nu$ is the least distance or less. Equally spaced centres of even number come in
opposite pairs.

*Tightness.* Of the corrected version: at least 60 times what is claimed at K = 2, where $\lambda(C) \approx \nu/(2\pi)$ for
close centres; on short arcs of many $\lambda(C)$ is about $\nu/(4\pi)$, without any $K^2$.

*Remarks.* $\max(z, 0) - \max(-z, 0) = z$, so what the network says of x and of $-x$ differs by a linear function. Three
opposite pairs in a plane are dependent: $a_1x_1 + a_2x_2 + a_3x_3 = 0$, and $\Sigma(C)u = 0$ for u with the entries $a_j$ at
$x_j$ and $-a_j$ at $-x_j$.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from models.activations import RELU
from models.data import embedded, unit
from models.kernels import least_eigenvalue
from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, equals, positive
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Counterexample, Theorem, version

LEAST = "λ(C) ≥ ν/(100 K²)"
APART = "‖c_i - c_j‖ ≥ ν"
LINES_APART = "min(‖c_i - c_j‖, ‖c_i + c_j‖) ≥ ν"
COINCIDENT = 1e-7  # centres moved nearer to one another than this are put back on their circle
SETTLED = 1e-14  # an eigenvalue computed as less than this is 0 up to rounding


@dataclass(frozen=True)
class Sizes:
    K: int
    d: int


@dataclass(frozen=True)
class Instance:
    C: Float[ndarray, "trials K d"]
    nu: Float[ndarray, " trials"]


def setting(choose: Choose) -> Sizes:
    return Sizes(K=choose.integer("K", 2, 24), d=choose.integer("d", 2, 4))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    C = centres(sizes, draws, whole=2 * np.pi)
    return Instance(C=C, nu=distances(C).min(axis=(1, 2)) * extremes.fraction(draws))


def centres(sizes: Sizes, draws: Draws, whole: float) -> Float[ndarray, "trials K d"]:
    """On an arc of at most ``whole`` of a circle in any plane, or moved off it."""
    arc = whole * np.where(draws.integers(0, 1) == 0, 1.0, 10.0 ** draws.uniform(-4.0, 0.0))
    shares = np.where(draws.integers(0, 1, 1) == 0, 1.0, draws.uniform(0.1, 1.0, sizes.K))
    angles = arc[:, np.newaxis] * (np.cumsum(shares, axis=1) - shares) / np.sum(shares, axis=1, keepdims=True)
    circle = embedded(np.stack([np.cos(angles), np.sin(angles)], axis=2), draws.normal(2, sizes.d))
    off = arc * draws.integers(0, 1) * draws.uniform(0.0, 1.0)
    moved = unit(circle + off[:, np.newaxis, np.newaxis] * draws.normal(sizes.K, sizes.d))
    return np.where((between_lines(moved).min(axis=(1, 2)) > COINCIDENT)[:, np.newaxis, np.newaxis], moved, circle)


def distances(C: Float[ndarray, "trials K d"]) -> Float[ndarray, "trials K K"]:
    """``||c_i - c_j||``, infinite for i = j."""
    apart = euclidean(C[:, :, np.newaxis] - C[:, np.newaxis])
    return np.where(np.eye(C.shape[1], dtype=bool), np.inf, apart)


def between_lines(C: Float[ndarray, "trials K d"]) -> Float[ndarray, "trials K K"]:
    """``min(||c_i - c_j||, ||c_i + c_j||)``, infinite for i = j."""
    return np.minimum(distances(C), euclidean(C[:, :, np.newaxis] + C[:, np.newaxis]) + np.where(np.eye(C.shape[1]), np.inf, 0.0))


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from units(x)
    yield at_least(APART, distances(x.C).min(axis=(1, 2)), x.nu)


def units(x: Instance) -> Iterable[Clause]:
    yield equals("‖c_l‖ = 1", np.abs(euclidean(x.C) - 1).max(axis=1), 0.0, allowance=1e-13)
    yield positive("ν > 0", x.nu)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least(LEAST, settled(x.C), x.nu / (100 * sizes.K**2), scale=1e-2)


def settled(C: Float[ndarray, "trials K d"]) -> Float[ndarray, " trials"]:
    """λ(C), 0 where it is less than its rounding error."""
    least = least_eigenvalue(C, RELU)
    return np.where(least > SETTLED, least, 0.0)


def opposite_too(sizes: Sizes, draws: Draws) -> Instance:
    C = centres(sizes, draws, whole=np.pi)
    return Instance(C=C, nu=between_lines(C).min(axis=(1, 2)) * extremes.fraction(draws))


def lines_apart(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from units(x)
    yield at_least(LINES_APART, between_lines(x.C).min(axis=(1, 2)), x.nu)


def per_centre(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("λ(C) ≥ ν/6", settled(x.C), x.nu / 6, scale=1e-2)


def rooted(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("λ(C) ≥ √ν/(100 K²)", settled(x.C), np.sqrt(x.nu) / (100 * sizes.K**2), scale=1e-2)


def certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """For centres x₁, x₂, x₃ in the plane and their opposites.

    The angles of c with x and with -x add up to π, so that Σ(c, x) - Σ(c, -x) = <c, x>/2 is rational.
    """
    C, nu = exact["C"], exact["nu"]
    first, second, third = C[:3]
    determinant = first[0] * second[1] - first[1] * second[0]
    a = [
        (third[0] * second[1] - third[1] * second[0]) / determinant,
        (first[0] * third[1] - first[1] * third[0]) / determinant,
        fmpq(-1),
    ]
    u = a + [-entry for entry in a]
    sums = [sum((a[j] * C[j][i] for j in range(3)), fmpq(0)) for i in range(2)]
    quotient = sum((u[i] * dot(C[i], sums) / 2 for i in range(6)), fmpq(0)) / sum((entry**2 for entry in u), fmpq(0))
    yield given("c₄ = -c₁, c₅ = -c₂, c₆ = -c₃", max(abs(C[j][i] + C[j + 3][i]) for i in range(2) for j in range(3)), 0)
    yield given("‖c_l‖ = 1", max(abs(dot(c, c) - 1) for c in C), 0)
    yield given("ν > 0", nu / 2, nu)
    least = min(sum(((p - q) ** 2 for p, q in zip(C[i], C[j], strict=True)), fmpq(0)) for i in range(6) for j in range(i))
    yield given(APART, nu**2, least)
    yield concluded(LEAST, nu / (100 * sizes.K**2), quotient)  # λ(C) is not negative, and at most the quotient of u


def dot(x: list[fmpq], y: list[fmpq]) -> fmpq:
    return sum((p * q for p, q in zip(x, y, strict=True)), fmpq(0))


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 2-b",
        title="the covariance of ReLU units at separated centres",
        kind="deterministic",
        claim=r"\lVert c_i-c_j\rVert_2 \ge \nu > 0\ (i\ne j) \ \Longrightarrow\ \lambda(C) \ge \frac{\nu}{100K^2}",
        place="Section 2, after Definition 2.1",
        depends_on=("Def 2.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("section_2_b_counterexample.json"),
        certificate=certificate,
        account="(1, 0), (0, 1), (3/5, 4/5) and their opposites are at least 3/5 apart and λ(C) = 0. The quoted papers keep "
        "the centres away from one another's opposites as well.",
    ),
    block=400,
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "No centre may come near the opposite of another: with ν at most ‖c_i - c_j‖ and ‖c_i + c_j‖ the bound holds with "
        "room to spare. Opposite pairs alone do no harm, three of them in one plane do.",
        chosen=opposite_too,
        assumptions=lines_apart,
    ),
    controls=(
        control("opposite centres", without_assumption(LINES_APART, chosen=chosen), LEAST),
        control("ν/(1.5 K²)", sharpened(LEAST, 0.015), LEAST),
        control("ν/6", with_conclusions(per_centre), "λ(C) ≥ ν/6"),
        control("√ν in place of ν", with_conclusions(rooted), "λ(C) ≥ √ν/(100 K²)"),
    ),
)
