"""What is too slow for a report: deep statements and the numbers of plots, computed on demand and committed."""

from pathlib import Path

from reports import figures
from theorems.checker import record
from theorems.checker.check import Result, check, planned
from theorems.checker.plan import settings
from theorems.checker.record import Outcome, Unit
from theorems.checker.statement import slug
from theorems.checker.theorem import Theorem

RECORDS = Path(__file__).parent / "records"


class Unrecorded(ValueError):
    """A slow statement whose records are not whole; the message says which command computes them."""


def record_file(theorem: Theorem) -> Path:
    """The committed outcomes of a deep statement."""
    return RECORDS / "deep" / theorem.statement.paper / f"{slug(theorem.id.partition('/')[2])}.jsonl"


def recorded(theorem: Theorem) -> dict[str, Outcome]:
    """The committed outcomes by unit key, whatever code made them: a test plays one block of each again."""
    return {outcome.unit.key: outcome for outcome in record.read(record_file(theorem), None)}


def unrecorded(theorem: Theorem) -> list[Unit]:
    """Planned blocks that are not recorded."""
    known = recorded(theorem)
    return [unit for unit in planned(theorem, settings(theorem)) if unit.key not in known]


def judged(theorem: Theorem) -> Result:
    """A deep statement's result, from its records alone.

    Raises Unrecorded where a planned block is missing.
    """
    missing = unrecorded(theorem)
    if missing:
        raise Unrecorded(f"{len(missing)} blocks of {theorem.id} are not recorded; compute them with 'theorems record {theorem.id}'")
    return check(theorem, known=recorded(theorem))


def compute(theorem: Theorem, code: str, jobs: int) -> list[Path]:
    """Plays the blocks that are not recorded and computes the plots; the files that hold them."""
    files = []
    if theorem.deep:
        path = record_file(theorem)
        check(theorem, known=recorded(theorem), jobs=jobs, progress=lambda outcomes: record.append(path, outcomes, code))
        files.append(path)
    if theorem.plots:
        files.append(figures.compute(theorem, RECORDS))
    return files
