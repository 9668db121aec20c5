"""Outcomes depend on the seed and on nothing else, to the last byte."""

import random

import numpy as np
import pytest
from numpy import ndarray

from tests.checker.known_truths import SUM, coin, mean_at_most, norms_compared, some_head
from theorems.checker.check import check
from theorems.checker.choose import rebuilt
from theorems.checker.play import drawn, run
from theorems.checker.record import Unit, generator, to_line
from theorems.checker.replay import Stored, replay
from theorems.checker.theorem import Theorem, version

STATEMENTS = [norms_compared(0.99), coin(fails=0.1, claimed=0.2), mean_at_most(0.6), some_head(0.75)]
BLOCKS = 6


def lines(theorem: Theorem, **options) -> list[str]:
    """The JSON lines of all outcomes of a check over several blocks."""
    return [to_line(outcome) for outcome in check(theorem, trials=BLOCKS * theorem.block, **options).outcomes]


def ratios(theorem: Theorem, unit: Unit) -> ndarray:
    """lesser/greater of the first clause, trial by trial."""
    setting = rebuilt(theorem.setting, unit.setting)
    return next(iter(theorem.conclusions(setting, drawn(theorem, unit, setting)))).ratio


def by_id(theorem: Theorem) -> str:
    return theorem.id


@pytest.mark.parametrize("theorem", STATEMENTS, ids=by_id)
def test_the_same_seed_gives_the_same_bytes(theorem):
    assert lines(theorem, seed=3) == lines(theorem, seed=3), f"two runs of {theorem.id} with one seed differ"


@pytest.mark.parametrize("theorem", STATEMENTS, ids=by_id)
def test_two_workers_give_the_same_bytes_as_one(theorem):
    assert lines(theorem, jobs=2) == lines(theorem, jobs=1), f"{theorem.id} depends on the number of workers"


@pytest.mark.parametrize("theorem", STATEMENTS, ids=by_id)
def test_the_order_of_the_units_changes_nothing(theorem):
    outcomes = check(theorem, trials=BLOCKS * theorem.block).outcomes
    shuffled = random.Random(0).sample(outcomes, len(outcomes))
    again = {outcome.unit.key: to_line(run(theorem, outcome.unit)) for outcome in shuffled}
    changed = [o.unit for o in outcomes if again[o.unit.key] != to_line(o)]
    assert not changed, f"{theorem.id} played in another order gives another outcome for {changed[0]}"


@pytest.mark.parametrize("theorem", STATEMENTS[:3], ids=by_id)
def test_another_seed_gives_other_draws(theorem):
    first, second = (run(theorem, Unit(theorem.id, {"n": 2} if theorem is STATEMENTS[0] else {}, seed, 0, 100)) for seed in (0, 1))
    assert first.clauses != second.clauses, f"{theorem.id} draws the same with seeds 0 and 1"


def test_another_block_gives_other_draws():
    theorem = norms_compared(1.0)
    first, second = (ratios(theorem, Unit(theorem.id, {"n": 2}, 0, block, 200)) for block in (0, 1))
    assert not np.isin(first, second).any(), "two blocks share a trial"


def test_a_chosen_object_is_the_same_in_every_block():
    theorem = coin(fails=0.1, claimed=0.2)
    setting = rebuilt(theorem.setting, {})
    first, second = (drawn(theorem, Unit(theorem.id, {}, 0, block, 10), setting) for block in (0, 1))
    assert first.wear == second.wear, "nature's blocks were played against different chosen objects"
    assert not np.isin(first.x, second.x).any(), "nature moved alike in two blocks"


def test_the_number_of_counted_trials_does_not_change_the_trials():
    theorem = norms_compared(0.99)
    few, all_of_them = (run(theorem, Unit(theorem.id, {"n": 2}, 0, 0, trials)) for trials in (7, 200))
    margins = [outcome.clauses[SUM].worst_margin for outcome in (few, all_of_them)]
    assert margins[0] >= margins[1], f"the worst of 7 trials, {margins[0]}, is worse than of the 200 that contain them, {margins[1]}"


@pytest.mark.parametrize("trials", [1, 7, 200, 450])
def test_exactly_as_many_trials_are_counted_as_were_asked_for(trials):
    result = check(norms_compared(1.0), trials=trials)
    applied = sum(outcome.clauses[SUM].applied for outcome in result.outcomes)
    assert (result.trials, applied) == (trials, trials), f"asked for {trials} trials: {result.trials} counted, {applied} compared"


def test_corrected_versions_meet_the_instances_of_the_printed_one():
    printed = norms_compared(0.99)
    corrected = version(printed, "corrected", "for the test", conclusions=norms_compared(1.0).conclusions)
    seen = [ratios(theorem, Unit(theorem.id, {"n": 2}, 0, 0, 200)) * factor for theorem, factor in ((printed, 0.99), (corrected, 1.0))]
    np.testing.assert_allclose(seen[0], seen[1], rtol=1e-14, err_msg="printed and corrected version were tried on different instances")


@pytest.mark.parametrize("trial", [0, 17, 199])
def test_a_replayed_trial_has_the_ratio_that_it_had_in_its_block(trial):
    theorem = norms_compared(0.99)
    in_block = ratios(theorem, Unit(theorem.id, {"n": 3}, 5, 2, 200))[trial]
    alone = replay(theorem, Stored(theorem.id, {"n": 3}, None, seed=5, block=2, trial=trial)).clauses[SUM].worst_ratio
    assert alone == in_block, f"trial {trial} has the ratio {in_block} in its block and {alone} when replayed"


def test_a_replayed_toss_is_the_toss_of_its_block():
    theorem = mean_at_most(0.6, block=100)
    in_block = ratios(theorem, Unit(theorem.id, {}, 5, 2, 100))[17]
    alone = replay(theorem, Stored(theorem.id, {}, None, seed=5, block=2, trial=17)).clauses["E x ≤ b"].worst_ratio
    assert alone == in_block, f"nature's trial 17 has the ratio {in_block} in its block and {alone} when replayed"


def test_generators_are_told_apart_by_every_part():
    parts = [(0, "a", {"n": 1}, 0), (1, "a", {"n": 1}, 0), (0, "b", {"n": 1}, 0), (0, "a", {"n": 2}, 0), (0, "a", {"n": 1}, 1)]
    first = [generator(*each).random() for each in parts]
    assert len(set(first)) == len(parts), f"two of the seeds {parts} draw alike"


def test_the_order_of_names_does_not_change_a_generator():
    drawn_alike = generator({"n": 1, "p": 2}).random() == generator({"p": 2, "n": 1}).random()
    assert drawn_alike, "the order in which a setting is written changes its draws"
