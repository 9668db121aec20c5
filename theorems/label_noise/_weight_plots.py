"""The pictures of the stand-in for Figures 1 (left) and 2: test accuracy and weight norm over the steps."""

import numpy as np

from models.noisy_training import Weights
from theorems.checker.draws import Seeded
from theorems.checker.plot import Plot
from theorems.label_noise._noise_plots import quartiles
from theorems.label_noise._weight_norms import Instance, Kind, Setup, chosen, path, sampled, testing

PICTURED, LOOKS = 16, 42  # seeds; times at which a run is seen


def plots_of(s: Setup) -> tuple[Plot, ...]:
    """Over several seeds, for small batches as well."""
    generator = np.random.default_rng(0)
    x = sampled(s, chosen(s, Seeded(generator, 1)), generator, PICTURED)
    kinds = {"small batch": Kind(s.small), "large batch": Kind(s.large), "label noise": Kind(s.large, labels=True)}
    kinds |= {f"σ = {sigma:g}": Kind(s.large, sigma=sigma) for sigma in s.sigmas}
    states = {name: list(path(s, x, kind, LOOKS)) for name, kind in kinds.items()}
    return norms(s, states), accuracies(s, x, states)


def norms(s: Setup, states: dict[str, list[Weights]]) -> Plot:
    return Plot(
        name="weight-norm",
        caption=f"The norm of all weights: median over {PICTURED} seeds, with a band from the lower to the upper quartile. Label noise "
        "and Gaussian noise of scale σ in the weights are added to the large batch.",
        x_label="step",
        y_label="norm of the weights",
        series=tuple(quartiles(name, times(s), np.array([at.norm for at in run])) for name, run in states.items()),
        log_y=True,
    )


def accuracies(s: Setup, x: Instance, states: dict[str, list[Weights]]) -> Plot:
    """Without the start, where networks guess."""
    X, y = testing(s, x)
    return Plot(
        name="test-accuracy",
        caption=f"The accuracy on the other digits: median over {PICTURED} seeds, with a band from the lower to the upper quartile. "
        "Small and large batches do equally well here.",
        x_label="step",
        y_label="test accuracy",
        series=tuple(quartiles(name, times(s)[1:], np.array([at.accuracy(X, y) for at in run[1:]])) for name, run in states.items()),
    )


def times(s: Setup) -> list[float]:
    return [float(step) for step in np.arange(LOOKS + 1) * (s.steps // LOOKS)]
