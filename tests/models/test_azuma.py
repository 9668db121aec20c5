"""Azuma's bounds against sums written out, all horizons, high precision, and exact processes of two successors."""

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from models import azuma, processes

RNG = np.random.default_rng(4)


def exponent_in_full(c, start, gamma, sigma, steps):
    """The exponent as the docstring displays it."""
    weights = sum((1 - gamma) ** (-2 * j) for j in range(1, steps + 1))
    return max(c * (1 - gamma) ** -steps - start, 0.0) ** 2 / (2 * sigma**2 * weights)


@pytest.mark.parametrize("gamma", [0.0, 0.3, -0.2, 1e-9])
def test_squared_weights_are_the_sum(gamma):
    assert azuma.squared_weights(gamma, 7) == pytest.approx(sum((1 - gamma) ** (2 * j) for j in range(7)), rel=1e-13)


@pytest.mark.parametrize("start", [0.5, 0.999, 1.2, 0.0, -0.4])
@pytest.mark.parametrize("gamma", [0.01, 0.2, 0.9, -0.1])
def test_escape_exponent_is_the_displayed_fraction(start, gamma):
    for steps in (1, 2, 9):
        expected = exponent_in_full(1.0, start, gamma, 0.3, steps)
        assert azuma.escape_exponent(1.0, start, gamma, 0.3, steps) == pytest.approx(expected, rel=1e-10)
        assert azuma.escape_exponent(1.0, start, gamma, 0.3, steps) <= expected


@pytest.mark.parametrize(("gamma", "steps"), [("1e-22", "1e30"), ("1e-22", "1e22"), ("1e-22", "3"), ("1e-17", "7e17"), ("0.5", "1e3")])
@pytest.mark.parametrize("start", ["0.5", "0.999999999"])
def test_escape_exponent_in_high_precision(gamma, steps, start):
    before, ctx.prec = ctx.prec, 400
    g, u = arb(float(gamma)), (1 - arb(float(gamma))) ** arb(float(steps))
    exact = (1 - arb(float(start)) * u) ** 2 * g * (2 - g) / (2 * arb(float("1e-9")) ** 2 * (1 - u**2))
    ours = float(azuma.escape_exponent(1.0, float(start), float(gamma), 1e-9, float(steps))[0])
    assert float(exact) * (1 - 1e-11) <= ours < exact
    ctx.prec = before


@pytest.mark.parametrize("start", [0.99, 0.5, 0.1, 0.0, -0.3])
@pytest.mark.parametrize("horizon", [1, 3, 10, 3000])
def test_least_escape_exponent_is_the_minimum_over_all_horizons(start, horizon):
    every = azuma.escape_exponent(1.0, start, 0.003, 0.2, np.arange(1, horizon + 1))
    least = azuma.least_escape_exponent(1.0, start, 0.003, 0.2, horizon)
    assert least <= every.min()
    if horizon > 1:  # one step may overshoot the minimum between the integers
        assert least == pytest.approx(every.min(), rel=1e-2)


def leaping_tree(steps: int, gamma: float, start: float, radius: float):
    """A[t+1] = (1-γ) A[t] ± radius, each with chance 1/2: proxy ``radius``, the largest variance within that range."""
    values = [np.array([[start]])]
    for _ in range(steps):
        mean = (1 - gamma) * values[-1]
        values.append(processes.paired(mean + radius, mean - radius))
    chance = np.full((1, 2 ** (steps + 1) - 1), 0.5)
    chance[:, 0] = 1.0
    return np.concatenate(values, axis=1), chance


@pytest.mark.parametrize("gamma", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("steps", [1, 2, 5, 10])
def test_exact_processes_obey_the_bound(gamma, steps):
    A, chance = leaping_tree(steps, gamma, 0.5, 0.3)
    for c in (0.55, 0.8, 1.2, 2.0):
        above = np.ones(A.shape, dtype=bool)
        above[:, 2**steps - 1 :] = processes.level(A, steps) > c
        exact = processes.probability_of_paths(chance, above)[0]
        assert exact <= np.exp(-azuma.escape_exponent(c, 0.5, gamma, 0.3, steps))


def test_the_exponent_is_that_of_the_gaussian_process():
    """A Gaussian process has its tail's exponent: for it the bound loses a factor, not a power."""
    c, start, gamma, sigma, steps = fmpq(2), fmpq(1, 2), fmpq(1, 10), fmpq(1, 5), 20
    mean, variance = start * (1 - gamma) ** steps, sigma**2 * sum(((1 - gamma) ** (2 * j) for j in range(steps)), fmpq(0))
    exact = (arb(c - mean) / arb(2 * variance).sqrt()).erfc() / 2
    bound = np.exp(-azuma.escape_exponent(2.0, 0.5, 0.1, 0.2, 20))
    assert float(exact) <= bound <= float(exact) * 40
