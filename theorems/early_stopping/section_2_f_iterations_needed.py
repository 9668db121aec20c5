r"""Section 2, on the early stopping time: at most of the order of K iterations, typically of the order of max(1, K/d).

Theorem 2.2 stops after $T \propto \lVert C\rVert^2/\lambda(C)$ iterations. For K unit centres in $\mathbb{R}^d$, up to what
$\lambda(C)$ contributes,
$$\lVert C\rVert^2 \le K, \qquad \text{typically } \lVert C\rVert^2 \lesssim \max(1, K/d).$$

*Reading.* "Modulo condition numbers" leaves $\lambda(C)$ out; "typically" is read as centres drawn uniformly from the sphere.

*Instances.* Random centres at K/d = 1/4, 1 and 4, K from 8 to 256, and in dimension 8, K from 64 to 2048; the largest norm of each block.

*Tightness.* $\lVert C\rVert^2$ is close to $(1 + \sqrt{K/d})^2$, at most four times the claim, which is met at K = d; in a fixed
dimension the factor tends to 1. The first bound is attained by centres on one line: the step.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.data import unit
from models.matrices import euclidean, spectral_norm
from theorems.checker import extremes
from theorems.checker.changes import Change, control
from theorems.checker.choose import Choose, Named
from theorems.checker.claims import Clause, Witness, at_most, equals, up_to
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Theorem

TYPICAL = "‖C‖² ≲ max(1, K/d)"
FACTOR = Witness("C", 8.0, "calibrated: (1 + √(K/d))² is at most 4 max(1, K/d), and 5 were needed over the sweep")
GROWTH = 0.2
FIXED = 8  # the dimension where K/d grows with K


@dataclass(frozen=True)
class Sizes:
    K: int
    d: int


@dataclass(frozen=True)
class Instance:
    C: Float[ndarray, "trials K d"]


def setting(choose: Choose) -> Sizes:
    K, ratio = choose.integer("K", 1, 2048), str(choose.option("K/d", ("1/4", "1", "4", "K/8")))
    return Sizes(K=K, d={"1/4": 4 * K, "1": K, "4": max(1, K // 4), "K/8": FIXED}[ratio])


def small(choose: Choose) -> Sizes:
    return Sizes(K=choose.integer("K", 1, 8), d=choose.integer("d", 1, 8))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return Instance(C=unit(draws.normal(sizes.K, sizes.d)))


def anywhere(sizes: Sizes, draws: Draws) -> Instance:
    return Instance(C=unit(extremes.matrix(draws, sizes.K, sizes.d)))


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("‖c_l‖ = 1", np.abs(euclidean(x.C) - 1).max(axis=1), 0.0, allowance=1e-13)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield up_to(FACTOR, TYPICAL, spectral_norm(x.C) ** 2, max(1.0, sizes.K / sizes.d))


def at_most_K(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield at_most("‖C‖² ≤ K", spectral_norm(x.C) ** 2, float(sizes.K))


def unchanging(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield up_to(FACTOR, "‖C‖² ≲ 1", spectral_norm(x.C) ** 2, 1.0)


def fourth_power(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield up_to(FACTOR, "‖C‖⁴ ≲ max(1, K/d)", spectral_norm(x.C) ** 4, max(1.0, sizes.K / sizes.d))


def coherent(sizes: Sizes, draws: Draws) -> Instance:
    """Random centres, half of each a common direction."""
    C = chosen(sizes, draws).C
    return Instance(C=unit(C + C[:, :1]))


def played_at(*ratios: str) -> tuple[Named, ...]:
    """In a fixed dimension K is eight times as large: there the claim changes with K."""
    sizes = {ratio: np.array((8, 16, 32, 64, 128, 256)) * (8 if ratio == "K/8" else 1) for ratio in ratios}
    return tuple({"K": int(K), "K/d": ratio} for ratio in ratios for K in sizes[ratio])


def in_fixed_dimension(conclusions_: Callable[[Sizes, Instance], Iterable[Clause]]) -> Change:
    return lambda theorem: replace(theorem, conclusions=conclusions_, examples=played_at("K/8"))


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 2-f",
        title="at most of the order of K iterations, typically of the order of max(1, K/d)",
        kind="asymptotic",
        claim=r"T \propto \lVert C\rVert^2/\lambda(C):\quad \lVert C\rVert^2 \le K, \text{ typically }"
        r" \lVert C\rVert^2 \lesssim \max(1, K/d)",
        place="Section 2, after Theorem 2.2",
        reading="λ(C) is left out, as a condition number; typical centres are uniform on the sphere.",
        depends_on=("Thm 2.2", "Sec 2-c"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Sweep("K", GROWTH),
    examples=played_at("1/4", "1", "4", "K/8"),
    controls=(
        control("a constant number of iterations", in_fixed_dimension(unchanging), "‖C‖² ≲ 1"),
        control("‖C‖⁴ in place of ‖C‖²", in_fixed_dimension(fourth_power), "‖C‖⁴ ≲ max(1, K/d)"),
        control("coherent centres", lambda theorem: replace(theorem, chosen=coherent), TYPICAL),
    ),
    block=5,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 2-f-order-K",
            title="never more than of the order of K",
            claim=r"\lVert c_l\rVert_2 = 1 \ \Longrightarrow\ \lVert C\rVert^2 \le K",
            setting=small,
            chosen=anywhere,
            conclusions=at_most_K,
            quantifier=ALWAYS,
            examples=(),
            block=200,
        ),
    ),
)
