r"""Equation 1: the update of SGD with label noise, written out. Section 2.1.

With sample i and $s = \pm\delta$, a step $v[t+1] = v[t] - \eta\,\nabla\tilde\ell_i(v[t])$ of Algorithm 1 is
$$v[t+1] = v[t] - \eta\,\langle v[t]^2 - v_*^2, x_i\rangle\, x_i \odot v[t] + \eta\, s\, x_i \odot v[t].$$

*Reading.* The loss has the factor 1/4: of all factors it alone gives this equation.

*Evaluation.* The gradient comes from values of the perturbed loss at imaginary steps, to rounding. The step of this file repeats the
comparison on integers, where a five-point difference quotient of the quartic polynomial $\tilde\ell_i$ is exact and both sides are
the same numbers.

*Instances.* States of any sign and size, solutions and their neighbourhood, inputs of rank one and with zeros, $\delta = 0$; every
sample with both signs.

*Tightness.* An identity.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from theorems.checker.changes import control, with_conclusions
from theorems.checker.claims import Clause, equals
from theorems.checker.draws import Draws
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import Theorem
from theorems.label_noise._one_step import (
    SIGNS,
    Sizes,
    State,
    alike,
    assumptions,
    chosen,
    descended,
    perturbed_gradients,
    perturbed_losses,
    setting,
    sparse,
)

UPDATE = "v - η ∇ℓ̃_i(v) = v - η ⟨v² - v*², x_i⟩ x_i⊙v + η s x_i⊙v"
EXACTLY = "12 · 4∇ℓ̃_i(v) = the five-point difference of 4ℓ̃_i"


def drift(x: State) -> Float[ndarray, "trials n 1 d"]:
    r"""$\langle v^2 - v_*^2, x_i\rangle\, x_i \odot v$"""
    misfit = np.einsum("tnd,td->tn", x.X, x.v**2 - x.target**2)
    return (misfit[:, :, np.newaxis] * x.X * x.v[:, np.newaxis, :])[:, :, np.newaxis, :]


def noise(x: State) -> Float[ndarray, "trials n 2 d"]:
    r"""$s\, x_i \odot v$ for $s = \delta, -\delta$"""
    s = (x.delta[:, np.newaxis] * SIGNS)[:, np.newaxis, :, np.newaxis]
    return s * (x.X * x.v[:, np.newaxis, :])[:, :, np.newaxis, :]


def updated(x: State, change: Float[ndarray, "trials n 2 d"]) -> Float[ndarray, "trials n 2 d"]:
    """``v + η change``"""
    return x.v[:, np.newaxis, np.newaxis, :] + x.eta[:, np.newaxis, np.newaxis, np.newaxis] * change


def conclusions(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield alike(UPDATE, descended(x), updated(x, noise(x) - drift(x)), x)


def opposite_sign(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield alike(UPDATE, descended(x), updated(x, -noise(x) - drift(x)), x)


def loss_with_half(_sizes: Sizes, x: State) -> Iterable[Clause]:
    yield alike(UPDATE, updated(x, -2 * perturbed_gradients(x)), updated(x, noise(x) - drift(x)), x)


def noise_apart_from_state(_sizes: Sizes, x: State) -> Iterable[Clause]:
    """Noise that does not depend on the parameter."""
    free = noise(replace(x, v=np.ones_like(x.v)))
    yield alike(UPDATE, descended(x), updated(x, free - drift(x)), x)


def other_labels(_sizes: Sizes, x: State) -> Iterable[Clause]:
    """Labels with one coordinate more in the support of v*."""
    more = replace(x, target=np.maximum(x.target, np.eye(x.target.shape[1])[0]))
    yield alike(UPDATE, descended(x), updated(x, noise(x) - drift(more)), x)


def on_integers(sizes: Sizes, draws: Draws) -> State:
    return State(
        v=draws.integers(-4, 4, sizes.d).astype(float),
        target=sparse(draws, sizes.d),
        X=draws.integers(-4, 4, sizes.n, sizes.d).astype(float),
        eta=np.ones(draws.trials),
        delta=draws.integers(0, 9).astype(float),
    )


def without_rounding(sizes: Sizes, x: State) -> Iterable[Clause]:
    """On integers below 2^53 every operation is exact."""
    steps = np.array([1, -1, 2, -2])[:, np.newaxis, np.newaxis] * np.eye(sizes.d)
    values = 4 * np.real(perturbed_losses((x.v[:, np.newaxis, :] + steps.reshape(-1, sizes.d)).astype(complex), x))
    up, down, far_up, far_down = np.split(values, 4, axis=1)
    quotient = 8 * (up - down) - (far_up - far_down)
    stated = np.moveaxis(48 * (drift(x) - noise(x)), -1, 1)
    yield equals(EXACTLY, np.abs(quotient - stated).max(axis=(1, 2, 3)), 0.0, allowance=0.0)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Eq 1",
        title="the update of SGD with label noise, written out",
        kind="deterministic",
        claim=r"v - \eta\nabla\tilde\ell_i(v) = v - \eta\langle v^2 - v_*^2, x_i\rangle\, x_i\odot v + \eta s\, x_i\odot v",
        place="Section 2.1, Eq 1",
        reading="The loss has the factor 1/4, the only one that gives this equation.",
        depends_on=("Sec 2.1-a", "Alg 1"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    controls=(
        control("a loss with 1/2", with_conclusions(loss_with_half), UPDATE),
        control("the opposite sign of the noise", with_conclusions(opposite_sign), UPDATE),
        control("noise that does not depend on the parameter", with_conclusions(noise_apart_from_state), UPDATE),
        control("labels of another v*", with_conclusions(other_labels), UPDATE),
    ),
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Eq 1-integers",
            title="the gradient in it, on integers, without rounding",
            claim=r"\nabla\tilde\ell_i(v) = (\langle v^2 - v_*^2, x_i\rangle - s)\, x_i\odot v \quad\text{on } \mathbb{Z}^d",
            chosen=on_integers,
            conclusions=without_rounding,
        ),
    ),
)
