"""Sine maps fitted to labels: the sizes and the arrays with which statements about one gradient step begin."""

from dataclasses import dataclass

from jaxtyping import Float
from numpy import ndarray

from theorems.checker.choose import Choose
from theorems.early_stopping._families import OnSineMap


@dataclass(frozen=True)
class Sizes:
    """f maps p parameters to n samples through m coordinates, bent by q sines."""

    n: int
    m: int
    p: int
    q: int


@dataclass(frozen=True)
class Fit(OnSineMap):
    """The map's arrays as in ``SineMap``, then labels and parameters."""

    y: Float[ndarray, "trials n"]
    theta: Float[ndarray, "trials p"]

    @property
    def r(self) -> Float[ndarray, "trials n"]:
        """``f(theta) - y``"""
        return self.f.value(self.theta) - self.y


def setting(choose: Choose) -> Sizes:
    n = choose.integer("n", 1, 4)
    return Sizes(n=n, m=choose.integer("m", 1, n), p=choose.integer("p", 1, 4), q=choose.integer("q", 1, 3))
