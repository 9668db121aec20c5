r"""How the distance of both descents grows with the iterations and with $\varepsilon_0$, over sizes fixed beforehand.

Four inputs around each of two centres, 64 neurons. What is compared are root mean squares over the runs of a block, at
each size with other data and weights.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, compared
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.early_stopping import _twin_data as noisy
from theorems.early_stopping._twin_data import Instance, Sizes, horizon
from theorems.early_stopping._twin_runs import Point, frobenius, output_unit, path_unit, twins

RUNS = 40
GROWTH = 0.1  # exponents of growth up to this are put down to small sizes
TWO = ("sinmix", "tanh")
ITERATIONS = tuple({"iterations": t, "activation": phi} for phi in TWO for t in (1, 2, 4, 8, 16, 32, 64, 128))
RADII = tuple({"1/ε₀": r, "activation": phi} for phi in TWO for r in (20, 40, 80, 160, 320, 640, 1280, 2560, 5120))


@dataclass(frozen=True)
class Swept:
    """The sizes, which stay, and the value of what is swept."""

    sizes: Sizes
    value: int


def iterations(choose: Choose) -> Swept:
    return Swept(value=choose.integer("iterations", 1, 128), sizes=network(choose))


def inverse_radius(choose: Choose) -> Swept:
    return Swept(value=choose.integer("1/ε₀", 20, 5120), sizes=network(choose))


def network(choose: Choose) -> Sizes:
    phi = str(choose.option("activation", TWO))
    return Sizes(K=2, d=2, points=4, extra=0, delta=2.0, rho=0.25, activation=phi, k=64)


def chosen(radius: float, swept: Swept, draws: Draws) -> Instance:
    """The step size at its limit, every input at exactly ε₀."""
    x = noisy.clustered(swept.sizes, draws)
    x = replace(x, eta=noisy.step_limit(swept.sizes, x.C))
    return noisy.displaced(swept.sizes, draws, x, np.full(draws.trials, radius))


def at_a_hundredth(swept: Swept, draws: Draws) -> Instance:
    return chosen(0.01, swept, draws)


def at_the_radius(swept: Swept, draws: Draws) -> Instance:
    return chosen(1 / swept.value, swept, draws)


def sampled(swept: Swept, x: Instance, generator: Generator, trials: int) -> Instance:
    return noisy.initialized(swept.sizes, x, generator, trials)


def assumptions(swept: Swept, x: Instance) -> Iterable[Clause]:
    return noisy.assumptions(swept.sizes, x)


def at_the_end(swept: Swept, x: Instance, last: ndarray) -> tuple[ndarray, ndarray]:
    """Both descents at iteration ``last`` of each trial: ``||f(W,X) - f(W̃,X̃)||`` and ``||W - W̃||_F``."""
    outputs, paths = np.zeros(last.shape), np.zeros(last.shape)
    for now, clean in twins(swept.sizes, x, int(last.max())):
        outputs = np.where(now.t == last, apart(now, clean), outputs)
        paths = np.where(now.t == last, frobenius(now.W - clean.W), paths)
    return outputs, paths


def apart(now: Point, clean: Point) -> Float[ndarray, " trials"]:
    return np.sqrt(np.sum((now.residual - clean.residual) ** 2, axis=1))


def typical(values: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    """The root mean square over the runs, for each of them."""
    return np.full(values.shape, np.sqrt(np.mean(values**2)))


def along_iterations(swept: Swept, x: Instance) -> Iterable[Clause]:
    t, sizes = swept.value, swept.sizes
    outputs, paths = at_the_end(swept, x, np.full(x.eta.shape, t))
    speed = 1 + t * x.eta * sizes.Gamma**2 * sizes.n
    yield compared("‖W_τ - W̃_τ‖_F ≤ Cτηε₀(Γ⁴Kn/λ(C))ℓ²", typical(paths / path_unit(sizes, x)), t)
    yield compared("‖f(W_τ,X) - f(W̃_τ,X̃)‖ ≤ C(1 + τηΓ²n)ε₀Γ√(n log K)", typical(outputs / output_unit(sizes, x) / speed), 1.0)


def along_radii(swept: Swept, x: Instance) -> Iterable[Clause]:
    outputs, paths = at_the_end(swept, x, horizon(swept.sizes, x, 1.0))
    yield compared("‖W_τ - W̃_τ‖_F ≤ Cε₀", typical(paths), x.radius)
    yield compared("ε₀ ≤ C‖W_τ - W̃_τ‖_F", x.radius, typical(paths))
    yield compared("‖f(W_τ,X) - f(W̃_τ,X̃)‖ ≤ Cε₀", typical(outputs), x.radius)
    yield compared("ε₀ ≤ C‖f(W_τ,X) - f(W̃_τ,X̃)‖", x.radius, typical(outputs))


def sweeps(theorem: Theorem) -> tuple[Theorem, ...]:
    """Two steps: at most linear in τ, and linear in ε₀ both ways."""
    shared = {"sampled": sampled, "assumptions": assumptions, "block": RUNS, "needs": None}
    return (
        step(
            theorem,
            label="Thm 10.12-iterations",
            title="the distance of both descents grows at most linearly with the iterations",
            claim=r"\lVert W_\tau-\tilde W_\tau\rVert_F \lesssim \tau\eta\varepsilon_0\tfrac{\Gamma^4Kn}{\lambda(C)}\ell^2",
            setting=iterations,
            chosen=at_a_hundredth,
            conclusions=along_iterations,
            quantifier=Sweep(over="iterations", growth=GROWTH),
            examples=ITERATIONS,
            **shared,
        ),
        step(
            theorem,
            label="Thm 10.12-radius",
            title="the distance of both descents is proportional to the radius of the input noise",
            claim=r"\lVert W_{\tau_0}-\tilde W_{\tau_0}\rVert_F \asymp \varepsilon_0",
            setting=inverse_radius,
            chosen=at_the_radius,
            conclusions=along_radii,
            quantifier=Sweep(over="1/ε₀", growth=GROWTH),
            examples=RADII,
            **shared,
        ),
    )
