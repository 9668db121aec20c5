r"""Section 2.1, a remark: about r samples, up to logarithms, are enough for the LASSO in $u = v^2$ to recover $v_*$.

Let $x_1, \dots, x_n \sim N(0, I_d)$ be independent, $v_* \in \{0, 1\}^d$ with r ones, and
$n \ge r + (2r + 1)\log(5d)$. Then, with probability at least 0.9, $v_*^2$ is the one solution of
$$\min \sum_k u_k \quad\text{subject to}\quad u \ge 0,\ \langle u, x_i\rangle = \langle v_*^2, x_i\rangle \text{ for every } i.$$

*Reading.* There is no noise in the labels, so the penalty of the LASSO may vanish: what is left is the linear program. The
remark prints no constants; the number of samples is one that suffices, at most $4 r\log(5d)$ and hence $\tilde O(r)$, and 0.9 is
the probability of Theorem 2.1.

*Instances.* d = 60 and 160, r up to 3, n the least integer allowed; every trial draws samples anew and solves the program.

*Tightness.* With half of the samples recovery fails on at most 3 trials in 100, with a fifth of them it fails too often.

*Remarks.* The first step is the proof, for d up to 10^12. Let $X_S$ be the columns of the data that belong to the support S, and $X_k$
the column of coordinate k. The multiplier $\lambda = X_S(X_S^\top X_S)^{-1} 1$ certifies the solution if $\langle X_k, \lambda\rangle < 1$
for every $k \notin S$. Given $X_S$ these products are normal, and the chance that one of them is too large is at most
$\frac12 (d-r)(1 + 1/r)^{-(n-r+1)/2} \le 1/10$. Its exact value is at most 0.018. The second step holds the certificate
against the linear program.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray
from numpy.random import Generator

from models import sparse_recovery
from theorems.checker import extremes
from theorems.checker.changes import control, with_conclusions
from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_least, at_most, equals
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import Exactly, Frequency, Interval, WithProbability
from theorems.checker.statement import Statement
from theorems.checker.step import step
from theorems.checker.theorem import ALWAYS, Nothing, Theorem, keep, nothing

ENOUGH = "n ≥ r + (2r + 1) log(5d)"
RECOVERED = "û = v_*²"
UNCERTIFIED = "P(some k ∉ S: ⟨x_k, λ⟩ ≥ 1) ≤ 1/10"
PROBABILITY = 0.9
SOLVED = 1e-6  # the simplex method meets its constraints up to 1e-7
AFFORDABLE = 2000  # numbers per repetition, to sample the event


@dataclass(frozen=True)
class Sizes:
    n: int
    d: int
    r: int


@dataclass(frozen=True)
class Instance:
    """``v_star`` is 1 on the first r coordinates, without loss of generality."""

    v_star: Float[ndarray, "#trials d"]
    X: Float[ndarray, "trials n d"]


def enough(d: int, r: int, share: float = 1.0) -> Sizes:
    return Sizes(n=int(np.ceil(share * (r + (2 * r + 1) * np.log(5 * d)))), d=d, r=r)


def setting(choose: Choose) -> Sizes:
    return enough(int(choose.option("d", (60, 160))), int(choose.option("r", (1, 2, 3))))


def a_fifth(choose: Choose) -> Sizes:
    sizes = setting(choose)
    return enough(sizes.d, sizes.r, 1 / 5)


def numbers(choose: Choose) -> Sizes:
    d = int(choose.option("d", (2, 10, 50, 1000, 10**6, 10**9, 10**12)))
    return enough(d, min(int(choose.option("r", (1, 2, 5, 50, 1000))), d // 2))


def small(choose: Choose) -> Sizes:
    d = choose.integer("d", 2, 8)
    n = choose.integer("n", 1, d)
    return Sizes(n=n, d=d, r=choose.integer("r", 1, n))


def chosen(sizes: Sizes, draws: Draws) -> Instance:
    """The samples are nature's."""
    return with_samples(sizes, np.zeros((draws.trials, sizes.n, sizes.d)))


def adversarial(sizes: Sizes, draws: Draws) -> Instance:
    return with_samples(sizes, extremes.matrix(draws, sizes.n, sizes.d))


def with_samples(sizes: Sizes, X: Float[ndarray, "trials n d"]) -> Instance:
    return Instance(v_star=(np.arange(sizes.d) < sizes.r).astype(float)[np.newaxis], X=X)


def sampled(sizes: Sizes, x: Instance, generator: Generator, trials: int) -> Instance:
    return replace(x, X=generator.standard_normal((trials, sizes.n, sizes.d)))


def dense(sizes: Sizes, x: Instance, generator: Generator, trials: int) -> Instance:
    return replace(sampled(sizes, x, generator, trials), v_star=np.ones((1, sizes.d)))


def assumptions(sizes: Sizes, _x: Instance) -> Iterable[Clause]:
    yield at_least(ENOUGH, sizes.n, sizes.r + (2 * sizes.r + 1) * np.log(5 * sizes.d))
    yield at_least("n < d", sizes.d - 1.0, float(sizes.n))


def enough_samples(sizes: Sizes, _x: Nothing) -> Iterable[Clause]:
    yield at_least(ENOUGH, sizes.n, sizes.r + (2 * sizes.r + 1) * np.log(5 * sizes.d))


def unassumed(_sizes: Sizes, _x: Instance) -> Iterable[Clause]:
    return ()


def conclusions(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield recovered(x, sparse_recovery.basis_pursuit(x.X, labels(x)))


def least_squares(_sizes: Sizes, x: Instance) -> Iterable[Clause]:
    yield recovered(x, sparse_recovery.least_squares(x.X, labels(x)))


def labels(x: Instance) -> Float[ndarray, "trials n"]:
    return (x.X @ x.v_star[:, :, np.newaxis] ** 2)[:, :, 0]


def recovered(x: Instance, u: Float[ndarray, "trials d"], where: bool | ndarray = True) -> Clause:
    return equals(RECOVERED, np.abs(u - x.v_star**2).max(axis=1), 0.0, allowance=SOLVED, where=where)


def law(sizes: Sizes, _x: Nothing) -> Interval:
    return sparse_recovery.certificate_failure(sizes.n, sizes.d, sizes.r)


def event(sizes: Sizes, _x: Nothing, generator: Generator, repetitions: int) -> Bool[ndarray, " repetitions"]:
    if sizes.n * sizes.d > AFFORDABLE:
        return np.empty(0, dtype=bool)
    return sparse_recovery.certificate(generator.standard_normal((repetitions, sizes.n, sizes.d)), sizes.r) >= 1


def uncertified(sizes: Sizes, x: Nothing) -> Iterable[Clause]:
    yield at_most(UNCERTIFIED, law(sizes, x), 1 - PROBABILITY)


def certified(sizes: Sizes, x: Instance) -> Iterable[Clause]:
    """The margin of 1/100 keeps the other vertices of the program away from the optimum."""
    singular = np.linalg.svd(x.X[:, :, : sizes.r], compute_uv=False)
    holds = (singular[:, -1] > 1e-3) & (sparse_recovery.certificate(x.X, sizes.r) < 0.99)
    yield recovered(x, sparse_recovery.basis_pursuit(x.X, labels(x)), where=holds)


BASE = Theorem(
    statement=Statement(
        paper="label_noise",
        label="Sec 2.1-c",
        title="the LASSO in u = v² recovers the ground truth from about r samples",
        kind="asymptotic",
        claim=r"n \ge r + (2r+1)\log(5d) \ \Longrightarrow\ P\bigl(v_*^2 = \arg\min\{\textstyle\sum_k u_k : u \ge 0,\ "
        r"Xu = Xv_*^2\}\bigr) \ge 0.9",
        place="Section 2.1",
        reading="the penalty of the LASSO vanishes, as the labels are noiseless; the number of samples, at most 4r log(5d), is one "
        "that suffices, and 0.9 the probability of Theorem 2.1.",
        depends_on=("Sec 2.1-a", "Sec 2.1-d"),
    ),
    setting=setting,
    chosen=chosen,
    sampled=sampled,
    assumptions=assumptions,
    conclusions=conclusions,
    quantifier=WithProbability(lambda _setting, _instance: PROBABILITY),
    controls=(
        control("a fifth of the samples", lambda theorem: replace(theorem, setting=a_fifth, assumptions=unassumed), RECOVERED),
        control("the least l2 norm", with_conclusions(least_squares), RECOVERED),
        control("v_* without zeros", lambda theorem: replace(theorem, sampled=dense, block=30), RECOVERED),
    ),
    block=80,
)

PRINTED = replace(
    BASE,
    steps=(
        step(
            BASE,
            label="Sec 2.1-c-certificate",
            title="so many samples have a dual certificate",
            claim=r"P\bigl(\max_{k \notin S}\langle x_k, X_S(X_S^\top X_S)^{-1}1\rangle \ge 1\bigr) \le \tfrac1{10}",
            setting=numbers,
            chosen=nothing,
            sampled=keep,
            assumptions=enough_samples,
            conclusions=uncertified,
            quantifier=Exactly(Frequency(law, event)),
        ),
        step(
            BASE,
            label="Sec 2.1-c-dual",
            title="a dual certificate makes the ground truth the only solution",
            claim=r"\max_{k \notin S}\langle x_k, X_S(X_S^\top X_S)^{-1}1\rangle < 1 \ \Longrightarrow\ "
            r"v_*^2 = \arg\min\{\textstyle\sum_k u_k : u \ge 0,\ Xu = Xv_*^2\}",
            setting=small,
            chosen=adversarial,
            sampled=keep,
            assumptions=unassumed,
            conclusions=certified,
            quantifier=ALWAYS,
            block=40,
        ),
    ),
)
