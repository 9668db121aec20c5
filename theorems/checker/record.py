"""Outcomes: what one work unit computed, as one JSON line.

A work unit is (id, setting, seed, block). Its outcome depends on nothing else: neither on the order of the units nor
on how many workers share them.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from numpy.random import Generator, default_rng

from theorems.checker.choose import Named

SCHEMA = 1


class UnreadableRecord(ValueError):
    """A record file that cannot be read; the message names the line and the mend."""


@dataclass(frozen=True)
class Unit:
    """One block of trials of one statement at one setting."""

    id: str
    setting: Named
    seed: int
    block: int
    trials: int

    @property
    def key(self) -> str:
        return canonical([self.id, self.setting, self.seed, self.block, self.trials])


@dataclass(frozen=True, kw_only=True)
class ClauseOutcome:
    """One clause over the trials of a unit.

    applied:      trials on which its antecedent held
    failures:     trials on which it was certainly violated
    undecided:    trials whose enclosure reached over both sides
    close:        trials nearer to equality than 1e-9 of the compared size
    vacuous:      trials on which it could not have failed
    worst_ratio:  largest lesser/greater, null where no greater side was positive
    worst_trial:  the trial with the least margin
    worst_margin: its margin
    needed:       the constant that the trials needed, for a clause with a witness
    sum_margin:   sum of the margins, for expectations
    """

    applied: int
    failures: int
    undecided: int
    close: int
    vacuous: int
    worst_ratio: float | None
    worst_trial: int
    worst_margin: float
    needed: float | None
    sum_margin: float
    witness: str | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a unit computed; ``error`` names a broken assumption or another defect of the encoding.

    failures:     trials on which some conclusion was violated
    excused:      those on which only conclusions with a witness were
    undecided:    trials without a violation on which an enclosure decided neither way
    assumptions:  least margin of each, beyond its rounding
    claimed:      probability that the statement claims at this setting
    span:         bounds of a trial's margin, for expectations
    """

    unit: Unit
    error: str | None = None
    ill_posed: str | None = None
    failures: int = 0
    excused: int = 0
    undecided: int = 0
    assumptions: dict[str, float] = field(default_factory=dict)
    clauses: dict[str, ClauseOutcome] = field(default_factory=dict)
    claimed: float | None = None
    span: tuple[float, float] | None = None


def canonical(value: Any) -> str:
    """JSON with one form per value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def generator(*parts: Any) -> Generator:
    """The generator that these values determine, through SHA-256 of their canonical JSON."""
    return default_rng(int.from_bytes(hashlib.sha256(canonical(parts).encode()).digest(), "big"))


def to_line(outcome: Outcome, code: str = "") -> str:
    """One line, its clauses in their own order; ``code`` fingerprints the program that computed the outcome."""
    content = {"schema": SCHEMA, "code": code, **asdict(outcome)}
    return json.dumps(content, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def from_line(line: str) -> tuple[Outcome, str]:
    """The outcome and the fingerprint of its code.

    Raises ValueError, KeyError, TypeError or AttributeError where the line is not an outcome.
    """
    data = json.loads(line)
    if data.pop("schema") != SCHEMA:
        raise ValueError(f"the line does not have schema {SCHEMA}")
    code = data.pop("code")
    clauses = {name: ClauseOutcome(**clause) for name, clause in data.pop("clauses").items()}
    span = data.pop("span")
    return Outcome(unit=Unit(**data.pop("unit")), clauses=clauses, span=None if span is None else tuple(span), **data), code


def read(path: Path, code: str | None = "") -> Iterator[Outcome]:
    """The outcomes of a record file that this code (any, for None) computed; none if there is no such file yet.

    Raises UnreadableRecord naming the first line that is not a whole outcome.
    """
    if not path.exists():
        return
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        try:
            outcome, made_by = from_line(line)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableRecord(
                f"{path}, line {number} is not a whole outcome; delete that line and run again, the other lines are kept"
            ) from error
        if code in (None, made_by):
            yield outcome


def append(path: Path, outcomes: Iterable[Outcome], code: str = "") -> Iterator[Outcome]:
    """Passes outcomes on, each written as one whole line before the next is computed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        for outcome in outcomes:
            stream.write(to_line(outcome, code) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
            yield outcome
