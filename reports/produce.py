"""Judges the whole catalogue: every version, its steps and its controls; outcomes are recorded as they come."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reports import figures, slow, summary
from theorems.checker import record, registry
from theorems.checker.certify import Comparison, Uncertified
from theorems.checker.changes import refutes
from theorems.checker.check import Result, check
from theorems.checker.plan import DEFAULT, SMOKE, Budget
from theorems.checker.record import Outcome
from theorems.checker.replay import certificate
from theorems.checker.theorem import Control, Theorem

SOURCES = Path(registry.__file__).parents[2]


@dataclass(frozen=True)
class Run:
    """How the catalogue is judged, and where outcomes are kept."""

    budget: Budget
    seed: int
    jobs: int
    records: Path
    known: dict[str, Outcome]
    code: str

    def judged(self, theorem: Theorem, budget: Budget | None = None) -> Result:
        if theorem.deep:
            return slow.judged(theorem)
        budget = budget or self.budget
        return check(theorem, budget=budget, seed=self.seed, jobs=self.jobs, known=self.known, progress=self._kept)

    def _kept(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        for outcome in record.append(self.records, outcomes, self.code):
            self.known[outcome.unit.key] = outcome  # a corrected version's controls speak for the printed one too
            yield outcome


def open_run(budget: Budget, seed: int, jobs: int, records: Path) -> Run:
    """A run that goes on from what its record file holds of this code.

    Raises UnreadableRecord where the file is damaged.
    """
    code = fingerprint()
    known = {outcome.unit.key: outcome for outcome in record.read(records, code)}
    return Run(budget, seed, jobs, records, known, code)


def fingerprint() -> str:
    """A hash of all sources that an outcome can depend on."""
    digest = hashlib.sha256()
    for folder in ("models", "theorems"):
        for path in sorted((SOURCES / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def catalogue(run: Run, said: Callable[[summary.Json], None]) -> list[summary.Json]:
    """One object per statement and version, in the order of the registry; ``said`` sees each as it is done."""
    done = []
    for theorem in registry.versions().values():
        done.append(one(run, theorem))
        said(done[-1])
    return done


def one(run: Run, theorem: Theorem) -> summary.Json:
    """One version with its steps, controls and certificate."""
    steps = [(run.judged(step), _certificate(step)) for step in theorem.steps]
    controls = [(control, _controlled(run, control, owner)) for owner in [_owner(theorem)] for control in owner.controls]
    plots = figures.kept(slow.RECORDS, theorem) if theorem.plots else []
    return summary.statement(run.judged(theorem), steps, controls, _certificate(theorem), plots)


def _owner(theorem: Theorem) -> Theorem:
    """Whose controls speak for a version: a false or infeasible one has those of its corrected or relaxed version."""
    others = (registry.versions().get(f"{theorem.statement.id}@{name}") for name in ("corrected", "relaxed", "reading"))
    return theorem if theorem.controls else next((other for other in others if other and other.controls), theorem)


def _controlled(run: Run, control: Control, owner: Theorem) -> Result:
    """The control at the smallest budget, and only if that does not refute it at the default one."""
    changed = registry.controlled(owner, control)
    quick = run.judged(changed, SMOKE)
    return quick if refutes(quick, control.breaks) else run.judged(changed, DEFAULT)


def _certificate(theorem: Theorem) -> list[Comparison] | None:
    if theorem.counterexample is None:
        return None
    try:
        return certificate(theorem)
    except Uncertified:
        return None
