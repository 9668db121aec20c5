r"""Section 7: without noise in the inputs the parameters needed fall from the order of K⁴ to that of K². After Theorem 7.1.

For incoherent centres and $K \ge d$ the widths that Theorems 2.2 and 7.1 ask for,
$$k_{2.2} = K^2\lVert C\rVert^4, \qquad k_{7.1} = K\log(K)\lVert C\rVert^2,$$
up to constants and powers of $\lambda(C)$, obey $d\,k_{2.2} \lesssim K^4$ and $d\,k_{7.1} \lesssim K^2\log K$.

*Reading.* kd is the number of trained parameters. As in the paper's own count, $\lambda(C)$ is a constant and the logarithm of the second
condition goes unmentioned. Incoherent means $\lVert C\rVert^2$ of the order of K/d, its least value; without that the second count is
$dK^2\log K$. That the second condition is never the larger one needs no incoherence.

*Instances.* Unions of randomly turned orthonormal bases, the last one in part, for which $\lVert C\rVert^2 = \lceil K/d\rceil$; K from d
to 4d, d up to 24. The sweep has independent random centres for K from 32 to 384 and d = K or K/4.

*Tightness.* Whole bases have $d\,k_{7.1} = K^2\log K$ exactly, with the constant 1, and $d\,k_{2.2} = K^4/d$. Random centres come
to the constants 4 and 2.25, the limits of $(1 + \sqrt{d/K})^2$.

*Remarks.* The claim compares two sufficient conditions and says nothing of what a network needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.data import unit
from models.matrices import euclidean, orthonormal, spectral_norm, transpose
from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, at_least, at_most, compared, equals, up_to
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem

BEFORE, AFTER = "d K²‖C‖⁴ ≲ K⁴", "d K log(K)‖C‖² ≲ K² log K"
LESS, LEAST = "K log(K)‖C‖² ≤ K²‖C‖⁴", "d K log(K)‖C‖² ≥ K² log K"
INCOHERENT, STEEPER = "‖C‖² ≤ 2K/d", "d K log(K)‖C‖² ≲ K^(3/2) log K"
TWICE = Witness("c", 2.0, "derived: ⌈K/d⌉ ≤ 2K/d, the norm of a union of orthonormal bases")
FOUR = Witness("c", 4.0, "derived: the square of the same, and d ≥ 1")


@dataclass(frozen=True)
class Sizes:
    K: int
    d: int


@dataclass(frozen=True)
class Instance:
    centres: Float[ndarray, "trials K d"]


def setting(choose: Choose) -> Sizes:
    d = choose.integer("d", 1, 24)
    return Sizes(K=choose.integer("K", max(d, 2), max(4 * d, 2)), d=d)


def larger(choose: Choose) -> Sizes:
    K = choose.integer("K", 32, 384)
    return Sizes(K=K, d=K // choose.integer("K_over_d", 1, 4))


def bases(sizes: Sizes, draws: Draws) -> Instance:
    """⌈K/d⌉ orthonormal bases, the last one in part."""
    count = -(-sizes.K // sizes.d)
    turned = [transpose(orthonormal(draws.normal(sizes.d, sizes.d))) for _ in range(count)]
    return Instance(np.concatenate(turned, axis=1)[:, : sizes.K])


def independent(sizes: Sizes, draws: Draws) -> Instance:
    return Instance(unit(draws.normal(sizes.K, sizes.d)))


def alike(sizes: Sizes, draws: Draws) -> Instance:
    """All centres within a tenth of one."""
    return Instance(unit(draws.normal(1, sizes.d) + 0.1 * unit(draws.normal(sizes.K, sizes.d))))


def unit_rows(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("‖c_l‖ = 1", np.abs(euclidean(x.centres) - 1).max(axis=1), 0.0, allowance=1e-12)


def assumptions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield from unit_rows(sizes, x)
    yield at_least("K ≥ d", sizes.K, sizes.d)
    yield at_most(INCOHERENT, spectral_norm(x.centres) ** 2, 2 * sizes.K / sizes.d)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    before, after = widths(sizes, x)
    yield up_to(FOUR, BEFORE, sizes.d * before, float(sizes.K) ** 4)
    yield up_to(TWICE, AFTER, sizes.d * after, sizes.K**2 * np.log(sizes.K))
    yield at_most(LESS, after, before)
    yield at_least(LEAST, sizes.d * after, sizes.K**2 * np.log(sizes.K))


def widths(sizes: Sizes, x: Instance) -> tuple[ndarray, ndarray]:
    """``K²‖C‖⁴`` and ``K log(K) ‖C‖²``"""
    norm = spectral_norm(x.centres) ** 2
    return sizes.K**2 * norm**2, sizes.K * np.log(sizes.K) * norm


def steeper(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield up_to(TWICE, STEEPER, sizes.d * widths(sizes, x)[1], sizes.K**1.5 * np.log(sizes.K))


def growing(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    before, after = widths(sizes, x)
    yield compared(BEFORE, sizes.d * before, np.full(len(before), float(sizes.K) ** 4))
    yield compared(AFTER, sizes.d * after, np.full(len(after), sizes.K**2 * np.log(sizes.K)))


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 7-a",
        title="without noise in the inputs the parameters needed fall from the order of K⁴ to that of K²",
        kind="asymptotic",
        claim=r"\lVert C\rVert^2 \lesssim \tfrac Kd \Longrightarrow d\,K^2\lVert C\rVert^4 \lesssim K^4,\quad "
        r"K^2\log K \le d\,K\log(K)\lVert C\rVert^2 \lesssim K^2\log K",
        place="Section 7, after Theorem 7.1",
        reading="λ(C) is a constant, the logarithm of the second condition goes unmentioned, and the centres are incoherent.",
        depends_on=("Thm 2.2", "Thm 7.1", "Sec 2-d"),
    ),
    setting=setting,
    chosen=bases,
    assumptions=assumptions,
    conclusions=conclusions,
    block=50,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 7-a for random centres",
            title="the same for independent random centres",
            claim=r"d\,K^2\lVert C\rVert^4 \lesssim K^4,\quad d\,K\log(K)\lVert C\rVert^2 \lesssim K^2\log K",
            setting=larger,
            chosen=independent,
            assumptions=unit_rows,
            conclusions=growing,
            quantifier=Sweep("K", 0.1),
            examples=tuple({"K": K, "K_over_d": ratio} for ratio in (1, 4) for K in (32, 48, 64, 96, 128, 192, 256, 384)),
            block=4,
        ),
    ),
    controls=(
        control("half of the constant", sharpened(AFTER, 0.505), AFTER),
        control("centres that are nearly one", without_assumption(INCOHERENT, chosen=alike), AFTER),
        control("K^(3/2) parameters", with_conclusions(steeper), STEEPER),
        control("1.01 of the least norm", sharpened(LEAST, 1 / 1.01), LEAST),
    ),
)
