"""Settings are asked for by name and range, and their answers rebuild them."""

from dataclasses import dataclass

import pytest
from numpy.random import default_rng

from theorems.checker.choose import BadSetting, Choose, Given, Noted, Sampled, named, rebuilt

HUGE = 10**9


@dataclass(frozen=True)
class Setting:
    n: int
    rate: float
    norm: str


def setting(choose: Choose) -> Setting:
    n, rate = choose.integer("n", 1, 8), choose.real("rate", 0.5, 2.0)
    return Setting(n=n, rate=rate, norm=str(choose.option("norm", ["l1", "l2"])))


VALUES = {"n": 3, "rate": 1.25, "norm": "l2"}


def test_sampled_values_lie_in_their_ranges():
    drawn = [rebuilt(setting, named(setting, Sampled(default_rng(seed)))) for seed in range(200)]
    outside = [s for s in drawn if not (1 <= s.n <= 8 and 0.5 <= s.rate <= 2.0 and s.norm in ("l1", "l2"))]
    assert not outside, f"sampled outside of its range: {outside[0]}"


def test_sampled_integers_reach_both_ends():
    drawn = {Sampled(default_rng(seed)).integer("n", 1, 3) for seed in range(100)}
    assert drawn == {1, 2, 3}, f"100 draws from 1 to 3 gave only {drawn}"


def test_a_range_of_decades_is_sampled_by_decades():
    drawn = [Sampled(default_rng(seed)).real("c", 1e-6, 1.0) for seed in range(400)]
    small = sum(value < 1e-3 for value in drawn)
    assert 150 < small < 250, f"{small} of 400 draws lie in the lower half of the decades, but about 200 should"


def test_the_answers_by_name_rebuild_the_setting():
    assert rebuilt(setting, VALUES) == Setting(3, 1.25, "l2"), f"{VALUES} rebuilt {rebuilt(setting, VALUES)}"
    assert named(setting, Given(VALUES)) == VALUES, f"{VALUES} came back as {named(setting, Given(VALUES))}"


def test_values_that_are_not_given_come_from_the_fallback():
    answers = named(setting, Given({"n": 7}, Given(VALUES)))
    assert answers == {**VALUES, "n": 7}, f"n = 7 over {VALUES} gave {answers}"


def test_text_from_a_command_line_names_an_option():
    chosen = Given({"size": "2"}).option("size", [1, 2])
    assert chosen == 2, f"the text '2' chose {chosen!r} among 1 and 2"


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"n": 9}, ("n = 9", "1 to 8")),
        ({"n": 2.5}, ("n = 2.5", "1 to 8")),
        ({"n": "two"}, ("n = two", "1 to 8")),
        ({"n": float("inf")}, ("n = inf", "1 to 8")),
        ({"n": float("nan")}, ("n = nan", "1 to 8")),
        ({"rate": 0.4}, ("rate = 0.4", "0.5 to 2")),
        ({"rate": "fast"}, ("rate = 'fast'", "0.5 to 2")),
        ({"rate": float("nan")}, ("rate = nan", "0.5 to 2")),
        ({"norm": "l3"}, ("norm = 'l3'", "l1, l2")),
        ({"m": 1}, ("m = 1", "n, rate, norm")),
    ],
)
def test_a_refusal_names_the_value_its_name_and_its_range(change, parts):
    with pytest.raises(BadSetting) as refusal:
        rebuilt(setting, {**VALUES, **change})
    missing = [part for part in parts if part not in str(refusal.value)]
    assert not missing, f"the refusal of {change} says '{refusal.value}', without {missing}"


def test_a_missing_value_is_named():
    with pytest.raises(BadSetting, match="the setting lacks rate"):
        rebuilt(setting, {"n": 1, "norm": "l1"})


def test_the_same_name_cannot_be_asked_twice():
    noted = Noted(Given({"n": HUGE}))
    noted.integer("n", 1, HUGE)
    with pytest.raises(BadSetting, match="asks for n twice"):
        noted.integer("n", 1, HUGE)
