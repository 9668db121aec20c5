r"""Weights that no image reaches: under Gaussian noise they are a random walk and have no limit law. Appendix A.3.

For the weights $w$ at pixels that are 0 on every training image, and all steps t,
$$w_t = w_0 \text{ (large batch, label noise)}, \qquad w_t = w_0 + \sigma\sum_{s<t} z_s \text{ (Gaussian noise)},$$
so that under Gaussian noise $w_t - w_0 \sim N(0, t\sigma^2I)$ whatever the rest of the network does.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from theorems.checker.claims import Clause, at_least, equals
from theorems.label_noise._weight_norms import Instance, Kind, Setup, assumptions, path, training

CLAIM = (
    r"w_t = w_0 \text{ (LB, LN)},\qquad w_t = w_0 + \sigma\sum_{s<t}z_s \sim N(w_0, t\sigma^2I) \text{ (GN)},\qquad "
    r"w \text{ the weights at pixels that are 0 on every image}"
)
LARGE = "w_t = w₀ (large batch)"
LABELS = "w_t = w₀ (label noise)"
WALK = "w_t = w₀ + σ Σ z_s (Gaussian noise)"
ROUNDING = 1e-12  # of sums of as many terms of size sigma as there are steps


def unreached(s: Setup, x: Instance) -> Bool[ndarray, "trials d"]:
    """The pixels that are 0 on every training image."""
    return np.all(training(s, x)[0] == 0, axis=1)


def reachable(s: Setup, x: Instance) -> Iterable[Clause]:
    yield from assumptions(s, x)
    yield at_least("some weights are reached by no image", np.sum(unreached(s, x), axis=1), 1)


def moved(s: Setup, x: Instance, kind: Kind) -> Float[ndarray, "trials d k"]:
    """$w_T - w_0$, and 0 at the other weights."""
    *_, last = path(s, x, kind)
    return np.where(unreached(s, x)[:, :, np.newaxis], last.W - x.W, 0.0)


def untrained(s: Setup, x: Instance) -> Iterable[Clause]:
    """The sum of the noise is what a run of step size 0 with the same key makes of the weights."""
    gaussian = Kind(s.large, sigma=s.sigmas[-1])
    alone = moved(replace(s, eta=0.0), x, gaussian)
    still = {LARGE: Kind(s.large), LABELS: Kind(s.large, labels=True)}
    for name, kind in still.items():
        yield equals(name, np.max(np.abs(moved(s, x, kind)), axis=(1, 2)), 0.0, allowance=0.0)
    yield equals(WALK, np.max(np.abs(moved(s, x, gaussian) - alone), axis=(1, 2)), 0.0, allowance=ROUNDING)
