"""Clusterable data by construction: radius, separation, sizes, labels, and the subspace constant on clusters."""

import numpy as np
import pytest

from models import data
from models.data import Clusters

RNG = np.random.default_rng(23)
TRIALS, K, D = 7, 4, 5
SIZES = np.array([3, 1, 4, 2])
MEMBER = data.membership(SIZES)
N = len(MEMBER)
CLASS_OF = np.array([0, 1, 0, 2])


def clusters(eps0: float, fraction: np.ndarray | None = None, classes: int = 3) -> Clusters:
    centres = data.equiangular_centres(RNG.normal(size=(TRIALS, K, D)), max(2 * eps0, 0.1))
    share = RNG.uniform(size=(TRIALS, N)) if fraction is None else fraction
    inputs = data.around(centres[:, MEMBER], RNG.normal(size=(TRIALS, N, D)), eps0 * share)
    return Clusters(centres, MEMBER, CLASS_OF % classes, data.label_values(RNG.uniform(size=(TRIALS, classes)), 0.5), inputs)


def norms(x):
    return np.linalg.norm(x, axis=-1)


@pytest.mark.parametrize("eps0", [1e-9, 0.1, 0.7])
def test_inputs_are_unit_and_lie_within_the_radius(eps0):
    made = clusters(eps0)
    assert norms(made.inputs) == pytest.approx(1.0, abs=1e-15)
    assert (made.radius <= eps0 + 1e-15).all()


@pytest.mark.parametrize("eps0", [1e-9, 0.1, 0.7])
def test_inputs_reach_the_boundary(eps0):
    made = clusters(eps0, np.ones((TRIALS, N)))
    assert norms(made.inputs - made.repeated_centres) == pytest.approx(eps0, abs=5e-16)


def test_inputs_at_radius_0_are_the_centres():
    made = clusters(0.0)
    assert (made.inputs == made.repeated_centres).all()
    assert (made.radius == 0).all()


@pytest.mark.parametrize("direction", ["zero", "centre", "nearly the centre"])
def test_a_direction_without_tangent_part_still_gives_an_input_at_the_radius(direction):
    c = data.unit(RNG.normal(size=(TRIALS, N, 3)))
    along = {"zero": 0 * c, "centre": c, "nearly the centre": c + 1e-8 * np.eye(3)[0]}[direction]
    x = data.around(c, along, np.full((TRIALS, N), 0.3))
    assert norms(x) == pytest.approx(1.0, abs=1e-15)
    assert norms(x - c) == pytest.approx(0.3, abs=1e-15)


def test_the_direction_of_another_centre_leads_straight_to_it():
    c, target = data.unit(RNG.normal(size=(2, TRIALS, N, 3)))
    assert data.around(c, target, norms(c - target)) == pytest.approx(target, abs=1e-14)


@pytest.mark.parametrize(("d", "radius"), [(1, 0.1), (3, 2.1)])
def test_impossible_radii_are_refused(d, radius):
    c = np.eye(d)[np.newaxis, :1]
    with pytest.raises(ValueError, match="no unit input"):
        data.around(c, c, np.full((1, 1), radius))


@pytest.mark.parametrize("distance", [0.0, 1e-6, 0.3, np.sqrt(2), np.sqrt(2 * K / (K - 1))])
def test_equiangular_centres_are_unit_and_equally_far_apart(distance):
    centres = data.equiangular_centres(RNG.normal(size=(TRIALS, K, D)), distance)
    assert norms(centres) == pytest.approx(1.0, abs=1e-15)
    for one in range(K):
        for other in range(one):
            assert norms(centres[:, one] - centres[:, other]) == pytest.approx(distance, abs=2e-15)


@pytest.mark.parametrize(("d", "distance"), [(3, 1.0), (4, 1.7)])
def test_impossible_equiangular_centres_are_refused(d, distance):
    with pytest.raises(ValueError, match="cannot be"):
        data.equiangular_centres(RNG.normal(size=(1, 4, d)), distance)


@pytest.mark.parametrize("distance", [0.0, 0.2, 2 * np.sin(np.pi / 6)])
def test_circle_centres_keep_their_distance(distance):
    centres = data.circle_centres(RNG.uniform(size=(TRIALS, 6)), RNG.uniform(size=TRIALS), distance)
    assert norms(centres) == pytest.approx(1.0, abs=1e-15)
    assert (data.separation(centres, np.arange(6)) >= distance - 2e-15).all()


def test_a_share_0_puts_two_centres_exactly_at_the_distance():
    centres = data.circle_centres(np.array([[1.0, 0.0, 2.0]]), np.zeros(1), 0.4)
    assert norms(centres[:, 1] - centres[:, 2]) == pytest.approx(0.4, abs=1e-15)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_equal_shares_or_none_space_centres_equally(share):
    exclusive_or = data.circle_centres(np.full((1, 4), share), np.zeros(1), 0.3)[0]
    assert exclusive_or == pytest.approx(np.array([[1, 0], [0, 1], [-1, 0], [0, -1]]), abs=1e-15)


def test_crowded_circles_are_refused():
    with pytest.raises(ValueError, match="cannot be"):
        data.circle_centres(np.ones((1, 6)), np.zeros(1), 1.1)


def test_embedding_keeps_inner_products():
    C = data.circle_centres(np.ones((1, 6)), np.zeros(1), 0.5)
    in_space = data.embedded(C, RNG.normal(size=(TRIALS, 2, D)))
    assert in_space @ np.swapaxes(in_space, 1, 2) == pytest.approx(np.repeat(C @ np.swapaxes(C, 1, 2), TRIALS, 0), abs=1e-14)


def test_embedding_into_a_smaller_space_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        data.embedded(np.eye(3)[np.newaxis], np.ones((1, 3, 2)))


def test_separation_ignores_centres_of_one_class():
    centres = np.eye(3)[np.newaxis] * np.array([1.0, 1.0, -1.0])
    centres = np.concatenate([centres, [[[0.6, 0.8, 0.0]]]], axis=1)
    assert data.separation(centres, np.array([0, 1, 1, 1])) == pytest.approx(np.sqrt(2 - 1.2))
    assert data.separation(centres, np.zeros(4, dtype=int)).tolist() == [np.inf]


@pytest.mark.parametrize(
    ("n", "k", "c_low", "c_up", "sizes"),
    [(20, 2, 1, 1, [10, 10]), (12, 3, 0.5, 2, [8, 2, 2]), (10, 3, 0.3, 1.5, [5, 4, 1]), (4, 4, 0.01, 1, [1] * 4), (7, 1, 1, 1, [7])],
)
def test_unequal_sizes_are_as_unequal_as_allowed(n, k, c_low, c_up, sizes):
    assert data.unequal_sizes(n, k, c_low, c_up).tolist() == sizes
    low, up = data.balance(data.membership(np.array(sizes)), k)
    assert c_low - 1e-12 <= low <= 1 <= up <= c_up + 1e-12


def test_sizes_that_cannot_add_up_are_refused():
    with pytest.raises(ValueError, match="add up"):
        data.unequal_sizes(10, 3, 1, 1)


def test_balance_of_a_membership():
    assert data.balance(MEMBER, K) == (0.4, 1.6)


def test_unit_of_zero_is_the_first_axis():
    assert data.unit(np.array([[0.0, 0.0], [3.0, 4.0]])).tolist() == [[1.0, 0.0], [0.6, 0.8]]


@pytest.mark.parametrize(("classes", "delta"), [(2, 2.0), (3, 0.5), (3, 1.0), (1, 2.0)])
def test_label_values_are_separated_and_at_most_1(classes, delta):
    values = data.label_values(RNG.uniform(size=(TRIALS, classes)), delta)
    assert (np.abs(values) <= 1).all()
    assert (np.diff(values, axis=1) >= delta - 1e-15).all()


def test_equal_uniforms_leave_exactly_delta_and_the_ends_are_reached():
    assert data.label_values(np.zeros((1, 3)), 0.5).tolist() == [[-1.0, -0.5, 0.0]]
    assert data.label_values(np.array([[1.0, 0.0, 0.5]]), 0.5).tolist() == [[-1.0, 0.0, 1.0]]


def test_labels_that_cannot_be_apart_are_refused():
    with pytest.raises(ValueError, match="cannot be"):
        data.label_values(np.zeros((1, 3)), 1.1)


def test_truth_is_the_label_of_each_points_cluster():
    made = clusters(0.2)
    assert made.truth.tolist() == [[values[CLASS_OF[cluster]] for cluster in MEMBER] for values in made.values]


@pytest.mark.parametrize("eps0", [0.0, 0.3, 0.7])
def test_the_nearest_centre_gives_every_training_input_its_label(eps0):
    made = clusters(eps0, np.ones((TRIALS, N)))
    assert (data.separation(made.centres, made.class_of) >= 2 * eps0 - 2e-15).all()
    assert (made.truth_at(made.inputs) == made.truth).all()


def test_one_set_of_centres_serves_many_label_values():
    made = clusters(0.1)
    shared = Clusters(made.centres[:1], MEMBER, CLASS_OF, made.values, made.inputs[:1])
    assert shared.truth_at(shared.inputs).shape == (TRIALS, N)


def test_projector_averages_over_clusters():
    P, x = data.cluster_projector(MEMBER, K), RNG.normal(size=N)
    assert P @ x == pytest.approx([x[cluster == MEMBER].mean() for cluster in MEMBER])
    assert np.abs(P @ P - P).max() < 1e-15
    assert np.trace(P) == pytest.approx(K)


def test_diffuseness_is_attained_by_the_indicator_of_the_smallest_cluster():
    gamma = float(data.diffuseness(data.cluster_projector(MEMBER, K)))
    indicator = (SIZES.argmin() == MEMBER) / np.sqrt(SIZES.min())
    assert gamma == pytest.approx(N / SIZES.min())
    assert np.abs(indicator).max() == pytest.approx(np.sqrt(gamma / N))
