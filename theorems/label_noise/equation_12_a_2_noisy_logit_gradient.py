r"""Equation 12: the noise added to the gradient in the logits has mean zero, and is what noisy labels would add. Appendix A.2.

For logits $f \in \mathbb{R}^q$ (q = 100 classes), a label $\hat y$, which may be a flipped one, J the Jacobian of f in the parameters, and
$$\tilde\nabla_f = \nabla_f\,\ell_{ce}(f, \hat y) + \sigma_{ln} z, \qquad z \sim N(0, I_q), \qquad \sigma_{ln}\,E\lVert z\rVert_2 = 0.1,$$
$$E_z[\tilde\nabla_f] = \nabla_f\,\ell_{ce}(f, \hat y), \qquad E_z[J^T\tilde\nabla_f] = J^T\nabla_f\,\ell_{ce}(f, \hat y), \qquad
  \nabla_f\,\tfrac12\lVert f - (y - \sigma_{ln}z)\rVert_2^2 = \nabla_f\,\tfrac12\lVert f - y\rVert_2^2 + \sigma_{ln}z.$$

*Reading.* The noise has mean zero given the label that is used. $\sigma_{ln} = 0.1\,\Gamma(\tfrac q2)/(\sqrt2\,\Gamma(\tfrac{q+1}2))$,
which is 0.010025 for 100 classes. That the noise simulates label noise in regression is read as the third equation: a label
shifted by $-\sigma_{ln}z$ has this gradient. The rest of the section is an experiment with VGG19 on CIFAR-100, not repeated here.

*Instances.* Any logits (ties, one far above the others), labels and Jacobians (rank one, zero, over many decades), 2 to 100 classes.
Expectations are means over the 2q points $\pm\sqrt q\,e_j$, which have mean and covariance of $N(0, I_q)$: exact for what is affine
in z. $E\lVert z\rVert_2$ is integrated numerically.

*Tightness.* Identities.

*Remarks.* Only z has mean zero. Flipping the label with probability p moves the mean gradient to the one for the label
$(1-p)e_y + \tfrac pq\mathbb{1}$, as label smoothing does. Noise in the logits before the softmax would have a bias as well. Both are
controls.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.matrices import apply, transpose
from models.noisy_training import mean_norm
from models.training import CROSS_ENTROPY, LEAST_SQUARES
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem

LOGITS = "E_z[∇̃_f] = ∇_f ℓ_ce(f, ŷ)"
PARAMETERS = "E_z[Jᵀ∇̃_f] = Jᵀ∇_f ℓ_ce(f, ŷ)"
REGRESSION = "∇_f ½‖f - (y - σ z)‖² = ∇_f ½‖f - y‖² + σ z"
SCALE = "σ_ln E‖z‖₂ = 0.1"
SIZE, FLIPPED = 0.1, 0.1  # of the noise's mean norm, and of labels at first
ALLOWANCE = 1e-12  # relative to the largest terms


@dataclass(frozen=True)
class Sizes:
    """q classes, p parameters."""

    q: int
    p: int

    @property
    def sigma(self) -> float:
        return SIZE / mean_norm(self.q)


@dataclass(frozen=True)
class Instance:
    """Logits, the label used, the Jacobian; a regression's labels and noise."""

    f: Float[ndarray, "trials q"]
    label: Int[ndarray, " trials"]
    J: Float[ndarray, "trials q p"]
    y: Float[ndarray, "trials q"]
    z: Float[ndarray, "trials q"]


Slope = Callable[[Sizes, Instance, Float[ndarray, "#trials points q"]], Float[ndarray, "trials points q"]]


def setting(choose: Choose) -> Sizes:
    return Sizes(q=int(choose.option("q", (100, 2, 10))), p=choose.integer("p", 1, 3))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    q = sizes.q
    return Instance(
        f=extremes.vector(draws, q) * extremes.scale(draws, 2)[:, np.newaxis],
        label=draws.integers(0, q - 1),
        J=extremes.matrix(draws, q, sizes.p) * extremes.scale(draws, 2)[:, np.newaxis, np.newaxis],
        y=extremes.vector(draws, q),
        z=draws.normal(q),
    )


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("ŷ is a class", np.clip(x.label, 0, sizes.q - 1), x.label, allowance=0.0)


def points(q: int) -> Float[ndarray, "points q"]:
    r"""$\pm\sqrt q\,e_j$: mean 0 and covariance I."""
    return np.sqrt(q) * np.concatenate([np.eye(q), -np.eye(q)])


def logits(x: Instance) -> Float[ndarray, "trials 1 q"]:
    return x.f[:, np.newaxis]


def one_hot(sizes: Sizes, x: Instance) -> Float[ndarray, "trials 1 q"]:
    return np.eye(sizes.q)[x.label][:, np.newaxis]


def clean(sizes: Sizes, x: Instance) -> Float[ndarray, "trials 1 q"]:
    """The gradient without noise."""
    return CROSS_ENTROPY.slope(logits(x), one_hot(sizes, x))


def noisy(sizes: Sizes, x: Instance, z: Float[ndarray, "#trials points q"]) -> Float[ndarray, "trials points q"]:
    """Equation 12."""
    return clean(sizes, x) + sizes.sigma * z


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from unbiased(sizes, x, noisy)
    yield simulated(sizes, x)
    yield of_scale(sizes, sizes.sigma)


def unbiased(sizes: Sizes, x: Instance, slope: Slope) -> Iterable[Clause]:
    mean = slope(sizes, x, points(sizes.q)[np.newaxis]).mean(axis=1)
    gap, back = mean - clean(sizes, x)[:, 0], transpose(x.J)
    yield equals(LOGITS, np.max(np.abs(gap), axis=1), 0.0, allowance=ALLOWANCE)
    terms = np.max(np.sum(np.abs(x.J), axis=1), axis=1)
    yield equals(PARAMETERS, relative(np.max(np.abs(apply(back, gap)), axis=1), terms), 0.0, allowance=ALLOWANCE)


def simulated(sizes: Sizes, x: Instance) -> Clause:
    """Shifted labels against the shifted gradient."""
    f, y, shift = logits(x), x.y[:, np.newaxis], sizes.sigma * x.z[:, np.newaxis]
    gap = np.abs(LEAST_SQUARES.slope(f, y - shift) - (LEAST_SQUARES.slope(f, y) + shift))
    terms = np.max(np.abs(f) + np.abs(y) + np.abs(shift), axis=(1, 2))
    return equals(REGRESSION, relative(np.max(gap, axis=(1, 2)), terms), 0.0, allowance=ALLOWANCE)


def of_scale(sizes: Sizes, sigma: float) -> Clause:
    return equals(SCALE, sigma * integrated_norm(sizes.q), SIZE, allowance=ALLOWANCE)


@cache
def integrated_norm(q: int) -> float:
    r"""$E\lVert z\rVert_2 = \int r^qe^{-r^2/2}dr\big/\int r^{q-1}e^{-r^2/2}dr$, by the trapezoidal rule in $\log r$."""
    u = np.arange(-20.0, 4.0, 0.01)
    density = np.exp(q * u - np.exp(2 * u) / 2 - q * (np.log(q) - 1) / 2)
    return float(np.sum(np.exp(u) * density) / np.sum(density))


def relative(gap: Float[ndarray, " trials"], terms: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    return gap / np.where(terms > 0, terms, 1.0)


def before_the_softmax(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The noise is added to the logits."""
    return unbiased(sizes, x, lambda s, x, z: CROSS_ENTROPY.slope(logits(x) + s.sigma * z, one_hot(s, x)))


def flipping(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The mean over the flip too: with probability p the label is replaced by one that is uniform over all classes."""
    smoothed = (1 - FLIPPED) * one_hot(sizes, x) + FLIPPED / sizes.q
    return unbiased(sizes, x, lambda s, x, z: CROSS_ENTROPY.slope(logits(x), smoothed) + s.sigma * z)


def absolute(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """Noise of one sign."""
    return unbiased(sizes, x, lambda s, x, z: noisy(s, x, np.abs(z)))


def by_the_mean_square(sizes: Sizes, _x: Instance) -> Iterable[Clause]:
    """As if E‖z‖₂ were √q."""
    yield of_scale(sizes, SIZE / np.sqrt(sizes.q))


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Eq 12 / A.2",
        title="the noise in the logits' gradient has mean zero, and is what noisy labels add in regression",
        kind="deterministic",
        claim=r"E_z[\nabla_f\ell_{ce}(f,\hat y)+\sigma_{ln}z] = \nabla_f\ell_{ce}(f,\hat y),\qquad z\sim N(0,I_{100}),\quad "
        r"\sigma_{ln}E\lVert z\rVert_2 = 0.1",
        place="Appendix A.2, Eq 12",
        reading="The mean is over z, given the label that is used; the simulated label noise is a label shifted by -σ_ln z under the "
        "squared loss. The experiment on CIFAR-100 is not repeated.",
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("noise before the softmax", with_conclusions(before_the_softmax), LOGITS),
        control("the mean over flipped labels too", with_conclusions(flipping), LOGITS),
        control("noise of one sign", with_conclusions(absolute), PARAMETERS),
        control("σ_ln = 0.1/√q", with_conclusions(by_the_mean_square), SCALE),
    ),
    block=60,
)
