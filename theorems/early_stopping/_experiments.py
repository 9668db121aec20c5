"""What the experiments share: nature's data around random centres, reassigned labels, and lines with bands over seeds."""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray
from numpy.random import Generator

from models.data import unit
from theorems.checker.plot import Series


def on_spheres(
    generator: Generator, trials: int, member: Int[ndarray, " n"], d: int, radius: float
) -> tuple[Float[ndarray, "trials K d"], Float[ndarray, "trials n d"]]:
    """Centres uniform on the unit sphere, and inputs uniform on a sphere around the centre of their cluster."""
    centres = unit(generator.standard_normal((trials, int(member.max()) + 1, d)))
    return centres, centres[:, member] + radius * unit(generator.standard_normal((trials, len(member), d)))


def orders(generator: Generator, trials: int, n: int) -> Int[ndarray, "trials n"]:
    """The place of each sample in an order drawn uniformly."""
    return np.argsort(np.argsort(generator.random((trials, n)), axis=1), axis=1)


def reassigned(
    truth: Int[ndarray, "#trials n"], place: Int[ndarray, "trials n"], fresh: Int[ndarray, "trials n"], share: float
) -> Int[ndarray, "trials n"]:
    """The classes after the first ``share n`` samples of an order have got fresh ones, which may be the old ones."""
    return np.where(place < round(share * truth.shape[1]), fresh, truth)


def band(name: str, x: Float[ndarray, " times"], y: Float[ndarray, "seeds times"]) -> Series:
    """The mean over the seeds within their range."""
    return Series(name=name, x=listed(x), y=listed(y.mean(axis=0)), low=listed(y.min(axis=0)), high=listed(y.max(axis=0)))


def listed(values: Float[ndarray, " times"]) -> list[float]:
    """Six digits of each number: what a picture shows, the same on every machine."""
    return [float(f"{value:.6g}") for value in values]


def observed_steps(last: int, count: int, *also: int) -> tuple[int, ...]:
    """0 and about ``count`` steps up to the last, equally spaced in the logarithm, and some others."""
    return tuple(sorted({0, *also, *(round(step) for step in np.geomspace(1, last, count).tolist())}))
