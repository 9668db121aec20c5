"""The steps of Theorem 10.12 as records, those that are false as printed each with its counterexample."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flint import arb, fmpq

from theorems.checker.certify import Comparison, assumed, ball, concluded
from theorems.checker.step import step
from theorems.checker.theorem import Counterexample, Theorem, keep
from theorems.early_stopping import _exact_twins as exactly
from theorems.early_stopping import _twin_data as noisy
from theorems.early_stopping import _twin_induction as induction
from theorems.early_stopping import _twin_steps as strides
from theorems.early_stopping import _twin_width as width
from theorems.early_stopping._twin_data import Sizes


def jacobian_certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """φ' = sin; only the first cluster is moved, all of it alike, so that the norm is the root of its size times one row's."""
    yield from exactly.hypotheses(sizes, exact)
    yield assumed("W₀ is 2 × 2", len(exact["W0"]), 2)
    first = [x for x, cluster in zip(exact["X"], sizes.member, strict=True) if cluster == 0]
    still = [exactly.less(x, exact["C"][c]) for x, c in zip(exact["X"], sizes.member, strict=True) if c != 0]
    yield assumed("all of the first cluster at one place", max(exactly.dot(z, z) for z in (exactly.less(x, first[0]) for x in first)), 0)
    yield assumed("the other cluster at its centre", max(exactly.dot(z, z) for z in still), 0)
    row = sum((squared_change(w, first[0], exact["C"][0]) for w in exact["W0"]), arb(0)) / 2
    bound = ball(sizes.n).sqrt() * ball(exact["radius"])
    yield concluded(strides.NEAR_AT_START, (len(first) * row).sqrt(), bound)


def squared_change(w: exactly.Vector, x: exactly.Vector, c: exactly.Vector) -> arb:
    """``||sin(w·x) x - sin(w·c) c||²`` for unit x and c"""
    here, there = (ball(exactly.dot(w, z)).sin() for z in (x, c))
    return here**2 + there**2 - 2 * here * there * ball(exactly.dot(x, c))


def recursion_certificate(sizes: Sizes, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """The linear network, one neuron in place of k, for i = 0: d₁ = η‖Xᵀr₀ - X̃ᵀr̃₀‖ and d₀ = 0."""
    yield from exactly.hypotheses(sizes, exact)
    centres = [exact["C"][cluster] for cluster in sizes.member]
    r, clean = (exactly.less(exactly.outputs(exact, X, [fmpq(1)]), exact["y"]) for X in (exact["X"], centres))
    steps = [
        [sum((a * x[j] for a, x in zip(residual, X, strict=True)), fmpq(0)) for j in range(sizes.d)]
        for residual, X in ((r, exact["X"]), (clean, centres))
    ]
    beta = 1 / (2 * ball(exactly.step_limit(sizes))).sqrt()
    noise = ball(sizes.n).sqrt() * ball(exact["radius"]) * exactly.norm(clean)
    bound = ball(exact["eta"]) * (noise + beta * exactly.norm(exactly.less(r, clean)))
    yield concluded(strides.PATHS, ball(exact["eta"]) * exactly.norm(exactly.less(*steps)), bound)


def stored(name: str, certificate: Any, account: str) -> Counterexample:
    file = Path(__file__).with_name(f"theorem_10_12_{name}_counterexample.json")
    return Counterexample(kind="instance", file=file, certificate=certificate, account=account)


RUNS: dict[str, Any] = {"setting": strides.setting, "chosen": strides.chosen, "sampled": keep, "needs": None, "block": 60}
RUNS |= {"assumptions": noisy.assumptions}
NUMBERS: dict[str, Any] = {"sampled": keep, "needs": None, "block": 400}
RECURSION = NUMBERS | {"setting": induction.setting, "chosen": induction.chosen, "assumptions": induction.assumptions}
WIDTHS = NUMBERS | {"setting": width.setting, "chosen": width.chosen, "assumptions": width.assumptions}


def eqs_62_63(theorem: Theorem) -> Theorem:
    """Eqs 62-63"""
    return step(
        theorem,
        label="Eqs 62-63",
        title="the Jacobians of both descents are as close as their weights and inputs",
        claim=r"\lVert J(W_\tau,X)-J(\tilde W_\tau,\tilde X)\rVert \le Ld_\tau+\Gamma\sqrt n\varepsilon_0,\quad "
        r"\lVert J(W_{\tau+1},W_\tau,X)-J(\tilde W_{\tau+1},\tilde W_\tau,\tilde X)\rVert "
        r"\le L\tfrac{d_\tau+d_{\tau+1}}2+\Gamma\sqrt n\varepsilon_0",
        conclusions=strides.jacobians,
        counterexample=stored(
            "equations_62_63",
            jacobian_certificate,
            "φ(z) = 1 - cos z, two clusters of two inputs, those of the first moved by less than 1/20 along a direction in which W₀ "
            "has entries 3 and -3. A moved input changes φ'(Wx) by up to Γ‖W‖ε₀, which Lemma 10.11 leaves out: "
            "Γ√nε₀ wants the factor 1 + ‖W‖/√k.",
        ),
        **RUNS,
    )


def eqs_64_72(theorem: Theorem) -> Theorem:
    """Eqs 64-72"""
    return step(
        theorem,
        label="Eqs 64-72",
        title="recursions of the distances between both descents",
        claim=r"d_{i+1} \le d_i+\eta((Ld_i+\Gamma\sqrt n\varepsilon_0)\lVert\tilde r_0\rVert+\beta p_i),\quad "
        r"p_{i+1} \le p_i+\eta\beta(\lVert\tilde r_0\rVert+p_i)(L\tfrac{3d_i+d_{i+1}}2+2\Gamma\sqrt n\varepsilon_0)",
        conclusions=strides.recursions,
        counterexample=stored(
            "equations_64_72",
            recursion_certificate,
            "A linear network that fits the labels of the centres, the inputs of each of two clusters turned away from the other: "
            "‖J(W₀,X)‖ = ‖X‖ is 17/13 of β, which bounds the Jacobian on the centres only, and d₁ is 17/13 of its bound.",
        ),
        **RUNS,
    )


def thm_10_12_recursions(theorem: Theorem) -> Theorem:
    """Thm 10.12-recursions"""
    return step(
        theorem,
        label="Thm 10.12-recursions",
        title="Eqs 62-72 with ‖J_i‖ ≤ β + Γ√nε₀ and the change of φ' in the inputs",
        claim=r"E=\Gamma\sqrt n\varepsilon_0(1+\lVert W\rVert/\sqrt k),\ \lVert J_\tau-\tilde J_\tau\rVert \le Ld_\tau+E,\ "
        r"d_{i+1} \le d_i+\eta((Ld_i+E)\lVert\tilde r_i\rVert+(\beta+\Gamma\sqrt n\varepsilon_0)p_i)",
        conclusions=strides.mended,
        **RUNS,
    )


def eqs_73_74(theorem: Theorem) -> Theorem:
    """Eqs 73-74"""
    return step(
        theorem,
        label="Eqs 73-74",
        title="what the recursions add up to",
        claim=r"\tfrac{2}{5\tau_0\eta\Theta(1+8\eta\tau_0\beta^2)} \le \tfrac{1}{30(\tau_0\eta\beta)^2\Theta},\quad "
        r"p_t \le 8t\eta\Gamma\sqrt n\varepsilon_0\Theta\beta \le \Theta,\quad "
        r"d_t \le 2t\eta\Gamma\sqrt n\varepsilon_0\Theta(1+8\eta\tau_0\beta^2)",
        conclusions=induction.conclusions,
        counterexample=stored(
            "equations_73_74",
            induction.certificate,
            "η = 1/2, τ₀ = 2, β = Θ = 1: 2/45 is not below 1/30. With ητ₀β² ≥ 1 the two bounds on L are always in the other "
            "order; the second suffices. The recursions from p₀ = d₀ = 0 keep to their bounds.",
        ),
        **RECURSION,
    )


def thm_10_12_induction(theorem: Theorem) -> Theorem:
    """Thm 10.12-induction"""
    return step(
        theorem,
        label="Thm 10.12-induction",
        title="Eqs 73-74 with the bounds on L in order and a difference at the start",
        claim=r"p_t \le p_0+8t\eta\Gamma\sqrt n\varepsilon_0\Theta\beta,\quad "
        r"d_t \le 2t\eta(\Gamma\sqrt n\varepsilon_0\Theta(1+8\eta\tau_0\beta^2)+\beta p_0)",
        conclusions=induction.mended,
        **{**RECURSION, "chosen": induction.apart_at_the_start, "assumptions": induction.mended_assumptions},
    )


def eqs_80_82(theorem: Theorem) -> Theorem:
    """Eqs 80-82"""
    return step(
        theorem,
        label="Eqs 80-82",
        title="the width from which the condition on L follows",
        claim=r"k \ge 1000\Gamma^2n(\tau_0\eta\beta)^4\Theta^2 \Longrightarrow "
        r"L \le \tfrac{2}{5\tau_0\eta\Theta(1+8\eta\tau_0\beta^2)},\quad "
        r"1000\Gamma^2n(\tau_0\eta\beta)^4\Theta^2 = O(\Gamma^{10}\tfrac{K^2\lVert C\rVert^4}{\lambda^4}\ell^4\log^2K)",
        conclusions=width.conclusions,
        counterexample=stored(
            "equations_80_82",
            width.certificate,
            "Eight clusters, one with 24 of 32 inputs (c_up = 6), centres with inner products 4/5 (‖C‖² = 33/5, for φ(z) = z λ = 1/5): "
            "L² = Γ²‖C‖²c_up n/(Kk) has a factor c_up‖C‖²/K = 99/20 that the width leaves out. "
            "It is at most c_up, so that 1000 c_up suffices.",
        ),
        **WIDTHS,
    )


def thm_10_12_width(theorem: Theorem) -> Theorem:
    """Thm 10.12-width"""
    return step(
        theorem,
        label="Thm 10.12-width",
        title="Eq 80 with the factor c_up‖C‖²/K",
        claim=r"k \ge 1000\Gamma^2\tfrac{c_{up}\lVert C\rVert^2n}{K}(\tau_0\eta\beta)^4\Theta^2 \Longrightarrow "
        r"L \le \tfrac{2}{5\tau_0\eta\Theta(1+8\eta\tau_0\beta^2)}",
        conclusions=width.mended,
        **WIDTHS,
    )


def proof_steps(theorem: Theorem) -> tuple[Theorem, ...]:
    """The steps of Theorem 10.12: two along runs from any W₀, two about numbers alone, and what mends them."""
    parts = (eqs_62_63, eqs_64_72, thm_10_12_recursions, eqs_73_74, thm_10_12_induction, eqs_80_82, thm_10_12_width)
    return tuple(part(theorem) for part in parts)
