"""A sweep judges how the constant that a claim needs grows with its size."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.checker.known_truths import NoNumbers, Vector, gaussian, statement, unassuming
from theorems.checker.changes import refutes
from theorems.checker.check import check
from theorems.checker.choose import BadSetting, Choose
from theorems.checker.claims import compared
from theorems.checker.quantifiers import Sweep
from theorems.checker.theorem import Theorem
from theorems.checker.verdict import Verdict, slopes


@dataclass(frozen=True)
class Setting:
    n: int
    kind: int


def setting(choose: Choose) -> Setting:
    return Setting(n=choose.integer("n", 2, 1000), kind=choose.integer("kind", 0, 3))


SIZES = (2, 4, 8, 16, 32, 64, 128)


def growing(left: Callable[[Setting, np.ndarray], np.ndarray], growth: float = 0.05, kinds: int = 1) -> Theorem:
    """``left(setting, v) <= C`` for v Gaussian in n dimensions."""
    return Theorem(
        statement=statement("Thm sweep", "asymptotic"),
        setting=setting,
        chosen=gaussian,  # type: ignore[arg-type]
        assumptions=unassuming,
        conclusions=lambda s, x: [compared("left ≤ C", left(s, x.v), 1.0)],
        quantifier=Sweep(over="n", growth=growth),
        examples=tuple({"n": n, "kind": kind} for n in SIZES for kind in range(kinds)),
        block=50,
    )


@pytest.mark.parametrize("power", [-0.5, 0.0, 0.03])
def test_a_constant_that_does_not_grow_is_supported(power):
    assert check(growing(lambda s, v: s.n**power + 0 * v[:, 0])).verdict is Verdict.SUPPORTED


@pytest.mark.parametrize("power", [0.1, 0.5, 1.0])
def test_a_constant_that_grows_is_refuted(power):
    assert check(growing(lambda s, v: s.n**power + 0 * v[:, 0])).verdict is Verdict.REFUTED


def test_the_slope_is_the_exponent():
    result = check(growing(lambda s, v: 3.0 * s.n**0.5 + 0 * v[:, 0]))
    (slope,) = slopes(result.theorem, result.outcomes)
    assert slope.slope == pytest.approx(0.5), f"√n was found to grow like n^{slope.slope}"


def test_lines_that_differ_in_anything_else_share_the_slope_and_not_the_constant():
    result = check(growing(lambda s, v: 10.0**s.kind * s.n**0.5 + 0 * v[:, 0], kinds=3))
    (slope,) = slopes(result.theorem, result.outcomes)
    assert slope.slope == pytest.approx(0.5), f"three parallel lines were found to grow like n^{slope.slope}"


def test_noise_widens_the_interval_until_nothing_is_decided():
    noisy = growing(lambda s, v: np.exp(3 * np.sin(s.n * 1.0)) + 0 * v[:, 0])
    assert check(noisy).verdict is Verdict.UNDECIDED


def test_a_sweep_is_played_at_its_examples_only():
    result = check(growing(lambda s, v: 1.0 + 0 * v[:, 0]))
    assert [row.setting["n"] for row in result.settings] == list(SIZES)


def test_a_pinned_value_that_no_example_has_is_refused():
    with pytest.raises(BadSetting, match="is played at its examples only, and none has n = 3"):
        check(growing(lambda s, v: 1.0 + 0 * v[:, 0]), pinned={"n": 3})


def test_a_reply_sees_what_nature_drew():
    theorem = Theorem(
        statement=statement("Thm reply"),
        setting=lambda _choose: NoNumbers(),
        chosen=lambda _s, draws: Vector(v=draws.normal(1)),
        sampled=lambda _s, x, generator, trials: Vector(v=generator.random((trials, 1)) + 5.0),
        replied=lambda _s, x, draws: Vector(v=-x.v - 0 * draws.normal(1)),
        assumptions=unassuming,
        conclusions=lambda _s, x: [compared("x", x.v[:, 0], 1.0)],
    )
    worst = [clause.worst_ratio or 0.0 for outcome in check(theorem).outcomes for clause in outcome.clauses.values()]
    assert max(worst) <= -5.0, f"the reply should negate what nature drew, the largest value is {max(worst)}"


def test_a_size_at_which_nothing_applies_does_not_hide_growth():
    theorem = growing(lambda s, v: 1.0 * s.n + 0 * v[:, 0])
    seldom = replace(theorem, conclusions=lambda s, x: [compared("left ≤ C", s.n + 0 * x.v[:, 0], 1.0, where=s.n > 2)])
    assert check(seldom).verdict is Verdict.REFUTED


def test_a_control_of_a_sweep_is_refuted_by_its_slope():
    result = check(growing(lambda s, v: 1.0 * s.n + 0 * v[:, 0]))
    assert refutes(result, "left ≤ C"), "linear growth is not seen as a refuted control"
    assert not refutes(result, "another clause")
