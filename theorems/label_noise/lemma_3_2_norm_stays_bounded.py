r"""Lemma 3.2: the 2-norm of the parameter never exceeds 6τd/ρ with probability 1 - ρ/3. Section 3.2; proof in Appendix B.

In the setting of Theorem 3.1, with the constants of its proof for any $\rho \in (0, 1)$ and $b_0 = 6\tau d/\rho$,
$$P\bigl(\lVert v_t\rVert_2 \le b_0 \text{ for every } t \le T_0\bigr) \ge 1 - \frac\rho3 .$$

*Reading.* The probability is over samples and signs, for any fixed data with $\lVert x_i\rVert_\infty \le b_x$ and
$E_i[x_k^2] \ge 2/3$. Any $\tau > 0$ is allowed for which $\log(3d\sqrt\tau/(\rho\sqrt{\epsilon_0})) > 0$.

*Instances.* $\delta$, $\eta$ and $T_0$ as in the proof, $\rho$ at least 0.6 and $\tau$ so small that the logarithm is at most 1/4: some
1,000 to 12,000 steps, 140 runs for each setting. Two data sets: a Hadamard design; all coordinates of a sample equal, $E_i[x_k^2] = 2/3$,
which moves the whole parameter at once. $\delta$ at its least value and above, $\eta$ at either end of its interval and inside.

*Tightness.* A run is nearly a martingale: in long runs $\lVert v_t\rVert_1$ exceeds $b_0$ with a probability of almost $\rho/6$,
half of what is allowed, if all coordinates move at once.

*Remarks.* The proof deduces the lemma from Lemma B.2, whose hypothesis on $\eta$ fails at the left end of the interval by the rounding of
T (App B-a). The step needs no such hypothesis: $(1 + \eta a)^{-t}\lVert\tilde v_t\rVert_1$ with $a = (b_0^2 + r)b_x^2$ is a
supermartingale of positive numbers, and the maximal inequality for these encloses the probability, at all sizes. Runs at the
$\rho = 1/100$ of the paper are those of Theorem 3.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from models.couplings import ball, coupled
from models.quadratic_regression import sup_norm
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, WithProbability
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem, keep
from theorems.label_noise import _stage_zero as stage
from theorems.label_noise import _stage_zero_runs as runs
from theorems.label_noise import _stage_zero_step_sizes as interval
from theorems.label_noise._stage_zero import START, Instance, Runs, bound_of
from theorems.label_noise._stage_zero_runs import ALIGNED, HADAMARD, LEFT, NOISE, RIGHT, Sizes

NORM = "max_t ‖v[t]‖₂ ≤ b₀"
MAXIMAL = "P(‖ṽ[t]‖₁ > b₀ for some t ≤ T₀) ≤ ρ/3"


@dataclass(frozen=True)
class Dimension:
    n: int
    d: int


def setting(choose: Choose) -> Sizes:
    kind, d = str(choose.option("data", (ALIGNED, HADAMARD))), choose.integer("d", 2, 4)
    r, rho, level = choose.integer("r", 1, d), choose.real("rho", 0.6, 0.99), choose.real("level", 0.05, 0.25)
    tau = float(stage.scale_with(d, np.array([rho]), np.array([level]))[0])
    excess, place = choose.real("excess", 1.0, 1.2), choose.real("place", 0.0, 1.0)
    return Sizes(data=kind, d=d, r=r, tau=tau, rho=rho, excess=excess, place=place)


def conclusions(sizes: Sizes, x: Runs) -> Iterable[Clause]:
    """While the 2-norm is at most b₀ the 1-norm is at most √d b₀, so that a run is followed as far as need be."""
    region, steps = ball(sizes.d, np.sqrt(sizes.d) * bound_of(x)), int(stage.horizon(x)[0])
    run = coupled(x.v, x.target, x.X, x.keys, x.eta, x.delta, steps, region)
    yield at_most(NORM, run.norm, bound_of(x))


def anything(choose: Choose) -> Dimension:
    return Dimension(n=choose.integer("n", 1, 4), d=choose.integer("d", 1, 4))


def at_any_size(sizes: Dimension, draws: Draws) -> Instance:
    """ρ over three decades, the logarithm from 0.01 to 10, any data, δ and η."""
    ones, rho = np.ones(draws.trials), 0.99 * 10.0 ** draws.uniform(-3.0, 0.0)
    X, target = stage.data(draws, sizes.n, sizes.d), stage.support(draws, sizes.d)
    tau = stage.scale_with(sizes.d, rho, 10.0 ** draws.uniform(-2.0, 1.0))
    x = Instance(X, target, stage.start(tau, sizes.d), sup_norm(X), tau, rho, ones, ones)
    x = replace(x, delta=interval.least_noise(x) / extremes.fraction(draws))
    return replace(x, eta=interval.between(x, np.where(draws.integers(0, 1) == 0, 0.0, draws.uniform(0.0, 1.0))))


def allowed(_sizes: Dimension, x: Instance) -> Iterable[Clause]:
    yield from stage.about_numbers(x)
    yield stage.about_start(x)
    yield at_least(NOISE, x.delta, interval.least_noise(x))
    yield at_least(LEFT, x.eta, interval.least_step(x))
    yield at_most(RIGHT, x.eta, interval.largest_step(x))
    yield at_most("ηδb_x + η(b₀²+r)b_x² < 1", x.eta * (x.delta * x.bx + stage.drift(x)), 1 - 1e-12)


def maximal(_sizes: Dimension, x: Instance) -> Iterable[Clause]:
    r"""At most $(1 + \eta a)^T\,\tau d/b_0$; nothing is known from below."""
    high = x.rho / 6 * np.exp(stage.horizon(x) * np.log1p(x.eta * stage.drift(x)))
    yield at_most(MAXIMAL, (np.zeros_like(high), high), x.rho / 3)


def quiet(sizes: Sizes, draws: Draws) -> Runs:
    """So little noise that the interval is empty; the step size is its right end."""
    x = runs.chosen(replace(sizes, excess=1e-4), draws)
    return replace(x, eta=interval.largest_step(x))


def tenfold(sizes: Sizes, draws: Draws) -> Runs:
    x = runs.chosen(sizes, draws)
    return replace(x, v=10 * x.v)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem 3.2",
        title="the 2-norm of the parameter stays bounded",
        kind="probability",
        claim=r"P\bigl(\lVert v_t\rVert_2 \le b_0 = \tfrac{6\tau d}{\rho} \text{ for every } t \le T_0\bigr) \ge 1-\tfrac{\rho}{3}",
        place="Section 3.2; proof in Appendix B",
        reading="over samples and signs, for any fixed data with ‖x_i‖_∞ ≤ b_x and E_i[x_k²] ≥ 2/3; the constants of the proof of Theorem "
        "3.1 for any ρ in (0, 1) and any τ that makes their logarithm positive.",
        depends_on=("Lem B.2",),
    ),
    setting=setting,
    chosen=runs.chosen,
    sampled=stage.sampled,
    assumptions=runs.assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(lambda sizes, _x: 1 - sizes.rho / 3),
    block=140,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Lem 3.2 (any size)",
            title="the maximal inequality for the 1-norm of the coupling",
            claim=r"P\bigl(\lVert\tilde v_t\rVert_1 > b_0 \text{ for some } t \le T_0\bigr) \le "
            r"(1+\eta(b_0^2+r)b_x^2)^{T_0}\,\frac{\tau d}{b_0} \le \frac{\rho}{3}",
            setting=anything,
            chosen=at_any_size,
            sampled=keep,
            assumptions=allowed,
            conclusions=maximal,
            quantifier=Exactly(),
            block=500,
        ),
    ),
    controls=(
        control("a sixth of b₀", sharpened(NORM, 1 / 6), NORM),
        control("ten times the start", without_assumption(START, chosen=tenfold), NORM),
        control("hardly any noise", without_assumption(NOISE, LEFT, chosen=quiet), NORM),
    ),
)
