r"""Equation 8: the update of one coordinate. Section 3.2.

With sample i and s uniform on $\pm\delta$, and $g_k^{(i)} = \langle v[t]^2 - v_*^2, x_i\rangle\, x_{ik}$,
$$v_k[t+1] = v_k[t] - \eta[t]\, s\, x_{ik}\, v_k[t] - \eta[t]\, g_k^{(i)}\, v_k[t] .$$

*Reading.* The noise has the opposite sign in Equation 1. As $\delta$ and $-\delta$ are equally likely both have the same law:
what s leads to here, -s leads to there, in all coordinates at once.

*Instances.* As for Equation 1: Algorithm 1 by values of the perturbed loss alone, for every sample and both signs.

*Tightness.* An identity.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from theorems.checker.changes import control, with_conclusions
from theorems.checker.claims import Clause
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise._one_step import SIGNS, Sizes, State, alike, assumptions, chosen, descended, setting

SAME_LAW = "v_k (1 - η s x_ik - η g_k^(i)) = Algorithm 1 with the sign -s"
SAME_SIGN = "v_k (1 - η s x_ik - η g_k^(i)) = Algorithm 1 with the sign s"


def updated(x: State, noise: Float[ndarray, "#trials n d"], g: Float[ndarray, "trials n d"]) -> Float[ndarray, "trials n 2 d"]:
    r"""$v_k - \eta\, s\, \mathrm{noise}_k v_k - \eta\, g_k v_k$ for $s = \delta, -\delta$"""
    s = (x.delta[:, np.newaxis] * SIGNS)[:, np.newaxis, :, np.newaxis]
    eta, v = x.eta[:, np.newaxis, np.newaxis, np.newaxis], x.v[:, np.newaxis, np.newaxis, :]
    return v - eta * s * noise[:, :, np.newaxis, :] * v - eta * g[:, :, np.newaxis, :] * v


def factor(x: State) -> Float[ndarray, "trials n d"]:
    r"""$g_k^{(i)}$"""
    misfit = np.sum((x.v**2 - x.target**2)[:, np.newaxis, :] * x.X, axis=2)
    return misfit[:, :, np.newaxis] * x.X


def conclusions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield alike(SAME_LAW, updated(x, x.X, factor(x)), descended(x)[:, :, ::-1], x)


def same_sign(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield alike(SAME_SIGN, updated(x, x.X, factor(x)), descended(x), x)


def bare_noise(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield alike(SAME_LAW, updated(x, np.ones_like(x.X), factor(x)), descended(x)[:, :, ::-1], x)


def averaged(_sizes: Sizes, x: State) -> Iterable[Clause]:
    """The gradient of the whole loss in place of the sample's."""
    mean = np.broadcast_to(factor(x).mean(axis=1, keepdims=True), x.X.shape)
    yield alike(SAME_LAW, updated(x, x.X, mean), descended(x)[:, :, ::-1], x)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Eq 8",
        title="the update of one coordinate",
        kind="deterministic",
        claim=r"v_k[t+1] = v_k[t] - \eta s\, x_{ik} v_k[t] - \eta\, g_k^{(i)} v_k[t],\quad "
        r"g_k^{(i)} = \langle v[t]^2 - v_*^2, x_i\rangle x_{ik}",
        place="Section 3.2, Eq 8",
        reading="The noise has the opposite sign in Eq 1; its law is the same.",
        depends_on=("Eq 1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("the same sign of the noise", with_conclusions(same_sign), SAME_SIGN),
        control("noise without the input", with_conclusions(bare_noise), SAME_LAW),
        control("the gradient of all samples", with_conclusions(averaged), SAME_LAW),
    ),
)
