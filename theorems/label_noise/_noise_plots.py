"""The pictures of Figure 1 (right): test error and training loss over the steps."""

from collections.abc import Sequence

import numpy as np

from theorems.checker.draws import Seeded
from theorems.checker.plot import Plot, Series
from theorems.label_noise._noise_shapes import (
    DIVERGED,
    FULL_BATCH,
    LABEL,
    MINI_BATCH,
    Instance,
    Kind,
    Setup,
    chosen,
    error,
    gaussian,
    path,
    sampled,
    training_loss,
)

PICTURED, LOOKS = 12, 60  # seeds; times at which a run is seen
LOW, HIGH = 0.25, 0.75  # of a band
LEAST = 1e-12  # what is drawn at least: below it a run has no error but rounding


def plots_of(s: Setup, sigmas: Sequence[float]) -> tuple[Plot, ...]:
    """Over several seeds, for the noises that the figure shows and some scales of spherical noise."""
    generator = np.random.default_rng(0)
    x = sampled(s, chosen(s, Seeded(generator, 1)), generator, PICTURED)
    kinds = {"full batch": FULL_BATCH, "mini-batch noise": MINI_BATCH, "label noise": LABEL}
    kinds |= {f"σ = {sigma:g}": gaussian(s, sigma) for sigma in sigmas}
    seen = {name: curves(s, x, kind) for name, kind in kinds.items()}
    steps = [float(step) for step in np.arange(1, LOOKS + 1) * (s.steps // LOOKS)]
    return tuple(
        picture(measure, steps, {name: both[measure] for name, both in seen.items()}) for measure in ("test error", "training loss")
    )


def curves(s: Setup, x: Instance, kind: Kind) -> dict[str, np.ndarray]:
    """Per time and seed."""
    states = list(path(s, x, kind, LOOKS))
    return {
        "test error": np.array([error(s, v) for v in states]),
        "training loss": np.array([training_loss(s, x, v) for v in states]),
    }


def picture(measure: str, steps: list[float], values: dict[str, np.ndarray]) -> Plot:
    return Plot(
        name=measure.replace(" ", "-"),
        caption=f"The {measure}: median over {PICTURED} seeds, with a band from the lower to the upper quartile. Spherical noise has "
        "four times the steps, drawn over the same width. Runs that leave float64 are left out from the start.",
        x_label="step (spherical noise: a quarter of it)",
        y_label=measure,
        series=tuple(quartiles(name, steps, over_seeds) for name, over_seeds in values.items()),
        log_y=True,
    )


def quartiles(name: str, steps: list[float], over_seeds: np.ndarray) -> Series:
    """Over the seeds whose runs stay within float64; the name says how many don't."""
    lost = over_seeds[-1] == DIVERGED
    low, middle, high = (six_digits(np.quantile(over_seeds[:, ~lost], share, axis=1)) for share in (LOW, 0.5, HIGH))
    said = f"{name} ({lost.sum()} of {lost.size} runs lost)" if lost.any() else name
    return Series(name=said, x=steps, y=middle, low=low, high=high)


def six_digits(values: np.ndarray) -> list[float]:
    """What a picture shows, the same on every machine."""
    return [float(f"{max(value, LEAST):.6g}") for value in values]
