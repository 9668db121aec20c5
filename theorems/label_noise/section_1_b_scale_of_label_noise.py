r"""Sections 1 and 3.1: the label noise of a step has variance $\eta^2\delta^2 E_i[x_k^2]\, v_k^2$ in coordinate k.

With i uniform on [n] and $s = \pm\delta$ uniform and independent, the label-noise term $\eta\, s\, x_i \odot v$ of Equation 1 has,
given v, mean 0 and the covariance
$$\mathrm{Cov}[\eta\, s\, x_i \odot v] = \eta^2\delta^2\,\mathrm{diag}(v)\,E_i[x_i x_i^T]\,\mathrm{diag}(v).$$

*Reading.* "Proportional to the scale of the parameter" is read as this: the standard deviation in coordinate k is in proportion
to $|v_k|$, the covariance to the square of the scale.

*Instances.* The noise term is what the update of Algorithm 1 has beyond the one without noise, by values of the loss alone. All 2n
outcomes are enumerated; states and inputs with zeros, ties, of rank one and over many decades.

*Tightness.* An identity.

*Remarks.* The whole update varies more: the sample gradients add their own variance, uncorrelated with the label noise. That is
a control.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.quadratic_regression import second_moments
from theorems.checker.changes import control, with_conclusions
from theorems.checker.claims import Clause, equals
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise._one_step import Sizes, State, assumptions, chosen, descended, setting, terms

MEAN = "E[η s x_k v_k] = 0"
VARIANCE = "Var[η s x_k v_k] = η²δ² E_i[x_k²] v_k²"
COVARIANCE = "Cov[η s x_j v_j, η s x_k v_k] = η²δ² E_i[x_j x_k] v_j v_k"
ALLOWANCE = 1e-12  # relative to the squared sizes of the terms of an update


def label_noise(x: State) -> Float[ndarray, "trials n 2 d"]:
    """What the step has beyond the step without label noise, for every sample and sign."""
    return descended(x) - descended(replace(x, delta=np.zeros_like(x.delta)))


def centred_products(outcomes: Float[ndarray, "trials n 2 d"]) -> Float[ndarray, "trials d d"]:
    """The covariance over 2n equally likely outcomes."""
    centred = outcomes - outcomes.mean(axis=(1, 2), keepdims=True)
    return np.einsum("tnsj,tnsk->tjk", centred, centred) / (2 * outcomes.shape[1])


def stated(x: State) -> Float[ndarray, "trials d d"]:
    r"""$\eta^2\delta^2\, E_i[x_j x_k]\, v_j v_k$"""
    return np.square(x.eta * x.delta)[:, np.newaxis, np.newaxis] * second_moments(x.X) * products(x.v)


def products(v: Float[ndarray, "trials d"]) -> Float[ndarray, "trials d d"]:
    return v[:, :, np.newaxis] * v[:, np.newaxis, :]


def agrees(name: str, left: Float[ndarray, "trials d d"], right: Float[ndarray, "trials d d"], x: State) -> Clause:
    """Entry by entry, relative to the squared sizes of the terms."""
    size = products(terms(x).max(axis=(1, 2)))
    gap = np.abs(left - right) / np.where(size > 0, size, 1.0)
    return equals(name, gap.max(axis=(1, 2)), 0.0, allowance=ALLOWANCE)


def diagonal(A: Float[ndarray, "trials d d"]) -> Float[ndarray, "trials d d"]:
    """Zero off the diagonal."""
    return A * np.eye(A.shape[1])


def conclusions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    outcomes = label_noise(x)
    size = terms(x).max(axis=(1, 2))
    mean = np.abs(outcomes.mean(axis=(1, 2))) / np.where(size > 0, size, 1.0)
    yield equals(MEAN, mean.max(axis=1), 0.0, allowance=ALLOWANCE)
    found = centred_products(outcomes)
    yield agrees(VARIANCE, diagonal(found), diagonal(stated(x)), x)
    yield agrees(COVARIANCE, found, stated(x), x)


def whole_update(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield agrees(VARIANCE, diagonal(centred_products(descended(x))), diagonal(stated(x)), x)


def linear(_sizes: Sizes, x: State) -> Iterable[Clause]:
    """A variance in proportion to |v_k|."""
    root = replace(x, v=np.sqrt(np.abs(x.v)))
    yield agrees(VARIANCE, diagonal(centred_products(label_noise(x))), diagonal(stated(root)), x)


def normalised(_sizes: Sizes, x: State) -> Iterable[Clause]:
    """As if E_i[x_k²] were 1."""
    isotropic = np.square(x.eta * x.delta)[:, np.newaxis, np.newaxis] * diagonal(products(x.v))
    yield agrees(VARIANCE, diagonal(centred_products(label_noise(x))), isotropic, x)


def uncorrelated(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield agrees(COVARIANCE, centred_products(label_noise(x)), diagonal(stated(x)), x)


PRINTED = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 1-b",
        title="the label noise of a step has variance η²δ² E_i[x_k²] v_k² in coordinate k",
        kind="deterministic",
        claim=r"\mathrm{Var}_{i,s}[\eta s\, x_{ik} v_k] = \eta^2\delta^2\, E_i[x_{ik}^2]\, v_k^2",
        place="Section 1, on the fundamental difference; Section 3.1",
        reading="The standard deviation, not the covariance, is in proportion to the scale of the parameter.",
        depends_on=("Eq 1",),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("the variance of the whole update", with_conclusions(whole_update), VARIANCE),
        control("variance linear in the coordinate", with_conclusions(linear), VARIANCE),
        control("inputs taken as normalised", with_conclusions(normalised), VARIANCE),
        control("coordinates taken as uncorrelated", with_conclusions(uncorrelated), COVARIANCE),
    ),
)
