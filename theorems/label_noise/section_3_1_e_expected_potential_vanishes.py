r"""Section 3.1: the expectation of a concave potential of the multiplicative walk converges to 0.

For the walk $v_{t+1} = v_t(1 + \eta\,\xi_t)$ of Equation 5, $v_0 = 1$, $0 < \eta < 1$, and for
$\varphi : \mathbb{R}_{\ge0} \to \mathbb{R}_{\ge0}$ increasing and concave with $\varphi'' < 0$
$$E\,\varphi(v_t) \to 0 \qquad (t \to \infty).$$

*Reading.* The potential is any one of Section 3.1-d's, where $\sqrt v$ is the example, for which the claim is true. As
$E\,\varphi(v_t)$ decreases (Jensen), the claim says: for every $\varepsilon > 0$ some $E\,\varphi(v_t)$ is at most $\varepsilon$.
Their infimum is enclosed between what no t goes below and what an exhibited t reaches.

*Instances.* $\varphi(v) = a + bv + \psi(v)$ with $a, b \ge 0$ and $\psi$ a sum of $v^p$, $\log(1 + cv)$, $cv/(1 + cv)$ and
$1 - e^{-cv}$. Then $E\,\varphi(v_t) \ge a + b$ for every t, as $E\,v_t = 1$; and as each part of $\psi$ is at most a power $(cv)^q$,
$0 < q < 1$,
$$E\,\psi(v_t) \le \sum_j a_j c_j^{q_j} m_{q_j}^t, \qquad m_q = E(1 + \eta\xi)^q < 1 .$$

*Tightness.* $E\,\varphi(v_t) \to a + b$ exactly. The printed claim needs a = 0 and b = 0; it fails for $v + \sqrt v$, whose linear
part keeps its mean, although $v_t \to 0$ with high probability. The bound for $\psi$ is an equation for powers.

*Remarks.* The steps: both bounds, and that $E\,\varphi$ decreases, on the exact law; and the conclusion by Markov's inequality,
$P(v_t > y) \le E\,\varphi(v_t)/\varphi(y)$. The paper's later proofs use $\sqrt v$ alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from jaxtyping import Float
from numpy import ndarray

from models import walks
from models.potentials import Potential
from theorems.checker.certify import Comparison, concluded
from theorems.checker.certify import assumed as given
from theorems.checker.changes import control, with_conclusions, without_assumption
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, positive
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Counterexample, Theorem, version
from theorems.label_noise._potentials import kind_of_potential, powers, rates, step_sizes, weights

VANISHES = "inf_t E φ(v_t) ≤ ε"
GROWTH = "φ(v)/v → 0"
ORIGIN = "φ(0) = 0"
LOWER, UPPER = "E φ(v_t) ≥ φ(0) + b", "E φ(v_t) ≤ φ(0) + b + Σ_j a_j c_j^q m_q^t"
DECREASES = "E φ(v_{t+1}) ≤ E φ(v_t)"
MARKOV = "P(v_t > y) ≤ E φ(v_t)/φ(y)"
EARLY = "E φ(v_8) ≤ ε"
SQUARED = "inf_t E v_t² ≤ ε"
WIDTH = 1e-10  # of the enclosure, as a share of ε


@dataclass(frozen=True)
class Kind:
    """Of the sublinear part of the potential, and the time at which the steps look at the law."""

    kind: str
    t: int


@dataclass(frozen=True)
class Instance:
    """``φ(v) = a + b v + ψ(v)``, ψ with weights, rates and power."""

    a: Float[ndarray, " trials"]
    b: Float[ndarray, " trials"]
    weight: Float[ndarray, "trials parts"]
    rate: Float[ndarray, "trials parts"]
    p: Float[ndarray, " trials"]
    eta: Float[ndarray, " trials"]
    epsilon: Float[ndarray, " trials"]

    @property
    def psi(self) -> Potential:
        return Potential(weight=self.weight, rate=self.rate, p=self.p)


def setting(choose: Choose) -> Kind:
    return Kind(kind=kind_of_potential(choose), t=choose.integer("t", 1, 40))


def chosen(kind: Kind, draws: Draws) -> Instance:
    """a and b are 0 on half of the trials each."""
    a, b = (draws.integers(0, 1) * draws.uniform(0.0, 1.0) for _ in range(2))
    weight, rate, p, eta = weights(draws, kind.kind), rates(draws), powers(draws), step_sizes(draws)
    return Instance(a=a, b=b, weight=weight, rate=rate, p=p, eta=eta, epsilon=10.0 ** draws.uniform(-6.0, 0.0))


def sublinear(kind: Kind, draws: Draws) -> Instance:
    return replace(chosen(kind, draws), a=np.zeros(draws.trials), b=np.zeros(draws.trials))


def raised(kind: Kind, draws: Draws) -> Instance:
    return replace(sublinear(kind, draws), a=draws.uniform(0.0, 1.0))


def inclined(kind: Kind, draws: Draws) -> Instance:
    return replace(sublinear(kind, draws), b=draws.uniform(0.0, 1.0))


def assumptions(_kind: Kind, x: Instance) -> Iterable[Clause]:
    yield positive("η > 0", x.eta)
    yield at_most("η < 1", x.eta, 1 - 1e-6)
    yield positive("ε > 0", x.epsilon)
    yield at_least("φ ≥ 0", x.a, 0.0)
    yield at_least("b ≥ 0", x.b, 0.0)
    yield positive("φ'' < 0", -x.psi.derivative(np.ones((len(x.p), 1)), 2)[:, 0])


def granted(kind: Kind, x: Instance) -> Iterable[Clause]:
    yield from assumptions(kind, x)
    yield at_most(ORIGIN, x.a, 0.0)
    yield at_most(GROWTH, x.b, 0.0)


def value(x: Instance, v: Float[ndarray, "trials points"]) -> Float[ndarray, "trials points"]:
    return x.a[:, np.newaxis] + x.b[:, np.newaxis] * v + x.psi.value(v)


def expectation(x: Instance, t: int) -> Float[ndarray, " trials"]:
    """``E φ(v_t)``, summed over the exact law."""
    return value(x, walks.values(x.eta, t)) @ walks.chances(t)


def sublinear_bound(x: Instance, t: Float[ndarray, " trials"]) -> Float[ndarray, " trials"]:
    """``Σ_j a_j c_j^q m_q^t``"""
    q = x.psi.exponents()
    decay = np.exp(t[:, np.newaxis] * walks.log_moment(q, x.eta[:, np.newaxis]))
    return np.sum(x.weight * x.rate**q * decay, axis=1)


def long_enough(x: Instance) -> Float[ndarray, " trials"]:
    """The least t with ``A max_q m_q^t <= WIDTH ε``, where ``A = Σ_j a_j c_j^q``."""
    q, used = x.psi.exponents(), x.weight > 0
    slowest = np.where(used, walks.log_moment(q, x.eta[:, np.newaxis]), -np.inf).max(axis=1)
    excess = np.log(sublinear_bound(x, np.zeros_like(x.eta)) / (WIDTH * x.epsilon))
    return np.ceil(np.maximum(excess, 0.0) / -slowest)


def conclusions(_kind: Kind, x: Instance) -> Iterable[Clause]:
    low = x.a + x.b
    yield at_most(VANISHES, (low, low + sublinear_bound(x, long_enough(x))), x.epsilon)


def on_the_exact_law(kind: Kind, x: Instance) -> Iterable[Clause]:
    mean, later = expectation(x, kind.t), expectation(x, kind.t + 1)
    yield at_least(LOWER, mean, x.a + x.b)
    yield at_most(UPPER, mean, x.a + x.b + sublinear_bound(x, np.full_like(x.eta, kind.t)))
    yield at_most(DECREASES, later, mean)


def by_markov(kind: Kind, x: Instance) -> Iterable[Clause]:
    y = x.epsilon[:, np.newaxis]
    beyond = (walks.values(x.eta, kind.t) > y) @ walks.chances(kind.t)
    yield at_most(MARKOV, beyond, expectation(x, kind.t) / value(x, y)[:, 0])


def early(_kind: Kind, x: Instance) -> Iterable[Clause]:
    yield at_most(EARLY, expectation(x, 8), x.epsilon)


def squared(_kind: Kind, x: Instance) -> Iterable[Clause]:
    """``E v_t² = (1 + η²)^t`` is least at t = 0."""
    yield at_most(SQUARED, np.ones_like(x.eta), x.epsilon / 2)


def certificate(_kind: Kind, exact: Mapping[str, Any]) -> Iterable[Comparison]:
    """For ``a + b v + √v``: at every t the expectation is at least ``a + b E v_t``, as the root is not negative."""
    eta, epsilon, weight = exact["eta"], exact["epsilon"], exact["weight"]
    mean_of_a_step = ((1 + eta) + (1 - eta)) / 2
    others = max(abs(weight[0] - 1), abs(exact["rate"][0] - 1), *(abs(w) for w in weight[1:]))
    yield given("ψ = √v", max(others, abs(exact["p"] - fmpq(1, 2))), 0)
    yield given("η > 0", eta / 2, eta)
    yield given("η < 1", eta, (1 + eta) / 2)
    yield given("ε > 0", epsilon / 2, epsilon)
    yield given("φ ≥ 0", 0, min(exact["a"], exact["b"]))
    yield given("E v_t does not fall", 1, mean_of_a_step)
    yield concluded(VANISHES, exact["a"] + exact["b"] * mean_of_a_step, epsilon)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 3.1-e",
        title="the expectation of a concave potential converges to 0",
        kind="asymptotic",
        claim=r"\varphi \ge 0 \text{ increasing, concave},\ \varphi''<0,\ 0<\eta<1 \ \Longrightarrow\ E\varphi(v_t) \to 0",
        place="Section 3.1, the potential argument",
        reading="For every potential that Section 3.1-d speaks of; as the expectation decreases, the claim is about its infimum.",
        depends_on=("Eq 5", "Sec 3.1-d"),
    ),
    setting=setting,
    chosen=chosen,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=Exactly(),
    block=400,
)

PRINTED = replace(
    BASE,
    counterexample=Counterexample(
        kind="instance",
        file=Path(__file__).with_name("section_3_1_e_counterexample.json"),
        certificate=certificate,
        account="φ(v) = v + √v is increasing and concave with φ'' < 0 and φ(0) = 0, but E φ(v_t) ≥ E v_t = 1 for every t. "
        "The walk converges to 0 all the same; its mean is carried by ever rarer, ever larger values.",
    ),
    steps=(
        step(
            BASE,
            label="Sec 3.1-e-exact-law",
            title="the expectation decreases, between the bounds for its parts",
            claim=r"\varphi(0) + b \le E\varphi(v_{t+1}) \le E\varphi(v_t) \le \varphi(0) + b + \sum_j a_j c_j^{q_j} m_{q_j}^t",
            conclusions=on_the_exact_law,
            quantifier=ALWAYS,
        ),
        step(
            BASE,
            label="Sec 3.1-e-markov",
            title="where the expected potential is small, so is the walk, by Markov's inequality",
            claim=r"P(v_t > y) \le \frac{E\varphi(v_t)}{\varphi(y)}",
            conclusions=by_markov,
            quantifier=ALWAYS,
        ),
    ),
)

CORRECTED = replace(
    version(
        PRINTED,
        "corrected",
        "Two hypotheses are added: φ(0) = 0, and φ grows slower than linearly, φ(v)/v → 0. Both are needed, as "
        "E φ(v_t) tends to φ(0) + lim φ(v)/v; √v has both.",
        chosen=sublinear,
        assumptions=granted,
    ),
    controls=(
        control("a linear part", without_assumption(GROWTH, chosen=inclined), VANISHES),
        control("φ(0) > 0", without_assumption(ORIGIN, chosen=raised), VANISHES),
        control("after eight steps", with_conclusions(early), EARLY),
        control("the convex v²", with_conclusions(squared), SQUARED),
    ),
)
