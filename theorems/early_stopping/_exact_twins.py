r"""Twin descents of a linear network in rationals.

Centres $c_l = e_l$, so that $\lVert C\rVert = 1$; for $\varphi(z) = z$ then $\lambda(C) = 1$. Rows of W are kept, $f(W, x) = v^TWx$.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from flint import arb, fmpq

from theorems.checker.certify import Comparison, Exact, assumed, ball
from theorems.early_stopping._twin_data import RADIUS, STEP_SIZE, Sizes

Vector = list[fmpq]


def dot(x: Vector, y: Vector) -> fmpq:
    return sum((a * b for a, b in zip(x, y, strict=True)), fmpq(0))


def less(x: Vector, y: Vector) -> Vector:
    return [a - b for a, b in zip(x, y, strict=True)]


def norm(x: Vector) -> arb:
    return ball(dot(x, x)).sqrt()


def unit_vectors(K: int) -> list[Vector]:
    return [[fmpq(int(i == j)) for j in range(K)] for i in range(K)]


def hypotheses(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """What noisy data with orthonormal centres obey, under the names of the float clauses, squares compared with squares."""
    centres, member, squared = unit_vectors(sizes.K), sizes.member, exact["radius"] ** 2
    yield assumed("c_l = e_l", max(max(abs(a) for a in less(c, e)) for c, e in zip(exact["C"], centres, strict=True)), 0)
    yield assumed("‖x_i‖ = ‖c_l‖ = 1", max(abs(dot(x, x) - 1) for x in exact["X"]), 0)
    away = [less(x, centres[member[i]]) for i, x in enumerate(exact["X"])]
    yield assumed(RADIUS, max(dot(z, z) for z in away), squared)
    yield assumed("‖c_l - c_m‖ ≥ 2ε₀ in different classes", 4 * squared, 2)
    values = [exact["values"][r] for r in sizes.class_of]
    yield assumed("|α_r - α_s| ≥ δ", fmpq(*sizes.delta.as_integer_ratio()), abs(values[0] - values[1]))
    yield assumed("|α_r| ≤ 1", max(abs(a) for a in values), 1)
    wrong = np.array([y != values[cluster] for y, cluster in zip(exact["y"], member, strict=True)])
    share = max(fmpq(int(flips), int(size)) for flips, size in zip(np.bincount(member, weights=wrong), np.bincount(member), strict=True))
    yield assumed("at most ρn_l labels are corrupted", share, fmpq(*sizes.rho.as_integer_ratio()))
    yield assumed("η > 0", exact["eta"] / 2, exact["eta"])
    yield assumed(STEP_SIZE, exact["eta"], step_limit(sizes))


def step_limit(sizes: Sizes) -> Exact:
    """``K/(2c_up n)`` for Γ = ‖C‖ = 1: one over twice the size of the largest cluster."""
    return fmpq(1, 2 * int(np.bincount(sizes.member).max()))


def outputs(exact: Mapping[str, Any], inputs: list[Vector], v: list[Exact], start: str = "W0") -> list[Any]:
    """``v^T W x`` for every input"""
    return [sum((a * dot(w, x) for a, w in zip(v, exact[start], strict=True)), fmpq(0)) for x in inputs]
