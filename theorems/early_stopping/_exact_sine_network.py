r"""The network with $\varphi(z) = 1 - \cos z$ at rational inputs and weights, in ball arithmetic: slopes $\sin z$, $\Gamma = 1$."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from flint import acb_mat, arb, arb_mat, fmpq, fmpq_mat

from theorems.checker.certify import Comparison, assumed, ball


@dataclass(frozen=True)
class SineNetwork:
    """An instance of Lemma 10.11 whose four weights agree; ``member`` tells the cluster of each input."""

    member: Sequence[int]
    exact: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.exact[name]

    @property
    def root_n(self) -> arb:
        return ball(fmpq(len(self.member))).sqrt()

    @property
    def root_k(self) -> arb:
        return ball(fmpq(len(self["W1"]))).sqrt()

    @property
    def centres(self) -> list[list[fmpq]]:
        """The centre of each input."""
        return [self["C"][cluster] for cluster in self.member]

    def slopes(self, inputs: list[list[fmpq]]) -> arb_mat:
        """``sin(x_i . w_j)``"""
        arguments = fmpq_mat(inputs) * fmpq_mat(self["W1"]).transpose()
        return arb_mat([[ball(arguments[i, j]).sin() for j in range(arguments.ncols())] for i in range(arguments.nrows())])

    def distance(self) -> arb:
        """``||J(W, X) - J(W, X̃)||``; the signs of v change no norm."""
        here, there = khatri_rao(self.slopes(self["X"]), self["X"]), khatri_rao(self.slopes(self.centres), self.centres)
        return spectral_norm(here - there) / self.root_k

    def with_same_slopes(self) -> arb:
        """``||φ'(WXᵀ)*(X - X̃)ᵀ||``"""
        moved = fmpq_mat(self["X"]) - fmpq_mat(self.centres)
        return spectral_norm(khatri_rao(self.slopes(self["X"]), moved.tolist()))


def hypotheses(net: SineNetwork) -> Iterable[Comparison]:
    """The assumptions of Lemma 10.11 for clusters of classes of their own, and that the four weights agree."""
    for name in ("C", "X"):
        lengths = [square(row) for row in net[name]]
        yield assumed(f"rows of {name} have norm at most 1", max(lengths), 1)
        yield assumed(f"rows of {name} have norm at least 1", 1, min(lengths))
    farthest = max(square(difference(x, c)) for x, c in zip(net["X"], net.centres, strict=True))
    yield assumed("‖x_i - c_l‖ ≤ ε₀", farthest, net["eps"] ** 2)
    apart = [square(difference(a, b)) for a in net["C"] for b in net["C"] if a is not b]
    yield assumed("‖c_l - c_l'‖ ≥ 2ε₀ for different classes", 4 * net["eps"] ** 2, min(apart))
    others = [fmpq_mat(net[name]) - fmpq_mat(net["W1"]) for name in ("W2", "W1_tilde", "W2_tilde")]
    yield assumed("W₁ = W₂ = W̃₁ = W̃₂", max(abs(entry) for other in others for entry in other.entries()), 0)


def khatri_rao(A: arb_mat, B: list[list[fmpq]]) -> arb_mat:
    """Row i is the Kronecker product of the rows i of A and B."""
    return arb_mat([[A[i, j] * ball(entry) for j in range(A.ncols()) for entry in row] for i, row in enumerate(B)])


def spectral_norm(A: arb_mat) -> arb:
    """Root of the largest eigenvalue of ``A A^T``."""
    eigenvalues = acb_mat(A * A.transpose()).eig(multiple=True)
    return reduce(arb.max, (value.real for value in eigenvalues)).sqrt()


def difference(a: list[fmpq], b: list[fmpq]) -> list[fmpq]:
    return [x - y for x, y in zip(a, b, strict=True)]


def square(row: list[fmpq]) -> fmpq:
    return sum((entry**2 for entry in row), fmpq(0))
