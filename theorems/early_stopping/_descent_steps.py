r"""The proof of Theorem 9.2, line by line, along its own runs. Section 10.1.1.

With $r_\tau = f(\theta_\tau) - y = \bar r_\tau + \bar e_\tau$, $\bar r_\tau = \Pi_{S_+}(r_\tau)$, $\bar e_\tau = \Pi_{S_-}(r_\tau)$,
and $C(\theta_\tau) = J(\theta_{\tau+1}, \theta_\tau) J(\theta_\tau)^T$ with the Jacobian averaged over the step.
Every inequality is compared at every iteration of a run and judged at its worst.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq_mat
from numpy import ndarray

from models.descent import Iterate, Observed
from models.matrices import apply, euclidean, spectral_norm, transpose
from theorems.checker.certify import Comparison, concluded
from theorems.checker.claims import Clause, at_least, at_most
from theorems.checker.draws import Draws
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem
from theorems.early_stopping import _exact_descent as exactly
from theorems.early_stopping import _label_corruption as corrupted
from theorems.early_stopping._families import within
from theorems.early_stopping._label_corruption import Instance, Sizes, following, initial_residual, judged, largest, threshold

SHRINKS = "‖r̄_τ‖² ≤ (1 - ηα²/2)^τ ‖r̄₀‖²"
ONE_STEP = "‖r̄_{τ+1}‖² ≤ ‖r̄_τ‖² - (η/2)‖J(θ_τ)ᵀr̄_τ‖²"
UPDATE = "r_{τ+1} = (I - C(θ_τ)) r_τ"
STILL = "ē_{τ+1} = ē_τ"
SIGNAL = "r̄_{τ+1} = (I - C(θ_τ)) r̄_τ"
OWN_STEP = "η ≤ α/(Lβ‖r₀‖)"
SAME_NOISE = "Π₋e = Π₋r₀"
ENTRY = "‖r_τ - e‖_∞ ≤ ‖r̄_τ‖_∞ + ‖Π₊e‖_∞"


def induction(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    r0 = initial_residual(x)
    inside0, outside0 = euclidean(within(x.U, r0)), r0 - within(x.U, r0)

    def watch(now: Iterate) -> dict[str, Observed]:
        running, inside = now.t <= x.steps, within(x.U, now.residual)
        size, pull = euclidean(inside), euclidean(apply(transpose(now.jacobian), inside))
        after = euclidean(within(x.U, x.f.value(following(x, now)) - x.y))
        return {
            "ē_τ = ē₀": (euclidean(now.residual - inside - outside0), np.zeros_like(size), running),
            SHRINKS: (size**2, (1 - x.eta * x.alpha**2 / 2) ** now.t * inside0**2, running),
            "¼α‖θ_τ - θ₀‖ + ‖r̄_τ‖ ≤ ‖r̄₀‖": (x.alpha * euclidean(now.theta - x.theta0) / 4 + size, inside0, running),
            ONE_STEP: (after**2, size**2 - x.eta / 2 * pull**2, running),
        }

    yield from judged(x, watch, x.size, squares=(SHRINKS, ONE_STEP))
    yield at_most("‖r̄₀‖ ≤ ‖r₀‖", inside0, euclidean(r0), scale=x.size)


def without_step_size(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return recursion(x, np.ones_like(x.eta), (UPDATE, STILL, SIGNAL))


def with_step_size(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    return recursion(x, x.eta, ("r_{τ+1} = (I - ηC(θ_τ)) r_τ", STILL, "r̄_{τ+1} = (I - ηC(θ_τ)) r̄_τ"))


def recursion(x: Instance, rate: ndarray, names: tuple[str, str, str]) -> Iterable[Clause]:
    """The residual and its two parts after a step, against ``(I - rate C)`` times what they were."""

    def watch(now: Iterate) -> dict[str, Observed]:
        running, after, back = now.t <= x.steps, following(x, now), transpose(now.jacobian)
        average, later = x.f.average_jacobian(now.theta, after), x.f.value(after) - x.y
        inside, later_inside = within(x.U, now.residual), within(x.U, later)
        whole, signal = (v - rate[:, np.newaxis] * apply(average, apply(back, v)) for v in (now.residual, inside))
        differences = (later - whole, later - later_inside - now.residual + inside, later_inside - signal)
        return {name: (euclidean(v), np.zeros_like(rate), running) for name, v in zip(names, differences, strict=True)}

    return judged(x, watch, x.size * (1 + rate * x.beta**2))


def recursion_certificate(_sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    gone = exactly.ExactRun(exact)
    yield from exactly.hypotheses(gone)
    jacobian = gone.U * gone.A

    def updated(v: fmpq_mat) -> fmpq_mat:
        return v - jacobian * (jacobian.transpose() * v)

    residuals = [*gone.residuals, gone.residual(gone.thetas[-1] - gone["eta"] * (jacobian.transpose() * gone.residuals[-1]))]
    pairs = [(gone.within(r), r - gone.within(r), r) for r in residuals]
    steps = list(pairwise(pairs))
    yield concluded(UPDATE, max(exactly.norm(after[2] - updated(now[2])) for now, after in steps), 0)
    yield concluded(STILL, max(exactly.square(after[1] - now[1]) for now, after in steps), 0)
    yield concluded(SIGNAL, max(exactly.norm(after[0] - updated(now[0])) for now, after in steps), 0)


def bent_little(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    inside0 = euclidean(within(x.U, initial_residual(x)))

    def watch(now: Iterate) -> dict[str, Observed]:
        running, after, f = now.t <= x.steps, following(x, now), x.f
        here, back = f.average_jacobian(now.theta, after), f.average_jacobian(now.theta, x.theta0)
        change, whole = spectral_norm(here - now.jacobian), spectral_norm(back - now.jacobian)
        factor = x.eta * x.beta * x.L / 2
        return {
            "‖J(θ₀,θ_τ) - J(θ_τ)‖ ≤ (L/2)‖θ₀ - θ_τ‖": (whole, x.L / 2 * euclidean(x.theta0 - now.theta), running & (now.t > 0)),
            "‖J(θ_{τ+1},θ_τ) - J(θ_τ)‖ ≤ (L/2)‖θ_{τ+1} - θ_τ‖": (change, x.L / 2 * euclidean(after - now.theta), running),
            "‖J(θ_{τ+1},θ_τ) - J(θ_τ)‖ ≤ (ηβL/2)‖r̄_τ‖": (change, factor * euclidean(within(x.U, now.residual)), running),
            "‖J(θ_{τ+1},θ_τ) - J(θ_τ)‖ ≤ (ηβL/2)‖r̄₀‖": (change, factor * inside0, running),
            "(ηβL/2)‖r̄₀‖ ≤ α/2": (factor * inside0, x.alpha / 2, running),
        }

    return judged(x, watch, x.beta)


def to_largest_entry(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    r0, due, rate = initial_residual(x), threshold(x), x.eta * x.alpha**2

    def watch(now: Iterate) -> dict[str, Observed]:
        running, inside = now.t <= x.steps, within(x.U, now.residual)
        bound = largest(inside) + largest(within(x.U, x.e))
        return {
            ENTRY: (largest(now.residual - x.e), bound, running),
            "‖r̄_τ‖ ≤ (1 - ηα²/4)^τ ‖r₀‖": (euclidean(inside), (1 - rate / 4) ** now.t * euclidean(r0), running),
            "τ ≥ (5/(ηα²)) log(‖r₀‖/ν) ⇒ ‖r̄_τ‖ ≤ ν": (euclidean(inside), x.nu, running & (now.t >= due - 1e-9)),
        }

    yield from judged(x, watch, x.size)
    gap = largest(x.e - within(x.U, x.e) - r0 + within(x.U, r0))
    yield at_most(SAME_NOISE, gap, 0.0, scale=x.size)
    yield at_least("log(1/(1 - ηα²/4)) ≥ log(1 + ηα²/4)", -np.log1p(-rate / 4), np.log1p(rate / 4))
    yield at_least("log(1 + ηα²/4) ≥ ηα²/5", np.log1p(rate / 4), rate / 5)


def certificate(_sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    gone = exactly.ExactRun(exact)
    yield from exactly.hypotheses(gone)
    r0, most = gone.residuals[0], exactly.largest(gone.within(gone.e))
    yield concluded(SAME_NOISE, exactly.largest(gone.e - gone.within(gone.e) - r0 + gone.within(r0)), 0)
    sides = [(exactly.largest(r - gone.e), exactly.largest(gone.within(r)) + most) for r in gone.residuals]
    yield concluded(ENTRY, *max(sides, key=lambda side: side[0] - side[1]))


def mended_sign(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    def watch(now: Iterate) -> dict[str, Observed]:
        bound = largest(within(x.U, now.residual)) + largest(within(x.U, x.e))
        return {"‖r_τ + e‖_∞ ≤ ‖r̄_τ‖_∞ + ‖Π₊e‖_∞": (largest(now.residual + x.e), bound, now.t <= x.steps)}

    return judged(x, watch, x.size)


def lunging(sizes: Sizes, draws: Draws) -> Instance:
    """On half of the trials one step of the size that the lines themselves allow, α/(Lβ‖r₀‖)."""
    x = corrupted.few(sizes, draws)
    bends = x.L * euclidean(initial_residual(x)) / (x.alpha / x.beta)
    lunges = (draws.integers(0, 1) == 0) & (bends > 0)
    return replace(x, eta=np.where(lunges, 1 / np.where(lunges, bends, 1.0), x.eta), steps=np.where(lunges, 0, x.steps))


def own_step_size(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The induction hypothesis at τ = 0 needs no bound on η."""
    yield from (clause for clause in corrupted.assumptions(sizes, x) if clause.name != corrupted.STEP_SIZE)
    r0 = euclidean(initial_residual(x))
    limit = corrupted.step_limit(x.alpha, x.beta, x.L, r0)
    yield at_most(corrupted.STEP_SIZE, x.eta, limit, where=x.steps > 0)
    yield at_most(OWN_STEP, x.eta * x.L * x.beta * r0, x.alpha)


def eqs_12_14(theorem: Theorem) -> Theorem:
    """Eqs 12-14"""
    return step(
        theorem,
        label="Eqs 12-14",
        title="induction hypotheses: the noise part stays, the signal part shrinks, the way is short",
        claim=r"\bar e_\tau = \bar e_0,\ \lVert\bar r_\tau\rVert^2 \le (1-\tfrac{\eta\alpha^2}{2})^\tau\lVert\bar r_0\rVert^2,\ "
        r"\tfrac14\alpha\lVert\theta_\tau-\theta_0\rVert + \lVert\bar r_\tau\rVert \le \lVert\bar r_0\rVert \le \lVert r_0\rVert",
        conclusions=induction,
    )


def eqs_21_27(theorem: Theorem) -> Theorem:
    """Eqs 21-27"""
    return step(
        theorem,
        label="Eqs 21-27",
        title="the residual's recursion on the two subspaces, without the step size as printed",
        claim=r"r_{\tau+1} = (I - C(\theta_\tau))r_\tau,\ \bar e_{\tau+1} = \bar e_\tau,\ "
        r"\bar r_{\tau+1} = (I - C(\theta_\tau))\bar r_\tau",
        chosen=corrupted.few,
        conclusions=without_step_size,
        counterexample=Counterexample(
            kind="instance",
            file=Path(__file__).with_name("theorem_9_2_equations_21_27_counterexample.json"),
            certificate=recursion_certificate,
            account="One flipped label of eight, C = P and η = 1/2: the signal part is halved where (I - C) makes it 0. Lemma 10.2, "
            "from which the lines follow, has I - ηC with the same C; so have Eqs 33 and 34.",
        ),
    )


def thm_9_2_step_size(theorem: Theorem) -> Theorem:
    """Thm 9.2-step-size"""
    return step(
        theorem,
        label="Thm 9.2-step-size",
        title="Eqs 21-27 with I - ηC, as Lemma 10.2 gives it",
        claim=r"r_{\tau+1} = (I - \eta C(\theta_\tau))r_\tau,\ \bar r_{\tau+1} = (I - \eta C(\theta_\tau))\bar r_\tau",
        chosen=corrupted.few,
        conclusions=with_step_size,
    )


def eqs_29_32(theorem: Theorem) -> Theorem:
    """Eqs 29-32"""
    return step(
        theorem,
        label="Eqs 29-32",
        title="a step hardly moves the Jacobian",
        claim=r"\lVert J(\theta_{\tau+1},\theta_\tau)-J(\theta_\tau)\rVert \le \tfrac L2\lVert\theta_{\tau+1}-\theta_\tau\rVert "
        r"\le \tfrac{\eta\beta L}{2}\lVert\bar r_\tau\rVert \le \tfrac{\eta\beta L}{2}\lVert\bar r_0\rVert \le \tfrac\alpha2",
        chosen=lunging,
        assumptions=own_step_size,
        conclusions=bent_little,
    )


def eqs_42_47(theorem: Theorem) -> Theorem:
    """Eqs 42-47"""
    return step(
        theorem,
        label="Eqs 42-47",
        title="from the residual to its largest entry, with the sign of e as printed",
        claim=r"\Pi_{S_-}(e) = \Pi_{S_-}(r_0),\ \lVert r_\tau - e\rVert_\infty \le "
        r"\lVert\bar r_\tau\rVert_\infty + \lVert\Pi_{S_+}(e)\rVert_\infty,\ "
        r"\lVert\bar r_\tau\rVert \le (1-\tfrac{\eta\alpha^2}{4})^\tau\lVert r_0\rVert \le \nu",
        conclusions=to_largest_entry,
        counterexample=Counterexample(
            kind="instance",
            file=Path(__file__).with_name("theorem_9_2_equations_42_47_counterexample.json"),
            certificate=certificate,
            account="One flipped label of eight. With e = y - ỹ the noise part of r₀ = f(θ₀) - y is -Π₋e, not Π₋e, and f - ỹ is r + e, "
            "not r - e, which here has an entry near twice the flip.",
        ),
    )


def thm_9_2_sign(theorem: Theorem) -> Theorem:
    """Thm 9.2-sign"""
    return step(
        theorem,
        label="Thm 9.2-sign",
        title="the first of Eqs 42-47 with e = y - ỹ, so that f - ỹ = r + e",
        claim=r"\lVert r_\tau + e\rVert_\infty \le \lVert\bar r_\tau\rVert_\infty + \lVert\Pi_{S_+}(e)\rVert_\infty",
        conclusions=mended_sign,
    )


def proof_steps(theorem: Theorem) -> tuple[Theorem, ...]:
    """The steps of Theorem 9.2, with its moves unless they bring others."""
    parts = (eqs_12_14, eqs_21_27, thm_9_2_step_size, eqs_29_32, eqs_42_47, thm_9_2_sign)
    return tuple(part(theorem) for part in parts)
