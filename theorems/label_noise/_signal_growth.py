r"""How a coordinate on the support grows in the first stage: one step of $\log\tilde v_k$, and a bound for the whole run.

One step multiplies $\tilde v_k$ by $1 + Z$, $Z = \eta s x_{ik} - \eta g_k^{(i)}$, and in the box
$|Z| \le z := \eta(\delta b_x + (\tilde\epsilon_1^2 + r) b_x^2)$. While $\tilde v_k < 1 - c_1/2$,
$$E[\log(1 + Z)] \ge E[Z] - \frac{z^2}{2(1-z)} \ge \mu
  := \eta\Bigl(m\bigl(c_1 - \tfrac{c_1^2}4\bigr) - (\tilde\epsilon_1^2 + r) C_x\Bigr) - \frac{z^2}{2(1-z)}, \ \ m = \min_k E_i[x_k^2].$$
Follow $\log\tilde v_k$ while the coupling moves and add $\mu$ at each later step: a submartingale with drift $\mu$ whose steps lie in
intervals of length $R = \log\frac{1+z}{1-z}$. If $\tilde v_k$ stays below $1 - c_1/2$ up to time T, it has stayed behind by
$D = T\mu + \log v_k[0] - \log(1 - c_1/2)$, which by Azuma's inequality has probability at most $\exp(-2D^2/(TR^2))$.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.azuma import escape_exponent
from models.quadratic_regression import cross_moment, factors, least_second_moment, second_moments, sup_norm
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.draws import Draws
from theorems.label_noise import _stage_one as stage
from theorems.label_noise._design import LEAST_MOMENT, rows_for
from theorems.label_noise._stage_one import Instance, Sizes

SERIES = 1e-3  # below, log(1 + u) - u loses digits and its series does not


def long_runs(choose: Choose) -> Sizes:
    """Runs long enough for the smallest noise and the smallest start that are drawn."""
    d = choose.integer("d", 1, 6)
    return Sizes(d=d, r=choose.integer("r", 1, d), T=float(np.floor(choose.real("T", 1e24, stage.LONGEST))))


def log_start(x: Instance) -> Float[ndarray, " trials"]:
    r"""$\log(1/\epsilon_{\min})$ for the largest possible $\epsilon_{\min}$, which makes the hypothesis on T weakest."""
    return -np.log(x.v.min(axis=1))


def between(draws: Draws, low: Float[ndarray, " trials"], high: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    """At one end, at the other, or log-uniform between them; ``low`` counts as at most ``high``."""
    exponent = extremes.picked(np.stack([draws.uniform(0.0, 1.0), np.zeros(draws.trials), np.ones(draws.trials)]), draws.integers(0, 2))
    return high * np.minimum(low / high, 1.0) ** exponent


def grown(sizes: Sizes, draws: Draws) -> Instance:
    """Starts that meet the hypotheses of Lemma C.4; noise and step size at either end of what these leave, or between."""
    x = stage.started(sizes, draws)
    c1, slow = sizes.constants.c1, 16 / sizes.constants.c1 * log_start(x)
    for_union = c1**2 * sizes.T / (8 * x.bx**2 * sizes.union * np.maximum(slow, 1e-9))
    most = np.minimum(for_union, c1**2 * sizes.T / (2**9 * np.log(6 * sizes.r / sizes.constants.rho)))
    delta = between(draws, stage.least_noise(sizes, x.bx), np.sqrt(most))
    largest = stage.largest_step_size(sizes, delta, x.bx)
    return replace(x, delta=delta, eta=between(draws, np.maximum(slow / sizes.T, largest / 1000), largest))


def rising(sizes: Sizes, draws: Draws, limit: float | None = None) -> Instance:
    """States in the box with the first coordinate at most 1 - c₁/2: equal to it, tiny, or anywhere; ``limit`` as in ``instance``."""
    top = 1 - sizes.constants.c1 / 2
    v = stage.box(sizes, draws)
    first = np.stack([draws.uniform(0.001, 1.0), np.ones(draws.trials), np.full(draws.trials, 1e-6)])
    v[:, 0] = top * extremes.picked(first, draws.integers(0, 2))
    return stage.instance(sizes, draws, v, limit)


def diluted(sizes: Sizes, draws: Draws) -> Instance:
    """``rising`` for d ≥ 2 with zero samples added, a third of all, and the others longer: the same moments, and b_x ≥ 1."""
    x = rising(sizes, draws, sizes.constants.c1 / 20 / 1.5)
    X = np.sqrt(1.5) * np.pad(x.X, ((0, 0), (0, rows_for(sizes.d) // 2), (0, 0)))
    return replace(x, X=X, bx=sup_norm(X), delta=np.sqrt(1.5) * x.delta, eta=x.eta / 1.5**2)


def beyond_first_order(u: Float[ndarray, "trials n"]) -> Float[ndarray, "trials n"]:
    """``log(1 + u) - u``"""
    small = np.abs(u) < SERIES
    near = np.where(small, u, 0.0)
    return np.where(small, near**2 * (-1 / 2 + near / 3 - near**2 / 4 + near**3 / 5), np.log1p(u) - u)


def log_less_mean(
    a: Float[ndarray, "trials n"], b: Float[ndarray, "trials n"], eta: Float[ndarray, " trials"]
) -> Float[ndarray, " trials"]:
    r"""$\frac1\eta E_{i,\pm}\log(1 + \eta a_i \pm \eta b_i) - E_i[a_i]$: all but the first order, which alone survives $\eta \to 0$.

    Averaging over the sign leaves $\frac12\log(1 + u)$ with $u = 2\eta a + \eta^2(a^2 - b^2)$.
    """
    step = eta[:, np.newaxis]
    second = step * (a**2 - b**2)
    rest = beyond_first_order(step * (2 * a + second)) / step
    return (second + rest).mean(axis=1) / 2


def drift(x: Instance) -> Float[ndarray, " trials"]:
    r"""$\frac1\eta E[\log\tilde v_k[t+1] - \log\tilde v_k[t]]$ for the first coordinate.

    Its first order is $\sum_j(v_{*j}^2 - \tilde v_j^2)E_i[x_jx_k]$. A mean over samples would round off about
    $10^{-16}b_x^2\tilde\epsilon_1^2$, which can be more than the second order.
    """
    first = np.einsum("tj,tj->t", x.target**2 - x.v**2, second_moments(x.X)[:, 0])
    return first + log_less_mean(-factors(x.v, x.target, x.X)[:, :, 0], x.delta[:, np.newaxis] * x.X[:, :, 0], x.eta)


def without_samples(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    r"""$\frac1\eta E_s\log(1 + \eta s + \frac23\eta(1 - \tilde v_k^2) - \eta(\tilde\epsilon_1^2 + r)C_xb_x^2)$: the right side of Eq 57."""
    a = LEAST_MOMENT * (1 - x.v[:, 0] ** 2) - stage.crossing(sizes, x.X, x.bx)
    return a + log_less_mean(a[:, np.newaxis], x.delta[:, np.newaxis], x.eta)


def logarithms(x: Instance) -> Float[ndarray, "trials outcomes"]:
    r"""$\frac1\eta(\log\tilde v_k[t+1] - \log\tilde v_k[t])$ for each sample and sign, the first coordinate."""
    g, noise = factors(x.v, x.target, x.X)[:, :, 0], x.delta[:, np.newaxis] * x.X[:, :, 0]
    return np.log1p(x.eta[:, np.newaxis] * np.concatenate([noise - g, -noise - g], axis=1)) / x.eta[:, np.newaxis]


def largest_move(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    r"""$z = \eta(\delta b_x + (\tilde\epsilon_1^2 + r) b_x^2)$"""
    return x.eta * (x.delta * x.bx + sizes.spread * x.bx**2)


def staying_low(sizes: Sizes, x: Instance) -> Float[ndarray, " trials"]:
    r"""The bound $\exp(-2D^2/(TR^2))$ for the smallest start on the support; 0 where that is not below $1 - c_1/2$."""
    c1, z = sizes.constants.c1, largest_move(sizes, x)
    signal = least_second_moment(x.X) * (c1 - c1**2 / 4) - sizes.spread * cross_moment(x.X)
    mu = x.eta * signal - z**2 / (2 * (1 - z))
    first, top = x.v[:, : sizes.r].min(axis=1), 1 - c1 / 2
    behind = sizes.T * mu + np.log(first / top)
    half_range = (np.log1p(z) - np.log1p(-z)) / 2
    return np.where(first < top, np.exp(-escape_exponent(behind, 0.0, 0.0, half_range, sizes.T)), 0.0)
