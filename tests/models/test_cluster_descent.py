"""The descent over centres against the descent over all n inputs."""

import numpy as np
import pytest

from models.activations import ACTIVATIONS
from models.cluster_descent import cluster_descent, cluster_means, within_clusters
from models.data import unit
from models.descent import descent
from models.networks import NetworkMap, balanced_output_weights

RNG = np.random.default_rng(5)
TRIALS, WIDTH, D, SIZES = 3, 6, 4, np.array([1, 4, 2])
CENTRES = unit(RNG.normal(size=(TRIALS, 3, D)))
W0, Y, ETA = RNG.normal(size=(TRIALS, WIDTH, D)), RNG.uniform(-1, 1, size=(TRIALS, 7)), np.array([0.01, 0.05, 0.1])
V = balanced_output_weights(WIDTH)


@pytest.mark.parametrize("phi", ACTIVATIONS.values(), ids=lambda phi: phi.name)
def test_outputs_and_distance_are_those_of_all_inputs(phi):
    f = NetworkMap(X=np.repeat(CENTRES, SIZES, axis=1), v=V, activation=phi)
    slow = descent(f, Y, W0.reshape(TRIALS, -1), ETA, 9)
    fast = cluster_descent(W0, CENTRES, SIZES, cluster_means(Y, SIZES), V, phi, ETA, 9)
    for one, other in zip(slow, fast, strict=True):
        assert np.repeat(other.outputs, SIZES, axis=1) == pytest.approx(one.residual + Y, rel=1e-11, abs=1e-13)
        assert other.distance == pytest.approx(np.linalg.norm(one.theta - W0.reshape(TRIALS, -1), axis=1), rel=1e-11, abs=1e-13)


def test_start_is_left_as_it_was():
    before = W0.copy()
    list(cluster_descent(W0, CENTRES, SIZES, cluster_means(Y, SIZES), V, ACTIVATIONS["tanh"], ETA, 2))
    assert np.array_equal(W0, before)


def test_loss_is_that_of_the_means_and_of_what_lies_within_clusters():
    outputs = RNG.normal(size=(TRIALS, 3))
    whole = np.sum((np.repeat(outputs, SIZES, axis=1) - Y) ** 2, axis=1)
    between = np.sum(SIZES * (outputs - cluster_means(Y, SIZES)) ** 2, axis=1)
    assert whole == pytest.approx(between + within_clusters(Y, SIZES), rel=1e-13)


def test_one_label_per_cluster_leaves_nothing_within_clusters():
    assert within_clusters(np.repeat(Y[:, :3], SIZES, axis=1), SIZES) == pytest.approx(0.0, abs=1e-30)
