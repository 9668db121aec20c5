"""Searching for the instance that strains a bound most, and for the smallest one that breaks it.

Both use the statement's own ``chosen``: the optimiser moves the tape it reads, Hypothesis answers its questions.
A search's result is a lower bound of the supremum: a violation refutes, a pass says how hard the attack was.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray
from scipy.optimize import differential_evolution

from theorems.checker.changes import NoSuchClause
from theorems.checker.choose import Named, rebuilt
from theorems.checker.claims import Clause
from theorems.checker.draws import FAR, Recorder, Seeded, Tape
from theorems.checker.play import assert_assumptions
from theorems.checker.quantifiers import Always, Exactly
from theorems.checker.record import generator
from theorems.checker.theorem import Theorem, trial_of

POPULATION = 48
NOT_STRAINED = -1e9  # a trial whose greater side is not positive strains nothing


class Unsearchable(ValueError):
    """A statement about chance: its worst instance is not one that an optimiser can hold."""


@dataclass(frozen=True)
class Found:
    """The instance that a search ended with.

    ratio:    lesser/greater there; more than 1 violates the bound
    sampled:  the largest ratio that sampling alone had met
    """

    clause: str
    ratio: float
    sampled: float
    instance: Any


def search(theorem: Theorem, values: Named, *, clause: str | None = None, seed: int = 0, trials: int = 2000, rounds: int = 60) -> Found:
    """Drives lesser/greater of one conclusion (by default of the most strained) up from the worst sampled trials.

    Raises Unsearchable for a claim about chance, Inconclusive where a side is not finite.
    """
    if not isinstance(theorem.quantifier, Always | Exactly):
        raise Unsearchable(f"{theorem.id} is a claim about chance; search its deterministic steps instead")
    setting = rebuilt(theorem.setting, values)
    recorder = Recorder(Seeded(generator(seed, theorem.id, values, "search"), trials))
    instance = _assured(theorem, setting, recorder, seed)
    name = clause or _most_strained(theorem, setting, instance)
    strains, tape = _strain(theorem, setting, instance, name), recorder.tape()
    strains = np.broadcast_to(strains, trials) if len(strains) == 1 else strains
    best = int(np.argmax(strains))
    sampled = float(strains[best])
    if not tape.shape[1]:
        return Found(name, sampled, sampled, trial_of(instance, best))
    point = _driven(theorem, setting, name, tape[np.argsort(-strains)[:POPULATION]], seed, rounds)
    found = _assured(theorem, setting, Tape(point[np.newaxis]), seed)
    ratio = float(_strain(theorem, setting, found, name)[0])
    return Found(name, ratio, sampled, found) if ratio >= sampled else Found(name, sampled, sampled, trial_of(instance, best))


def _driven(theorem: Theorem, setting: Any, name: str, start: ndarray, seed: int, rounds: int) -> ndarray:
    def cost(points: ndarray) -> ndarray:
        instance = _assured(theorem, setting, Tape(points.T), seed)
        return np.broadcast_to(-_strain(theorem, setting, instance, name), points.shape[1])

    bounds = [(-FAR, FAR)] * start.shape[1]
    outcome = differential_evolution(
        cost,
        bounds,
        init=np.clip(start, -FAR, FAR),  # pyright: ignore[reportArgumentType]  (the stub knows only names)
        vectorized=True,
        updating="deferred",
        polish=False,
        maxiter=rounds,
        rng=seed,
        tol=0.0,
    )
    return outcome.x


def _assured(theorem: Theorem, setting: Any, draws: Any, seed: int) -> Any:
    """The drawn instances, nature moved with one fixed seed, the assumptions asserted."""
    with np.errstate(all="raise", under="ignore"):
        instance = theorem.sampled(setting, theorem.chosen(setting, draws), generator(seed, "nature"), draws.trials)
        assert_assumptions(theorem, setting, instance)
        return instance


def _strain(theorem: Theorem, setting: Any, instance: Any, name: str) -> ndarray:
    with np.errstate(all="raise", under="ignore"):
        clauses = {clause.name: clause for clause in theorem.conclusions(setting, instance)}
    if name not in clauses:
        raise NoSuchClause(f"no clause is named '{name}'; there are: {', '.join(clauses)}")
    return _strained(clauses[name])


def _most_strained(theorem: Theorem, setting: Any, instance: Any) -> str:
    return max(theorem.conclusions(setting, instance), key=lambda clause: float(np.max(_strained(clause)))).name


def _strained(clause: Clause) -> ndarray:
    ratio = clause.ratio
    return np.maximum(np.where(np.isnan(ratio), NOT_STRAINED, ratio), NOT_STRAINED)
