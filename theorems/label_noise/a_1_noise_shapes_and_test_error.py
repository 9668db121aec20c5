r"""Figure 1 (right): label noise and mini-batch noise find the sparse solution, spherical noise does not. Section 1, Appendix A.1.

n = 40 Gaussian samples in dimension d = 100, $v_*$ is 1 on five coordinates and 0 elsewhere, start $v = \mathbb{1}$, step size 0.01,
300,000 steps of full-batch descent plus noise: none; label noise ($\delta = 1$, step size divided by 10 after each 100,000
steps); mini-batch noise ($\delta = 1$); spherical noise of scale $\sigma$, with 1,200,000 steps. With
$e = \lVert v^2 - v_*^2\rVert_2^2$ at the end, for most seeds
$$e_{\text{label}} < \min\bigl(e_{\text{full batch}},\, \min_\sigma e_\sigma\bigr), \qquad
  \lVert v_\sigma\rVert_2 > \lVert v_0\rVert_2 \text{ for the largest } \sigma,$$
and for most seeds $e_{\text{mini-batch}} < \min(e_{\text{full batch}}, \min_\sigma e_\sigma)$, which is the step.

*Reading.* "Optimally tuned" spherical noise is the best of six scales per seed, from 0.01 to 2; the figure's own are not given in
the text. The two samples of the mini-batch noise may coincide. "Most seeds" is more than half, for the orderings of one kind of
noise together. A run that leaves float64 has error 1e300. That the parameter diverges is read as: it ends farther from 0 than it
began.

*Instances.* Data and draws are random and new for every seed; the runs of a seed share the data.

*Tightness.* Typical errors: label noise 0.001, mini-batch noise 5 to 30, full batch 55 to 85, small spherical noise like full batch,
large spherical noise 1e3 to 2e4.

*Remarks.* Label noise is better by four orders of magnitude on every seed. Mini-batch noise is better by a factor of 2 to 15 where it
converges, but with these constants it leaves float64 on about every fifth seed, soon after the start. Under the largest
spherical noise the parameter ends nearer to 0 than it began on about every tenth seed. At first all five orderings were judged
together: 8 failures in 32 seeds and 21 in 64 left open whether they hold for most seeds. The kinds of noise were then judged
apart, label noise on the same 64 seeds (7 failures, all of the divergence), mini-batch noise on 96 new ones
(17 failures). The relaxed version,
which keeps all five together, is n = 8, d = 30, one coordinate, 6,000 steps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from theorems.checker.changes import control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.plot import Plot
from theorems.checker.quantifiers import WithProbability, more_often_than_not
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem, version
from theorems.label_noise._noise_plots import plots_of
from theorems.label_noise._noise_shapes import (
    FULL_BATCH,
    LABEL,
    MINI_BATCH,
    Instance,
    Kind,
    Setup,
    assumptions,
    chosen,
    end,
    error,
    gaussian,
    sampled,
    within_float64,
)

LABEL_FULL = "e(label noise) < e(full batch)"
LABEL_GAUSSIAN = "e(label noise) < min_σ e(σ)"
MINI_FULL = "e(mini-batch noise) < e(full batch)"
MINI_GAUSSIAN = "e(mini-batch noise) < min_σ e(σ)"
DIVERGES = "‖v_σ‖ > ‖v₀‖ for the largest σ"
JUST = 1 - 1e-12  # a strict inequality as a weak one
AS_PRINTED = Setup(d=100, n=40, r=5, eta=0.01, steps=300_000, sigmas=(0.01, 0.03, 0.1, 0.3, 1.0, 2.0))
Ends = dict[str, Float[ndarray, "trials d"]]


def printed(_choose: Choose) -> Setup:
    return AS_PRINTED


def small(_choose: Choose) -> Setup:
    return Setup(d=30, n=8, r=1, eta=0.02, steps=6_000, sigmas=(0.01, 0.1, 1.0))


def kinds(s: Setup) -> dict[str, Kind]:
    """All kinds of noise by name."""
    return {"full": FULL_BATCH, "label": LABEL, "mini": MINI_BATCH, **{f"σ={sigma}": gaussian(s, sigma) for sigma in s.sigmas}}


def conclusions(s: Setup, x: Instance) -> Iterable[Clause]:
    return label_noise(s, {name: end(s, x, kind) for name, kind in kinds(s).items() if name != "mini"})


def of_mini_batch(s: Setup, x: Instance) -> Iterable[Clause]:
    return mini_batch_noise(s, {name: end(s, x, kind) for name, kind in kinds(s).items() if name != "label"})


def everything(s: Setup, x: Instance, instead: Mapping[str, Kind] | None = None) -> Iterable[Clause]:
    """All orderings; ``instead`` exchanges kinds of noise."""
    ends = {name: end(s, x, kind) for name, kind in {**kinds(s), **(instead or {})}.items()}
    yield from label_noise(s, ends)
    yield from mini_batch_noise(s, ends)


def label_noise(s: Setup, ends: Ends) -> Iterable[Clause]:
    yield at_most(LABEL_FULL, error(s, ends["label"]), JUST * error(s, ends["full"]))
    yield at_most(LABEL_GAUSSIAN, error(s, ends["label"]), JUST * tuned(s, ends))
    yield at_least(DIVERGES, within_float64(np.linalg.norm(ends[f"σ={s.sigmas[-1]}"], axis=1)), np.sqrt(s.d))


def mini_batch_noise(s: Setup, ends: Ends) -> Iterable[Clause]:
    yield at_most(MINI_FULL, error(s, ends["mini"]), JUST * error(s, ends["full"]))
    yield at_most(MINI_GAUSSIAN, error(s, ends["mini"]), JUST * tuned(s, ends))


def tuned(s: Setup, ends: Ends) -> Float[ndarray, " trials"]:
    """The error under the best scale of spherical noise."""
    return np.min([error(s, ends[f"σ={sigma}"]) for sigma in s.sigmas], axis=0)


def spherical_in_place_of_label_noise(s: Setup, x: Instance) -> Iterable[Clause]:
    return everything(s, x, {"label": gaussian(s, 1.0)})


def without_noise(s: Setup, x: Instance) -> Iterable[Clause]:
    """The largest spherical noise is left out."""
    return everything(s, x, {f"σ={s.sigmas[-1]}": FULL_BATCH})


def plots() -> tuple[Plot, ...]:
    return plots_of(AS_PRINTED, (0.01, 0.1, 1.0))


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="A.1",
        title="label noise finds the sparse solution, spherical noise of any scale does not",
        kind="experiment",
        claim=r"e_{\text{label}} < \min\bigl(e_{\text{full batch}},\ \min_\sigma e_\sigma\bigr),\qquad "
        r"\lVert v_\sigma\rVert_2 > \lVert v_0\rVert_2,\qquad e = \lVert v^2 - v_*^2\rVert_2^2",
        place="Section 1, Figure 1 (right); Appendix A.1",
        reading="the best of six scales of spherical noise per seed; the orderings together for more than half of the seeds; the "
        "parameter diverges: under the largest scale it ends farther from 0 than it began; mini-batch noise is judged as a step.",
        depends_on=("Alg 1", "Eq 2", "Thm 2.2"),
    ),
    setting=printed,
    chosen=chosen,
    sampled=sampled,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(more_often_than_not),
    examples=({},),
    block=1,
    deep=64,
    plots=plots,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="A.1 (mini-batch noise)",
            title="mini-batch noise ends nearer to the sparse solution than no noise and than spherical noise",
            claim=r"e_{\text{mini-batch}} < \min\bigl(e_{\text{full batch}},\ \min_\sigma e_\sigma\bigr)",
            conclusions=of_mini_batch,
            deep=96,
        ),
    ),
)

RELAXED = replace(
    version(
        PRINTED,
        "relaxed",
        "n = 8, d = 30, r = 1, step size 0.02, 6,000 steps (24,000 with spherical noise) and three scales: a second in place of "
        "minutes, so that controls can be tried as well.",
        setting=small,
        conclusions=everything,
        examples=(),
        deep=0,
        block=24,
        plots=None,
    ),
    controls=(
        control("spherical noise in place of label noise", with_conclusions(spherical_in_place_of_label_noise), LABEL_FULL),
        control("no noise in place of the largest spherical noise", with_conclusions(without_noise), DIVERGES),
        control("a thousandth of the error of full batch", sharpened(LABEL_FULL, 1e-3), LABEL_FULL),
        control("a tenth of the error of full batch", sharpened(MINI_FULL, 0.1), MINI_FULL),
    ),
)
