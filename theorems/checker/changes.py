"""Changed versions of a statement, for controls: what a checker worth its name must refute."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from theorems.checker.claims import Clause
from theorems.checker.quantifiers import Sweep
from theorems.checker.statement import slug
from theorems.checker.theorem import CONTROL, Control, Theorem
from theorems.checker.verdict import slopes

Change = Callable[[Theorem], Theorem]


class NoSuchClause(LookupError):
    """A change that names a clause which the statement does not have."""


def sharpened(clause: str, factor: float) -> Change:
    """The greater side of one conclusion times ``factor``: tells whether the bound's constant is seen at all."""

    def sharpen(found: Clause) -> Clause:
        greater = factor * found.greater
        shift = greater - found.greater
        return replace(found, greater=greater, margin=found.margin + shift, best_margin=found.best_margin + shift)

    return lambda theorem: replace(theorem, conclusions=_mapped(theorem.conclusions, clause, sharpen))


def without_assumption(*clauses: str, **changes: Any) -> Change:
    """The statement without these hypotheses; ``changes`` bring the generator that makes use of the freedom."""

    def drop(theorem: Theorem) -> Theorem:
        return replace(theorem, **{"assumptions": _without(theorem.assumptions, set(clauses)), **changes})

    return drop


def with_conclusions(conclusions: Callable[[Any, Any], Iterable[Clause]]) -> Change:
    """Another conclusion, or another algorithm, on the same instances."""
    return lambda theorem: replace(theorem, conclusions=conclusions)


def control(name: str, change: Change, breaks: str) -> Control:
    """A control, with the changed version stripped of what belongs to the original."""
    bare = {"steps": (), "controls": (), "counterexample": None, "ill_posed": None, "deep": 0, "plots": None}
    return Control(name=name, change=lambda theorem: replace(change(theorem), **bare, version=CONTROL + slug(name)), breaks=breaks)


def _mapped(conclusions: Callable[[Any, Any], Iterable[Clause]], name: str, change: Callable[[Clause], Clause]) -> Callable:
    def changed(setting: Any, instance: Any) -> list[Clause]:
        clauses = list(conclusions(setting, instance))
        if name not in [clause.name for clause in clauses]:
            raise NoSuchClause(f"no clause is named '{name}'; there are: {', '.join(c.name for c in clauses)}")
        return [change(clause) if clause.name == name else clause for clause in clauses]

    return changed


def _without(assumptions: Callable[[Any, Any], Iterable[Clause]], names: set[str]) -> Callable:
    def fewer(setting: Any, instance: Any) -> list[Clause]:
        clauses = list(assumptions(setting, instance))
        unknown = names - {clause.name for clause in clauses}
        if unknown:
            raise NoSuchClause(f"no assumption is named '{unknown.pop()}'; there are: {', '.join(c.name for c in clauses)}")
        return [clause for clause in clauses if clause.name not in names]

    return fewer


def refutes(result: Any, breaks: str) -> bool:
    """Whether a control's result is the refutation it should be, at the clause it announces."""
    if isinstance(result.theorem.quantifier, Sweep):
        return any(slope.clause == breaks and slope.verdict.name == "REFUTED" for slope in slopes(result.theorem, result.outcomes))
    failures = sum(outcome.clauses[breaks].failures for outcome in result.outcomes if breaks in outcome.clauses)
    return result.verdict.name in ("REFUTED", "WITNESS_TOO_SMALL") and bool(failures)
