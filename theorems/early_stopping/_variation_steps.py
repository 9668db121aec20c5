r"""The proof of Theorem 12.1, line by line. Section 12, Eqs 95-98.

Step (d) of Eq 96 takes $\lVert x\rVert = \lVert\tilde x\rVert = 1$. The inputs of the theorem fill balls around the centres and may be
longer, up to $1 + \varepsilon_0$; there the printed bound fails, and holds with that factor before $\lVert W_0\rVert$.

For Eq 98 no sample shows a probability of $e^{-100d}$. Its exponent is enclosed, for the worst of all activations, between
the union bound of the chaining argument and the exact law of the identity.
"""

from collections.abc import Iterable
from dataclasses import replace

from theorems.checker.claims import Clause
from theorems.checker.quantifiers import Always, Exactly
from theorems.checker.step import step
from theorems.checker.theorem import Theorem, keep, no_reply, nothing
from theorems.early_stopping import _second_differences as differences
from theorems.early_stopping import _subgaussian_increments as increments

ON_ITS_OWN = {"sampled": keep, "replied": no_reply, "examples": (), "witnesses": (), "block": 100}
SQUARE = {**ON_ITS_OWN, "setting": differences.setting, "quantifier": Always()}


def on_the_sphere(sizes: differences.Sizes, x: differences.Square) -> Iterable[Clause]:
    """Eq 95 with its intermediate point, Eq 96 and Eq 97, with x₁ and x₂ for x̃ and x."""
    yield from differences.mean_value(sizes, x)
    yield from differences.chain(sizes, x)
    yield increments.orlicz(sizes.phi, x.x)


def eq_96_beyond_the_sphere(theorem: Theorem) -> Theorem:
    """The bound of Eq 96 as printed, for inputs in a ball around a unit vector."""
    moves = {"chosen": differences.beyond_the_sphere, "assumptions": differences.within_reach}
    return replace(theorem, **{**SQUARE, **moves, "conclusions": differences.as_on_the_sphere})


def proof_steps(theorem: Theorem) -> tuple[Theorem, ...]:
    """The steps of Theorem 12.1."""
    return (
        step(
            theorem,
            label="Eqs 95-97",
            title="second difference and increments, again",
            claim=r"|D| \le \bigl(\tilde c+3+2\sqrt{d/k}\bigr)\Gamma\lVert x-\tilde x\rVert\lVert W-W_0\rVert,\quad "
            r"\lVert\varphi(g^Tx)-\varphi(g^T\tilde x)\rVert_{\psi_2} \le c\,\Gamma\lVert x-\tilde x\rVert_2\qquad"
            r"(\lVert x\rVert=\lVert\tilde x\rVert=1)",
            **{**SQUARE, "witnesses": (increments.C_ORLICZ,), "block": 40},
            chosen=differences.on_sphere,
            assumptions=differences.assumptions,
            conclusions=on_the_sphere,
        ),
        step(
            theorem,
            label="Thm 12.1-in-the-ball",
            title="the second difference for inputs beyond the sphere, with the factor 1 + ε₀",
            claim=r"|D| \le (1+\varepsilon_0)\bigl(\tilde c+3+2\sqrt{d/k}\bigr)\Gamma\lVert x-\tilde x\rVert\lVert W-W_0\rVert",
            **SQUARE,
            chosen=differences.beyond_the_sphere,
            assumptions=differences.within_reach,
            conclusions=differences.chain,
        ),
        step(
            theorem,
            label="Eq 98",
            title="the supremum over a ball at the initial weights",
            claim=r"P\Bigl(\sup_{\lVert x-c\rVert\le\varepsilon_0}|f(W_0,c)-f(W_0,x)| \le c'\Gamma\varepsilon_0\sqrt d\Bigr) "
            r"\ge 1-e^{-100d}",
            **{**ON_ITS_OWN, "witnesses": (increments.C_CHAINING,)},
            setting=increments.dimension,
            chosen=nothing,
            assumptions=increments.unassumed,
            conclusions=increments.supremum,
            quantifier=Exactly(),
        ),
    )
