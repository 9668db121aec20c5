"""One row of the benchmark: what is compared with what, and how the ratio is measured."""

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

ROUNDS = 7


@dataclass(frozen=True, kw_only=True)
class Row:
    """``baseline`` over ``ours`` in CPU time per unit of work; where ``overhead`` is set, the part of ours that is too much.

    ours_units, baseline_units:  how much work one call of each does, for instance trials
    target:                      at least this ratio, or at most this overhead; None where it is only reported
    """

    what: str
    baseline_name: str
    size: str
    ours: Callable[[], object]
    baseline: Callable[[], object]
    ours_units: float = 1
    baseline_units: float = 1
    target: float | None = None
    overhead: bool = False

    @property
    def target_text(self) -> str:
        if self.target is None:
            return "reported"
        return f"< {self.target:g}" if self.overhead else f">= {self.target:g}"

    def met(self, ratio: float) -> bool:
        assert self.target is not None
        return ratio < self.target if self.overhead else ratio >= self.target


def measured(row: Row) -> float:
    """The ratio of the minima over interleaved rounds, so that a drifting machine slows both."""
    ours, baseline = [], []
    for work in (row.ours, row.baseline):
        work()  # warm up: imports, caches
    for _ in range(ROUNDS):
        ours.append(_seconds(row.ours) / row.ours_units)
        baseline.append(_seconds(row.baseline) / row.baseline_units)
    return min(ours) / min(baseline) - 1 if row.overhead else min(baseline) / min(ours)


def _seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start
