"""Concave potentials that the adversary may choose, for the remarks of Section 3.1."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.potentials import PARTS
from theorems.checker import extremes
from theorems.checker.choose import Choose
from theorems.checker.draws import Draws

BLEND = "blend"


def kind_of_potential(choose: Choose) -> str:
    """One of the parts alone, or a blend of them."""
    return str(choose.option("kind", (*PARTS, BLEND)))


def weights(draws: Draws, kind: str) -> Float[ndarray, "trials parts"]:
    """Of one part, or of all of them with zeros among them; over several decades."""
    if kind != BLEND:
        return extremes.scale(draws, 2)[:, np.newaxis] * (np.array(PARTS) == kind)
    blend = draws.integers(0, 4, len(PARTS)) / 4.0
    return np.where(blend.any(axis=1, keepdims=True), blend, 1.0)


def rates(draws: Draws) -> Float[ndarray, "trials parts"]:
    return 10.0 ** draws.uniform(-1.5, 1.5, len(PARTS))


def powers(draws: Draws) -> Float[ndarray, " trials"]:
    """1/2 on half of the trials, the root that the paper names; anything between 0 and 1 otherwise."""
    return np.where(draws.integers(0, 1) == 0, 0.5, draws.uniform(0.05, 0.95))


def step_sizes(draws: Draws) -> Float[ndarray, " trials"]:
    """Between 0.001 and nearly 1."""
    small, near_one = 10.0 ** draws.uniform(-3.0, -0.01), 1 - 10.0 ** draws.uniform(-4.0, -1.0)
    return extremes.picked(np.stack([small, near_one]), draws.integers(0, 2))
