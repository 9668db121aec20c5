"""The laws of the norm of Gaussian matrices, against sampling and against the density of the two eigenvalues."""

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.special import gammaln

from models.gaussian_matrices import norm_above


@pytest.mark.parametrize(("k", "b"), [(2, 1.0), (3, 3.0), (6, 4.0), (11, 6.5)])
def test_two_columns_follow_the_density_of_the_eigenvalues(k, b):
    logarithm = 0.5 * np.log(np.pi) - k * np.log(2) - gammaln(k / 2) - gammaln((k - 1) / 2)

    def density(roots_ratio: float, larger: float) -> float:
        smaller = larger * roots_ratio**2  # the substitution takes the singularity at 0 away
        powers = (larger * smaller) ** ((k - 3) / 2) * np.exp(-(larger + smaller) / 2)
        return float(np.exp(logarithm) * powers * (larger - smaller) * 2 * larger * roots_ratio)

    below = dblquad(density, 0, b**2, 0, 1, epsabs=1e-12, epsrel=1e-10)[0]
    low, high = norm_above(k, 2, b)
    assert low[0] - 1e-9 <= 1 - below <= high[0] + 1e-9


@pytest.mark.parametrize("d", [1, 2])
def test_law_agrees_with_sampling(d):
    norms = np.linalg.norm(np.random.default_rng(0).standard_normal((40_000, 8, d)), ord=2, axis=(1, 2))
    for b in (2.5, 3.5, 4.5):
        frequency, chance = np.mean(norms > b), norm_above(8, d, b)[0][0]
        assert abs(frequency - chance) < 5 * np.sqrt(chance * (1 - chance) / len(norms)), f"{frequency} of the norms exceed {b}"


@pytest.mark.parametrize(("k", "d"), [(1, 1), (8, 3)])
def test_other_sizes_are_refused(k, d):
    with pytest.raises(ValueError, match="the law is known here"):
        norm_above(k, d, 1.0)
