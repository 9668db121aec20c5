r"""Section 2.2, after Theorem 2.1: without noise a large initialisation ends near the zero-error point closest to it.

Let $v_\infty$ be the limit of gradient flow on L from $v[0] = \tau\mathbf 1$ and $\hat u$ the $u$ with $X u = X v_*^2$ and the least
$\lVert u - v[0]^2\rVert_2$: the solution of the least RKHS distance in the kernel regime. The remark says that for large $\tau$ the
flow is in that regime, and that its limit can be arbitrarily far from $v_*$. With n fixed and d growing, $\tau$ polynomial in d,
$$\lVert v_\infty^2 - \hat u\rVert_2 \lesssim \sqrt{n/d}\;\lVert\hat u - v[0]^2\rVert_2 .$$

*Reading.* The samples are Gaussian and $n \ll d$, as Section 2.1 assumes throughout; "in the kernel regime" is read as: the limit
differs from $\hat u$ by a vanishing share of the distance travelled. The rate $\sqrt{n/d}$ is not printed.

*Instances.* n = 4 Gaussian samples in d = 32 to 512 dimensions, $v_*$ with three ones, $\tau = 10, d, d^2$. The limit is found by
Newton's method on its convex dual, $v_\infty^2 = \tau^2\exp(X^\top\lambda)$; a step integrates the flow itself.

*Tightness.* The share is about $0.77\sqrt{n/d}$ in the median and at most $2.3\sqrt{n/d}$, at every such $\tau$. It does not fall
as fast as n/d.

*Remarks.* It is $n \ll d$ that brings the flow into this regime, not $\tau$. The output at v[0] is of the order $\tau^2$ itself, so
the flow has to undo it, however large $\tau$ is; for X fixed the share tends to a positive number as $\tau \to \infty$. A step gives
data, not Gaussian, in any dimension, with the share $2 - \sqrt3 = 0.268$ up to a relative error of $\sqrt3/\tau^2$: for large $\tau$
$v_\infty^2/\tau^2$ is near $\sqrt3$ where the data are -1 and near $1/\sqrt3$ where they are 1, $\hat u/\tau^2$ near 3/2 and 1/2.
Exactly, the limit has the least relative entropy to $v[0]^2$, at every $\tau$. It is arbitrarily far from $v_*$ where the kernel of
X holds a positive vector, which $n \ll d$ brings too (Lemma F.1); for positive samples no zero-error u is far from $v_*^2$.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

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
from theorems.checker.theorem import ALWAYS, Theorem, keep
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
            label="Sec 2.2-a-fixed-data",
            title="for some data, in any dimension, the limit stays away from the closest zero-error point at every τ",
            claim=r"X = I_n \otimes (-1,1,1,1) \otimes \mathbf 1_p^\top \ \Longrightarrow\ "
            r"1 - \tfrac{\sqrt3}{\tau^2} \le \frac{\lVert v_\infty^2 - \hat u\rVert_2}{(2-\sqrt3)\,\lVert\hat u - v[0]^2\rVert_2} "
            r"\le 1 + \tfrac{\sqrt3}{\tau^2}",
            setting=flow.quadrupled,
            chosen=flow.disjoint,
            conclusions=flow.kept_apart,
        ),
    ),
)
