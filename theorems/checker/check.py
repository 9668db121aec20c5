"""The one judge: ``check`` plays a statement over a plan of settings and says what came of it.

pytest, Hypothesis, the search, the command line and the report all call it; none of them decides anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from joblib import Parallel, delayed
from threadpoolctl import ThreadpoolController

from theorems.checker import registry
from theorems.checker.choose import Named, rebuilt
from theorems.checker.plan import DEFAULT, Budget, settings, units
from theorems.checker.play import run
from theorems.checker.quantifiers import Sweep
from theorems.checker.record import Outcome, Unit, canonical
from theorems.checker.replay import replayed
from theorems.checker.theorem import CONTROL, Theorem
from theorems.checker.verdict import Verdict, of_setting, of_sweep, overall, suspected

CONFIRMING = 1_000_000  # blocks from here on are drawn only to confirm a suspicion
Progress = Callable[[Iterable[Outcome]], Iterator[Outcome]]


@dataclass(frozen=True, kw_only=True)
class AtSetting:
    """What came of one setting; ``outcomes`` is empty where it was infeasible."""

    setting: Named
    verdict: Verdict
    outcomes: tuple[Outcome, ...]

    @property
    def trials(self) -> int:
        return sum(outcome.unit.trials for outcome in self.outcomes)

    @property
    def failures(self) -> int:
        return sum(outcome.failures for outcome in self.outcomes)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a statement: its verdict and all it rests on."""

    theorem: Theorem
    verdict: Verdict
    settings: tuple[AtSetting, ...]
    counterexample: Outcome | None = None
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)

    @property
    def trials(self) -> int:
        return sum(row.trials for row in self.settings)

    @property
    def failures(self) -> int:
        return sum(row.failures for row in self.settings)

    @property
    def error(self) -> str | None:
        return next((outcome.error for outcome in self.outcomes if outcome.error), None)


def check(
    theorem: Theorem,
    *,
    budget: Budget = DEFAULT,
    trials: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    pinned: Named | None = None,
    known: Mapping[str, Outcome] | None = None,
    progress: Progress = iter,
) -> Result:
    """Plays the statement over its plan and judges it.

    trials:    over all settings; by default ``budget.blocks`` blocks for each
    pinned:    values of the setting to hold fixed
    known:     outcomes already computed, by unit key; they are not computed again
    progress:  sees every new outcome as it comes

    Raises BadSetting for a pinned value that the statement does not allow.
    """
    plan = settings(theorem, budget, seed, pinned, trials)
    first = _play(theorem, planned(theorem, plan, budget, seed, trials), jobs, known or {}, progress)
    again = [_confirming(o.unit) for o in first if _speaks_against(theorem, o, first)]
    second = _play(theorem, again, jobs, known or {}, progress)
    return judge(theorem, plan, [*first, *second])


def planned(theorem: Theorem, plan: list[Named], budget: Budget = DEFAULT, seed: int = 0, trials: int | None = None) -> list[Unit]:
    """The units of a first run over the feasible settings of a plan."""
    feasible = [values for values in plan if not _infeasible(theorem, values)]
    total = trials or theorem.block * (theorem.deep or budget.blocks) * max(len(feasible), 1)
    return list(units(theorem, feasible, seed, total))


def judge(theorem: Theorem, plan: list[Named], outcomes: list[Outcome]) -> Result:
    """The verdict that the outcomes give, with the stored counterexample replayed."""
    by_setting: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_setting.setdefault(canonical(outcome.unit.setting), []).append(outcome)
    rows = tuple(row for row in (_row(theorem, values, by_setting.get(canonical(values), [])) for values in plan) if row)
    counterexample = replayed(theorem) if theorem.counterexample else None
    verdicts = [row.verdict for row in rows]
    if isinstance(theorem.quantifier, Sweep) and Verdict.SUPPORTED in verdicts and Verdict.ERROR not in verdicts:
        verdicts = [of_sweep(theorem, outcomes)]
    verdicts += [] if counterexample is None else [of_setting(theorem, [counterexample], [counterexample])]
    evidence = tuple(outcomes) + (() if counterexample is None else (counterexample,))
    return Result(theorem=theorem, verdict=overall(verdicts), settings=rows, counterexample=counterexample, outcomes=evidence)


def expected(result: Result) -> tuple[Verdict, ...]:
    """The verdicts that the statement's own data announce; anything else is news that must not pass unnoticed.

    None at all where the stored counterexample violates nothing.
    """
    theorem = result.theorem
    if theorem.counterexample:
        violated = result.counterexample is not None and result.counterexample.failures
        return (Verdict.REFUTED,) if violated else ()
    if theorem.version.startswith(CONTROL):
        return (Verdict.REFUTED, Verdict.WITNESS_TOO_SMALL)
    if theorem.ill_posed:
        return (Verdict.ILL_POSED,)
    if not any(row.outcomes for row in result.settings):
        return (Verdict.INFEASIBLE,)
    return (Verdict.SUPPORTED, Verdict.UNDECIDED)


def as_expected(result: Result) -> bool:
    return result.verdict in expected(result)


def _infeasible(theorem: Theorem, values: Named) -> bool:
    return theorem.needs is not None and theorem.needs(rebuilt(theorem.setting, values)).beyond(theorem.limits)


def _play(theorem: Theorem, wanted: list[Unit], jobs: int, known: Mapping[str, Outcome], progress: Progress) -> list[Outcome]:
    """Outcomes in the order of the units, whatever the number of workers."""
    missing = [unit for unit in wanted if unit.key not in known]
    computed = {outcome.unit.key: outcome for outcome in progress(_computed(theorem, missing, jobs))}
    return [known[unit.key] if unit.key in known else computed[unit.key] for unit in wanted]


def _computed(theorem: Theorem, wanted: list[Unit], jobs: int) -> Iterator[Outcome]:
    if jobs == 1 or len(wanted) <= 1:
        yield from (_alone(theorem, unit) for unit in wanted)
    else:
        sent = theorem.id if registry.everything().get(theorem.id) is theorem else theorem
        yield from Parallel(n_jobs=jobs, return_as="generator")(delayed(_in_worker)(sent, unit) for unit in wanted)  # type: ignore[misc]


def _in_worker(sent: Theorem | str, unit: Unit) -> Outcome:
    """A registered statement travels by its id, any other by value."""
    return _alone(registry.find(sent) if isinstance(sent, str) else sent, unit)


def _alone(theorem: Theorem, unit: Unit) -> Outcome:
    """A unit on a single thread, so that its last bits depend on nothing but itself."""
    with _threadpools().limit(limits=1):
        return run(theorem, unit)


@cache
def _threadpools() -> ThreadpoolController:
    return ThreadpoolController()


def _confirming(unit: Unit) -> Unit:
    return Unit(unit.id, unit.setting, unit.seed, unit.block + CONFIRMING, unit.trials)


def _speaks_against(theorem: Theorem, outcome: Outcome, outcomes: list[Outcome]) -> bool:
    return suspected(theorem, [other for other in outcomes if other.unit.setting == outcome.unit.setting])


def _row(theorem: Theorem, values: Named, here: list[Outcome]) -> AtSetting | None:
    """What came of a setting, from its outcomes; None where the trials did not reach it."""
    if not here:
        return AtSetting(setting=values, verdict=Verdict.INFEASIBLE, outcomes=()) if _infeasible(theorem, values) else None
    first = [outcome for outcome in here if outcome.unit.block < CONFIRMING]
    again = [outcome for outcome in here if outcome.unit.block >= CONFIRMING]
    return AtSetting(setting=values, verdict=of_setting(theorem, first, again), outcomes=tuple(first))
