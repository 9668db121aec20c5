"""Finite tree processes against enumeration of their paths."""

from itertools import product

import numpy as np
import pytest

from models import processes

RNG = np.random.default_rng(2)
T, TRIALS = 3, 4
A = RNG.normal(size=(TRIALS, 2 ** (T + 1) - 1))
UP = RNG.uniform(size=(TRIALS, 2**T - 1))
CHANCE = np.ones_like(A)
CHANCE[:, 1::2], CHANCE[:, 2::2] = UP, 1 - UP


def enumerated(trial):
    """(probability, nodes) of every path."""
    for turns in product((1, 2), repeat=T):
        nodes = [0]
        for turn in turns:
            nodes.append(2 * nodes[-1] + turn)
        yield np.prod(CHANCE[trial, nodes]), nodes


def test_the_tree_knows_its_horizon():
    assert processes.horizon(A) == T


def test_conditional_moments_are_those_of_the_two_successors():
    mean, variance = processes.conditional_mean(A, CHANCE), processes.conditional_variance(A, CHANCE)
    for trial in range(TRIALS):
        p, values = np.array([UP[trial, 2], 1 - UP[trial, 2]]), A[trial, [5, 6]]
        assert mean[trial, 2] == pytest.approx(p @ values)
        assert variance[trial, 2] == pytest.approx(p @ values**2 - (p @ values) ** 2)


def test_probability_of_paths_is_the_sum_over_admitted_paths():
    admitted = A < 0.5
    for trial, probability in enumerate(processes.probability_of_paths(CHANCE, admitted)):
        assert probability == pytest.approx(sum(p for p, nodes in enumerated(trial) if admitted[trial, nodes].all()))


def test_sampled_paths_follow_the_chances():
    walked = processes.paths(CHANCE[0], np.random.default_rng(0), 40_000)
    for p, nodes in enumerated(0):
        assert np.mean((walked == nodes).all(axis=1)) == pytest.approx(p, abs=0.012)
