"""The hypotheses of Appendix C in rationals (and one logarithm in ball arithmetic), for certificates."""

from collections.abc import Iterable, Mapping
from typing import Any

from flint import arb, fmpq

from theorems.checker.certify import Comparison, ball
from theorems.checker.certify import assumed as given
from theorems.label_noise import _stage_one as stage
from theorems.label_noise._stage_one import Sizes

RHO, C1, EXACT_MASS = fmpq(1, 100), fmpq(1, 10), fmpq(1200)


def spread(sizes: Sizes) -> fmpq:
    """ẽ₁² + r"""
    return EXACT_MASS**2 + sizes.r


def moment(exact: Mapping[str, Any], j: int, k: int) -> fmpq:
    """E_i[x_j x_k]"""
    return sum((x[j] * x[k] for x in exact["X"]), fmpq(0)) / len(exact["X"])


def cross_moment(exact: Mapping[str, Any]) -> fmpq:
    """C_x"""
    d = len(exact["v"])
    return max((abs(moment(exact, j, k)) for j in range(d) for k in range(j)), default=fmpq(0))


def mean_factor(exact: Mapping[str, Any], k: int) -> fmpq:
    """E_i[g_k] = Σ_j (v_j² - v*_j²) E_i[x_j x_k]"""
    pairs = enumerate(zip(exact["v"], exact["target"], strict=True))
    return sum(((v**2 - goal**2) * moment(exact, j, k) for j, (v, goal) in pairs), fmpq(0))


def union(sizes: Sizes) -> arb:
    """log(6rT²/ρ)"""
    return (6 * sizes.r / ball(RHO) * arb(sizes.T) ** 2).log()


def about_data(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    bx, d = exact["bx"], len(exact["v"])
    yield given(stage.BOUNDED, max(abs(entry) for x in exact["X"] for entry in x), bx)
    yield given(stage.MOMENT, fmpq(2, 3), min(moment(exact, k, k) for k in range(d)))
    yield given(stage.CROSS, spread(sizes) * cross_moment(exact) * bx**2, C1 / 20)
    yield given(stage.NOISE, bx * spread(sizes), exact["delta"])


def about_step_size(sizes: Sizes, exact: Mapping[str, Any]) -> Comparison:
    return given(stage.STEP_SIZE, union(sizes), ball(C1**2 / (8 * exact["eta"] * exact["delta"] ** 2 * exact["bx"] ** 2)))


def inside(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    v, r = exact["v"], sizes.r
    goal = [fmpq(k < r) for k in range(len(v))]
    yield given("v* = 1 on the first r coordinates", max(abs(a - b) for a, b in zip(exact["target"], goal, strict=True)), 0)
    yield given("ṽ > 0", fmpq(1, 10**300), min(v))
    yield given(stage.SUPPORT, max(v[:r]), 1 + C1)
    yield given(stage.MASS, sum(v[r:], fmpq(0)), EXACT_MASS)


def on_the_way(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """All hypotheses of Lemma C.2 on a state of the coupling while it moves."""
    yield from inside(sizes, exact)
    yield from about_data(sizes, exact)
    yield about_step_size(sizes, exact)
