r"""Section 2, on modest overparameterization: $K^2\lVert C\rVert^4$ lies between $K^2$ and $K^4$.

For unit centres $c_1, \dots, c_K \in \mathbb{R}^d$, the rows of C,
$$K^2 \le K^2\lVert C\rVert^4 \le K^4.$$

*Instances.* Any centres: random, orthogonal, opposite, identical, in every dimension.

*Tightness.* Both are attained: the first by orthogonal centres (K ≤ d), the second by centres on one line.

*Remarks.* The rest of the remark, $d\,K^2\lVert C\rVert^4 \lesssim K^4$ for random centres and K ≥ d, is the step: the constant 2
is needed at K = d = 2 and less and less beyond, as $\lVert C\rVert^2$ is of the order of K/d.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.data import unit
from models.matrices import euclidean, spectral_norm
from theorems.checker import extremes
from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most, compared, equals
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem

LEAST = "K² ≤ K²‖C‖⁴"
MOST = "K²‖C‖⁴ ≤ K⁴"
UNIT = "‖c_l‖ = 1"
GROWTH = 0.1


@dataclass(frozen=True)
class Sizes:
    K: int
    d: int


@dataclass(frozen=True)
class Instance:
    C: Float[ndarray, "trials K d"]


def setting(choose: Choose) -> Sizes:
    return Sizes(K=choose.integer("K", 1, 8), d=choose.integer("d", 1, 8))


def several_each(choose: Choose) -> Sizes:
    """K = d, or a multiple of it."""
    d = choose.integer("d", 1, 100)
    return Sizes(K=d * choose.integer("K/d", 1, 10), d=d)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return Instance(C=unit(extremes.matrix(draws, sizes.K, sizes.d)))


def uniform(sizes: Sizes, draws: Draws) -> Instance:
    return Instance(C=unit(draws.normal(sizes.K, sizes.d)))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals(UNIT, np.abs(euclidean(x.C) - 1).max(axis=1), 0.0, allowance=1e-13)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    K, width = float(sizes.K), sizes.K**2 * spectral_norm(x.C) ** 4
    yield at_most(LEAST, K**2, width)
    yield at_most(MOST, width, K**4)


def parameters(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    K = float(sizes.K)
    yield compared("d K²‖C‖⁴ ≲ K⁴", sizes.d * K**2 * spectral_norm(x.C) ** 4, K**4)


def longer(sizes: Sizes, draws: Draws) -> Instance:
    return Instance(C=1.1 * chosen(sizes, draws).C)


def shorter(sizes: Sizes, draws: Draws) -> Instance:
    return Instance(C=0.9 * chosen(sizes, draws).C)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 2-d",
        title="K²‖C‖⁴ lies between K² and K⁴",
        kind="deterministic",
        claim=r"\lVert c_l\rVert_2 = 1 \ \Longrightarrow\ K^2 \le K^2\lVert C\rVert^4 \le K^4",
        place="Section 2, after Theorem 2.2",
        depends_on=("Def 2.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("1.01 K² as the lower end", sharpened(LEAST, 0.99), LEAST),
        control("0.99 K⁴ as the upper end", sharpened(MOST, 0.99), MOST),
        control("centres of norm 1.1", without_assumption(UNIT, chosen=longer), MOST),
        control("centres of norm 0.9", without_assumption(UNIT, chosen=shorter), LEAST),
    ),
    block=200,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 2-d-random",
            title="random centres, no fewer than dimensions: K⁴ parameters suffice",
            claim=r"K \ge d,\ c_l \text{ uniform on the sphere} \ \Longrightarrow\ d\,K^2\lVert C\rVert^4 \lesssim K^4",
            setting=several_each,
            chosen=uniform,
            conclusions=parameters,
            quantifier=Sweep("d", GROWTH),
            examples=tuple({"d": d, "K/d": ratio} for ratio in (1, 4) for d in (1, 2, 4, 8, 16, 32, 64)),
            block=20,
        ),
    ),
)
