r"""Section 2.1, before Theorem 2.3: the output of the random network has the size of its input.

For $W \in \mathbb{R}^{k \times d}$ with independent standard normal entries, v of k entries, half of them $1/\sqrt k$ and half
$-1/\sqrt k$, and $|\varphi'| \le \Gamma$, every $x \in \mathbb{R}^d$ has
$$E[f(W, x)^2] = O(\lVert x\rVert_2^2), \qquad f(W, x) = v^T\varphi(Wx).$$

*Reading.* Upper bound only; the constant exhibited is $\Gamma^2$.

*Instances.* Numbers only: seven activations and norms from $10^{-3}$ to 10. As v adds up to 0 and has norm 1,
$E f^2 = \mathrm{Var}\,\varphi(\lVert x\rVert g)$, g standard normal, whatever k: enclosed in ball arithmetic.

*Tightness.* $\mathrm{Var}\,\varphi(\lVert x\rVert g) \le \Gamma^2\lVert x\rVert^2$ is Poincaré's inequality for Gaussians, attained by the
identity, and by every activation that is steepest at 0 as $\lVert x\rVert \to 0$. It is no isometry for the others: bounded units
saturate at large inputs, even ones vanish to fourth order at small ones.

*Remarks.* It is the balance of the output weights that keeps $\varphi(0)$ out: with equal signs $E f^2$ does not vanish with x.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.activations import ACTIVATIONS, Activation
from models.integrals import mean, variance
from models.networks import balanced_output_weights
from theorems.checker.changes import Change, control, sharpened, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, Witness, equals, up_to
from theorems.checker.quantifiers import Exactly, Interval
from theorems.checker.statement import Statement
from theorems.checker.theorem import Nothing, Theorem, nothing

BOUNDED = "E f(W,x)² ≤ C Γ²‖x‖²"
FOURTH = "E f(W,x)² ≤ C Γ²‖x‖⁴"
POINCARE = Witness("C", 1.0, "derived: Poincaré's inequality for a standard normal variable")
NORMS = (1e-3, 0.03, 0.3, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Sizes:
    """``norm`` is ‖x‖, v the output weights."""

    activation: Activation
    norm: float
    v: Float[ndarray, " k"]


def setting(choose: Choose) -> Sizes:
    activation = ACTIVATIONS[str(choose.option("activation", tuple(ACTIVATIONS)))]
    norm = float(choose.option("norm", NORMS))
    return Sizes(activation=activation, norm=norm, v=balanced_output_weights(2 * choose.integer("k/2", 1, 50)))


def assumptions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield equals("‖v‖ = 1", np.sum(sizes.v**2), 1.0, allowance=1e-12)
    yield equals("Σ_j v_j = 0", np.sum(sizes.v), 0.0, allowance=1e-12)


def expected_square(sizes: Sizes) -> Interval:
    r"""$E f^2 = \lVert v\rVert^2\,\mathrm{Var}\,\varphi(\lVert x\rVert g) + (\sum_j v_j)^2(E\varphi(\lVert x\rVert g))^2$"""
    spread, middle = variance(sizes.activation, sizes.norm), squared(mean(sizes.activation, sizes.norm))
    low, high = (np.sum(sizes.v**2) * spread[end] + np.sum(sizes.v) ** 2 * middle[end] for end in (0, 1))
    return np.atleast_1d(low), np.atleast_1d(high)


def squared(ends: tuple[float, float]) -> tuple[float, float]:
    """The squares of what lies between the ends."""
    low, high = sorted(abs(end) for end in ends)
    return (0.0 if ends[0] <= 0 <= ends[1] else low**2), high**2


def conclusions(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield up_to(POINCARE, BOUNDED, expected_square(sizes), (sizes.activation.bound * sizes.norm) ** 2)


def fourth_power(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield up_to(POINCARE, FOURTH, expected_square(sizes), (sizes.activation.bound * sizes.norm**2) ** 2)


def no_assumptions(_sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    return ()


def equal_signs(choose: Choose) -> Sizes:
    sizes = setting(choose)
    return replace(sizes, v=np.abs(sizes.v))


def unscaled(choose: Choose) -> Sizes:
    sizes = setting(choose)
    return replace(sizes, v=np.sign(sizes.v))


def on(setting_: object) -> Change:
    return lambda theorem: replace(theorem, setting=setting_, assumptions=no_assumptions)


PRINTED = Theorem(
    statement=Statement(
        paper="early_stopping",
        label="Sec 2.1-a",
        title="the output of the random network has the size of its input",
        kind="expectation",
        claim=r"W_{ij} \sim N(0,1) \ \Longrightarrow\ E[f(W,x)^2] = O(\lVert x\rVert_2^2)",
        place="Section 2.1, before Theorem 2.3",
        reading="Upper bound only; the constant exhibited is Γ².",
        depends_on=("Eq 2",),
    ),
    setting=setting,
    chosen=nothing,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(),
    controls=(
        control("0.99 Γ²‖x‖²", sharpened(BOUNDED, 0.99), BOUNDED),
        control("‖x‖⁴ in place of ‖x‖²", with_conclusions(fourth_power), FOURTH),
        control("output weights of one sign", on(equal_signs), BOUNDED),
        control("output weights -1 and 1", on(unscaled), BOUNDED),
    ),
)
