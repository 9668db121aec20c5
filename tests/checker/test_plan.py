"""The plan enumerates the boundaries, obeys what is pinned, and spends exactly the trials it has."""

from dataclasses import dataclass, replace
from itertools import product

import pytest

from tests.checker.known_truths import coin, norms_compared
from theorems.checker.check import check
from theorems.checker.choose import BadSetting, Choose, corner_choosers, named
from theorems.checker.plan import DEEP, DEFAULT, SMOKE, Budget, settings, units
from theorems.checker.theorem import Theorem, nothing
from theorems.checker.verdict import Verdict

CORNERS_ONLY = Budget(random=0, blocks=1)


@dataclass(frozen=True)
class Setting:
    n: int
    d: int
    rate: float
    norm: str


def setting(choose: Choose) -> Setting:
    """d depends on n: its range begins where n lies."""
    n = choose.integer("n", 1, 8)
    d = choose.integer("d", n, 10)
    return Setting(n=n, d=d, rate=choose.real("rate", 0.5, 2.0), norm=str(choose.option("norm", ["l1", "l2", "max"])))


def planned(budget: Budget = CORNERS_ONLY, pinned: dict | None = None, **changes) -> list:
    return settings(theorem(**changes), budget, 0, pinned)


def theorem(**changes) -> Theorem:
    return replace(norms_compared(1.0), **{"setting": setting, **changes})


@pytest.mark.parametrize(("name", "ends"), [("n", {1, 8}), ("rate", {0.5, 2.0}), ("norm", {"l1", "l2", "max"})])
def test_corners_hold_both_ends_of_every_range_and_every_option(name, ends):
    reached = {values[name] for values in planned()}
    assert reached == ends, f"the corners give {name} the values {reached}, but should give {ends}"


def test_a_range_that_depends_on_another_has_its_own_corners():
    reached = {(values["n"], values["d"]) for values in planned()}
    assert reached == set(product((1, 8), (10,))) | {(1, 1), (8, 8)}, f"(n, d) takes the corners {sorted(reached)}"


def test_each_question_alone_is_put_at_its_other_end():
    low, high = {"n": 1, "d": 1, "rate": 0.5, "norm": "l1"}, {"n": 8, "d": 10, "rate": 2.0, "norm": "max"}
    wanted = [low, high, {**low, "d": 10}, {**low, "rate": 2.0}, {**low, "norm": "l2"}, {**low, "norm": "max"}, {**high, "rate": 0.5}]
    absent = [values for values in wanted if values not in planned()]
    assert not absent, f"the corners lack {absent[0]}"


def test_no_setting_is_planned_twice():
    plan = planned(DEFAULT)
    assert all(values not in plan[:place] for place, values in enumerate(plan)), f"a setting is repeated in {plan}"


def test_random_settings_join_the_corners():
    inner = [values for values in planned(DEFAULT) if values["rate"] not in (0.5, 2.0)]
    assert len(inner) == DEFAULT.random, f"{len(inner)} settings lie inside, {DEFAULT.random} should"


def test_a_larger_budget_only_adds_settings():
    sizes = [len(planned(budget)) for budget in (SMOKE, DEFAULT, DEEP)]
    lost = [values for values in planned(SMOKE) if values not in planned(DEEP)]
    assert sizes == sorted(set(sizes)), f"smoke, default and deep have {sizes} settings"
    assert not lost, f"the deep budget lost the setting {lost[0]}"


def test_examples_join_the_plan():
    example = {"n": 3, "d": 7, "rate": 1.0, "norm": "l2"}
    assert example in planned(examples=(example,)), f"the example {example} is not in the plan"


@pytest.mark.parametrize("flaw", [{"n": 9}, {"width": 1}, {"rate": None}], ids=["out of range", "misnamed", "missing"])
def test_an_example_that_the_statement_does_not_allow_is_refused(flaw):
    whole = {"n": 3, "d": 7, "rate": 1.0, "norm": "l2", **flaw}
    with pytest.raises(BadSetting, match=next(iter(flaw))):
        planned(examples=({name: value for name, value in whole.items() if value is not None},))


@pytest.mark.parametrize("pinned", [{"n": 4}, {"rate": 1.5}, {"norm": "l2"}, {"n": 2, "d": 3, "rate": 1.0, "norm": "l1"}])
def test_every_setting_has_the_pinned_values(pinned):
    strays = [values for values in planned(DEFAULT, pinned) if not pinned.items() <= values.items()]
    assert not strays, f"pinned {pinned}, but {strays[0]} is planned"


def test_pinning_leaves_the_corners_that_still_fit():
    reached = {values["d"] for values in planned(pinned={"n": 4})}
    assert reached == {4, 10}, f"with n = 4 the range of d has the ends 4 and 10, reached are {reached}"


def test_settings_that_a_pinned_value_excludes_are_left_out():
    reached = {values["n"] for values in planned(pinned={"d": 5})}
    assert reached == {1}, f"with d = 5 the corner n = 8 is excluded, reached are {reached}"


@pytest.mark.parametrize(
    ("pinned", "message"),
    [
        ({"n": 9}, "n = 9 is outside its range; choose it from 1 to 8"),
        ({"rate": 0.25}, "rate = 0.25 is outside its range; choose it from 0.5 to 2"),
        ({"norm": "l3"}, "norm = 'l3' is not offered; choose one of l1, l2, max"),
        ({"width": 3}, "width = 3 names nothing in this setting; its names are: n, d, rate, norm"),
    ],
)
def test_a_pinned_value_that_is_refused_is_named_with_its_range(pinned, message):
    with pytest.raises(BadSetting, match=message):
        check(theorem(), pinned=pinned)


@pytest.mark.parametrize("trials", [1, 199, 200, 201, 1999])
@pytest.mark.parametrize("count", [1, 3])
def test_blocks_add_up_to_the_trials(trials, count):
    spread = list(units(theorem(), [{"n": n} for n in range(1, count + 1)], 0, trials))
    total, largest = sum(unit.trials for unit in spread), max(unit.trials for unit in spread)
    assert total == trials, f"{trials} trials at {count} settings: the units hold {total}"
    assert largest <= theorem().block, f"a unit counts {largest} trials, a block holds {theorem().block}"


def test_settings_share_the_trials_evenly():
    shares = [sum(u.trials for u in units(theorem(), [{"n": n} for n in range(3)], 0, 1000) if u.setting == {"n": n}) for n in range(3)]
    assert max(shares) - min(shares) <= 1, f"1000 trials were shared as {shares}"


def test_blocks_of_a_setting_are_numbered_from_zero():
    blocks = [unit.block for unit in units(theorem(), [{"n": 1}], 0, 900)]
    assert blocks == [0, 1, 2, 3, 4], f"900 trials in blocks of 200 are numbered {blocks}"


def test_numbers_alone_get_one_trial_at_each_setting():
    spread = list(units(theorem(chosen=nothing), [{"n": 1}, {"n": 2}], 0, 1000))
    assert [unit.trials for unit in spread] == [1, 1], f"two settings of numbers alone get {[unit.trials for unit in spread]} trials"


def test_a_statement_that_asks_nothing_has_one_setting():
    plan = settings(coin(fails=0.1, claimed=0.2), DEFAULT, 0)
    assert plan == [{}], f"a statement without numbers is planned at {plan}"


def test_a_setting_that_got_no_trial_is_not_called_infeasible():
    result = check(theorem(), trials=1)
    accused = [row.setting for row in result.settings if row.verdict is Verdict.INFEASIBLE]
    assert not accused, f"no machine is too small for {accused[0]}, it was only left out"


def test_a_corner_chooser_answers_the_same_names():
    names = {tuple(named(setting, chooser)) for chooser in corner_choosers(setting)}
    assert names == {("n", "d", "rate", "norm")}, f"the corners answer {names}"
