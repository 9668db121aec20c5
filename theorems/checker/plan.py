"""The plan: which settings are tried, and how many trials each gets.

Corners first, so that boundaries are enumerated and not left to luck; then the statement's named examples; then
random settings.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from theorems.checker.choose import BadSetting, Choose, Given, Named, Sampled, corner_choosers, named, rebuilt
from theorems.checker.quantifiers import Sweep
from theorems.checker.record import Unit, canonical, generator
from theorems.checker.theorem import Theorem, nothing


@dataclass(frozen=True)
class Budget:
    """random: random settings besides corners and examples; blocks: blocks of trials per setting."""

    random: int
    blocks: int


SMOKE = Budget(random=1, blocks=1)
DEFAULT = Budget(random=8, blocks=1)
DEEP = Budget(random=40, blocks=20)
BUDGETS = {"smoke": SMOKE, "default": DEFAULT, "deep": DEEP}


NUMBERS_ALONE = 25  # times as many random settings where a setting is all there is to draw


def settings(
    theorem: Theorem, budget: Budget = DEFAULT, seed: int = 0, pinned: Named | None = None, trials: int | None = None
) -> list[Named]:
    """Corners, examples and random settings, without repetition, all with the pinned values.

    A statement about numbers alone has one trial per setting, so that ``trials`` settings are drawn for it.

    Raises BadSetting where a pinned value is unknown or outside its range.
    """
    fixed = dict(pinned or {})
    if isinstance(theorem.quantifier, Sweep) or theorem.deep:
        return _agreeing(theorem, fixed)
    count = (trials or NUMBERS_ALONE * budget.random) if theorem.chosen is nothing else budget.random
    sampled = [Sampled(generator(seed, theorem.statement.id, "setting", number)) for number in range(count)]
    examples = [Given(example) for example in theorem.examples if rebuilt(theorem.setting, example)]
    choosers: list[Choose] = [*corner_choosers(theorem.setting), *examples, *sampled]
    answered, refusals = [], []
    for chooser in choosers:
        try:
            answered.append(_pinned(theorem, fixed, chooser))
        except BadSetting as refusal:
            refusals.append(refusal)
    if not answered:
        raise refusals[0]
    return list({canonical(values): values for values in answered}.values())


def _agreeing(theorem: Theorem, fixed: Named) -> list[Named]:
    """The examples alone: a sweep's sizes are fixed beforehand, and so is what is recorded."""
    examples = [example for example in theorem.examples if rebuilt(theorem.setting, example)]
    agreeing = [example for example in examples if all(example.get(name) == value for name, value in fixed.items())]
    if not agreeing:
        raise BadSetting(f"{theorem.id} is played at its examples only, and none has {named_values(fixed)}")
    return agreeing


def _pinned(theorem: Theorem, fixed: Named, chooser: Choose) -> Named:
    values = named(theorem.setting, Given(fixed, chooser))
    rebuilt(theorem.setting, {**values, **fixed})  # a pinned name that nobody asked for is refused here
    return values


def named_values(values: Named) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def units(theorem: Theorem, chosen_settings: list[Named], seed: int, trials: int) -> Iterator[Unit]:
    """Whole blocks at each setting until ``trials`` are reached over all; the last block counts only what is missing."""
    if theorem.chosen is nothing:
        yield from (Unit(theorem.id, values, seed, 0, 1) for values in chosen_settings)
        return
    share, extra = divmod(trials, max(len(chosen_settings), 1))
    for number, values in enumerate(chosen_settings):
        remaining = share + (number < extra)
        for block in range(-(-remaining // theorem.block)):
            yield Unit(theorem.id, values, seed, block, min(theorem.block, remaining - block * theorem.block))
