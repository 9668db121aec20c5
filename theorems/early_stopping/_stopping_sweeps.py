r"""The exponents of Theorem 2.2, over sizes fixed beforehand: the width over K, the stopping time over the distance of two centres.

Two labels, a quarter of each cluster's replaced by the other, the step size at its limit. What is compared are root mean
squares over the runs of a block.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from models.matrices import spectral_norm
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, compared
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.early_stopping import _twin_data as noisy
from theorems.early_stopping._twin_data import LITERAL, Instance, Sizes, covariance
from theorems.early_stopping._twin_runs import around_centres, own_and_other, path
from theorems.early_stopping._twin_sweeps import typical

GROWTH = 0.1  # exponents of growth up to this are put down to small sizes
CLUSTERS = tuple({"K": K} for K in (2, 3, 4, 6, 8, 12, 16, 20))
CLOSENESS = tuple({"1/‖c₁ - c₂‖²": s, "activation": phi} for phi in ("identity", "sinmix") for s in (4.0, 8.0, 16.0, 32.0, 64.0, 128.0))


@dataclass(frozen=True)
class Swept:
    sizes: Sizes


def many_clusters(sized: Callable[[int, int, float, str], Sizes]) -> Callable[[Choose], Swept]:
    """Orthonormal centres and the width that the theorem's power gives."""
    return lambda choose: Swept(sized(choose.integer("K", 2, 20), 4, float(np.sqrt(2)), "sinmix"))


def two_centres(choose: Choose) -> Swept:
    """The linear network of any width, and 32 neurons, of centres so close that little of W₀'s outputs is left in their difference."""
    phi, closeness = str(choose.option("activation", ("identity", "sinmix"))), choose.real("1/‖c₁ - c₂‖²", 4.0, 128.0)
    k = LITERAL if phi == "identity" else 32
    return Swept(Sizes(K=2, d=2, points=4, extra=0, delta=2.0, rho=0.25, activation=phi, k=k, distance=closeness**-0.5))


def chosen(radius: float) -> Callable[[Swept, Draws], Instance]:
    """ε₀ = ``radius`` δλ(C)²/K², every input as far as that or nearer."""

    def instance(swept: Swept, draws: Draws) -> Instance:
        x = noisy.clustered(swept.sizes, draws)
        x = replace(x, eta=noisy.step_limit(swept.sizes, x.C))
        return noisy.displaced(swept.sizes, draws, x, radius * swept.sizes.delta * covariance(swept.sizes, x) ** 2 / swept.sizes.K**2)

    return instance


def sampled(swept: Swept, x: Instance, generator: Generator, trials: int) -> Instance:
    return noisy.initialized(swept.sizes, x, generator, trials)


def assumptions(swept: Swept, x: Instance) -> Iterable[Clause]:
    return noisy.assumptions(swept.sizes, x)


def time_scale(swept: Swept, x: Instance) -> ndarray:
    """``‖C‖²/λ(C)``"""
    return spectral_norm(x.C) ** 2 / covariance(swept.sizes, x)


def at_the_width(swept: Swept, x: Instance) -> Iterable[Clause]:
    sizes, last = swept.sizes, int(np.ceil(8 * time_scale(swept, x).max()))
    *_, now = path(sizes, x, x.X, last)
    own, _ = own_and_other(x, *around_centres(sizes, x, now.W))
    yield compared("|f(W_T,x) - ỹ(x)| ≤ Cδ", typical(own.max(axis=1)), sizes.delta)


def stopping_time(swept: Swept, x: Instance) -> Iterable[Clause]:
    """The first iteration with ``|f(W,x_i) - ỹ_i| ≤ 3ρ`` for every input; the labels alone leave 2ρ."""
    sizes, scale = swept.sizes, time_scale(swept, x)
    first = np.full(scale.shape, np.inf)
    for now in path(sizes, x, x.X, int(np.ceil(20 * scale.max()))):
        away = np.abs(now.residual + x.y - noisy.truth(sizes, x)).max(axis=1)
        first = np.where((away <= 3 * sizes.rho) & np.isinf(first), now.t, first)
        if np.isfinite(first).all():
            break
    yield compared("T ≤ C‖C‖²/λ(C)", typical(first), scale)
    yield compared("‖C‖²/λ(C) ≤ CT", scale, typical(first))


def sweeps(theorem: Theorem, sized: Callable[[int, int, float, str], Sizes]) -> tuple[Theorem, ...]:
    """Two steps of Theorem 2.2; ``sized`` gives the width that its power asks for."""
    shared = {"sampled": sampled, "assumptions": assumptions, "needs": None}
    return (
        step(
            theorem,
            label="Thm 2.2-width",
            title="at a width in proportion to K²‖C‖⁴/λ(C)⁴ the error stays in proportion to δ as K grows",
            claim=r"k \propto \tfrac{K^2\lVert C\rVert^4}{\lambda(C)^4} \Longrightarrow |f(W_T,x)-\tilde y(x)| \lesssim \delta",
            setting=many_clusters(sized),
            chosen=chosen(0.25),
            conclusions=at_the_width,
            quantifier=Sweep(over="K", growth=GROWTH),
            examples=CLUSTERS,
            block=4,
            **shared,
        ),
        step(
            theorem,
            label="Thm 2.2-time",
            title="the stopping time is proportional to ‖C‖²/λ(C)",
            claim=r"T \asymp \lVert C\rVert^2/\lambda(C)",
            setting=two_centres,
            chosen=chosen(0.01),
            conclusions=stopping_time,
            quantifier=Sweep(over="1/‖c₁ - c₂‖²", growth=GROWTH),
            examples=CLOSENESS,
            block=60,
            **shared,
        ),
    )
