"""What the judge costs beyond the arithmetic that nobody can avoid: Lemma 6.3 at 4 x 4, draws included."""

from collections.abc import Iterator

import numpy as np

from models.matrices import apply, euclidean, spectral_norm, transpose
from tests.benchmarks.ratio import Row
from theorems.checker.check import check
from theorems.checker.draws import Seeded
from theorems.low_rank_jacobian.lemma_6_3_asymmetric_psd_increase import PRINTED, Sizes, chosen

TRIALS = 10_000


def rows() -> Iterator[Row]:
    yield Row(
        what="overhead, lemma-6.3",
        baseline_name="bare NumPy, draws included",
        size="n = p = 4, 10,000 trials",
        ours=lambda: check(PRINTED, pinned={"n": 4, "p": 4}, trials=TRIALS),
        baseline=bare,
        target=0.05,
        overhead=True,
    )


def bare() -> int:
    """The same draws, hypotheses and bound, compared and counted without a judge."""
    generator = np.random.default_rng(0)
    return sum(_failures(generator) for _ in range(TRIALS // PRINTED.block))


def _failures(generator: np.random.Generator) -> int:
    x = chosen(Sizes(n=4, p=4), Seeded(generator, PRINTED.block))
    slack = 1 + 1e-12
    met = (spectral_norm(x.A) <= x.beta * slack) & (spectral_norm(x.B) <= x.beta * slack) & (x.eta <= slack / x.beta**2) & (x.eta >= 0)
    met &= spectral_norm(x.B - x.A) <= x.epsilon + 1e-12 * x.beta
    left = euclidean(x.r - x.eta[:, np.newaxis] * apply(x.A, apply(transpose(x.B), x.r)))
    right = (1 + x.eta * x.epsilon**2) * euclidean(x.r)
    assert met.all()
    return int(np.sum(left > right * slack))
