"""Results as data: one JSON object per statement and version, from which every page is rendered."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from scipy.stats import beta

from theorems.checker import registry
from theorems.checker.certify import Comparison
from theorems.checker.changes import refutes
from theorems.checker.check import AtSetting, Result, as_expected
from theorems.checker.choose import Named, rebuilt
from theorems.checker.quantifiers import Sweep, WithProbability
from theorems.checker.record import ClauseOutcome, Outcome
from theorems.checker.replay import EXPLICIT, load
from theorems.checker.theorem import Control, Theorem
from theorems.checker.verdict import Verdict, deciding_trials, detectable_rate, slopes

LEVEL = 0.95
Json = dict[str, Any]


def statement(
    result: Result,
    steps: Sequence[tuple[Result, Sequence[Comparison] | None]],
    controls: Sequence[tuple[Control, Result]],
    certificate: Sequence[Comparison] | None,
    plots: Sequence[Json] = (),
) -> Json:
    """All that is known of one version of a statement: what it says, what came of it, and what that rests on."""
    return {
        **_said(result.theorem),
        **_judged(result, certificate),
        "controls": len(controls),
        "controls_refuted": sum(refutes(outcome, control.breaks) for control, outcome in controls),
        "control_results": [_control(control, outcome) for control, outcome in controls],
        "settings": [_setting(result.theorem, row) for row in result.settings],
        "plots": list(plots),
        "steps": [_step(step, proof) for step, proof in steps],
    }


def _said(theorem: Theorem) -> Json:
    stated = theorem.statement
    return {
        "id": theorem.id,
        "paper": stated.paper,
        "label": stated.label,
        "version": theorem.version,
        "kind": stated.kind,
        "module": registry.module_of(theorem),
        "title": stated.title,
        "claim": stated.claim,
        "place": stated.place,
        "reading": stated.reading,
        "reason": theorem.reason,
        "ill_posed": theorem.ill_posed,
        "quantifier": type(theorem.quantifier).__name__,
        "recorded": bool(theorem.deep),
        "witnesses": [{"name": w.name, "value": w.value, "source": w.source} for w in theorem.witnesses],
    }


def _judged(result: Result, certificate: Sequence[Comparison] | None) -> Json:
    found = result.theorem.counterexample
    return {
        "verdict": result.verdict.name,
        "as_expected": as_expected(result),
        "trials": result.trials,
        "failures": result.failures,
        "worst_ratio": worst_ratio(result),
        "certified": found.kind if found and certificate else None,
        "counterexample": f"theorems/{result.theorem.statement.paper}/{found.file.name}" if found else None,
        "counterexample_detail": _counterexample(result, certificate) if found else None,
        "pass_interval": pass_interval(result.failures, result.trials),
        "detectable_rate": detectable(result),
        "deciding_trials": _deciding(result),
        "error": result.error,
        "clauses": clauses(result),
        "slopes": _slopes(result),
    }


def worst_ratio(result: Result) -> float | None:
    """Largest lesser/greater over all clauses, the stored counterexample included."""
    return _largest(clause.worst_ratio for outcome in result.outcomes for clause in outcome.clauses.values())


def pass_interval(failures: int, trials: int) -> list[float] | None:
    """Clopper-Pearson interval of the pass rate, at level 95 %."""
    if not trials:
        return None
    passes, tail = trials - failures, (1 - LEVEL) / 2
    low = float(beta.ppf(tail, passes, failures + 1)) if passes else 0.0
    high = float(beta.ppf(1 - tail, passes + 1, failures)) if failures else 1.0
    return [low, high]


def detectable(result: Result) -> float | None:
    """The failure rate that the trials could have detected: per setting for a probability, else over all."""
    if not result.trials:
        return None
    if isinstance(result.theorem.quantifier, WithProbability):
        return max(detectable_rate(row.trials) for row in result.settings if row.trials)
    return detectable_rate(result.trials)


def clauses(result: Result) -> list[Json]:
    """Every clause summed up over the units that were drawn, with the place of its worst trial."""
    met: dict[str, list[tuple[Outcome, ClauseOutcome]]] = {}
    for outcome in (outcome for outcome in result.outcomes if outcome.unit.block != EXPLICIT):
        for name, clause in outcome.clauses.items():
            met.setdefault(name, []).append((outcome, clause))
    return [_clause(name, parts) for name, parts in met.items()]


def _clause(name: str, parts: list[tuple[Outcome, ClauseOutcome]]) -> Json:
    sums = {field: sum(getattr(clause, field) for _, clause in parts) for field in ("applied", "failures", "undecided", "close", "vacuous")}
    outcome, worst = min(parts, key=lambda part: (-(part[1].worst_ratio or 0.0), part[1].worst_margin))
    unit = outcome.unit
    return {
        "name": name,
        **sums,
        "worst_ratio": _largest(clause.worst_ratio for _, clause in parts),
        "worst_at": {"setting": unit.setting, "seed": unit.seed, "block": unit.block, "trial": worst.worst_trial},
        "needed": _largest(clause.needed for _, clause in parts),
        "witness": worst.witness,
    }


def _setting(theorem: Theorem, row: AtSetting) -> Json:
    ratio = _largest(clause.worst_ratio for outcome in row.outcomes for clause in outcome.clauses.values())
    return {
        "setting": row.setting,
        "verdict": row.verdict.name,
        "trials": row.trials,
        "failures": row.failures,
        "worst_ratio": ratio,
        "claimed": row.outcomes[0].claimed if row.outcomes else None,
        "takes": _takes(theorem, row.setting) if row.verdict is Verdict.INFEASIBLE else None,
    }


def _takes(theorem: Theorem, setting: Named) -> Json:
    """What a setting would take, of what is not for nothing; as text, since it can be more than a float64 holds."""
    assert theorem.needs is not None
    sizes = asdict(theorem.needs(rebuilt(theorem.setting, setting)))
    return {what: f"{amount:.2g}" for what, amount in sizes.items() if amount}


def _control(control: Control, result: Result) -> Json:
    return {
        "name": control.name,
        "breaks": control.breaks,
        "verdict": result.verdict.name,
        "refuted": refutes(result, control.breaks),
        "trials": result.trials,
        "failures": result.failures,
        "worst_ratio": worst_ratio(result),
    }


def _step(result: Result, certificate: Sequence[Comparison] | None) -> Json:
    stated = result.theorem.statement
    told = {"id": result.theorem.id, "label": stated.label, "title": stated.title, "claim": stated.claim, "reading": stated.reading}
    return {**told, **_judged(result, certificate)}


def _slopes(result: Result) -> list[Json]:
    """How the constant that a sweep needs grows, for each clause."""
    if not isinstance(result.theorem.quantifier, Sweep) or result.error:
        return []
    over = result.theorem.quantifier.over
    return [{"over": over, "verdict": s.verdict.name, **asdict(s)} for s in slopes(result.theorem, result.outcomes)]


def _counterexample(result: Result, certificate: Sequence[Comparison] | None) -> Json:
    found = result.theorem.counterexample
    assert found is not None
    stored = load(found.file)
    return {
        "kind": found.kind,
        "degenerate": found.degenerate,
        "account": found.account,
        "setting": stored.setting,
        "instance": stored.instance,
        "comparisons": [str(comparison) for comparison in certificate or ()],
    }


def _deciding(result: Result) -> float | None:
    """Trials that would decide an undecided probability at its most demanding setting; null where none would."""
    if result.verdict is not Verdict.UNDECIDED:
        return None
    rates = [1 - row.outcomes[0].claimed for row in result.settings if row.outcomes and row.outcomes[0].claimed is not None]
    wanted = max((deciding_trials(rate) for rate in rates), default=float("inf"))
    return wanted if wanted < float("inf") else None


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
