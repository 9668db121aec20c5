"""The counter-based generator: known words, uniform indices and signs, no dependence between neighbouring counters or keys."""

import numpy as np
import pytest
from numba import njit
from scipy.stats import chi2

from models.counters import index, keys, sign, unit, word

DRAWS, LEVEL = 200_000, 1e-6


@njit(error_model="numpy")
def words(key, count):
    return np.array([word(key, t) for t in range(count)])


@njit(error_model="numpy")
def drawn(key, count, n):
    made = np.empty((count, 3))
    for t in range(count):
        bits = word(key, t)
        made[t, 0], made[t, 1], made[t, 2] = index(bits, n), sign(bits), unit(bits)
    return made


def test_words_are_those_of_splitmix64():
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    assert words(1234567, 5).tolist() == published, "the reference implementation, seeded with 1234567, begins otherwise"


@pytest.mark.parametrize("n", [1, 2, 3, 40, 171])
def test_indices_and_signs_are_uniform_and_independent(n):
    indices, signs, _ = drawn(7, DRAWS, n).T
    counts = np.array([np.bincount(indices[signs == s].astype(int), minlength=n) for s in (-1.0, 1.0)])
    expected = DRAWS / (2 * n)
    statistic = np.sum((counts - expected) ** 2) / expected
    assert statistic < chi2.isf(LEVEL, 2 * n - 1), f"chi-square {statistic:.0f} over {2 * n} cells"


def test_neighbouring_counters_and_keys_are_uncorrelated():
    first, second = drawn(7, DRAWS, 2)[:, 2], drawn(8, DRAWS, 2)[:, 2]
    for one, other in [(first[:-1], first[1:]), (first, second)]:
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(DRAWS)


def test_units_are_in_the_half_open_interval():
    units = drawn(3, DRAWS, 5)[:, 2]
    assert units.min() >= 0
    assert units.max() < 1


def test_keys_are_exact_as_floats():
    made = keys(np.random.default_rng(0), 1000)
    assert np.array_equal(made, made.astype(float).astype(np.int64))
    assert len(set(made.tolist())) == 1000
