"""No rigorous bound on a failure is below the frequency of that failure, at parameters that runs can follow.

Step sizes and noise are far larger than the lemmas allow, so that failures are seen; the bounds need no more than what
their derivations use. A bound is refuted if so many failures have at most the chance ``SIGNIFICANCE`` under it.
"""

import numpy as np
import pytest
from flint import arb, ctx
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from scipy.stats import binomtest

from models.couplings import Coupled, Region, coupled
from models.label_noise_sgd import label_noise_sgd
from models.quadratic_regression import sup_norm
from theorems.checker.theorem import Nothing
from theorems.label_noise import _falling as falling
from theorems.label_noise import _first_stage_union as union
from theorems.label_noise import _off_support_steps as off_support
from theorems.label_noise import _potential_decay as decay
from theorems.label_noise import _round_failure as whole_round
from theorems.label_noise import _signal_growth as growth
from theorems.label_noise import _stage_two as stage_two
from theorems.label_noise import _stage_two_bounds as bounds
from theorems.label_noise import lemma_c_2_signal_does_not_overshoot as overshoot
from theorems.label_noise import lemma_c_3_mass_off_the_support as mass_off
from theorems.label_noise import lemma_d_5_signal_error_gets_below_half_of_c_s as nearing
from theorems.label_noise import lemma_d_6_signal_error_stays_below_c_s as staying
from theorems.label_noise._stage_one import Constants, Instance, Sizes
from theorems.label_noise._stage_two import Round, Run

SIGNIFICANCE, RUNS = 1e-6, 4000
C1 = 0.4
GOAL = np.array([[1.0, 0.0]])
Data = Float[ndarray, "n 2"]
HADAMARD: Data = np.array([[1.0, 1.0], [1.0, -1.0]])
RARE: Data = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [2.0, 0.0]])  # second moment 1, b_x = 2
CORRELATED: Data = np.array([[1.0, 0.8], [1.0, 0.8], [1.0, 0.8], [-1.0, 0.8]])  # 0.4, and second moments 1 and 0.64
TILTED: Data = np.array([[1.0, 1.0], [1.0, -0.9]])  # correlation 0.05
ALIKE: Data = np.array([[1.0, 0.3], [1.0, 0.3]])  # the signal drags the other coordinate up


def assert_not_below(bound: float, happened: Bool[ndarray, " runs"]) -> None:
    """``bound`` is no probability below that of what ``happened`` in independent runs, and says something."""
    assert bound < 1, f"the bound {bound} says nothing"
    found = binomtest(int(happened.sum()), len(happened), bound, alternative="greater")
    assert found.pvalue >= SIGNIFICANCE, f"{happened.mean()} of the runs failed, the bound is {bound}"


def at_the_likeliest_time(happened: Bool[ndarray, " runs"], times: Int[ndarray, " runs"]) -> Bool[ndarray, " runs"]:
    """Which runs did it at the time at which most did: the bound is one for a given time."""
    assert happened.any(), "no run did it"
    return happened & (times == np.bincount(times[happened]).argmax())


def keys(runs: int = RUNS) -> Int[ndarray, " runs"]:
    return np.random.default_rng(20).integers(0, 2**53, runs)


def sizes(T: float, mass: float) -> Sizes:
    """Two coordinates, the first on the support; ``mass`` is ẽ₁."""
    return Sizes(d=2, r=1, T=T, constants=Constants(rho=0.5, c1=C1, mass=mass))


def first_stage(X: Data, v: tuple[float, float], eta: float, delta: float) -> Instance:
    samples = X[np.newaxis]
    return Instance(np.array([v]), GOAL, samples, sup_norm(samples), np.array([eta]), np.array([delta]))


def followed(given: Sizes, x: Instance, low: float = -np.inf, high: float = 1 + C1) -> Coupled:
    """The coupling that moves while the first coordinate is in [low, high] and the mass off the support at most ẽ₁."""
    region = Region(x.target > 0, *(np.array([end]) for end in (given.constants.mass, low, high)))
    return coupled(x.v, x.target, x.X, keys(), x.eta, x.delta, int(given.T), region)


@pytest.mark.parametrize(("eta", "delta", "T"), [(0.002, 5.0, 3000.0), (0.003, 12.0, 15.0), (0.002, 23.0, 5.0)])
def test_overshooting_at_a_given_time(eta: float, delta: float, T: float):
    """Lemma C.2: from 1 + c₁/2 beyond 1 + c₁, not below 1 + c₁/3 in between."""
    given, x = sizes(T, mass=1.0), first_stage(HADAMARD, (1 + C1 / 2, 0.5), eta, delta)
    run = followed(given, x, low=1 + C1 / 3)
    escaped = at_the_likeliest_time(run.v[:, 0] > 1 + C1, run.left)
    assert_not_below(np.exp(-overshoot.exponent(given, x)[0]), escaped)


@pytest.mark.parametrize(
    ("X", "eta", "delta", "T"), [(HADAMARD, 0.004, 4.0, 3000.0), (HADAMARD, 0.004, 11.0, 30.0), (RARE, 0.003, 9.0, 30.0)]
)
def test_falling_back_at_a_given_time(X: Data, eta: float, delta: float, T: float):
    """Lemma C.5: from 1 - c₁/2 below 1 - c₁, not above 1 - c₁/3 in between."""
    given, x = sizes(T, mass=0.3), first_stage(X, (1 - C1 / 2, 0.1), eta, delta)
    run = followed(given, x, low=1 - C1, high=1 - C1 / 3)
    escaped = at_the_likeliest_time(run.v[:, 0] < 1 - C1, run.left)
    assert_not_below(np.exp(-falling.exponent(given, x)[0]), escaped)


@pytest.mark.parametrize(("X", "v", "delta", "T"), [(HADAMARD, 0.6, 30.0, 50.0), (HADAMARD, 0.2, 60.0, 100.0), (ALIKE, 0.6, 60.0, 60.0)])
def test_too_much_mass_off_the_support(X: Data, v: float, delta: float, T: float):
    """Lemma C.3, while the signal is small."""
    given, x = sizes(T, mass=1.0), first_stage(X, (0.05, v), 0.002, delta)
    assert_not_below(mass_off.mean_mass(given, x)[1][0], followed(given, x).v[:, 1] > 1)


@pytest.mark.parametrize(("start", "eta", "delta", "T"), [(0.75, 0.02, 2.0, 100.0), (0.75, 0.02, 4.0, 150.0), (0.6, 0.005, 6.0, 1000.0)])
def test_a_signal_that_stays_low(start: float, eta: float, delta: float, T: float):
    """Lemma C.4, from just below 1 - c₁/2."""
    given, x = sizes(T, mass=0.1), first_stage(HADAMARD, (start, 0.001), eta, delta)
    run = followed(given, x)
    low = (run.peak[:, 0] < 1 - C1 / 2) & (run.left > T)
    assert low.any()
    assert_not_below(growth.staying_low(given, x)[0], low)


@pytest.mark.parametrize(("X", "T"), [(HADAMARD, 600.0), (HADAMARD, 2000.0), (TILTED, 2000.0)])
def test_a_potential_that_survives(X: Data, T: float):
    """Lemma C.7 with the mass at the start for ε₁."""
    given, x = sizes(T, mass=1.0), first_stage(X, (1.0, 0.1), 0.0025, 20.0)
    aimed = decay.Start(**decay.shallow(x), eps1=np.array([0.1]))
    run = followed(given, x)
    survived = (run.left > T) & (run.v[:, 1] > 0.1)
    assert survived.any()
    assert_not_below(decay.surviving(given, aimed)[0], survived)


def a_round(eta: float, delta: float, c0: float, c: float = 0.1, eps: float = 0.002, cross: float = 0.0, moment: float = 1.0) -> Round:
    r"""r = 1 and b_x = 1. $T = \log(4/c_0)/\eta$: a ``c0`` near 4 makes a round short, and steps large beside the error."""
    return Round(r=1, c=c, eps=eps, delta=delta, rho=0.5, b=1.0, cross=cross, moment=moment, eta=eta, c0=c0)


def played(q: Round, sign: float = -1.0, X: Data = HADAMARD, mass: float = 0.0) -> Coupled:
    return stage_two.followed(q, Run(X[np.newaxis], np.array([[1 + sign * q.c, mass]]), keys()))


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(("eta", "delta", "c0"), [(0.006, 1.5, 0.1), (0.001, 25.0, 3.97), (0.0005, 50.0, 3.99)])
def test_doubling_the_error_at_a_given_time(side: int, eta: float, delta: float, c0: float):
    """Lemma D.3: from c_{s-1} beyond 2c_{s-1}, above 1 (side 0) or below."""
    q, sign = a_round(eta, delta, c0), (1, -1)[side]
    run = played(q, sign)
    escaped = at_the_likeliest_time(sign * (run.v[:, 0] - 1) > 2 * q.c, run.left)
    one = bounds.two_sides(q, 2 / 3 * q.c, 2 * q.c)[side]
    assert_not_below(np.exp(-one.escape(q, 2 * q.c, q.c)), escaped)


@pytest.mark.parametrize(("eta", "delta", "c0", "eps"), [(0.0001, 60.0, 3.95, 0.01), (0.0002, 3.0, 3.0, 0.05), (0.0005, 30.0, 2.0, 0.05)])
def test_mass_that_grows_in_a_round(eta: float, delta: float, c0: float, eps: float):
    """Lemma D.4, and its share of Theorem D.1."""
    q = a_round(eta, delta, c0, eps=eps)
    large = played(q, mass=q.eps).mass > q.next_eps
    assert large.any()
    assert_not_below(off_support.failure(q), large)
    assert_not_below(whole_round.growing(q), large)


def test_mass_that_correlations_drive():
    q = a_round(0.0005, 8.0, 2.0, eps=0.05, cross=0.4, moment=0.64)
    assert_not_below(off_support.failure(q), played(q, X=CORRELATED, mass=q.eps).mass > q.next_eps)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_staying_away_from_1_for_a_round(sign: float):
    """Lemma D.5 as corrected, and its share of Theorem D.1."""
    q = a_round(0.0003, 1.0, 0.5, c=0.2)
    run = played(q, sign)
    away = (run.closest[:, 0] > q.next_c / 2) & (run.left > q.T)
    assert_not_below(nearing.bounded(q, Nothing(np.zeros(1)))[1][0], away)
    assert_not_below(whole_round.staying(q), away)


@pytest.mark.parametrize(("eta", "delta"), [(7e-5, 1.0), (1.5e-4, 0.0)])
def test_a_round_that_fails(eta: float, delta: float):
    """Theorem D.1 on fixed data."""
    q = a_round(eta, delta, 0.5, eps=0.05)
    start, rates = np.array([[1 - q.c, q.eps]]), (np.array([q.eta]), np.array([q.delta]))
    v = label_noise_sgd(start, GOAL, HADAMARD[np.newaxis], keys(1000), *rates, int(q.T))
    assert_not_below(whole_round.failure(q), (stage_two.error(q, v) > q.next_c) | (stage_two.mass(q, v) > q.next_eps))


def test_leaving_1_again():
    """Lemma D.6, from c_s/2."""
    q = a_round(3e-5, 1.0, 0.5, eps=0.05)
    run = stage_two.followed(q, Run(HADAMARD[np.newaxis], np.array([[1 - q.next_c / 2, q.eps]]), keys(1000)))
    assert_not_below(staying.failure(q), (run.left > q.T) & (stage_two.error(q, run.v) > q.next_c))


@pytest.mark.parametrize("eps", [1e-9, 1e-12])
@pytest.mark.parametrize("c", [1e-9, 1e-3, 0.1])
def test_the_bound_on_growing_mass_is_rounded_outward(c: float, eps: float):
    """Where e^{-ηcT} and ε_{s-1}/ε_s agree in eight digits, too; in high precision the gap is below e^{-1}."""
    q = a_round(c**2 / 10, 0.0, 0.1, c=c, eps=eps)
    before, ctx.prec = ctx.prec, 400
    ratio = (arb(4) / arb(q.c0)) ** (-2 * arb(q.c))
    gap = (-arb(q.T) * (1 + arb(q.eta) * arb(q.c)).log()).exp() - ratio
    exact = gap**2 / (2 * arb(q.T) * arb(q.eta) ** 2 * arb(q.B))
    ctx.prec = before
    ours = -np.log(whole_round.growing(q))
    assert float(exact) * (1 - 1e-9) <= ours < exact


def gaussian(n: int) -> Float[ndarray, "runs n 2"]:
    return np.random.default_rng(21).standard_normal((20_000, n, 2))


def scalars(n: int = 1, bx: float = 1.0, cross: float = 0.0, T: float = 1.0) -> union.Scalars:
    """Of the proof of Theorem 3.3, d = 2 and r = 1, with ẽ₁ near 0 and a start at 0.9."""
    rates = {"delta": 0.5, "eta": 0.02, "T": T}
    return union.Scalars(log_d=np.log(2), r=1, n=n, spread=1.0025, start=-np.log(0.9), aim=1.0, bx=bx, cross=cross, **rates)


@pytest.mark.parametrize(("n", "bx"), [(3, 2.5), (10, 3.0)])
def test_an_entry_beyond_b_x(n: int, bx: float):
    assert_not_below(np.exp(union.large_entry(scalars(n=n, bx=bx))), np.abs(gaussian(n)).max(axis=(1, 2)) > bx)


@pytest.mark.parametrize("n", [30, 60])
def test_a_second_moment_below_two_thirds(n: int):
    assert_not_below(np.exp(union.small_moment(scalars(n=n))), np.mean(gaussian(n) ** 2, axis=1).min(axis=1) < 2 / 3)


@pytest.mark.parametrize(("n", "level"), [(40, 0.4), (60, 0.35)])
def test_correlated_coordinates(n: int, level: float):
    found = np.abs(np.mean(gaussian(n).prod(axis=2), axis=1))
    assert_not_below(np.exp(union.correlated(scalars(n=n, cross=level))), found > level)


def test_a_signal_that_stays_low_in_theorem_3_3():
    """c₁ = 1/10 and second moments of 2/3, from 0.9."""
    s = scalars(T=100.0, bx=float(np.sqrt(2 / 3)))
    given = Sizes(d=2, r=1, T=s.T, constants=Constants(rho=0.5, c1=0.1, mass=0.05))
    x = first_stage(s.bx * HADAMARD, (0.9, 0.01), s.eta, s.delta)
    run = followed(given, x, high=1.1)
    low = (run.peak[:, 0] < 0.95) & (run.left > s.T)
    assert low.any()
    assert_not_below(np.exp(union.slow_rise(s)), low)
