"""Instances as files: stored as fractions, read back exactly, replayed in float64 and certified outside it.

    {"schema": 1, "id": "paper/lemma-6.2", "version": "printed", "setting": {"n": 1},
     "instance": {"r": [["1/2"]]}}

An instance's arrays are nested lists without the trial axis: strings are rationals, numbers are integers. In place of
``instance`` a file may name a trial of a seeded block: ``"seed": 0, "block": 3, "trial": 17``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from flint import fmpq
from numpy import ndarray

from theorems.checker.certify import Comparison, certified
from theorems.checker.choose import rebuilt
from theorems.checker.claims import IllPosed
from theorems.checker.play import BrokenAssumption, drawn, measure
from theorems.checker.record import SCHEMA, Outcome, Unit
from theorems.checker.theorem import Nothing, Theorem, arrays, trial_of

EXPLICIT = -1  # the block number of an instance that no seed drew


class UnreadableInstance(ValueError):
    """A file that holds no instance; the message says what is wrong with it and how to mend it."""


@dataclass(frozen=True)
class Stored:
    """The content of an instance file."""

    id: str
    setting: dict[str, Any]
    instance: dict[str, Any] | None
    seed: int = 0
    block: int = EXPLICIT
    trial: int = 0


def load(path: Path) -> Stored:
    """Raises UnreadableInstance where the file is missing, is no JSON or lacks a part."""
    try:
        data = json.loads(path.read_text())
    except OSError as error:
        raise UnreadableInstance(f"{path} cannot be read ({error.strerror}); give the path of an instance file") from error
    except ValueError as error:
        raise UnreadableInstance(f"{path} is not JSON ({error}); restore the file or write it again") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise UnreadableInstance(f"{path} does not have schema {SCHEMA}; it needs schema, id, version, setting and instance")
    missing = [name for name in ("id", "version", "setting") if name not in data]
    if missing or not ("instance" in data or {"seed", "block", "trial"} <= set(data)):
        raise UnreadableInstance(f"{path} lacks {(missing or ['instance'])[0]}; give it id, version, setting and instance")
    if not isinstance(data.get("instance", {}), dict | None):
        raise UnreadableInstance(f"{path} holds an instance without names; give each of its arrays by name")
    suffix = "" if data["version"] == "printed" or "@" in data["id"] else f"@{data['version']}"
    place = {name: data[name] for name in ("seed", "block", "trial") if name in data}
    return Stored(data["id"] + suffix, data["setting"], data.get("instance"), **place)


def dump(theorem: Theorem, setting: Mapping[str, Any], instance: Any) -> str:
    """The file of a one-trial instance; floats are written as the fractions that they are."""
    content = {
        "schema": SCHEMA,
        "id": theorem.id if theorem.parent else theorem.statement.id,
        "version": theorem.version,
        "setting": dict(setting),
        "instance": {name: _written(array[0]) for name, array in arrays(instance).items()},
    }
    return json.dumps(content, indent=1) + "\n"


def replay(theorem: Theorem, stored: Stored) -> Outcome:
    """The outcome of the one stored trial.

    Raises UnreadableInstance where the arrays do not fit the statement.
    """
    setting = rebuilt(theorem.setting, stored.setting)
    if stored.instance is None:
        instance = _from_seed(theorem, stored, setting)
    else:
        instance = instance_of(theorem, stored.instance)
        _demand_shapes(theorem, setting, instance)
    return measure(theorem, Unit(theorem.id, stored.setting, stored.seed, stored.block, 1), setting, instance)


def _from_seed(theorem: Theorem, stored: Stored, setting: Any) -> Any:
    if not 0 <= stored.trial < theorem.block:
        raise UnreadableInstance(f"trial {stored.trial} is not in a block of {theorem.id}; choose it from 0 to {theorem.block - 1}")
    return trial_of(drawn(theorem, Unit(theorem.id, stored.setting, stored.seed, stored.block, theorem.block), setting), stored.trial)


def _demand_shapes(theorem: Theorem, setting: Any, instance: Any) -> None:
    """The arrays have the shapes that the statement draws at this setting."""
    wanted = arrays(drawn(replace(theorem, block=1), Unit(theorem.id, {}, 0, 0, 1), setting))
    for name, array in arrays(instance).items():
        if array.shape[1:] != wanted[name].shape[1:]:
            shapes = f"has shape {list(array.shape[1:])}, at this setting it takes {list(wanted[name].shape[1:])}"
            raise UnreadableInstance(f"the array {name} of {theorem.id} {shapes}; mend the array or the setting")


def replayed(theorem: Theorem) -> Outcome:
    """The stored counterexample, replayed in float64; one that misses a hypothesis is an error."""
    assert theorem.counterexample is not None
    stored = load(theorem.counterexample.file)
    try:
        return replay(theorem, stored)
    except (BrokenAssumption, IllPosed, ArithmeticError) as error:
        unit = Unit(theorem.id, stored.setting, stored.seed, stored.block, 1)
        return Outcome(unit=unit, error=f"the stored counterexample is none: {error}")


def certificate(theorem: Theorem) -> list[Comparison]:
    """The stored counterexample, certified outside float64.

    Raises Uncertified where a hypothesis is in doubt or no conclusion is certainly violated.
    """
    assert theorem.counterexample is not None
    stored = load(theorem.counterexample.file)
    exact = {name: _exact(nested) for name, nested in (stored.instance or {}).items()}
    return certified(theorem.counterexample.certificate(rebuilt(theorem.setting, stored.setting), exact))


def instance_of(theorem: Theorem, stored: Mapping[str, Any]) -> Any:
    """The one-trial instance with these arrays.

    Raises UnreadableInstance where an array is missing, unknown or holds something that is no number.
    """
    kind = get_type_hints(theorem.chosen).get("return", Nothing)
    names = [f.name for f in fields(kind)]
    odd = set(names) ^ set(stored) if kind is not Nothing else set()
    if odd:
        raise UnreadableInstance(f"the instance of {theorem.id} has the arrays {', '.join(names)}; mend {sorted(odd)[0]}")
    try:
        return kind(**{name: _array(stored[name])[np.newaxis] for name in names}) if kind is not Nothing else Nothing(np.zeros(1))
    except (ValueError, TypeError, ArithmeticError) as error:
        raise UnreadableInstance(f"the instance of {theorem.id} holds something that is no number: {error}") from error


def _array(nested: Any) -> ndarray:
    table = np.array(nested, dtype=object)
    if all(isinstance(entry, int) for entry in table.flat):
        return np.array(table, dtype=np.int64)
    return np.array([float(Fraction(entry)) for entry in table.flat]).reshape(table.shape)


def _exact(nested: Any) -> Any:
    if isinstance(nested, list):
        return [_exact(entry) for entry in nested]
    fraction = Fraction(nested)
    return fmpq(fraction.numerator, fraction.denominator)


def _written(array: ndarray | np.generic) -> Any:
    if isinstance(array, ndarray) and array.ndim:
        return [_written(part) for part in array]
    return int(array) if array.dtype.kind in "iu" else str(Fraction(float(array)))
