r"""Lemma B.4: the square-root potential of the coupling falls below √ε₀ with probability 1 - ρ/3. Appendix B, Eqs 21 to 31.

Let $v_0 = \tau\mathbf{1}$, $\epsilon_0 = 1/d$, $b_0 = 6\tau d/\rho$, $\lVert x_i\rVert_\infty \le b_x$, $E_i[x_k^2] \ge \frac23$ and
$$\eta\delta b_x + \eta(b_0^2+r)b_x^2 \le \tfrac1{16}, \quad \eta\delta^2 \ge 32(b_0^2+r)b_x^2, \quad
  T = \Bigl\lceil\frac{32}{\eta^2\delta^2}\log\frac{3d\sqrt\tau}{\rho\sqrt{\epsilon_0}}\Bigr\rceil .$$
For the $b_0$-bounded coupling $\tilde v$ and $\Phi(v) = \sum_k\sqrt{v_k}$ where $\lVert v\rVert_1 \le b_0$, 0 elsewhere,
$$P\bigl(\Phi(\tilde v_T) \le \sqrt{\epsilon_0}\bigr) \ge 1 - \frac\rho3 .$$

*Reading.* The probability is over samples and signs, for any fixed data. Positivity follows from the first hypothesis. The logarithm is
positive, so that T is at least 1.

*Instances.* All constants are those of the lemma; short runs come from $\rho \ge 1/2$ and from a small $\tau$, which makes the
logarithm 0.05 to 2. Both hypotheses on the step size are met with equality, the second also with room; second moments are 2/3 or
more. Up to 60,000 steps, 40 runs for each setting.

*Tightness.* With second moments of 2/3 the noise takes $\eta^2\delta^2/12$ off the potential per step and the drift gives at most
$\eta^2\delta^2/64$ back: about twice the $\eta^2\delta^2/32$ that is claimed remains. That
$(1-\eta^2\delta^2/32)^T d\sqrt\tau/\sqrt{\epsilon_0} \le \rho/3$ is an equality up to the rounding of T.

*Remarks.* The steps are exact expectations over sample and sign from any state of the ball, and then Markov's inequality at any size:
the factor by which these data shrink the potential encloses the probability from above. Runs at the $\rho = 1/100$ of the
paper are those of Theorem 3.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.couplings import ball, coupled
from models.quadratic_regression import sup_norm
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import WithProbability
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise import _stage_zero as stage
from theorems.label_noise._stage_zero import MOMENT, Instance, Runs, bound_of
from theorems.label_noise._stage_zero_potential import about_step_size, steps_of, strides

POTENTIAL = "Φ(ṽ[T]) ≤ √ε₀"
HASTE = 1000  # a control takes this many times fewer steps


@dataclass(frozen=True)
class Sizes:
    r"""``level`` is $\log(3d\sqrt\tau/(\rho\sqrt{\epsilon_0}))$, ``drift`` the share of $\eta\delta^2$ that the drift may have."""

    n: int
    d: int
    rho: float
    level: float
    drift: float


def setting(choose: Choose) -> Sizes:
    n, d = choose.integer("n", 1, 3), choose.integer("d", 1, 3)
    rho, level = choose.real("rho", 0.5, 0.99), choose.real("level", 0.05, 2.0)
    return Sizes(n=n, d=d, rho=rho, level=level, drift=float(choose.option("drift", (1.0, 0.1))))


def chosen(sizes: Sizes, draws: Draws) -> Runs:
    return started(sizes, draws, stage.data(draws, sizes.n, sizes.d, decades=0.2))


def started(sizes: Sizes, draws: Draws, X: Float[ndarray, "trials n d"]) -> Runs:
    ones = np.ones(draws.trials)
    rho = sizes.rho * ones
    tau = stage.scale_with(sizes.d, rho, sizes.level * ones)
    x = Instance(X, stage.support(draws, sizes.d), stage.start(tau, sizes.d), sup_norm(X), tau, rho, ones, ones)
    return stage.unplayed(strides(x, ones, sizes.drift * ones))


def assumptions(_sizes: Sizes, x: Runs) -> Iterable[Clause]:
    yield from stage.about_numbers(x)
    yield stage.about_start(x)
    yield stage.about_data(x)
    yield from about_step_size(x)
    yield positive("log(3d√τ/(ρ√ε₀)) > 0", stage.logarithm(x))


def conclusions(sizes: Sizes, x: Runs) -> Iterable[Clause]:
    return after(sizes, x, int(stage.horizon(x)[0]))


def after(sizes: Sizes, x: Runs, steps: int) -> Iterable[Clause]:
    """The potential after so many steps of the coupling; 0 where it left the ball."""
    run = coupled(x.v, x.target, x.X, x.keys, x.eta, x.delta, steps, ball(sizes.d, bound_of(x)))
    inside = run.v.sum(axis=1) <= bound_of(x)
    yield at_most(POTENTIAL, np.where(inside, np.sqrt(run.v).sum(axis=1), 0.0), 1 / np.sqrt(sizes.d))


def hasty(sizes: Sizes, x: Runs) -> Iterable[Clause]:
    return after(sizes, x, int(stage.horizon(x)[0]) // HASTE)


def nearly_dead(sizes: Sizes, draws: Draws) -> Runs:
    """All coordinates of the data but the first are a hundredth of what they were."""
    X = stage.data(draws, sizes.n, sizes.d, decades=0.2)
    X[:, :, 1:] /= 100
    return started(sizes, draws, X)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem B.4",
        title="the square-root potential of the coupling decays",
        kind="probability",
        claim=r"\eta\delta b_x + \eta(b_0^2+r)b_x^2 \le \tfrac1{16},\ \eta\delta^2 \ge 32(b_0^2+r)b_x^2,\ "
        r"T = \bigl\lceil\tfrac{32}{\eta^2\delta^2}\log\tfrac{3d\sqrt\tau}{\rho\sqrt{\epsilon_0}}\bigr\rceil"
        r"\ \Longrightarrow\ P\bigl(\Phi(\tilde v_T) \le \sqrt{\epsilon_0}\bigr) \ge 1-\tfrac{\rho}{3}",
        place="Appendix B, Eq 21",
        reading="over samples and signs, for any fixed data with E_i[x_k²] ≥ 2/3; the logarithm is positive, so that T ≥ 1.",
        depends_on=("Def B.1", "Def B.3", "Eq 26"),
    ),
    setting=setting,
    chosen=chosen,
    sampled=stage.sampled,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(lambda sizes, _x: 1 - sizes.rho / 3),
    block=40,
)

PRINTED = replace(
    BASE,
    steps=steps_of(BASE),
    controls=(
        control("a thousandth of the steps", with_conclusions(hasty), POTENTIAL),
        control("coordinates that the data nearly miss", without_assumption(MOMENT, chosen=nearly_dead), POTENTIAL),
        control("0.15 of √ε₀", sharpened(POTENTIAL, 0.15), POTENTIAL),
    ),
)
