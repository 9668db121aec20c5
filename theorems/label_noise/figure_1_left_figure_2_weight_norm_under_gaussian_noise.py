r"""Figures 1 (left) and 2, on stand-in data: only Gaussian noise makes the weights grow without end. Section 1, Appendix A.2, A.3.

The paper trains a VGG19 on CIFAR-100 with small batches, with large batches (LB), and with large batches and label noise (LN) or
Gaussian noise $\sigma z$ in the weights after every step (GN). The weight norm of LB and of LN converges, that of GN keeps
growing; and Gaussian noise of the best $\sigma$ improves little on LB, by about 2%. Here, with T steps and p weights $\theta$,
for most seeds
$$\lVert\theta_T\rVert \le 1.05\,\lVert\theta_{T/2}\rVert \;\text{ for LB and LN}, \qquad
  \lVert\theta_T\rVert^2 - \lVert\theta_{T/2}\rVert^2 \ge \tfrac12\,\sigma^2p\,\tfrac T2 \;\text{ for GN of every } \sigma, \qquad
  \max_\sigma \mathrm{acc}_\sigma \le \mathrm{acc}_{LB} + 0.02.$$

*Reading.* A stand-in, which says nothing about CIFAR-100 or VGG19: one hidden layer of 40 ReLU units, both layers trained by
cross entropy, on 200 of scikit-learn's 8 by 8 digits; the other 1597 are the test. Batches of 64, drawn with replacement, 21,000
steps, the paper's schedule in shares of them. On separable data the norm under LB has no limit, its square grows like the logarithm
of the steps; "converges" is read as: the norm grows by at most a twentieth over the second half of the steps. "Keeps growing" is
read as: its square grows over the second half at no less than half the rate $\sigma^2p$ per step, that of the mean squared norm of a
random walk. "Most seeds" is more than half, for all claims together. The thresholds were set after runs on other seeds.

*Instances.* Split, weights and noise are random and drawn anew for every seed; the runs of a seed share split and first weights.

*Tightness.* On 24 seeds the norm grows by 0.3% under LB and by 2.2 to 2.5% under LN. Under GN its square grows at 0.9 to 1.1 times the
rate of the random walk for $\sigma = 0.003$ and 0.01, at 0.95 to 1.4 times for 0.001. No $\sigma$ gains more than 0.7% of accuracy.

*Remarks.* The schedule has a part in it: at a constant step size the norm grows over the second half by 4% under LB and by 5 to 6%
under LN (4 seeds), so that LN would miss its bound, while GN's growth stays what it is. The other half of Figure 1 (left) does not
reproduce, and is not claimed: small batches (of 8) do no better than large ones (mean test accuracies over 16 seeds: 93.1% and
93.2%), so that there is no gap which label noise could close. Label noise still does best (93.9%, better than LB on 12 of 16 seeds),
and Gaussian noise worse the larger its scale (92.8%, 90.6%, 79.5%). At $\sigma = 0.001$ the growth is 2 to 3% of the norm over the
second half. The step says where growth comes from that no training undoes: some weights get no gradient at all. The relaxed version
is 60 images, 10 units, 420 steps and one $\sigma$.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from models.noisy_training import Weights
from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.plot import Plot
from theorems.checker.quantifiers import Always, WithProbability, more_often_than_not
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem, version
from theorems.label_noise._weight_norms import (
    LOOKS,
    Instance,
    Kind,
    Setup,
    assumptions,
    chosen,
    path,
    sampled,
    testing,
)
from theorems.label_noise._weight_plots import plots_of
from theorems.label_noise._weight_walk import CLAIM, reachable, untrained

LARGE = "‖θ_T‖ ≤ 1.05 ‖θ_T/2‖ (large batch)"
LABELS = "‖θ_T‖ ≤ 1.05 ‖θ_T/2‖ (label noise)"
HELPS = "max_σ acc(σ) ≤ acc(large batch) + 0.02"
CONVERGED, WALKS, LITTLE = 1.05, 0.5, 0.02
STAND_IN = Setup(n=200, k=40, large=64, small=8, steps=21_000, sigmas=(0.001, 0.003, 0.01))
SMALL = Setup(n=60, k=10, large=8, small=1, steps=420, sigmas=(0.02,))
Run = tuple[Weights, Weights]
Runs = dict[str, Run]


def printed(_choose: Choose) -> Setup:
    return STAND_IN


def small(_choose: Choose) -> Setup:
    return SMALL


def grows(sigma: float) -> str:
    """The name of the claim that Gaussian noise of this scale does not let the norm converge."""
    return f"‖θ_T‖² - ‖θ_T/2‖² ≥ ½ σ² p T/2 (σ = {sigma:g})"


def run(s: Setup, x: Instance, kind: Kind, since: int = LOOKS // 2) -> Run:
    """The weights at a time, the half of the steps unless told, and at the end."""
    states = list(path(s, x, kind))
    return states[since], states[-1]


def runs(s: Setup, x: Instance, instead: Mapping[str, Kind] | None = None, since: int = LOOKS // 2) -> Runs:
    """With every kind of noise; ``instead`` exchanges kinds."""
    gaussian = {grows(sigma): Kind(s.large, sigma=sigma) for sigma in s.sigmas}
    kinds = {LARGE: Kind(s.large), LABELS: Kind(s.large, labels=True), **gaussian, **(instead or {})}
    return {name: run(s, x, kind, since) for name, kind in kinds.items()}


def conclusions(s: Setup, x: Instance) -> Iterable[Clause]:
    return claims(s, x, runs(s, x))


def claims(s: Setup, x: Instance, seen: Runs) -> Iterable[Clause]:
    for name in (LARGE, LABELS):
        half, end = seen[name]
        yield at_most(name, end.norm, CONVERGED * half.norm)
    for sigma in s.sigmas:
        half, end = seen[grows(sigma)]
        yield at_least(grows(sigma), end.norm**2 - half.norm**2, WALKS * sigma**2 * end.number * s.steps / 2)
    X, y = testing(s, x)
    best = np.max([seen[grows(sigma)][1].accuracy(X, y) for sigma in s.sigmas], axis=0)
    yield at_most(HELPS, best, seen[LARGE][1].accuracy(X, y) + LITTLE)


def gaussian_noise_for_none(s: Setup, x: Instance) -> Iterable[Clause]:
    return claims(s, x, runs(s, x, {LARGE: Kind(s.large, sigma=s.sigmas[-1])}))


def label_noise_for_gaussian_noise(s: Setup, x: Instance) -> Iterable[Clause]:
    return claims(s, x, runs(s, x, {grows(s.sigmas[-1]): Kind(s.large, labels=True)}))


def since_a_seventh(s: Setup, x: Instance) -> Iterable[Clause]:
    """The norm at a seventh of the steps in place of that at half of them: the network still learns."""
    return claims(s, x, runs(s, x, since=LOOKS // 7))


def plots() -> tuple[Plot, ...]:
    return plots_of(STAND_IN)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Fig 1 (left), Fig 2",
        title="only Gaussian noise makes the weights grow without end, and it improves little (stand-in data)",
        kind="experiment",
        claim=r"\lVert\theta_T\rVert \le 1.05\,\lVert\theta_{T/2}\rVert \text{ (LB, LN)},\quad "
        r"\lVert\theta_T\rVert^2-\lVert\theta_{T/2}\rVert^2 \ge \tfrac12\sigma^2p\tfrac T2 \text{ (GN)},\quad "
        r"\max_\sigma\mathrm{acc}_\sigma \le \mathrm{acc}_{LB}+0.02",
        place="Section 1, Figure 1 (left); Appendix A.2 and A.3, Figure 2",
        reading="a stand-in for VGG19 on CIFAR-100: one hidden layer on 200 of the 8 by 8 digits, the paper's schedule in shares of 21,000 "
        "steps. A norm converges: it grows by at most a twentieth over the second half of the steps; it keeps growing: its square by "
        "at least half of what a random walk's does. All claims together for more than half of the seeds.",
        depends_on=("Eq 12 / A.2",),
    ),
    setting=printed,
    chosen=chosen,
    sampled=sampled,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(more_often_than_not),
    examples=({},),
    block=1,
    deep=24,
    plots=plots,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="A.3 / Fig 2",
            title="weights that no image reaches are a random walk under Gaussian noise, and don't move without it",
            claim=CLAIM,
            setting=small,
            assumptions=reachable,
            conclusions=untrained,
            quantifier=Always(),
            block=4,
        ),
    ),
)

LARGEST = grows(SMALL.sigmas[-1])

RELAXED = replace(
    version(
        PRINTED,
        "relaxed",
        "60 images, 10 hidden units, batches of 8, 420 steps and one scale of Gaussian noise: a second in place of minutes, so that "
        "controls can be tried as well.",
        setting=small,
        examples=(),
        deep=0,
        block=22,
        plots=None,
    ),
    controls=(
        control("Gaussian noise called none", with_conclusions(gaussian_noise_for_none), LARGE),
        control("label noise called Gaussian noise", with_conclusions(label_noise_for_gaussian_noise), LARGEST),
        control("from a seventh of the steps on", with_conclusions(since_a_seventh), LABELS),
        control("one and a half times the rate of a random walk", sharpened(LARGEST, 1 / 3), LARGEST),
    ),
)
