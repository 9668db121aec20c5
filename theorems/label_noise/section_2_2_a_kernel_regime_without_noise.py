r"""Section 2.2, after Theorem 2.1: without noise a large initialisation ends near the zero-error point closest to it.

Let $v_\infty$ be the limit of gradient flow on L from $v[0] = \tau\mathbf 1$ and $\hat u$ the $u$ with $X u = X v_*^2$ and the least
$\lVert u - v[0]^2\rVert_2$: the solution of the least RKHS distance in the kernel regime. The remark says that for large $\tau$ the
flow is in that regime, and that its limit can be arbitrarily far from $v_*$. With n fixed and d growing, $\tau$ polynomial in d,
$$\lVert v_\infty^2 - \hat u\rVert_2 \lesssim \sqrt{n/d}\;\lVert\hat u - v[0]^2\rVert_2 .$$

*Reading.* The samples are Gaussian and $n \ll d$, as Section 2.1 assumes throughout; "in the kernel regime" is read as: the limit
differs from $\hat u$ by a vanishing share of the distance travelled. The rate $\sqrt{n/d}$ is not printed. The last step takes the
remark without Gaussian samples and $n \ll d$, for $\tau$ alone, with numbers of ours: $\tau \ge 100$, one percent.

*Instances.* n = 4 Gaussian samples in d = 32 to 512 dimensions, $v_*$ with three ones, $\tau = 10, d, d^2$. The limit is found by
Newton's method on its convex dual, $v_\infty^2 = \tau^2\exp(X^\top\lambda)$; a step integrates the flow itself.

*Tightness.* The share is about $0.77\sqrt{n/d}$ in the median and at most $2.3\sqrt{n/d}$, at every such $\tau$. It does not fall
as fast as n/d.

*Remarks.* It is $n \ll d$ that brings the flow into this regime, not $\tau$. The output at v[0] is of the order $\tau^2$ itself, so
the flow has to undo it, however large $\tau$ is; the share tends to a positive number as $\tau \to \infty$ with X fixed. Exactly, the
limit has the least relative entropy to $v[0]^2$, at every $\tau$. It is arbitrarily far from $v_*$ where the kernel of X holds a
positive vector, which $n \ll d$ brings too (Lemma F.1); for positive samples no zero-error u is far from $v_*^2$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from numpy.random import Generator

from models import gradient_flow
from models.matrices import apply, euclidean
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, compared, equals
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Counterexample, Theorem, keep
from theorems.label_noise import _flow_limits as flow

NEAR = "‖v_∞² - û‖₂ ≲ √(n/d) ‖û - v[0]²‖₂"
NEARER = "‖v_∞² - û‖₂ ≲ (n/d) ‖û - v[0]²‖₂"
SAMPLES, SPARSITY = 4, 3
GROWTH = 0.15
DIMENSIONS = (32, 48, 64, 96, 128, 192, 256, 384, 512)
SCALES = ("10", "d", "d^2")


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int
    tau: float


@dataclass(frozen=True)
class Instance:
    v_star: Float[ndarray, "trials d"]
    X: Float[ndarray, "trials n d"]


def setting(choose: Choose) -> Sizes:
    d, scale = choose.integer("d", 8 * SAMPLES, 512), str(choose.option("tau", SCALES))
    return Sizes(n=SAMPLES, d=d, tau={"10": 10.0, "d": float(d), "d^2": float(d) ** 2}[scale])


def from_a_small_start(choose: Choose) -> Sizes:
    sizes = setting(choose)
    return replace(sizes, tau=1 / sizes.tau)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """The support is the first coordinates, without loss of generality; the samples are nature's."""
    v_star = np.repeat((np.arange(sizes.d) < SPARSITY)[np.newaxis], draws.trials, axis=0).astype(float)
    return Instance(v_star=v_star, X=np.zeros((draws.trials, sizes.n, sizes.d)))


def sampled(_sizes: Sizes, x: Instance, generator: Generator, _trials: int) -> Instance:
    return replace(x, X=generator.standard_normal(x.X.shape))


def sampled_off_centre(_sizes: Sizes, x: Instance, generator: Generator, _trials: int) -> Instance:
    return replace(x, X=generator.standard_normal(x.X.shape) + 0.25)


def ends(sizes: Sizes, x: Instance) -> tuple[ndarray, ndarray, ndarray]:
    """``v[0]^2``, ``v_∞^2`` and ``û``"""
    start = np.full_like(x.v_star, sizes.tau**2)
    limit = gradient_flow.limit(x.X, x.v_star**2, start)
    return start, limit, gradient_flow.kernel_solution(x.X, x.v_star**2, start)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_least("n ≪ d: d ≥ 8n", sizes.d, 8.0 * sizes.n)
    _, limit, _ = ends(sizes, x)
    wrong = np.abs(apply(x.X, limit - x.v_star**2)).max(axis=1)
    yield equals("some positive u has zero error: X v_∞² = X v_*²", wrong, 0.0, allowance=1e-11 * np.abs(x.X).max() * limit.sum(axis=1))


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    start, limit, nearest = ends(sizes, x)
    yield compared(NEAR, euclidean(limit - nearest), np.sqrt(sizes.n / sizes.d) * euclidean(nearest - start))


def nearer(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    start, limit, nearest = ends(sizes, x)
    yield compared(NEARER, euclidean(limit - nearest), sizes.n / sizes.d * euclidean(nearest - start))


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 2.2-a",
        title="without noise a large initialisation ends near the zero-error point closest to it",
        kind="asymptotic",
        claim=r"\lVert v_\infty^2 - \hat u\rVert_2 \lesssim \sqrt{n/d}\,\lVert\hat u - v[0]^2\rVert_2,\quad "
        r"\hat u = \arg\min\{\lVert u - v[0]^2\rVert_2 : Xu = Xv_*^2\}",
        place="Section 2.2, after Theorem 2.1",
        reading="the samples are Gaussian and n ≪ d, as Section 2.1 assumes; the limit differs from û by a vanishing share of the "
        "distance travelled. The rate √(n/d) is not printed.",
        depends_on=("Sec 2.1-a", "Sec 2.1-b", "Lem F.1"),
    ),
    setting=setting,
    chosen=chosen,
    sampled=sampled,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Sweep("d", GROWTH),
    examples=tuple({"d": d, "tau": scale} for scale in SCALES for d in DIMENSIONS),
    controls=(
        control("n/d in place of √(n/d)", with_conclusions(nearer), NEARER),
        control("samples around 1/4", lambda theorem: replace(theorem, sampled=sampled_off_centre), NEAR),
        control("a small initialisation", lambda theorem: replace(theorem, setting=from_a_small_start), NEAR),
    ),
    block=200,
)

EXACT = replace(
    BASE,
    setting=flow.setting,
    chosen=flow.chosen,
    sampled=keep,
    assumptions=flow.assumptions,
    quantifier=ALWAYS,
    examples=(),
    block=200,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            EXACT,
            label="Sec 2.2-a-flow",
            title="the flow ends at the point that the dual gives",
            claim=r"v(t)^2 \to v_\infty^2 = \tau^2\exp(X^\top\lambda),\quad X v_\infty^2 = X v_*^2",
            chosen=flow.balanced,
            conclusions=flow.reached,
            block=4,
        ),
        step(
            EXACT,
            label="Sec 2.2-a-entropy",
            title="the limit has the least relative entropy to the initialisation",
            claim=r"D(v_\infty^2, v[0]^2) \le D(u, v[0]^2) \text{ for every } u \ge 0 \text{ with } Xu = Xv_*^2,\quad "
            r"D(u,s) = \textstyle\sum_k u_k\log(u_k/s_k) - u_k + s_k",
            conclusions=flow.least_entropy,
        ),
        step(
            EXACT,
            label="Sec 2.2-a-far",
            title="the limit is arbitrarily far from the ground truth",
            claim=r"Xw = 0,\ w > 0 \ \Longrightarrow\ \lVert v_\infty^2 - v_*^2\rVert_\infty \ge \tau^2 - 1",
            conclusions=flow.far,
        ),
        step(
            EXACT,
            label="Sec 2.2-a-tau",
            title="for given data, large τ alone brings the limit to the closest zero-error point",
            claim=r"\tau \ge 100 \ \Longrightarrow\ \lVert v_\infty^2 - v[0]^2\rVert_2 \le 1.01\,\lVert u - v[0]^2\rVert_2 "
            r"\text{ for every } u \ge 0 \text{ with } Xu = Xv_*^2",
            chosen=flow.large,
            assumptions=flow.assumptions_at_large_scale,
            conclusions=flow.closest,
            counterexample=Counterexample(
                kind="instance",
                file=Path(__file__).with_name("section_2_2_a_counterexample.json"),
                certificate=flow.certificate,
                account="Two samples (-1, 1, 1, 1) on disjoint coordinates of eight. As τ → ∞ the limit over τ² is √3 at the -1 and "
                "1/√3 at the ones, the closest zero-error point is 3/2 and 1/2. The flow travels 1.035 times as far, at every large τ. "
                "Repeating every column leaves that as it is, in any dimension.",
            ),
        ),
    ),
)
