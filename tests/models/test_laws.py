"""Enclosures against ball arithmetic: they hold the true probability and are as narrow as they say."""

import numpy as np
import pytest
from flint import arb, ctx
from scipy.stats import binom

from models import laws


@pytest.fixture(autouse=True)
def _enough_bits():
    before, ctx.prec = ctx.prec, 3000
    yield
    ctx.prec = before


def assert_encloses(enclosure, truth: arb) -> None:
    low, high = float(enclosure[0][0]), float(enclosure[1][0])
    assert arb(low) <= truth, f"the enclosure begins at {low}, the truth is {truth.str(15)}"
    assert truth <= arb(high), f"the enclosure ends at {high}, the truth is {truth.str(15)}"
    assert high - low <= 3 * laws.RELATIVE * high + 2 * laws.TINIEST, f"[{low}, {high}] is wider than declared"


@pytest.mark.parametrize("b", [0.0, 0.3, 1.0, 5.0, 20.0, 35.0])
def test_normal_tails(b):
    tail = (arb(b) / arb(2).sqrt()).erfc()
    assert_encloses(laws.normal_beyond(b), tail)
    assert_encloses(laws.normal_within(b), 1 - tail) if b else None


@pytest.mark.parametrize("d", [1, 2, 7, 100, 1000])
@pytest.mark.parametrize("share", [0.25, 2 / 3, 1.0, 2.25])
def test_chi_square_tails(d, share):
    x = d * share
    below = (arb(x) / 2).gamma_lower(arb(d) / 2, regularized=1)
    assert_encloses(laws.chi_square_below(d, x), below)
    assert_encloses(laws.chi_square_above(d, x), 1 - below)


@pytest.mark.parametrize(("m", "p"), [(1, 0.5), (12, 0.31), (400, 0.02)])
def test_binomial_tails(m, p):
    for k in {0, 1, m // 2, m}:
        assert laws.binomial_at_most(k, m, p)[0] <= binom.cdf(k, m, p) <= laws.binomial_at_most(k, m, p)[1]
        assert laws.binomial_at_least(k, m, p)[0] <= binom.sf(k - 1, m, p) <= laws.binomial_at_least(k, m, p)[1]


def test_binomial_tails_beyond_the_ends():
    assert laws.binomial_at_most(-1, 5, 0.5)[1] <= laws.TINIEST
    assert laws.binomial_at_least(6, 5, 0.5)[1] <= laws.TINIEST
    assert laws.binomial_at_least(0, 5, 0.5)[1] == 1.0


def test_some_of_many_rare_events_keeps_its_digits():
    one = (np.array([1e-20]), np.array([1e-20]))
    assert_encloses(laws.some_of(1e6, one), arb("1e-14") - arb("4.999995e-29"))


def test_either_of_two_events_lies_between_the_larger_and_the_sum():
    low, high = laws.either((np.array([0.2]), np.array([0.2])), (np.array([0.3]), np.array([0.3])))
    assert (low[0], high[0]) == (pytest.approx(0.3), pytest.approx(0.5))
