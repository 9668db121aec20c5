r"""Lemma D.6: a coordinate that came within c_s/2 of 1 is within c_s at the end of the round. Appendix D, Eqs 133 to 149.

In the setting of Appendix D's rounds (``_stage_two``, which defines B) let
$$\frac{c_s^2}{8\eta B} \ge \log\frac{5rT^2}\rho, \qquad (\epsilon_s^2 + 2rc_s)\, C_x b_x^2 \le \frac{c_s}{20}.$$
Then for every k in S the $(2c_{s-1}, \epsilon_s)$-to-$v_*$ coupling obeys
$$P\Bigl(\min_{t\le T}\lvert\tilde v_k[t] - 1\rvert \le \tfrac{c_s}2,\ \lvert\tilde v_k[T] - 1\rvert > c_s,\
  \lVert\tilde v_S[T] - 1\rVert_\infty \le 2c_{s-1},\ \lVert\tilde v_{S^c}[T]\rVert_1 \le \epsilon_s\Bigr) \le \frac\rho{5r}.$$

*Reading.* The fractions 1/3 and 1/2 of the windows are those of Lemma G.3.

*Instances.* As printed from numbers alone, over many decades, T from 4e6 on: an upper bound of the probability that follows
from Azuma's inequality. Relaxed: whole runs, $c_0 = 1/2$ and $c_{s-1} = 1/5$, r = 1, 2, $C_x$ at its limit, one coordinate at 1 at the
start and the other $c_{s-1}$ away.

*Tightness.* The bound is below $\rho/(5r)$ by a factor of 1e-20 and more. The relaxed runs end within $c_s/16$ of 1.

*Remarks.* The proof follows one coordinate and takes the others to be within $c_s$ of 1, where the coupling only keeps them
within $2c_{s-1}$. Eq 135 is therefore false, and so is Eq 136, as soon as r > 1 and $C_x$ is at its limit. The lemma is true
all the same, because the others come closer. With a rate $\lambda$, a number $\omega$ and
$Y_j = \lvert v_j - 1\rvert - c_{s-1}(1-\lambda\eta)^t$, let $\tau$ be the first time at which some $Y_j > \omega$. Before, while
$Y_k \ge \omega/3$, every coordinate of S has $\lvert v_j^2 - 1\rvert \le (2+2c_{s-1})(\lvert v_k - 1\rvert + \frac23\omega)$. So the
error of k contracts by $1 - \lambda\eta$, therefore $Y_k$ too, and Azuma's inequality bounds its excursions from $\omega/2$ to
$\omega$. If there is none, all end within $c_{s-1}(1-\lambda\eta)^T + \omega \le c_s$. In Theorem D.1 a stronger hypothesis
makes Eq 136 true, $(\epsilon_s^2 + 4rc_{s-1})C_xb_x^2 \le c_s/20$.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Interval, WithProbability
from theorems.checker.statement import Statement
from theorems.checker.theorem import Nothing, Theorem, nothing, version
from theorems.label_noise import _stage_two as stage
from theorems.label_noise import _stage_two_bounds as bounds
from theorems.label_noise._stage_two import Round, Run
from theorems.label_noise._stage_two_bounds import ABOVE, BELOW
from theorems.label_noise._staying_steps import STEP_SIZE, hypotheses, mixed, needed, numbers, proof_steps, supposed

FAILURE = "P(min_t |ṽ_k[t] - 1| ≤ c_s/2, |ṽ_k[T] - 1| > c_s, in the box) ≤ ρ/(5r)"
STAYS = "min_t |ṽ_k[t] - 1| ≤ c_s/2, in the box: |ṽ_k[T] - 1| ≤ c_s"
SHARE = 0.6  # ω in multiples of c_s
HALF = 0.5  # the relaxed c₀


def failure(q: Round) -> float:
    """The bound of the remarks; 1 where one of its conditions is not met."""
    omega = SHARE * q.next_c
    p = q.cross * (q.r - 1) * (2 + 2 * q.c)
    s = q.cross * q.next_eps**2 + p * 2 * omega / 3
    sides = [bounds.side(q, sign, omega / 3, q.c + omega, p, s) for sign in (ABOVE, BELOW)]
    slowest = min(side.rate for side in sides)
    end = q.c * np.exp(q.T * np.log1p(-slowest * q.eta)) + omega
    if end > q.next_c or omega > q.c or bounds.longest_step(q) + slowest * q.eta * q.c > omega / 6:
        return 1.0
    return bounds.union([replace(side, rate=slowest).escape(q, omega, omega / 2) for side in sides], q.r * q.T**2)


def law(q: Round, _x: Nothing) -> Interval:
    return np.zeros(1), np.array([failure(q)])


def conclusions(q: Round, x: Nothing) -> Iterable[Clause]:
    yield at_most(FAILURE, law(q, x), q.rho / (5 * q.r))


def data(q: Round) -> tuple[Round, Float[ndarray, "1 n d"]]:
    return stage.correlated(q, q.r + 1, mixed(q), q.next_c / 20)


def setting(choose: Choose) -> Round:
    return near_one(choose.integer("r", 1, 2), float(choose.option("delta", (0.0, 0.5))), 1.0)


def near_one(r: int, delta: float, slower: float) -> Round:
    """c_{s-1} = 1/5, c_s = 1/10 and ρ near 1, where few runs decide."""
    q = Round(r=r, c=0.2, eps=0.02, delta=delta, rho=0.99, b=1.0, cross=0.0, c0=HALF)
    return stage.paced(data(q)[0], needed, slower)


def coarse(_choose: Choose) -> Round:
    """A thousand times the step size."""
    return near_one(1, 2.0, 0.001)


def chosen(q: Round, draws: Draws) -> Run:
    """The first coordinate at 1, the others in S at 1 ± c_{s-1}."""
    v = stage.start(q, draws, q.r + 1, q.c, q.eps)
    return stage.unkeyed(data(q)[1], np.where(np.arange(q.r + 1) == 0, 1.0, v))


def assumptions(q: Round, x: Run) -> Iterable[Clause]:
    yield from stage.starting(q, x)
    yield from hypotheses(q)


def held(q: Round, x: Run, labels: Float[ndarray, "1 d"] | None = None) -> Iterable[Clause]:
    seen = stage.followed(q, x, labels=labels)
    came = (seen.closest[:, 0] <= q.next_c / 2) & (seen.left > q.T)
    yield at_most(STAYS, np.abs(seen.v[:, 0] - 1), q.next_c, where=came)


def mislabelled(q: Round, x: Run) -> Iterable[Clause]:
    """Labels of 1.2 v*."""
    return held(q, x, labels=1.2 * stage.target(q.r, q.r + 1))


def probability(q: Round, _x: Run) -> float:
    return 1 - q.rho / (5 * q.r)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem D.6",
        title="a coordinate that came within c_s/2 of 1 is within c_s at the end of the round",
        kind="probability",
        claim=r"\tfrac{c_s^2}{8\eta B} \ge \log\tfrac{5rT^2}\rho,\ (\epsilon_s^2+2rc_s)C_xb_x^2 \le \tfrac{c_s}{20}\ \Longrightarrow\ "
        r"P\bigl(\min_t\lvert\tilde v_k[t]-1\rvert \le \tfrac{c_s}2,\ \lvert\tilde v_k[T]-1\rvert > c_s,\ "
        r"\lVert\tilde v_S[T]-1\rVert_\infty \le 2c_{s-1},\ \lVert\tilde v_{S^c}[T]\rVert_1 \le \epsilon_s\bigr) \le \tfrac\rho{5r}",
        place="Appendix D, Eqs 133 to 149",
        reading="the fractions 1/3 and 1/2 of the windows are those of Lemma G.3; C_x and η obey the lemma's own hypotheses.",
        depends_on=("Def D.2", "Lem G.3"),
    ),
    setting=numbers,
    chosen=nothing,
    assumptions=supposed,
    conclusions=conclusions,
    quantifier=Exactly(),
    block=1,
)

PRINTED = replace(BASE, steps=proof_steps(BASE))

RELAXED = replace(
    version(
        PRINTED,
        "relaxed",
        "c₀ = 1/2 in place of 1/10, and c_{s-1} = 1/5: then 1e5 steps make a round in place of 1e7, so that it can be run. "
        "Everything else is as printed.",
        setting=setting,
        chosen=chosen,
        sampled=stage.keyed,
        assumptions=assumptions,
        conclusions=held,
        quantifier=WithProbability(probability),
        block=80,
    ),
    controls=(
        control("a thousand times the step size", without_assumption(STEP_SIZE, setting=coarse, block=240), STAYS),
        control("labels of 1.2 v*", with_conclusions(mislabelled), STAYS),
        control("within c_s/100", sharpened(STAYS, 0.01), STAYS),
    ),
)
