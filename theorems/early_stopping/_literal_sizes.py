r"""The constants that the proofs of Sections 10.2 and 10.3 give for those that the theorems leave unnamed, and what they take.

$\lVert\tilde r_0\rVert \le \Theta = C_0\Gamma\sqrt{n\log K}$ with probability $1 - K^{-100}$ for $C_0 = \sqrt{204} + 1/\sqrt{\log 2}$, by
a union bound over the centres.
"""

from math import log, sqrt

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.kernels import slope_kernel
from theorems.checker.theorem import Sizes as Needs
from theorems.early_stopping._twin_data import Instance, Sizes, covariance

C0 = sqrt(204) + 1 / sqrt(log(2))


def duration(sizes: Sizes) -> float:
    """``C₁ = (40/c_low)(1 + log(C₀/2)/ℓ)``: the proof of Theorem 7.1 wants ``(40/c_low) log(C₀Γ√(n log K)/(2ρ))``."""
    return 40 / sizes.c_low * (1 + log(C0 / 2) / sizes.log_ratio)


def width(sizes: Sizes, covariance_least: float, norm: float = 1.0) -> float:
    """The least k with ``L ≤ 2/(5τ₀ηΘ(1+8ητ₀β²))`` (Eq 79), where ``L = β/√k``."""
    time = duration(sizes) * sizes.K / (sizes.n * covariance_least) * sizes.log_ratio
    beta = sizes.Gamma * norm * np.sqrt(sizes.c_up * sizes.n / sizes.K)
    misfit = C0 * sizes.Gamma * np.sqrt(sizes.n * np.log(sizes.K))
    return float((2.5 * beta * time * misfit * (1 + 8 * time * beta**2)) ** 2)


def radius(sizes: Sizes, x: Instance) -> Float[ndarray, " #trials"]:
    """``ε₀ ≤ λ(C)/(8C₁√c_up Γ²Kℓ)``, which gives the proof's ``ε₀ ≤ 1/(8τ₀ηβΓ√n)`` as ``‖C‖ ≤ √K``."""
    return covariance(sizes, x) / (8 * duration(sizes) * np.sqrt(sizes.c_up) * sizes.Gamma**2 * sizes.K * sizes.log_ratio)


def needs(sizes: Sizes) -> Needs:
    """The memory of one W: over all centres the least width is that of orthonormal ones, where λ(C) = E φ'(g)², ‖C‖ = 1."""
    if sizes.activation == "identity":
        return Needs(bytes=8 * sizes.d)
    most = float(slope_kernel(np.ones(1), sizes.phi)[0])
    return Needs(bytes=8 * sizes.d * width(sizes, most))
