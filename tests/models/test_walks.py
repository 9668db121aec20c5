"""The laws of both walks against enumeration of signs, ball arithmetic and SciPy's normal law."""

from itertools import product

import numpy as np
import pytest
from flint import arb, ctx, fmpz
from scipy.stats import norm

from models import walks

T, ETA = 6, 0.3
SIGNS = np.array(list(product((-1.0, 1.0), repeat=T)))


def outcomes():
    """The walk after T steps, for every choice of signs."""
    return walks.multiplicative(SIGNS, np.full(len(SIGNS), ETA))[:, -1]


def test_paths_obey_their_recursions():
    path = walks.multiplicative(SIGNS[:5], np.full(5, ETA))
    assert np.allclose(path[:, 1:], path[:, :-1] + ETA * SIGNS[:5] * path[:, :-1])
    sums = walks.additive(SIGNS[:5], np.full(5, ETA))
    assert np.allclose(np.diff(sums, axis=1), ETA * SIGNS[:5])
    assert np.all(path[:, 0] == 1)
    assert np.all(sums[:, 0] == 1)


def test_law_is_that_of_all_choices_of_signs():
    values, counts = np.unique(np.round(outcomes(), 12), return_counts=True)
    assert np.sort(walks.values(np.array([ETA]), T)[0]) == pytest.approx(values)
    assert walks.chances(T) == pytest.approx(counts / len(SIGNS))


@pytest.mark.parametrize("x", [1e-3, 0.2, 0.9, 1.0, 4.0, 10.0])
def test_tail_is_that_of_all_choices_of_signs(x):
    low, high = walks.above(x, ETA, T)
    assert low[0] <= np.mean(outcomes() > x) <= high[0]
    assert high[0] - low[0] < 1e-9


def test_tail_at_an_attained_value_counts_it_either_way():
    low, high = walks.above(1.5, 0.5, 1)
    assert low[0] == pytest.approx(0.0)
    assert high[0] == pytest.approx(0.5)


def test_tail_of_a_long_walk_against_ball_arithmetic():
    eta, t, x = 0.1, 3000, 0.01
    with ctx.workprec(400):
        step = ((1 + arb(eta)) / (1 - arb(eta))).log()
        threshold = (arb(x).log() - t * (1 - arb(eta)).log()) / step
        least = int(float(threshold.floor())) + 1
        truth = arb(sum((fmpz(t).bin_uiui(t, k) for k in range(least, t + 1)), fmpz(0))) / arb(2) ** t
    low, high = walks.above(x, eta, t)
    assert low[0] <= float(truth) <= high[0]
    assert float(truth) == pytest.approx(0.0285, rel=0.05)


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
def test_log_moment_is_that_of_one_step(p):
    assert walks.log_moment(p, ETA) == pytest.approx(np.log(((1 + ETA) ** p + (1 - ETA) ** p) / 2))
    assert np.mean(outcomes() ** p) == pytest.approx(np.exp(T * walks.log_moment(p, ETA)))


def test_log_moment_keeps_its_digits_for_small_steps():
    with ctx.workprec(200):
        truth = (((1 + arb(1e-3)).sqrt() + (1 - arb(1e-3)).sqrt()) / 2).log()
    assert walks.log_moment(0.5, 1e-3) == pytest.approx(float(truth), rel=1e-9)


def test_additive_walk_within_a_bound():
    law = norm(1, 0.2 * np.sqrt(7))
    low, high = walks.additive_within(1.5, 0.2, 7)
    assert low[0] <= law.cdf(1.5) - law.cdf(-1.5) <= high[0]
