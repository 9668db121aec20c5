r"""Lemma D.4: the mass off the support grows at most to $\epsilon_s$ during a round. Appendix D, Eqs 115 to 121.

In the setting of Appendix D's rounds (``_stage_two``, which defines B) let $(\epsilon_s^2 + 4rc_{s-1})\, C_x b_x^2 \le c_{s-1}$,
$$\epsilon_s > (1+\eta c_{s-1})^T\epsilon_{s-1}, \qquad
  \frac{\bigl((1+\eta c_{s-1})^{-T}\epsilon_s - \epsilon_{s-1}\bigr)^2}{2T\eta^2B\epsilon_s^2} \ge \log\frac5\rho.$$
Then, with probability at least $1 - \rho/5$, the $(2c_{s-1}, \epsilon_s)$-to-$v_*$ coupling obeys
$$\lVert\tilde v_{S^c}[T]\rVert_1 \le \epsilon_s.$$

*Reading.* $C_x$ and $\eta$ obey the hypotheses above, not those of Lemma D.3, which are stronger.

*Instances.* Whole runs with the printed step size: r = 1, 2, one coordinate off the support, started at either sign, $C_x$ at its
limit or as near to it as second moments of 2/3 allow, all of S at $1 + c_{s-1}$ or all at $1 - c_{s-1}$; T from 1,000 to 7,400. The
steps: one step from states in the box by enumeration, and Azuma's bound from numbers alone, over many decades.

*Tightness.* The mass at time T reaches about 0.6 $\epsilon_s$: it is a martingale but for a growth that ends when the coordinates in
S are near 1, while $\epsilon_s$ leaves room for a factor $40^{2c_{s-1}}$.

*Remarks.* The first line of the proof, Eq 116, is false as soon as $C_x \ne 0$ and $b_x \le 1$: a coordinate in S contributes
$(1+2c_{s-1})^2 - 1 = 4c_{s-1} + 4c_{s-1}^2$ times $C_x$. At the limit of the lemma's own hypothesis on $C_x$ this breaks Eq 118 too, at
that of Lemma D.3 it doesn't. The lemma doesn't need it, since the error on S does not stay at $2c_{s-1}$; that is seen on
runs and not proved here. Eq 121 is judged where Eq 118 holds.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from theorems.checker.changes import control, sharpened, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import WithProbability
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise import _stage_two as stage
from theorems.label_noise._off_support_steps import hypotheses, mixed, needed, proof_steps
from theorems.label_noise._stage_two import Round, Run

MASS = "‖ṽ_{S^c}[T]‖₁ ≤ ε_s"


def data(q: Round) -> tuple[Round, Float[ndarray, "1 n d"]]:
    return stage.correlated(q, q.r + 1, mixed(q), q.c)


def setting(choose: Choose) -> Round:
    return stage.paced(data(stage.small(choose))[0], needed)


def chosen(q: Round, draws: Draws) -> Run:
    return stage.unkeyed(data(q)[1], stage.start(q, draws, q.r + 1, q.c, q.eps))


def at_the_edge(q: Round, draws: Draws) -> Run:
    return stage.unkeyed(data(q)[1], stage.start(q, draws, q.r + 1, q.c, q.next_eps))


def assumptions(q: Round, x: Run) -> Iterable[Clause]:
    yield from stage.starting(q, x)
    yield from hypotheses(q)


def conclusions(q: Round, x: Run) -> Iterable[Clause]:
    yield at_most(MASS, stage.mass(q, stage.followed(q, x).v), q.next_eps)


def densely(q: Round, x: Run) -> Iterable[Clause]:
    """Labels of the all-ones vector."""
    yield at_most(MASS, stage.mass(q, stage.followed(q, x, labels=np.ones((1, q.r + 1))).v), q.next_eps)


def probability(q: Round, _x: Run) -> float:
    return 1 - q.rho / 5


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem D.4",
        title="the mass off the support grows at most to ε_s during a round",
        kind="probability",
        claim=r"(\epsilon_s^2+4rc_{s-1})C_xb_x^2 \le c_{s-1},\ \epsilon_s > (1+\eta c_{s-1})^T\epsilon_{s-1},\ "
        r"\tfrac{((1+\eta c_{s-1})^{-T}\epsilon_s-\epsilon_{s-1})^2}{2T\eta^2B\epsilon_s^2} \ge \log\tfrac5\rho"
        r"\ \Longrightarrow\ P\bigl(\lVert\tilde v_{S^c}[T]\rVert_1 \le \epsilon_s\bigr) \ge 1-\tfrac\rho5",
        place="Appendix D, Eqs 115 to 121",
        reading="C_x and η obey the lemma's own hypotheses, not those of Lemma D.3.",
        depends_on=("Def D.2",),
    ),
    setting=setting,
    chosen=chosen,
    sampled=stage.keyed,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(probability),
    block=80,
)

PRINTED = replace(
    BASE,
    steps=proof_steps(BASE),
    controls=(
        control("labels of v* = 1 on every coordinate", with_conclusions(densely), MASS),
        control("a start with the mass ε_s", without_assumption(stage.MASS, chosen=at_the_edge), MASS),
        control("0.48 ε_s", sharpened(MASS, 0.48), MASS),
    ),
)
