"""Bernstein's exponent against its displayed steps, Azuma's, and exact processes of two successors."""

import numpy as np
import pytest

from models import azuma, bernstein

RNG = np.random.default_rng(11)


def test_moment_generating_function_of_two_points_is_bounded():
    p, reach = RNG.uniform(0.01, 0.99, 500), 10.0 ** RNG.uniform(-3, 1, 500)
    below, share = p * reach / (1 - p), RNG.uniform(0, 0.99, 500)
    tilt = 3 * share / reach
    exact = p * np.exp(tilt * reach) + (1 - p) * np.exp(-tilt * below)
    assert (np.log(exact) <= tilt**2 / 2 * p * reach**2 / (1 - p) / (1 - share) + 1e-12).all()


@pytest.mark.parametrize("start", [0.0, 0.5, 0.999])
def test_short_steps_give_the_exponent_of_azuma_for_long_horizons(start):
    ours = bernstein.least_escape_exponent(1.0, start, 1e-9, 1e-12, 1e-9)
    assert ours == pytest.approx(azuma.least_escape_exponent(1.0, start, 1e-9, 1e-6, 1e12), rel=1e-5)


def test_exponent_is_below_that_of_every_horizon():
    gamma, variance, reach, c, start = 0.01, 0.002, 0.3, 1.0, 0.4
    both = gamma * (2 - gamma)
    sigma2 = variance / (1 - both * c * reach / (3 * variance))
    u = (1 - gamma) ** np.arange(1, 2000)
    every = both / sigma2 * (c**2 / 2 - c * start * u + c**2 * u**2 / 2)
    least = bernstein.least_escape_exponent(c, start, gamma, variance, reach)
    assert least == pytest.approx(every.min(), rel=1e-3)
    assert (least <= every).all()


def test_long_steps_give_nothing():
    assert bernstein.least_escape_exponent(1.0, 0.5, 0.5, 0.01, 1.0) == 0


def test_escapes_are_at_most_as_frequent():
    """A[t+1] is (1-γ) A[t] plus or minus a tenth, 4000 runs of 200 steps."""
    gamma, p, reach = 0.05, 0.5, 0.1
    variance = p * reach**2 / (1 - p)
    A, inside, escaped = np.full(4000, 0.3), np.ones(4000, dtype=bool), np.zeros((200, 4000), dtype=bool)
    for t in range(200):
        noise = np.where(RNG.random(4000) < p, reach, -p * reach / (1 - p))
        A = np.where(inside, (1 - gamma) * A + noise, A)
        escaped[t] = inside & (A > 1.0)
        inside &= (A >= -10.0) & (A <= 1.0)
    bound = np.exp(-bernstein.least_escape_exponent(1.0, 0.3, gamma, variance, reach))
    assert bound < 0.2
    assert escaped.mean(axis=1).max() <= bound
