"""Corrupted labels: as many per cluster as allowed, where and into what the adversary says."""

import numpy as np
import pytest

from models import corruption
from models.data import label_values, membership

RNG = np.random.default_rng(29)
TRIALS, RHO = 40, 0.3
SIZES = np.array([10, 3, 7, 4])
MEMBER = membership(SIZES)
CLEAN = np.array([0, 1, 0, 2])[MEMBER]
N, K, CLASSES = len(MEMBER), len(SIZES), 3
VALUES = label_values(RNG.uniform(size=(TRIALS, CLASSES)), 0.4)
PRIORITY = RNG.uniform(size=(TRIALS, N))
TRUTH = VALUES[:, CLEAN]


def per_cluster(mask):
    return np.stack([mask[:, cluster == MEMBER].sum(axis=1) for cluster in range(K)], axis=1)


@pytest.mark.parametrize(("rho", "size", "allowed"), [(0.1, 10, 1), (0.29, 100, 29), (0.3, 3, 0), (0.0, 5, 0), (1.0, 5, 5)])
def test_whole_numbers_are_not_lost_in_rounding(rho, size, allowed):
    assert corruption.corruptible(np.array([size]), rho).tolist() == [allowed]


def test_spread_takes_the_allowed_number_in_every_cluster():
    assert (per_cluster(corruption.spread(MEMBER, K, RHO, PRIORITY)) == [3, 0, 2, 1]).all()


def test_spread_takes_the_points_of_least_priority():
    mask = corruption.spread(MEMBER, K, RHO, PRIORITY)
    first = PRIORITY[:, :10]
    assert (mask[:, :10] == (first <= np.sort(first, axis=1)[:, 2:3])).all()


def test_spread_of_points_in_any_order_is_the_same():
    shuffle = RNG.permutation(N)
    mask = corruption.spread(MEMBER[shuffle], K, RHO, PRIORITY[:, shuffle])
    assert (mask == corruption.spread(MEMBER, K, RHO, PRIORITY)[:, shuffle]).all()


def test_concentrated_corrupts_one_cluster():
    cluster = RNG.integers(0, K, size=TRIALS)
    taken = per_cluster(corruption.concentrated(MEMBER, K, RHO, PRIORITY, cluster))
    assert (taken == np.where(np.arange(K) == cluster[:, np.newaxis], [3, 0, 2, 1], 0)).all()


def test_an_offset_always_changes_the_class():
    offset = RNG.integers(1, CLASSES, size=(TRIALS, N))
    shifted = corruption.shifted(CLEAN, CLASSES, offset)
    assert (shifted != CLEAN).all()
    assert set(shifted.ravel()) == set(range(CLASSES))


def test_farthest_is_the_largest_flip():
    y = corruption.corrupted_labels(CLEAN, VALUES, np.ones((1, N), dtype=bool), corruption.farthest(CLEAN, VALUES))
    largest = np.abs(VALUES[:, :, np.newaxis] - TRUTH[:, np.newaxis, :]).max(axis=1)
    assert (np.abs(y - TRUTH) == largest).all()


def test_all_to_one_label():
    target = RNG.integers(0, CLASSES, size=TRIALS)
    y = corruption.corrupted_labels(CLEAN, VALUES, np.ones((1, N), dtype=bool), corruption.all_to(target, N))
    assert (y == np.take_along_axis(VALUES, target[:, np.newaxis], axis=1)).all()


def test_labels_outside_the_mask_are_true():
    mask = corruption.spread(MEMBER, K, RHO, PRIORITY)
    y = corruption.corrupted_labels(CLEAN, VALUES, mask, corruption.farthest(CLEAN, VALUES))
    assert ((y != TRUTH) == mask).all()


@pytest.mark.parametrize("rho", [0.0, 0.1, 0.3, 1.0])
def test_the_share_of_corrupted_labels_is_at_most_rho_in_every_cluster(rho):
    mask = corruption.spread(MEMBER, K, rho, PRIORITY)
    y = corruption.corrupted_labels(CLEAN, VALUES, mask, corruption.farthest(CLEAN, VALUES))
    share = corruption.corrupted_share(MEMBER, K, y, TRUTH)
    assert (share <= rho).all()
    assert share == pytest.approx(max(np.floor(rho * SIZES + 1e-9) / SIZES))
