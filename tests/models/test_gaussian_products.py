"""Against the exponential moment by quadrature, its best slope by search, and the chi-square law."""

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.optimize import minimize_scalar
from scipy.stats import chi2

from models.gaussian_products import product_mean_exponent, square_mean_exponent


def exponential_moment(slope: float) -> float:
    return dblquad(lambda y, x: np.exp(slope * x * y - (x**2 + y**2) / 2) / (2 * np.pi), -15, 15, -15, 15)[0]


@pytest.mark.parametrize("t", [0.05, 0.3])
def test_the_exponent_is_the_best_one_of_the_exponential_moment(t):
    found = minimize_scalar(lambda slope: np.log(exponential_moment(slope)) - slope * t, bounds=(0, 0.6), method="bounded")
    assert product_mean_exponent(t) == pytest.approx(-found.fun, rel=1e-5)


def test_a_small_mean_has_the_exponent_of_a_normal_one():
    assert product_mean_exponent(1e-6) == pytest.approx(0.5e-12, rel=1e-9)


def test_products_exceed_a_level_no_more_often_than_the_bound_says():
    generator = np.random.default_rng(0)
    means = np.mean(generator.standard_normal((200_000, 20)) * generator.standard_normal((200_000, 20)), axis=1)
    assert np.mean(means >= 0.5) <= np.exp(-20 * product_mean_exponent(0.5))


@pytest.mark.parametrize("n", [1, 10, 500])
def test_squares_stay_within_the_bound_and_near_it(n):
    tail, bound = chi2.cdf(2 * n / 3, n), np.exp(-n * square_mean_exponent(2 / 3))
    assert bound / (10 * np.sqrt(n)) <= tail <= bound
