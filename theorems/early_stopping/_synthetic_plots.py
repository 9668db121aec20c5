"""The pictures of Figure 5: errors over the iterations, and the losses of clean and of flipped samples early and late."""

import numpy as np

from models.training import Observed
from theorems.checker.draws import Seeded
from theorems.checker.plot import Plot, Series
from theorems.early_stopping._experiments import band, listed, observed_steps
from theorems.early_stopping._synthetic_corruption import Instance, Setup, chosen, losses, sampled, seen

SEEN = 60  # steps of a trajectory
PICTURED = 8  # seeds
BINS = 30


def plots_of(s: Setup) -> tuple[Plot, ...]:
    """The trajectory over several seeds, and the losses of one of them early and late."""
    at = observed_steps(s.late, SEEN, s.early)
    generators = [np.random.default_rng(seed) for seed in range(PICTURED)]
    drawn = [sampled(s, chosen(s, Seeded(generator, 1)), generator, 1) for generator in generators]
    runs = [seen(s, x, at) for x in drawn]
    return trajectory(s, drawn, runs, at), *(histogram(s, drawn[0], runs[0], at.index(step), step) for step in (s.early, s.late))


def trajectory(s: Setup, drawn: list[Instance], runs: list[Observed], at: tuple[int, ...]) -> Plot:
    """Shares of samples misclassified, with respect to the true and to the given labels."""
    classes = [run.outputs[0, :, :, 0] > 0.5 for run in runs]
    true = np.array([np.mean(found != s.member, axis=1) for found in classes])
    given = np.array([np.mean(found != x.given, axis=1) for found, x in zip(classes, drawn, strict=True)])
    steps = np.maximum(np.array(at, dtype=float), 0.5)  # step 0 has a place on a logarithmic axis
    return Plot(
        name="errors",
        caption=f"Training error with respect to the true and the given labels: mean and range over {PICTURED} seeds.",
        x_label="iteration",
        y_label="share of samples misclassified",
        series=(
            band("true labels", steps, true),
            band("given labels", steps, given),
            Series(name="labels that flip on average", x=listed(steps[[0, -1]]), y=[0.15, 0.15]),
        ),
        log_x=True,
    )


def histogram(s: Setup, x: Instance, run: Observed, time: int, step: int) -> Plot:
    """How the losses of one run are distributed at one observed step."""
    loss, flipped = losses(run, x, time)[0], x.given[0] != s.member
    edges = np.linspace(0, max(float(loss.max()), 0.5), BINS + 1)
    bars = [(name, np.histogram(loss[mask], edges)[0] / mask.sum()) for name, mask in (("clean", ~flipped), ("flipped", flipped))]
    return Plot(
        name=f"losses-at-{step}",
        caption=f"Losses of clean and of flipped samples at iteration {step}, one seed.",
        x_label="loss of a sample",
        y_label="share of the samples of its kind",
        series=tuple(Series(name=name, x=listed(edges[:-1]), y=listed(height)) for name, height in bars),
        bars=True,
    )
