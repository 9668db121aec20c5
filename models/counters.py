"""Random numbers as a function of a key and a counter: any draw of any run can be made again without the ones before it.

SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): the counter times an odd constant,
plus the key, through a mixing function that is a bijection of 64-bit words. Compiled, and inlined where it is called.
"""

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit, uint64
from numpy import ndarray
from numpy.random import Generator

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
UNIT = 2.0**-53
inlined = njit(inline="always", error_model="numpy")


def keys(generator: Generator, trials: int) -> Int[ndarray, " trials"]:
    """One key per run: a whole number below 2^53, so that records can hold it as a number of any kind."""
    return generator.integers(0, 2**53, trials)


@inlined
@no_type_check
def word(key: int, counter: int) -> np.uint64:
    """The 64 random bits at a counter."""
    z = uint64(key) + (uint64(counter) + uint64(1)) * GOLDEN
    z = (z ^ (z >> uint64(30))) * FIRST
    z = (z ^ (z >> uint64(27))) * SECOND
    return z ^ (z >> uint64(31))


@inlined
@no_type_check
def unit(bits: np.uint64) -> float:
    """The upper 53 bits as a number in [0, 1)."""
    return float(bits >> uint64(11)) * UNIT


@inlined
@no_type_check
def index(bits: np.uint64, n: int) -> int:
    """A number in 0, ..., n - 1 from the upper 53 bits: uniform up to n 2^-53."""
    return int(unit(bits) * n)


@inlined
@no_type_check
def sign(bits: np.uint64) -> float:
    """-1 or 1, from the lowest bit, which ``index`` and ``unit`` don't use."""
    return 1.0 - 2.0 * float(bits & uint64(1))


@inlined
@no_type_check
def normals(key: int, first: int, z: Float[ndarray, " draws"]) -> None:
    """Writes standard normals in pairs (Box and Muller) from the counters ``first`` on; an odd last entry stays as it is."""
    for k in range(0, len(z) - 1, 2):
        radius = np.sqrt(-2.0 * np.log(1.0 - unit(word(key, first + uint64(k)))))
        angle = 2.0 * np.pi * unit(word(key, first + uint64(k + 1)))
        z[k] = radius * np.cos(angle)
        z[k + 1] = radius * np.sin(angle)
