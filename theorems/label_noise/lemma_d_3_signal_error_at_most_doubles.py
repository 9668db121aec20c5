r"""Lemma D.3: the error on the support at most doubles during a round. Appendix D, Eqs 93 to 114.

In the setting of Appendix D's rounds (``_stage_two``, which defines B) let
$$\frac{c_{s-1}^2}{2\eta B} \ge \log\frac{10rT^2}\rho, \qquad (\epsilon_s^2 + 4rc_{s-1})\, C_x b_x^2 \le \frac{c_{s-1}}{10}.$$
Then, with probability at least $1 - \rho/5$, the $(2c_{s-1}, \epsilon_s)$-to-$v_*$ coupling obeys
$$\lVert\tilde v_S[T] - 1\rVert_\infty \le 2c_{s-1}.$$

*Reading.* The windows of the proof are three to one, as Lemma G.3 has them: $[\frac23c_{s-1}, 2c_{s-1}]$.

*Instances.* Whole runs with the printed step size: r = 1, 2, one coordinate off the support, $C_x$ at its limit, starts with all
of S at $1 + c_{s-1}$ or all at $1 - c_{s-1}$, $\epsilon_{s-1}$ up to $c_{s-1}$, $\delta = 0$ among the noise levels; T from 8,000 to
70,000. The steps: states in the box by enumeration, and the union bound from numbers alone, over many decades.

*Tightness.* A run comes nowhere near $2c_{s-1}$: at time T its error is about $c_{s-1}/10$. The bound that Azuma's inequality
gives, $2rT^2e^{-e}$ with e at least 5 times $\log(10rT^2/\rho)$, is far below $\rho/5$.

*Remarks.* Two lines of the proof are false, each by a little, and neither is needed. Eq 95 bounds $\lvert v_j^2 - 1\rvert$ by
$4c_{s-1}$, which above 1 is $4c_{s-1} + 4c_{s-1}^2$, and $C_x$ by $C_xb_x^2$, although $b_x^2$ can be 2/3. With $b_x = 1$ it takes
r = 12 at $c_{s-1} = 1/10$ to break it; from $b_x^2 = 1 + c_{s-1}$ on, as in Theorem D.1, it is true. Eq 106 contracts by $1 - \eta$
down to $1 - 2c_{s-1}$; at $v_k = 4/5$ the rate can be $\frac23 \cdot \frac45 \cdot \frac95 = 0.96$ times $\eta$. Lemma G.3, which
the proof applies, is false too, but the steps are sub-Gaussian. That gives more than the printed bounds, even at the rate that is
left.
"""

from collections.abc import Iterable
from dataclasses import replace

from jaxtyping import Float
from numpy import ndarray

from theorems.checker.changes import control, sharpened, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import WithProbability
from theorems.checker.statement import Statement
from theorems.checker.theorem import Theorem
from theorems.label_noise import _stage_two as stage
from theorems.label_noise._doubling_steps import STEP_SIZE, hypotheses, mixed, needed, proof_steps
from theorems.label_noise._stage_two import Round, Run

ERROR = "‖ṽ_S[T] - 1‖_∞ ≤ 2c_{s-1}"


def data(q: Round) -> tuple[Round, Float[ndarray, "1 n d"]]:
    return stage.correlated(q, q.r + 1, mixed(q), q.c / 10)


def setting(choose: Choose) -> Round:
    return stage.paced(data(stage.small(choose))[0], needed)


def coarse(choose: Choose) -> Round:
    """A hundred times the step size."""
    return stage.paced(setting(choose), needed, slower=0.01)


def chosen(q: Round, draws: Draws) -> Run:
    return stage.unkeyed(data(q)[1], stage.start(q, draws, q.r + 1, q.c, q.eps))


def at_the_edge(q: Round, draws: Draws) -> Run:
    return stage.unkeyed(data(q)[1], stage.start(q, draws, q.r + 1, 2 * q.c, q.eps))


def assumptions(q: Round, x: Run) -> Iterable[Clause]:
    yield from stage.starting(q, x)
    yield from hypotheses(q)


def conclusions(q: Round, x: Run) -> Iterable[Clause]:
    yield at_most(ERROR, stage.error(q, stage.followed(q, x).v), 2 * q.c)


def probability(q: Round, _x: Run) -> float:
    return 1 - q.rho / 5


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Lem D.3",
        title="the error on the support at most doubles during a round",
        kind="probability",
        claim=r"\tfrac{c_{s-1}^2}{2\eta B} \ge \log\tfrac{10rT^2}{\rho},\ (\epsilon_s^2+4rc_{s-1})C_xb_x^2 \le \tfrac{c_{s-1}}{10}"
        r"\ \Longrightarrow\ P\bigl(\lVert\tilde v_S[T]-1\rVert_\infty \le 2c_{s-1}\bigr) \ge 1-\tfrac\rho5",
        place="Appendix D, Eqs 93 to 114",
        reading="windows are three to one, as in Lemma G.3; η is what the lemma's own hypothesis asks for.",
        depends_on=("Def D.2", "Lem G.3"),
    ),
    setting=setting,
    chosen=chosen,
    sampled=stage.keyed,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(probability),
    block=56,
)

PRINTED = replace(
    BASE,
    steps=proof_steps(BASE),
    controls=(
        control("a hundred times the step size", without_assumption(STEP_SIZE, setting=coarse), ERROR),
        control("a start at 2c_{s-1}", without_assumption(stage.ERROR, chosen=at_the_edge), ERROR),
        control("an error of c_{s-1}/20", sharpened(ERROR, 1 / 40), ERROR),
    ),
)
