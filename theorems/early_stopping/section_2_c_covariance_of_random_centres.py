r"""Section 2, after Definition 2.1: the covariance of random centres is as good as constant. Quoted there from another paper.

For centres $c_1, \dots, c_K$ drawn independently and uniformly from the unit sphere of $\mathbb{R}^d$, $\lambda(C)$ scales like
a constant:
$$1 \lesssim \lambda(C) \lesssim 1.$$

*Reading.* The remark ties K to nothing and names no activation. Read with d = K and units that are not linear: for
linear units $\lambda(C)$ falls like $1/d^2$ and is 0 once K > d, and in a fixed dimension centres come close to one another.

*Instances.* Random centres for four kinds of units, K from 8 to 128. The least $\lambda(C)$ of a block has to stay above a
constant, the largest below one.

*Tightness.* $\lambda(C)$ approaches the share of $E\varphi'(g)^2$ that is neither constant nor linear in g: it rises to 0.04
(softplus), 0.096 (tanh), 0.24 (ReLU) and 0.35 (1 - cos). The spread over draws vanishes.

*Remarks.* "The more distinct the centres, the larger $\lambda(C)$" is a step, for two centres at an acute or right angle. Beyond
the right angle it fails for linear units: $\lambda(C)$ falls again and is 0 at opposite centres.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import ACTIVATIONS, RELU, Activation
from models.data import unit
from models.kernels import least_eigenvalue
from models.matrices import euclidean
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose, Named
from theorems.checker.claims import Clause, Witness, at_least, at_most, equals, up_to
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Sweep
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Theorem

BELOW = "1 ≲ λ(C)"
ABOVE = "λ(C) ≲ 1"
UNITS = {**ACTIVATIONS, RELU.name: RELU}
KINDS = ("softplus", "tanh", "bent", "relu")
SIZES = (8, 12, 16, 32, 64, 128)
LEAST = Witness("C", 200.0, "calibrated: 60 were needed at K = 8, fewer from K = 16 on")
MOST = Witness("C", 1.0, "derived: λ(C) is at most a diagonal entry, E φ'(g)² ≤ Γ² = 1")
GROWTH = 0.1
FLOOR = 1e-15  # of an eigenvalue, where rounding has eaten it


@dataclass(frozen=True)
class Sizes:
    K: int
    d: int
    activation: Activation


@dataclass(frozen=True)
class Instance:
    C: Float[ndarray, "trials K d"]


@dataclass(frozen=True)
class Pairs:
    """Two pairs of centres at angles within a right one, the second at least as wide."""

    near: Float[ndarray, "trials 2 d"]
    wide: Float[ndarray, "trials 2 d"]


def setting(choose: Choose) -> Sizes:
    K = choose.integer("K", 2, 256)
    return Sizes(K=K, d=K, activation=UNITS[str(choose.option("activation", tuple(UNITS)))])


def in_space(choose: Choose) -> Sizes:
    return replace(setting(choose), d=3)


def pairs_setting(choose: Choose) -> Sizes:
    activation = UNITS[str(choose.option("activation", tuple(UNITS)))]
    return Sizes(K=2, d=choose.integer("d", 2, 6), activation=activation)


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    return Instance(C=unit(draws.normal(sizes.K, sizes.d)))


def pairs(sizes: Sizes, draws: Draws) -> Pairs:
    wide = np.pi / 2 * extremes.fraction(draws)
    return Pairs(near=pair(sizes, wide * draws.uniform(0.0, 1.0)), wide=pair(sizes, wide))


def pair(sizes: Sizes, angle: Float[ndarray, " trials"]) -> Float[ndarray, "trials 2 d"]:
    """The first axis, and the unit vector at this angle in the plane of the first two."""
    axes = np.eye(sizes.d)
    turned = np.cos(angle)[:, np.newaxis] * axes[0] + np.sin(angle)[:, np.newaxis] * axes[1]
    return np.stack([np.broadcast_to(axes[0], turned.shape), turned], axis=1)


def assumptions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield equals("‖c_l‖ = 1", np.abs(euclidean(x.C) - 1).max(axis=1), 0.0, allowance=1e-13)


def conclusions(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return scaling(sizes, x, 1.0)


def scaling(sizes: Sizes, x: Instance, size: float) -> Iterable[Clause]:
    least = np.maximum(least_eigenvalue(x.C, sizes.activation), FLOOR)
    yield up_to(LEAST, BELOW, size, least)
    yield up_to(MOST, ABOVE, least, size)


def growing(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """As if λ(C) grew with the number of centres."""
    return scaling(sizes, x, float(sizes.K) ** 2)


def wider(_sizes: Sizes, x: Pairs) -> Iterable[Clause]:
    yield at_most("‖c₁ - c₂‖ ≤ ‖c₁' - c₂'‖ ≤ √2", distance(x.near), distance(x.wide))
    yield at_least("⟨c₁', c₂'⟩ ≥ 0", np.sum(x.wide[:, 0] * x.wide[:, 1], axis=1), 0.0, rounding=0.0)


def distance(C: Float[ndarray, "trials 2 d"]) -> Float[ndarray, " trials"]:
    return euclidean(C[:, 0] - C[:, 1])


def larger(sizes: Sizes, x: Pairs) -> Iterable[Clause]:
    near, wide = (least_eigenvalue(C, sizes.activation) for C in (x.near, x.wide))
    yield at_most("λ(c₁, c₂) ≤ λ(c₁', c₂')", near, wide, scale=1e-2)


def played_at(kinds: tuple[str, ...]) -> tuple[Named, ...]:
    return tuple({"K": K, "activation": kind} for kind in kinds for K in SIZES)


def in_pairs(sizes: Sizes, draws: Draws) -> Instance:
    """Every other centre about 1/K away from the one before."""
    C = chosen(sizes, draws).C
    near = unit(np.repeat(C[:, ::2], 2, axis=1)[:, : sizes.K] + C / sizes.K)
    return Instance(C=near)


def spatial(theorem: Theorem) -> Theorem:
    return replace(theorem, setting=in_space)


BASE = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 2-c",
        title="the covariance of random centres is as good as constant",
        kind="asymptotic",
        claim=r"c_1,\dots,c_K \text{ uniform on the sphere} \ \Longrightarrow\ 1 \lesssim \lambda(C) \lesssim 1",
        place="Section 2, after Definition 2.1",
        reading="The remark ties K to nothing and names no activation: read with d = K and units that are not linear.",
        depends_on=("Def 2.1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Sweep("K", GROWTH),
    examples=played_at(KINDS),
    controls=(
        control("centres in pairs 1/K apart", lambda theorem: replace(theorem, chosen=in_pairs), BELOW),
        control("centres in space, d = 3", spatial, BELOW),
        control("λ(C) of the order of K²", with_conclusions(growing), BELOW),
    ),
    block=25,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 2-c-distinct",
            title="two more distinct centres have the larger least eigenvalue, up to the right angle",
            claim=r"\lVert c_1-c_2\rVert_2 \le \lVert c_1'-c_2'\rVert_2 \le \sqrt2 \ \Longrightarrow\ "
            r"\lambda(c_1,c_2) \le \lambda(c_1',c_2')",
            setting=pairs_setting,
            chosen=pairs,
            assumptions=wider,
            conclusions=larger,
            quantifier=ALWAYS,
            examples=(),
            block=200,
        ),
    ),
)
