r"""The steps in the proof of Lemma 10.11: Schur's inequality, moved weights, moved inputs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq_mat
from jaxtyping import Float
from numpy import ndarray

from models.matrices import spectral_norm, transpose
from models.networks import khatri_rao
from theorems.checker import extremes
from theorems.checker.certify import Comparison, ball, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem
from theorems.early_stopping import _exact_sine_network as exactly
from theorems.early_stopping import _perturbed_inputs as perturbed
from theorems.early_stopping._jacobians import jacobian_at, unit_norms, unit_rows

SCHUR = "‖A*B‖ ≤ ‖A‖"
HADAMARD = "‖A*B‖ = √‖(AᵀA)⊙(BᵀB)‖"
SAME_SLOPES = "‖J(W̃,X) - J(W̃,X̃)‖ ≤ (1/√k) ‖φ'(W̃Xᵀ)*(X-X̃)ᵀ‖"
AT_LEAST = "‖J(W̃,X) - J(W̃,X̃)‖ ≥ (1/√k) ‖φ'(W̃Xᵀ)*(X-X̃)ᵀ‖"
ALL_SLOPES = "‖φ'(W̃Xᵀ)*(X-X̃)ᵀ‖ ≤ Γ√k ‖X-X̃‖"
ALL_INPUTS = "Γ√k ‖X-X̃‖ ≤ Γ√(kn) ε₀"


@dataclass(frozen=True)
class Shapes:
    """A has k rows, B has n, both d columns."""

    k: int
    n: int
    d: int


@dataclass(frozen=True)
class Factors:
    A: Float[ndarray, "trials k d"]
    B: Float[ndarray, "trials n d"]


def shapes(choose: Choose) -> Shapes:
    return Shapes(k=choose.integer("k", 1, 4), n=choose.integer("n", 1, 4), d=choose.integer("d", 1, 4))


def unit_row_factors(shape: Shapes, draws: Draws) -> Factors:
    return Factors(A=extremes.matrix(draws, shape.k, shape.d), B=unit_rows(draws, shape.n, shape.d))


def unit_column_factors(shape: Shapes, draws: Draws) -> Factors:
    return Factors(A=extremes.matrix(draws, shape.k, shape.d), B=transpose(unit_rows(draws, shape.d, shape.n)))


def rows_are_units(_shape: Shapes, x: Factors) -> Iterable[Clause]:
    yield unit_norms("rows of B have norm 1", x.B)


def columns_are_units(_shape: Shapes, x: Factors) -> Iterable[Clause]:
    yield unit_norms("columns of B have norm 1", transpose(x.B))


def schur(_shape: Shapes, x: Factors) -> Iterable[Clause]:
    """Column j of ``A*B`` is the Kronecker product of the columns j of A and B."""
    product, size = spectral_norm(khatri_rao(transpose(x.A), transpose(x.B))), spectral_norm(x.A)
    squared = spectral_norm((transpose(x.A) @ x.A) * (transpose(x.B) @ x.B))
    yield equals(HADAMARD, product**2, squared, allowance=1e-12 * (product**2 + squared))
    yield at_most(SCHUR, product, size)


def schur_certificate(_shape: Shapes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """For two columns, with A the identity: the columns of the product are orthogonal."""
    A, B = fmpq_mat(exact["A"]), fmpq_mat(exact["B"])
    rows = [row[0] ** 2 + row[1] ** 2 for row in exact["B"]]
    yield given("rows of B have norm 1", max(rows), 1)
    yield given("rows of B have norm at least 1", 1, min(rows))
    identity = fmpq_mat(2, 2, [1, 0, 0, 1])
    yield given("A = I", max(abs(entry) for entry in (A - identity).entries()), 0)
    columns = B.transpose() * B
    yield concluded(SCHUR, ball(max(columns[0, 0], columns[1, 1])).sqrt(), ball(1))


def moved_weights(sizes: perturbed.Sizes, x: perturbed.Instance) -> Iterable[Clause]:
    """Eqs 53-54 and what follows, for the weights W₁ and W̃₁ at the inputs X."""
    root, J, J_tilde = np.sqrt(sizes.k), jacobian_at(sizes, x.W1, x.X), jacobian_at(sizes, x.W1_tilde, x.X)
    slopes = perturbed.slopes_at(sizes, x.W1, x.X) - perturbed.slopes_at(sizes, x.W1_tilde, x.X)
    E, Gamma, scale = x.W1_tilde - x.W1, sizes.phi.bound, perturbed.rounding_size(sizes, x)
    gap, product = spectral_norm(J - J_tilde), spectral_norm(khatri_rao(slopes, x.X)) / root
    seen, whole = np.linalg.norm(x.X @ transpose(E), axis=(1, 2)), np.linalg.norm(E, axis=(1, 2))
    yield equals("‖J(W,X) - J(W̃,X)‖ = (1/√k) ‖(φ'(WXᵀ) - φ'(W̃Xᵀ))*Xᵀ‖", gap, product, allowance=1e-12 * scale)
    yield at_most("‖(φ'(WXᵀ) - φ'(W̃Xᵀ))*Xᵀ‖ ≤ ‖φ'(WXᵀ) - φ'(W̃Xᵀ)‖", product, spectral_norm(slopes) / root, scale=scale)
    yield at_most("‖φ'(WXᵀ) - φ'(W̃Xᵀ)‖ ≤ Γ ‖(W̃-W)Xᵀ‖_F", spectral_norm(slopes), Gamma * seen, scale=root * scale)
    yield at_most("Γ ‖(W̃-W)Xᵀ‖_F ≤ Γ√n ‖W̃-W‖_F", Gamma * seen, Gamma * np.sqrt(sizes.n) * whole)


def moved_inputs(sizes: perturbed.Sizes, x: perturbed.Instance) -> Iterable[Clause]:
    """The equation as two inequalities, and the two bounds after it, for the weights W̃₁."""
    root, X_tilde = np.sqrt(sizes.k), perturbed.centres(sizes, x)
    gap = spectral_norm(jacobian_at(sizes, x.W1_tilde, x.X) - jacobian_at(sizes, x.W1_tilde, X_tilde))
    product = spectral_norm(khatri_rao(perturbed.slopes_at(sizes, x.W1_tilde, x.X), x.X - X_tilde))
    moved, Gamma, scale = spectral_norm(x.X - X_tilde), sizes.phi.bound, perturbed.rounding_size(sizes, x)
    yield at_most(SAME_SLOPES, gap, product / root, scale=scale)
    yield at_most(AT_LEAST, product / root, gap, scale=scale)
    yield at_most(ALL_SLOPES, product, Gamma * root * moved)
    yield at_most(ALL_INPUTS, Gamma * root * moved, Gamma * root * np.sqrt(sizes.n) * x.eps, scale=Gamma * root)


def moved_both(sizes: perturbed.Sizes, x: perturbed.Instance) -> Iterable[Clause]:
    """The difference with the slopes moved as well, in two terms."""
    root, X_tilde = np.sqrt(sizes.k), perturbed.centres(sizes, x)
    gap = spectral_norm(jacobian_at(sizes, x.W1_tilde, x.X) - jacobian_at(sizes, x.W1_tilde, X_tilde))
    bound = sizes.phi.bound * np.sqrt(sizes.n) * x.eps * (1 + spectral_norm(x.W1_tilde) / root)
    yield at_most("‖J(W̃,X) - J(W̃,X̃)‖ ≤ Γ√n ε₀ (1 + ‖W̃‖/√k)", gap, bound, scale=perturbed.rounding_size(sizes, x))


def inputs_certificate(sizes: perturbed.Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    net = exactly.SineNetwork(sizes.member.tolist(), exact)
    yield from exactly.hypotheses(net)
    yield concluded(SAME_SLOPES, net.distance(), net.with_same_slopes() / net.root_k)


HERE = Path(__file__)
FREE = {"setting": shapes, "conclusions": schur, "block": 300}


def lem10_11_p1(parent: Theorem) -> Theorem:
    """Lem10.11-p1"""
    return step(
        parent,
        label="Lem10.11-p1",
        title="Schur's inequality for a factor with unit rows",
        claim=r"B \text{ has unit rows} \Longrightarrow \lVert A*B\rVert = \sqrt{\lVert(A^TA)\odot(B^TB)\rVert} \le \lVert A\rVert",
        **FREE,
        chosen=unit_row_factors,
        assumptions=rows_are_units,
        counterexample=Counterexample(
            kind="instance",
            file=HERE.with_name("lemma_10_11_p1_counterexample.json"),
            certificate=schur_certificate,
            account="A the identity and B with two rows (4/5, 3/5): column 1 of A*B has norm √(32/25) > 1 = ‖A‖. The diagonal of "
            "BᵀB holds the squared norms of columns; it is these that must be 1, as they are where the proof takes B = Xᵀ.",
        ),
    )


def lem_10_11_columns(parent: Theorem) -> Theorem:
    """Lem 10.11-columns"""
    return step(
        parent,
        label="Lem 10.11-columns",
        title="Schur's inequality for a factor with unit columns",
        claim=r"B \text{ has unit columns} \Longrightarrow \lVert A*B\rVert = \sqrt{\lVert(A^TA)\odot(B^TB)\rVert} \le \lVert A\rVert",
        **FREE,
        chosen=unit_column_factors,
        assumptions=columns_are_units,
    )


def lem10_11_p2_eqs_53_54(parent: Theorem) -> Theorem:
    """Lem10.11-p2 (Eqs 53-54)"""
    return step(
        parent,
        label="Lem10.11-p2 (Eqs 53-54)",
        title="how the Jacobian moves with the weights",
        claim=r"\lVert J(W, X)-J(\tilde W, X)\rVert = \tfrac{1}{\sqrt k}\lVert(\varphi'(WX^T)-\varphi'(\tilde WX^T))*X^T\rVert \le "
        r"\tfrac{1}{\sqrt k}\lVert\varphi'(WX^T)-\varphi'(\tilde WX^T)\rVert \le "
        r"\tfrac{\Gamma}{\sqrt k}\lVert(\tilde W-W)X^T\rVert_F \le \tfrac{\Gamma\sqrt n}{\sqrt k}\lVert\tilde W-W\rVert_F",
        conclusions=moved_weights,
    )


def lem10_11_p3(parent: Theorem) -> Theorem:
    """Lem10.11-p3"""
    return step(
        parent,
        label="Lem10.11-p3",
        title="how the Jacobian moves with the inputs, the slopes forgotten",
        claim=r"\lVert J(\tilde W, X)-J(\tilde W,\tilde X)\rVert = "
        r"\tfrac{1}{\sqrt k}\lVert\varphi'(\tilde WX^T)*(X-\tilde X)^T\rVert,\quad "
        r"\lVert\varphi'(\tilde WX^T)*(X-\tilde X)^T\rVert \le \Gamma\sqrt k\lVert X-\tilde X\rVert \le \Gamma\sqrt{kn}\,\varepsilon_0",
        conclusions=moved_inputs,
        counterexample=Counterexample(
            kind="instance",
            file=HERE.with_name("lemma_10_11_p3_counterexample.json"),
            certificate=inputs_certificate,
            account="The instance of the lemma: the equation keeps the slopes at X for both Jacobians, and those differ by 0.994 where "
            "the inputs differ by √2/5.",
        ),
    )


def lem_10_11_inputs(parent: Theorem) -> Theorem:
    """Lem 10.11-inputs"""
    return step(
        parent,
        label="Lem 10.11-inputs",
        title="how the Jacobian moves with the inputs",
        claim=r"\lVert J(\tilde W, X)-J(\tilde W,\tilde X)\rVert \le \Gamma\sqrt n\,\varepsilon_0\,(1 + \lVert\tilde W\rVert/\sqrt k)",
        conclusions=moved_both,
    )


def proof_steps(parent: Theorem) -> tuple[Theorem, ...]:
    """The steps of Lemma 10.11, with its moves unless they bring others."""
    parts = (lem10_11_p1, lem_10_11_columns, lem10_11_p2_eqs_53_54, lem10_11_p3, lem_10_11_inputs)
    return tuple(part(parent) for part in parts)
