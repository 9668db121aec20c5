r"""The level of the noise and the step sizes that the proof of Theorem 3.1 allows.

With $\Lambda = \log(3d\sqrt\tau/(\rho\sqrt{\epsilon_0}))$, $b_0 = 6\tau d/\rho$ and m = 32
$$\delta \ge \frac{6m^2b_x^3(b_0^2+r)\Lambda}\rho, \qquad
  \eta \in \Bigl[\frac{6m\,b_x^2(b_0^2+r)\Lambda}{\rho\,\delta^2},\ \frac1{m\,\delta b_x}\Bigr] .$$
The interval is one point where $\delta$ is the least. Practical versions take a smaller m.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from theorems.label_noise import _stage_zero as stage
from theorems.label_noise._stage_zero import Instance

LITERAL = 32.0
Numbers = Float[ndarray, " #trials"]


def least_noise(x: Instance, m: float = LITERAL) -> Numbers:
    r"""The least $\delta$."""
    return 6 * m**2 * x.bx**3 * stage.spread(x) * stage.logarithm(x) / x.rho


def least_step(x: Instance, m: float = LITERAL) -> Numbers:
    r"""The left end of the interval."""
    return 6 * m * stage.drift(x) * stage.logarithm(x) / (x.rho * x.delta**2)


def largest_step(x: Instance, m: float = LITERAL) -> Numbers:
    r"""The right end of the interval."""
    return 1 / (m * x.delta * x.bx)


def between(x: Instance, place: Numbers | float, m: float = LITERAL) -> Numbers:
    r"""From the left end (``place`` = 0) to the right one (1), in equal ratios; exactly at the ends."""
    left, right = least_step(x, m), largest_step(x, m)
    inner = left ** (1 - place) * right**place
    return np.where(place == 0, left, np.where(place == 1, right, inner))
