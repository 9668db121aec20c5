"""Verdicts, and the only place where outcomes become one.

Error rates. A deterministic claim is refuted by one trial beyond its declared rounding. A probability is refuted where
chance would give as many failures with probability below 1e-6, in a first run and again with other seeds (1e-12 in
all), and supported where so few failures would be that unlikely at 1e-3 were the claim false. In between the verdict
is UNDECIDED, with the rate that the trials could detect and the trials that would decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.stats import binom
from scipy.stats import t as student

from theorems.checker.quantifiers import InExpectation, Sweep, WithProbability
from theorems.checker.record import Outcome, canonical
from theorems.checker.theorem import Theorem

REFUTES = 1e-6
SUPPORTS = 1e-3


class Verdict(Enum):
    """What the evidence says of a statement; each value is the sentence that explains it."""

    ERROR = "the encoding or its generator is at fault: no verdict on the statement"
    REFUTED = "false as stated: some instance, family or law violates it"
    WITNESS_TOO_SMALL = "the constant exhibited for an unnamed one was too small; the statement itself is untouched"
    UNDECIDED = "the trials decide neither way"
    SUPPORTED = "held on every instance tried, or by an exact law"
    VACUOUS = "could not have failed on the instances tried"
    INFEASIBLE = "no setting fits the limits of the machine"
    ILL_POSED = "cannot be evaluated as printed"

    def __str__(self) -> str:
        return self.name


GRAVEST_FIRST = (Verdict.ERROR, Verdict.REFUTED, Verdict.WITNESS_TOO_SMALL, Verdict.UNDECIDED, Verdict.SUPPORTED)


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """ERROR > REFUTED > WITNESS_TOO_SMALL > UNDECIDED > SUPPORTED.

    ILL_POSED, VACUOUS and INFEASIBLE only where nothing else is; nothing tried is UNDECIDED.
    """
    for verdict in GRAVEST_FIRST:
        if verdict in verdicts:
            return verdict
    return next((v for v in (Verdict.ILL_POSED, Verdict.VACUOUS, Verdict.INFEASIBLE) if v in verdicts), Verdict.UNDECIDED)


def of_setting(theorem: Theorem, outcomes: Sequence[Outcome], confirmation: Sequence[Outcome] = ()) -> Verdict:
    """The verdict of one setting from the outcomes of its units; ``confirmation`` is a second run with other seeds."""
    if any(outcome.error for outcome in (*outcomes, *confirmation)):
        return Verdict.ERROR
    if any(outcome.ill_posed for outcome in outcomes):
        return Verdict.ILL_POSED
    clauses = [clause for outcome in outcomes for clause in outcome.clauses.values()]
    if all(clause.vacuous == outcome.unit.trials for outcome in outcomes for clause in outcome.clauses.values()):
        return Verdict.VACUOUS
    if isinstance(theorem.quantifier, WithProbability):
        verdict = _of_probability(outcomes, confirmation)
    elif isinstance(theorem.quantifier, InExpectation):
        verdict = _of_expectation(outcomes, confirmation)
    elif isinstance(theorem.quantifier, Sweep):
        verdict = Verdict.SUPPORTED  # of this size there is nothing to judge; ``of_sweep`` judges them together
    elif any(clause.failures for clause in clauses):
        verdict = Verdict.REFUTED
    else:
        verdict = Verdict.UNDECIDED if any(clause.undecided for clause in clauses) else Verdict.SUPPORTED
    return _excused(theorem, outcomes, confirmation) if verdict is Verdict.REFUTED else verdict


@dataclass(frozen=True)
class Slope:
    """How the constant needed by one clause grows: the exponent with its interval, and what is allowed."""

    clause: str
    slope: float
    low: float
    high: float
    allowed: float

    @property
    def verdict(self) -> Verdict:
        if self.high <= self.allowed:
            return Verdict.SUPPORTED
        return Verdict.REFUTED if self.low > self.allowed else Verdict.UNDECIDED


def slopes(theorem: Theorem, outcomes: Sequence[Outcome]) -> list[Slope]:
    """Least squares of log(left/right) on log(size) for each clause, settings that differ in anything else apart.

    The interval has level 1 - 1e-3 (Student's t). Raises nothing; a clause that no size strains is left out.
    """
    quantifier = theorem.quantifier
    assert isinstance(quantifier, Sweep)
    names = dict.fromkeys(name for outcome in outcomes for name in outcome.clauses)
    lines = ((name, _points(quantifier.over, name, outcomes)) for name in names)
    return [Slope(name, *_fitted(points), quantifier.growth) for name, points in lines if len(points) > 2]


def of_sweep(theorem: Theorem, outcomes: Sequence[Outcome]) -> Verdict:
    """The gravest verdict over the clauses of a sweep."""
    return overall([slope.verdict for slope in slopes(theorem, outcomes)])


def suspected(theorem: Theorem, outcomes: Sequence[Outcome]) -> bool:
    """Whether a first run speaks against a claim about chance, so that a second with other seeds must confirm it."""
    by_chance = isinstance(theorem.quantifier, WithProbability | InExpectation)
    return by_chance and of_setting(theorem, outcomes, outcomes) in (Verdict.REFUTED, Verdict.WITNESS_TOO_SMALL)


def chance_of_as_many(failures: int, trials: int, rate: float) -> float:
    """P(Bin(trials, rate) >= failures)"""
    return float(binom.sf(failures - 1, trials, rate))


def chance_of_as_few(failures: int, trials: int, rate: float) -> float:
    """P(Bin(trials, rate) <= failures)"""
    return float(binom.cdf(failures, trials, rate))


def detectable_rate(trials: int) -> float:
    """The least failure rate that shows itself in ``trials`` trials with probability 1 - 1e-3: 1 - 1e-3^(1/trials)."""
    return float(-np.expm1(np.log(SUPPORTS) / trials)) if trials else 1.0


def deciding_trials(rate: float) -> float:
    """Trials without a failure that would support a claimed failure rate: about 6.9/rate; infinite for rate 0."""
    return float(np.ceil(np.log(SUPPORTS) / np.log1p(-rate))) if 0 < rate < 1 else float("inf")


def _points(over: str, name: str, outcomes: Sequence[Outcome]) -> list[tuple[str, float, float]]:
    """(what else the setting says, log size, log of the constant needed)"""
    needed: dict[tuple[str, float], float] = {}
    for outcome in outcomes:
        clause = outcome.clauses.get(name)
        if clause and clause.worst_ratio and clause.worst_ratio > 0:
            line = canonical({key: value for key, value in outcome.unit.setting.items() if key != over})
            place = (line, float(outcome.unit.setting[over]))
            needed[place] = max(needed.get(place, 0.0), clause.worst_ratio)
    return [(line, float(np.log(size)), float(np.log(ratio))) for (line, size), ratio in needed.items()]


def _fitted(points: Sequence[tuple[str, float, float]]) -> tuple[float, float, float]:
    lines = sorted({line for line, _, _ in points})
    design = np.array([[size, *(float(line == other) for other in lines)] for line, size, _ in points])
    logs = np.array([ratio for _, _, ratio in points])
    solution, *_ = np.linalg.lstsq(design, logs, rcond=None)
    freedom = len(points) - design.shape[1]
    if freedom < 1:
        return float(solution[0]), -np.inf, np.inf
    spread = float(np.sqrt(np.sum((logs - design @ solution) ** 2) / freedom * np.linalg.inv(design.T @ design)[0, 0]))
    reach = float(student.ppf(1 - SUPPORTS / 2, freedom)) * spread
    return float(solution[0]), float(solution[0]) - reach, float(solution[0]) + reach


def _of_probability(outcomes: Sequence[Outcome], confirmation: Sequence[Outcome]) -> Verdict:
    rate = 1.0 - float(outcomes[0].claimed or 0.0)
    if rate >= 1.0:
        return Verdict.VACUOUS
    if _too_many(outcomes, rate) and confirmation and _too_many(confirmation, rate):
        return Verdict.REFUTED
    doubtful = sum(outcome.failures + outcome.undecided for outcome in outcomes)
    return Verdict.SUPPORTED if chance_of_as_few(doubtful, _trials(outcomes), rate) < SUPPORTS else Verdict.UNDECIDED


def _of_expectation(outcomes: Sequence[Outcome], confirmation: Sequence[Outcome]) -> Verdict:
    """The gravest over the clauses; Hoeffding bounds the chance of a mean so far on the wrong side of 0."""
    verdicts = []
    for name in outcomes[0].clauses:
        mean, chance = _mean_and_chance(name, outcomes)
        if mean < 0 and chance < REFUTES and confirmation:
            mean, chance = _mean_and_chance(name, confirmation)
            verdicts.append(Verdict.REFUTED if mean < 0 and chance < REFUTES else Verdict.UNDECIDED)
        else:
            verdicts.append(Verdict.SUPPORTED if mean > 0 and chance < SUPPORTS else Verdict.UNDECIDED)
    return overall(verdicts)


def _mean_and_chance(name: str, outcomes: Sequence[Outcome]) -> tuple[float, float]:
    trials = sum(outcome.unit.trials for outcome in outcomes)
    mean = sum(outcome.clauses[name].sum_margin for outcome in outcomes) / trials
    low, high = outcomes[0].span or (-np.inf, np.inf)
    return mean, float(np.exp(-2 * trials * (mean / (high - low)) ** 2)) if high > low else 1.0


def _too_many(outcomes: Sequence[Outcome], rate: float, unexcused: bool = False) -> bool:
    failures = sum(outcome.failures - (outcome.excused if unexcused else 0) for outcome in outcomes)
    return chance_of_as_many(failures, _trials(outcomes), rate) < REFUTES


def _trials(outcomes: Sequence[Outcome]) -> int:
    return sum(outcome.unit.trials for outcome in outcomes)


def _excused(theorem: Theorem, outcomes: Sequence[Outcome], confirmation: Sequence[Outcome]) -> Verdict:
    """A refutation is the witness's fault where the hypotheses rest on one, or where it vanishes without the clauses that do."""
    if isinstance(theorem.quantifier, WithProbability):
        rate = 1.0 - float(outcomes[0].claimed or 0.0)
        stands = _too_many(outcomes, rate, unexcused=True) and _too_many(confirmation, rate, unexcused=True)
    elif isinstance(theorem.quantifier, InExpectation):
        stands = any(clause.sum_margin < 0 and not clause.witness for outcome in outcomes for clause in outcome.clauses.values())
    else:
        stands = any(outcome.failures > outcome.excused for outcome in outcomes)
    return Verdict.REFUTED if stands and not theorem.witnesses else Verdict.WITNESS_TOO_SMALL
