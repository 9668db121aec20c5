r"""Section 2.2: the ratio between noise and gradient, captured by $\eta\delta^2$, must be large enough. After Theorem 2.1.

For the potential $\varphi = \sqrt{\cdot}$ of Section 3.2 a step multiplies $\varphi(v_k)$ by $E\,\varphi(1 - \eta s x_k - \eta g_k)$ in
expectation. The noise alone lowers it, at second order; the gradient changes it by $\frac12\eta E g_k$, at first order. Their ratio is
$$\frac{1 - E\,\varphi(1 - \eta s x_k)}{\frac12\eta\,|E g_k|} \in [1, 1.1]\cdot\frac{E[x_k^2]}{4|E g_k|}\,\eta\delta^2 ,$$
and $E\,\varphi(v_k)$ decreases if $\eta\delta^2 E[x_k^2] \ge \frac{16}3|E g_k|$, and increases if
$\eta\delta^2 E[x_k^2] + \eta E[g_k^2] \le \frac{29}{10}|E g_k|$ and $E g_k < 0$.

*Reading.* The remark names no quantities. Noise and gradient are measured by what they do to the potential, the means of the
analysis; at a given state and data their ratio depends on $\eta$ and $\delta$ through $\eta\delta^2$ alone, up to a tenth, as long as
$\eta\,(|g_k| + \delta|x_k|) \le \frac12$. "Large enough" is the first threshold; the second shows that it is needed.

*Instances.* Any states and data; $\eta\delta^2$ around the thresholds and decades away from them, $\eta$ up to its limit. Coordinates can
be exchanged, so that k is the first.

*Tightness.* For small steps both thresholds could be 4. The ratio comes within a percent of 1.1 times and of 1 times its middle.

*Remarks.* With $|g_k| \le (b_0^2 + r)\,b_x^2$ and $E[x_k^2] \ge \frac23$ the first threshold becomes
$\eta\delta^2 \ge 8\,(b_0^2 + r)\,b_x^2$; Lemma B.4 asks for this with 32.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import factors
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise import _one_step
from theorems.label_noise._one_step import SIGNS, Sizes, State, setting

AT_LEAST = "1 - E φ(1 - ηs x_k) ≥ η²δ² E[x_k²]/8"
AT_MOST = "1 - E φ(1 - ηs x_k) ≤ 1.1 η²δ² E[x_k²]/8"
DECREASES = "E φ(v_k[t+1]) ≤ φ(v_k[t]) where ηδ² E[x_k²] ≥ (16/3) |E g_k|"
INCREASES = "E φ(v_k[t+1]) ≥ φ(v_k[t]) where ηδ² E[x_k²] + η E[g_k²] ≤ (29/10) |E g_k|, E g_k < 0"
ENOUGH, TOO_LITTLE = 16 / 3, 2.9
NEAR = "η (|g_k| + δ|x_k|) ≤ 1/2"


def chosen(sizes: Sizes, draws: Draws) -> State:
    """δ² is a multiple of |E g_k|/(η E[x_k²]), η the largest that keeps the step short, or less."""
    x = _one_step.chosen(sizes, draws)
    around = extremes.picked(
        np.stack([draws.uniform(2.0, 6.0), np.full(draws.trials, ENOUGH), np.zeros(draws.trials)]), draws.integers(0, 5)
    )
    multiple = np.where(draws.integers(0, 2) > 0, around, 10.0 ** draws.uniform(-3.0, 3.0))
    g, inputs = factors(x.v, x.target, x.X)[..., 0], x.X[..., 0]
    square = np.mean(inputs**2, axis=1)
    strength = multiple * np.abs(g.mean(axis=1)) / np.where(square > 0, square, 1.0)
    G, b = np.abs(g).max(axis=1), np.abs(inputs).max(axis=1)
    longest = np.sqrt(strength) * b + np.sqrt(strength * b**2 + 2 * G)
    eta = (1 - 1e-9) * extremes.fraction(draws) / np.where(longest > 0, longest, 1.0) ** 2
    return replace(x, eta=eta, delta=np.sqrt(strength / eta))


def parts(x: State) -> tuple[Float[ndarray, "trials n"], Float[ndarray, "trials n 2"]]:
    """``g_k`` and ``s x_k`` of the first coordinate."""
    noise = x.delta[:, np.newaxis, np.newaxis] * SIGNS * x.X[:, :, :1]
    return factors(x.v, x.target, x.X)[..., 0], noise


def assumptions(sizes: Sizes, x: State) -> Iterable[Clause]:
    g, noise = parts(x)
    yield from _one_step.assumptions(sizes, x)
    yield at_most(NEAR, x.eta * (np.abs(g) + np.abs(noise[..., 0])).max(axis=1), 0.5)


def rise(changes: Float[ndarray, "trials n 2"]) -> Float[ndarray, " trials"]:
    """``E φ(1 + Δ) - 1`` as the mean of ``Δ/(1 + √(1+Δ))``, in which no digits cancel."""
    return np.mean(changes / (1 + np.sqrt(1 + changes)), axis=(1, 2))


def conclusions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    _, noise = parts(x)
    eta = x.eta[:, np.newaxis, np.newaxis]
    lowered, middle = -rise(-eta * noise), np.mean((eta * noise) ** 2, axis=(1, 2)) / 8
    yield at_least(AT_LEAST, lowered, middle, rounding=1e-15, scale=x.eta * np.abs(noise).max(axis=(1, 2)))
    yield at_most(AT_MOST, lowered, 1.1 * middle, rounding=1e-15, scale=x.eta * np.abs(noise).max(axis=(1, 2)))
    yield from moved(x, np.mean(noise**2, axis=(1, 2)), ENOUGH, TOO_LITTLE)


def moved(x: State, strength: Float[ndarray, " trials"], enough: float, too_little: float) -> Iterable[Clause]:
    """Whether the potential falls and rises where these thresholds say so; ``strength`` is ``δ² E[x_k²]``."""
    g, noise = parts(x)
    change = -x.eta[:, np.newaxis, np.newaxis] * (noise + g[:, :, np.newaxis])
    drift, size = np.abs(g.mean(axis=1)), np.abs(change).max(axis=(1, 2))
    risen = rise(change)
    rising = (g.mean(axis=1) < 0) & (x.eta * (strength + np.mean(g**2, axis=1)) <= too_little * drift)
    yield at_most(DECREASES, risen, 0.0, rounding=1e-14, scale=size, where=x.eta * strength >= enough * drift)
    yield at_least(INCREASES, risen, 0.0, rounding=1e-14, scale=size, where=rising)


def earlier(_sizes: Sizes, x: State) -> Iterable[Clause]:
    return moved(x, np.mean(parts(x)[1] ** 2, axis=(1, 2)), 3.9, TOO_LITTLE)


def later(_sizes: Sizes, x: State) -> Iterable[Clause]:
    return moved(x, np.mean(parts(x)[1] ** 2, axis=(1, 2)), ENOUGH, 4.1)


def by_first_power(_sizes: Sizes, x: State) -> Iterable[Clause]:
    """ηδ in the place of ηδ²."""
    return moved(x, x.delta * np.mean(x.X[:, :, 0] ** 2, axis=1), ENOUGH, TOO_LITTLE)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 2.2-b",
        title="the ratio between noise and gradient is captured by ηδ² and must be large enough",
        kind="informal",
        claim=r"\frac{1-E\sqrt{1-\eta s x_k}}{\frac12\eta|Eg_k|} \in [1,1.1]\cdot\frac{E[x_k^2]}{4|Eg_k|}\,\eta\delta^2;\quad "
        r"E\sqrt{v_k} \text{ falls if } \eta\delta^2 \ge \tfrac{16}3\tfrac{|Eg_k|}{E[x_k^2]}",
        place="Section 2.2, after Theorem 2.1",
        reading="Noise and gradient are measured by their effects on the potential √v_k, of which the analysis is made.",
        depends_on=("Eq 8", "Eq 10"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("3.9 in place of 16/3", with_conclusions(earlier), DECREASES),
        control("4.1 in place of 29/10", with_conclusions(later), INCREASES),
        control("ηδ in place of ηδ²", with_conclusions(by_first_power), DECREASES),
        control("1.08 in place of 1.1", sharpened(AT_MOST, 1.08 / 1.1), AT_MOST),
    ),
)
