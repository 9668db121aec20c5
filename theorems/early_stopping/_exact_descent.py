"""Gradient descent of a linear model on corrupted labels in rationals, with the hypotheses of Theorem 9.2.

For $f(\\theta) = UA\\theta$ with a diagonal A and rational numbers throughout, so that J is constant and
$\\lVert J^T U v\\rVert = \\lVert A^T v\\rVert$ lies between the least and the largest $|A_{ii}|$ times $\\lVert v\\rVert$.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, fmpq, fmpq_mat

from theorems.checker.certify import Comparison, assumed, ball


def column(entries: list[fmpq]) -> fmpq_mat:
    return fmpq_mat(len(entries), 1, entries)


def matrix(rows: list[list[fmpq]]) -> fmpq_mat:
    return fmpq_mat(len(rows), len(rows[0]), [entry for row in rows for entry in row])


def square(v: fmpq_mat) -> fmpq:
    """``||v||_2^2``"""
    return sum((entry**2 for entry in v.entries()), fmpq(0))


def norm(v: fmpq_mat) -> arb:
    """``||v||_2``"""
    return ball(square(v)).sqrt()


def largest(v: fmpq_mat) -> fmpq:
    return max(abs(entry) for entry in v.entries())


@dataclass(frozen=True)
class ExactRun:
    """An instance's numbers as rationals; vectors are columns."""

    exact: Mapping[str, Any]

    def __getitem__(self, name: str) -> fmpq:
        """A scalar by its name."""
        return self.exact[name]

    @cached_property
    def U(self) -> fmpq_mat:
        return matrix(self.exact["U"])

    @cached_property
    def A(self) -> fmpq_mat:
        return matrix(self.exact["A"])

    @cached_property
    def e(self) -> fmpq_mat:
        return column(self.exact["e"])

    @cached_property
    def thetas(self) -> list[fmpq_mat]:
        """θ₀ .. of the run."""
        jacobian, thetas = self.U * self.A, [column(self.exact["theta0"])]
        for _ in range(int(self["steps"].p)):
            thetas.append(thetas[-1] - self["eta"] * (jacobian.transpose() * self.residual(thetas[-1])))
        return thetas

    @cached_property
    def residuals(self) -> list[fmpq_mat]:
        """r_0 .. of the run."""
        return [self.residual(theta) for theta in self.thetas]

    @property
    def threshold(self) -> arb:
        """``(5/(ηα²)) log(||r₀||/ν)``"""
        return ball(5 / (self["eta"] * self["alpha"] ** 2)) * (norm(self.residuals[0]) / ball(self["nu"])).log()

    def residual(self, theta: fmpq_mat) -> fmpq_mat:
        return self.misfit(theta) - self.e

    def misfit(self, theta: fmpq_mat) -> fmpq_mat:
        """``f(θ) - ỹ``"""
        return self.U * (self.A * theta) - column(self.exact["y_tilde"])

    def within(self, v: fmpq_mat) -> fmpq_mat:
        """``Π₊ v``"""
        return self.U * (self.U.transpose() * v)


def hypotheses(run: ExactRun) -> Iterable[Comparison]:
    """The assumptions of Theorem 9.2 under the names of the float clauses, and that the model is the linear one."""
    alpha, beta, L, m = run["alpha"], run["beta"], run["L"], run.U.ncols()
    misfit, r0 = run.misfit(run.thetas[0]), norm(run.residuals[0])
    slopes = [abs(run.A[i, i]) for i in range(m)]
    beside = [abs(run.A[i, j]) for i in range(m) for j in range(run.A.ncols()) if i != j]
    identity = fmpq_mat(m, m, [int(i == j) for i in range(m) for j in range(m)])
    yield assumed("M = 0 and f_off = 0", max(largest(matrix(run.exact["M"])), largest(column(run.exact["offset"]))), 0)
    yield assumed("A is diagonal", max(beside, default=fmpq(0)), 0)
    yield assumed("UᵀU = I", largest(run.U.transpose() * run.U - identity), 0)
    yield assumed("α > 0", alpha / 2, alpha)
    yield assumed("α ≤ ‖J(θ)ᵀv‖ on S₊", alpha, min(slopes))
    yield assumed("‖J(θ)ᵀv‖ ≤ β on S₊", max(slopes), beta)
    yield assumed("J is L-smooth", 0, L)
    yield assumed("f(θ₀) - ỹ ∈ S₊", largest(misfit - run.within(misfit)), 0)
    yield assumed("η > 0", run["eta"] / 2, run["eta"])
    limit = 1 / (ball(2 * beta**2) * (ball(L) * r0 / ball(alpha * beta)).max(arb(1)))
    yield assumed("η ≤ min(1, αβ/(L‖r₀‖))/(2β²)", run["eta"], limit)
    yield assumed("ν > 0", run["nu"] / 2, run["nu"])
    yield assumed("ν ≥ ‖Π₊e‖_∞", largest(run.within(run.e)), run["nu"])
    yield assumed("e has at most s nonzeros", sum(entry != 0 for entry in run.e.entries()), run["s"])
    diffuseness = run.U.nrows() * largest_diagonal(run.U * run.U.transpose())
    yield assumed("S₊ is γ-diffused", diffuseness, run["gamma"])


def largest_diagonal(A: fmpq_mat) -> fmpq:
    return max(A[i, i] for i in range(A.nrows()))
