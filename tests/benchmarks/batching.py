"""Trials in a batch against one trial per call, for each matrix lemma."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.benchmarks.ratio import Row
from theorems.checker import registry
from theorems.checker.check import check
from theorems.checker.choose import Named
from theorems.checker.theorem import Theorem

TRIALS = 5000
ALONE = 20
LEMMAS: dict[str, tuple[Named, ...]] = {
    "low_rank_jacobian/lemma-6.2@corrected": ({"N": 2}, {"N": 6}),
    "low_rank_jacobian/lemma-6.3": ({"n": 2, "p": 2}, {"n": 6, "p": 6}),
}


def rows() -> Iterator[Row]:
    """At 2 x 2 with the target, at the largest size as information."""
    for id, settings in LEMMAS.items():
        for values in settings:
            target = 15.0 if 2 in values.values() else None
            yield _row(registry.find(id), values, target)


def _row(theorem: Theorem, values: Named, target: float | None) -> Row:
    single = replace(theorem, block=1)
    return Row(
        what=f"{theorem.id}, {TRIALS} trials in one check",
        baseline_name="check(trials=1)",
        size=", ".join(f"{name} = {value}" for name, value in values.items()),
        ours=_call(theorem, values, TRIALS),
        baseline=lambda: [_call(single, values, 1)() for _ in range(ALONE)],
        ours_units=TRIALS,
        baseline_units=ALONE,
        target=target,
    )


def _call(theorem: Theorem, values: Named, trials: int) -> Callable[[], Any]:
    return lambda: check(theorem, pinned=values, trials=trials)
