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
LEMMAS: dict[str, tuple[Named, Named]] = {
    "low_rank_jacobian/lemma-6.2@corrected": ({"N": 2}, {"N": 6}),
    "low_rank_jacobian/lemma-6.3": ({"n": 2, "p": 2}, {"n": 6, "p": 6}),
    "low_rank_jacobian/lemma-6.4": ({"n": 2, "extra": 0}, {"n": 5, "extra": 2}),
    "early_stopping/lemma-10.3": ({"n": 2, "m": 1}, {"n": 8, "m": 4}),
    "early_stopping/lemma-10.4": ({"n": 2, "p": 2, "m": 1}, {"n": 6, "p": 6, "m": 3}),
}


def rows() -> Iterator[Row]:
    """At 2 x 2 with the target, at a larger size as information."""
    for id, (small, large) in LEMMAS.items():
        yield _row(registry.find(id), small, target=15.0)
        yield _row(registry.find(id), large, target=None)


def _row(theorem: Theorem, values: Named, target: float | None) -> Row:
    single = replace(theorem, block=1)
    return Row(
        what=theorem.id.split("/")[1],
        baseline_name="one trial per check",
        size=", ".join(f"{name} = {value}" for name, value in values.items()),
        ours=_call(theorem, values, TRIALS),
        baseline=lambda: [_call(single, values, 1)() for _ in range(ALONE)],
        ours_units=TRIALS,
        baseline_units=ALONE,
        target=target,
    )


def _call(theorem: Theorem, values: Named, trials: int) -> Callable[[], Any]:
    return lambda: check(theorem, pinned=values, trials=trials)
