"""The pictures of Figures 3 and 6's stand-in: accuracy against distance, a line for each level of corruption."""

from collections.abc import Sequence

import numpy as np

from theorems.checker.draws import Seeded
from theorems.checker.plot import Plot
from theorems.checker.statement import slug
from theorems.early_stopping._distance_runs import Runs, Setup, chosen, runs_of, sampled
from theorems.early_stopping._experiments import band

PICTURED = 4  # seeds
MANY = {"clusters": "four random clusters", "digits": "8 by 8 digits"}


def plots_of(setups: Sequence[Setup]) -> tuple[Plot, ...]:
    """One picture for every kind of data and loss."""
    return tuple(picture(s, runs_of(s, sampled(s, chosen(s, Seeded(seeded(), 1)), seeded(), PICTURED))) for s in setups)


def seeded() -> np.random.Generator:
    return np.random.default_rng(0)


def picture(s: Setup, runs: Runs) -> Plot:
    """Both coordinates are means over the seeds, the band is the range of the accuracy."""
    distance = runs.distance.mean(axis=0)
    return Plot(
        name=f"{s.data}-{slug(s.loss)}",
        caption=f"Accuracy on the given labels against the distance from the initial weights, {MANY[s.data]}, {s.loss}, {PICTURED} seeds.",
        x_label="relative distance from the initial weights",
        y_label="share of the given labels fitted",
        series=tuple(
            band(f"{level:.0%} assigned anew", distance[number], runs.accuracy[:, number]) for number, level in enumerate(s.levels)
        ),
    )
