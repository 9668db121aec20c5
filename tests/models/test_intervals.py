"""Suprema over intervals whose values are known."""

import pytest
from flint import arb

from models.intervals import TooManyCells, largest_value


@pytest.mark.parametrize(
    ("function", "low", "high", "truth"),
    [
        (lambda x: x * (1 - x), 0.0, 1.0, 0.25),
        (lambda x: x.sin(), 0.0, 10.0, 1.0),
        (lambda x: 1 / (1 + x), 0.0, 3.0, 1.0),
        (lambda x: -x, -2.0, 5.0, 2.0),
        (lambda _x: arb(7), 0.0, 1.0, 7.0),
    ],
)
def test_supremum_is_enclosed(function, low, high, truth):
    below, above = largest_value(function, low, high, 1e-8)
    assert below <= truth <= above
    assert above - below <= 1e-8


def test_what_no_cells_enclose_is_refused():
    with pytest.raises(TooManyCells):
        largest_value(lambda x: 1 / (x - arb(1) / 3), 0.0, 1.0, 1e-3)
