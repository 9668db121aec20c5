"""Medoids, cluster sizes and facility location against loops over a few points."""

from itertools import combinations

import numpy as np
import pytest

from models import coresets

RNG = np.random.default_rng(3)
N, K, TRIALS = 6, 3, 20
POINTS = RNG.integers(-3, 4, size=(TRIALS, N, 2)).astype(float)
D = coresets.dissimilarities(POINTS)
BENEFIT = D.max(axis=(1, 2), keepdims=True) - D


def cost(d, S):
    return sum(min(d[i, j] for j in S) for i in range(N))


def location(benefit, S):
    return sum(max(benefit[i, j] for j in S) for i in range(N)) if S else 0.0


def test_dissimilarities_are_distances():
    assert D[0, 1, 2] == pytest.approx(np.linalg.norm(POINTS[0, 1] - POINTS[0, 2]))


def test_gradients_are_residual_times_feature():
    assert (coresets.loss_gradients(POINTS, 2 * np.ones((TRIALS, N))) == 2 * POINTS).all()


def test_medoids_cost_least():
    for d, S in zip(D, coresets.k_medoids(D, K), strict=True):
        least = min(cost(d, other) for size in range(1, K + 1) for other in combinations(range(N), size))
        assert cost(d, S) == pytest.approx(least)


def test_cluster_sizes_count_every_point_once_and_a_medoid_in_its_own_cluster():
    sizes = coresets.cluster_sizes(D, coresets.k_medoids(D, K))
    assert (sizes.sum(axis=1) == N).all()
    assert (sizes >= 1).all()


def test_largest_facility_location_is_the_best_subset():
    for benefit, best in zip(BENEFIT, coresets.largest_facility_location(BENEFIT, K), strict=True):
        assert best == pytest.approx(max(location(benefit, S) for size in range(K + 1) for S in combinations(range(N), size)))


def test_greedy_takes_the_largest_gain_and_the_lowest_index_among_ties():
    benefit = np.round(BENEFIT)  # whole numbers, so that ties are ties
    for table, S in zip(benefit, coresets.greedy(benefit, K), strict=True):
        for turn in range(K):
            taken = list(S[:turn])
            gains = [location(table, [*taken, e]) - location(table, taken) if e not in taken else -1.0 for e in range(N)]
            assert S[turn] == int(np.argmax(gains)), f"turn {turn} of {list(S)}: the gains were {gains}"


def test_facility_location_of_a_set():
    S = coresets.greedy(BENEFIT, K)
    assert coresets.facility_location(BENEFIT, S) == pytest.approx([location(b, list(s)) for b, s in zip(BENEFIT, S, strict=True)])
