"""Plays one unit of a statement's game and measures its clauses. The only code that evaluates a statement."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import binom

from theorems.checker.choose import rebuilt
from theorems.checker.claims import Clause, IllPosed, Inconclusive, joint, some
from theorems.checker.draws import Draws, Seeded
from theorems.checker.quantifiers import Exactly, Frequency, InExpectation, WithProbability
from theorems.checker.record import ClauseOutcome, Outcome, Unit, canonical, generator
from theorems.checker.theorem import Theorem, arrays, trial_of

REPETITIONS = 2000  # of an event, to hold an exact law against its frequency
DISAGREES = 1e-9


class BrokenAssumption(ValueError):
    """The generator made an instance that the statement does not speak of: a bug of ours, never a pass."""


class LawContradicted(ArithmeticError):
    """An exact law and the frequency of its event differ by more than chance allows."""


def run(theorem: Theorem, unit: Unit) -> Outcome:
    """The outcome of one unit: draw the whole block, assert the assumptions, measure the conclusions."""
    with np.errstate(all="raise", under="ignore"):
        try:
            setting = rebuilt(theorem.setting, unit.setting)
            return measure(theorem, unit, setting, drawn(theorem, unit, setting))
        except IllPosed as defect:
            return Outcome(unit=unit, ill_posed=str(defect))
        except (BrokenAssumption, ArithmeticError, np.linalg.LinAlgError) as error:
            return Outcome(unit=unit, error=f"{error} [{theorem.id}, {place(unit)}]")


def drawn(theorem: Theorem, unit: Unit, setting: Any) -> Any:
    """The unit's instances; under chance one chosen object per setting, nature replicated per block."""
    seeds = (unit.seed, theorem.statement.id, unit.setting)
    by_chance = isinstance(theorem.quantifier, WithProbability | InExpectation)
    draws: Draws = Seeded(generator(*seeds, "chosen"), 1) if by_chance else Seeded(generator(*seeds, unit.block), theorem.block)
    instance = theorem.sampled(setting, theorem.chosen(setting, draws), generator(*seeds, unit.block, "nature"), theorem.block)
    return theorem.replied(setting, instance, Seeded(generator(*seeds, unit.block, "reply"), theorem.block))


def measure(theorem: Theorem, unit: Unit, setting: Any, instance: Any) -> Outcome:
    """The outcome of a unit whose instances are given.

    Raises BrokenAssumption, Inconclusive, IllPosed or LawContradicted.
    """
    margins = assert_assumptions(theorem, setting, instance)
    size = max(len(array) for array in arrays(instance).values())
    if size < unit.trials:
        raise BrokenAssumption(f"the generator made {size} trials where {unit.trials} were asked for")
    clauses = [_spread(clause, size).first(unit.trials) for clause in theorem.conclusions(setting, instance)]
    if len({clause.name for clause in clauses}) < len(clauses):
        raise Inconclusive("two clauses have one name")
    failures, excused, undecided = _joint_counts(clauses, unit.trials)
    quantifier = theorem.quantifier
    if isinstance(quantifier, Exactly) and quantifier.frequency:
        _hold_law_against_frequency(quantifier.frequency, unit, setting, trial_of(instance, 0))
    return Outcome(
        unit=unit,
        failures=failures,
        excused=excused,
        undecided=undecided,
        assumptions=margins,
        clauses={clause.name: clause_outcome(clause) for clause in clauses},
        claimed=_claimed(quantifier.at_least(setting, instance)) if isinstance(quantifier, WithProbability) else None,
        span=_spanned(quantifier.span(setting, instance), clauses) if isinstance(quantifier, InExpectation) else None,
    )


def assert_assumptions(theorem: Theorem, setting: Any, instance: Any) -> dict[str, float]:
    """The least margin of every assumption, allowance for rounding included.

    Raises BrokenAssumption naming the clause, the trial and by how much it is missed.
    """
    margins = {}
    for clause in theorem.assumptions(setting, instance):
        beyond = np.where(clause.where, clause.margin + clause.allowance, np.inf)
        worst = int(np.argmin(beyond))
        if beyond[worst] < 0:
            raise BrokenAssumption(f"the generator broke the assumption '{clause.name}' on trial {worst} by {-clause.margin[worst]:.3g}")
        margins[clause.name] = float(np.min(clause.margin))
    return margins


def clause_outcome(clause: Clause) -> ClauseOutcome:
    """The clause summed up over its trials."""
    ratio = clause.ratio
    positive = ~np.isnan(ratio)
    worst_ratio = float(np.max(ratio[positive])) if positive.any() else None
    worst = int(np.argmin(np.where(clause.where, clause.margin, np.inf)))
    return ClauseOutcome(
        applied=int(clause.where.sum()),
        failures=int(clause.failed.sum()),
        undecided=int(clause.undecided.sum()),
        close=int(clause.close.sum()),
        vacuous=int(clause.vacuous.sum()),
        worst_ratio=worst_ratio,
        worst_trial=worst,
        worst_margin=float(clause.margin[worst]),
        needed=None if clause.witness is None or worst_ratio is None else worst_ratio * clause.witness.value,
        sum_margin=float(clause.margin.sum()),
        witness=clause.witness.name if clause.witness else None,
    )


def place(unit: Unit) -> str:
    """Where a unit lies, as the command line takes it."""
    return f"setting {canonical(unit.setting)}, seed {unit.seed}, block {unit.block}"


def _joint_counts(clauses: Sequence[Clause], trials: int) -> tuple[int, int, int]:
    """Trials that fail, those of them that a witness excuses, and those left undecided."""
    failed = joint(clauses, trials)
    unexcused = joint([clause for clause in clauses if clause.witness is None], trials)
    undecided = some([clause.undecided for clause in clauses], trials) & ~failed
    return int(failed.sum()), int((failed & ~unexcused).sum()), int(undecided.sum())


def _claimed(probability: float) -> float:
    if not 0 <= probability <= 1:
        raise Inconclusive(f"{probability:g} is claimed as a probability")
    return float(probability)


def _spanned(span: tuple[float, float], clauses: Sequence[Clause]) -> tuple[float, float]:
    low, high = span
    for clause in clauses:
        if np.any(clause.margin < low - clause.allowance) or np.any(clause.margin > high + clause.allowance):
            raise Inconclusive(f"clause '{clause.name}' has margins beyond the declared span [{low:g}, {high:g}]")
    return float(low), float(high)


def _spread(clause: Clause, size: int) -> Clause:
    if len(clause.where) == size:
        return clause
    names = ("lesser", "greater", "margin", "best_margin", "allowance", "where", "ceiling")
    columns = {name: getattr(clause, name) for name in names}
    wide = {name: None if column is None else np.broadcast_to(column, size) for name, column in columns.items()}
    return replace(clause, **wide)


def _hold_law_against_frequency(frequency: Frequency, unit: Unit, setting: Any, instance: Any) -> None:
    low, high = (float(np.atleast_1d(end)[0]) for end in frequency.law(setting, instance))
    happened = frequency.event(setting, instance, generator(unit.seed, unit.setting, unit.block, "frequency"), REPETITIONS)
    count, total = int(np.sum(happened)), len(happened)
    if not -DISAGREES <= low <= high <= 1 + DISAGREES or (
        total and (binom.sf(count - 1, total, min(high, 1.0)) < DISAGREES or binom.cdf(count, total, max(low, 0.0)) < DISAGREES)
    ):
        raise LawContradicted(f"the law gives a probability in [{low:.6g}, {high:.6g}], the event happened {count} times in {total}")
