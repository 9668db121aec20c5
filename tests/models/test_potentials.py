"""Potentials against finite differences and ball arithmetic."""

import numpy as np
import pytest
from flint import arb, ctx

from models.potentials import PARTS, Potential

RNG = np.random.default_rng(5)
V = RNG.uniform(0.5, 3.0, size=(4, 3))
BLEND = Potential(weight=RNG.uniform(size=(4, 4)), rate=RNG.uniform(0.3, 3.0, size=(4, 4)), p=RNG.uniform(0.1, 0.9, size=4))
SINGLE = {part: Potential(weight=1.0 * np.eye(4)[[j]], rate=np.ones((1, 4)), p=np.array([0.5])) for j, part in enumerate(PARTS)}
EXACT = {
    "power": lambda v: v.sqrt(),
    "log": lambda v: (1 + v).log(),
    "saturating": lambda v: v / (1 + v),
    "exponential": lambda v: 1 - (-v).exp(),
}


@pytest.mark.parametrize("part", PARTS)
def test_values_of_the_parts(part):
    assert SINGLE[part].value(np.array([[1.7]]))[0, 0] == pytest.approx(float(EXACT[part](arb(1.7))))
    assert SINGLE[part].value(np.zeros((1, 1)))[0, 0] == 0


def test_first_derivative_is_the_slope_of_the_value():
    h = 1e-6
    assert BLEND.derivative(V, 1) == pytest.approx((BLEND.value(V + h) - BLEND.value(V - h)) / (2 * h), rel=1e-7)


@pytest.mark.parametrize("order", [2, 3, 4])
def test_each_derivative_is_the_slope_of_the_one_before(order):
    h = 1e-6
    slope = (BLEND.derivative(V + h, order - 1) - BLEND.derivative(V - h, order - 1)) / (2 * h)
    assert BLEND.derivative(V, order) == pytest.approx(slope, rel=1e-6)
    assert np.all((-1.0) ** (order - 1) * BLEND.derivative(V, order) > 0)


def test_drop_is_the_second_difference():
    w = 0.4 * V
    assert BLEND.drop(V, w) == pytest.approx(BLEND.value(V) - (BLEND.value(V + w) + BLEND.value(V - w)) / 2)


@pytest.mark.parametrize("part", PARTS)
def test_drop_keeps_its_digits(part):
    v, w = 1.5, 1e-3
    with ctx.workprec(200):
        truth = float(EXACT[part](arb(v)) - (EXACT[part](arb(v) + arb(w)) + EXACT[part](arb(v) - arb(w))) / 2)
    assert SINGLE[part].drop(np.array([[v]]), np.array([[w]]))[0, 0] == pytest.approx(truth, rel=1e-9)


def test_parts_lie_below_the_powers_named():
    x = np.logspace(-6, 6, 200)[np.newaxis]
    for j, part in enumerate(PARTS):
        assert np.all(SINGLE[part].value(x) <= x ** SINGLE[part].exponents()[0, j] * (1 + 1e-14))
