"""A search strains a bound at least as much as sampling does; shrinking ends at what a person can check."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from tests.checker.known_truths import (
    SUM,
    Sizes,
    Vector,
    about_vectors,
    coin,
    mean_at_most,
    nonnegative,
    norms_compared,
    some_head,
)
from theorems.checker.choose import Choose, rebuilt
from theorems.checker.claims import Clause, Inconclusive, at_most
from theorems.checker.play import BrokenAssumption
from theorems.checker.search import Unsearchable, search
from theorems.checker.shrink import smallest_violation
from theorems.checker.theorem import Theorem, nothing


def two_bounds(_setting: Sizes, instance: Vector) -> Iterable[Clause]:
    size = np.abs(instance.v)
    yield at_most("loose", size.min(axis=1), 3 * size.max(axis=1))
    yield at_most("tight", size.min(axis=1), size.max(axis=1))


def seldom(_setting: Sizes, instance: Vector) -> Iterable[Clause]:
    """Applies to about one trial in forty."""
    size = np.abs(instance.v)
    yield at_most("x", size[:, 1], size[:, 0], where=size[:, 0] > 2.2)


def about_a_number(bound: float) -> Theorem:
    """``c^2 <= bound`` for c in [1, 3]."""

    def setting(choose: Choose) -> Sizes:
        return Sizes(n=choose.integer("c", 1, 3))

    square = norms_compared(1.0, setting=setting, chosen=nothing)
    return replace(square, conclusions=lambda s, _instance: [at_most("c²", float(s.n**2), bound)])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("theorem", [norms_compared(0.5), norms_compared(1.0), about_vectors("Thm two", two_bounds)])
def test_a_search_never_reports_less_than_sampling(theorem, seed):
    found = search(theorem, {"n": 3}, seed=seed, trials=200, rounds=3)
    assert found.ratio >= found.sampled, f"seed {seed}: sampling met {found.sampled}, the search reports {found.ratio}"


@pytest.mark.parametrize("n", [2, 3])
def test_a_search_finds_the_supremum_of_a_false_bound(n):
    ratio = search(norms_compared(0.5), {"n": n}, clause=SUM).ratio
    assert ratio == pytest.approx(2.0, abs=1e-3), f"the supremum of |v|_1 over (√n/2)|v|_2 is 2, the search ends at {ratio}"


def test_a_search_comes_up_to_a_true_bound_and_not_beyond():
    ratio = search(norms_compared(1.0), {"n": 3}).ratio
    assert 0.999 < ratio <= 1 + 1e-12, f"the bound is attained, not exceeded; the search ends at {ratio}"


def test_the_reported_ratio_is_the_ratio_of_the_reported_instance():
    theorem, found = norms_compared(0.5), search(norms_compared(0.5), {"n": 2})
    ratio = next(iter(theorem.conclusions(rebuilt(theorem.setting, {"n": 2}), found.instance))).ratio
    assert ratio.tolist() == [found.ratio], f"the search reports {found.ratio}, its instance has {ratio.tolist()}"


def test_a_search_is_the_same_for_the_same_seed():
    first, second = (search(norms_compared(0.5), {"n": 3}, seed=4, trials=100, rounds=5) for _ in range(2))
    assert (first.instance.v == second.instance.v).all(), "two searches with one seed end at different instances"


def test_without_a_clause_the_most_strained_is_searched():
    found = search(about_vectors("Thm two", two_bounds), {"n": 2}, trials=100, rounds=3)
    assert found.clause == "tight", f"the search took the clause '{found.clause}', sampling strains 'tight' more"


def test_a_clause_can_be_named():
    found = search(about_vectors("Thm two", two_bounds), {"n": 2}, clause="loose")
    assert found.ratio == pytest.approx(1 / 3, abs=1e-3), f"the supremum of min|v|/(3 max|v|) is 1/3, the search ends at {found.ratio}"


def test_an_unknown_clause_is_refused_with_its_name():
    with pytest.raises(LookupError, match="no clause is named 'x'"):
        search(norms_compared(1.0), {"n": 2}, clause="x")


def test_a_bound_that_seldom_applies_is_searched_where_it_does():
    found = search(about_vectors("Thm seldom", seldom), {"n": 2}, trials=200)
    assert found.ratio > 2.0, f"|v₂|/|v₁| can be any number where |v₁| > 2.2, the search ends at {found.ratio}"


def test_numbers_alone_are_searched_by_evaluating_them():
    found = search(about_a_number(4.0), {"c": 3})
    assert found.ratio == 9 / 4, f"9/4 is the only ratio there is, the search reports {found.ratio}"


def test_a_search_asserts_the_assumptions():
    with pytest.raises(BrokenAssumption, match="'v ≥ 0'"):
        search(norms_compared(1.0, assumptions=nonnegative), {"n": 2})


def test_a_search_refuses_what_is_not_finite():
    infinite = about_vectors("Thm infinite", lambda _setting, instance: [at_most("x", instance.v[:, 0], np.inf)])
    with pytest.raises(Inconclusive, match="'x' compares numbers that are not finite"):
        search(infinite, {"n": 2})


@pytest.mark.parametrize("theorem", [coin(fails=0.5, claimed=0.1), mean_at_most(0.4)])
def test_a_claim_about_chance_is_not_searched(theorem):
    with pytest.raises(Unsearchable, match="is a claim about chance"):
        search(theorem, {})


def test_an_exact_law_can_be_searched():
    found = search(some_head(0.5), {"n": 2}, trials=100, rounds=2)
    assert found.ratio == 1.5, f"the law 3/4 strains the bound 1/2 by 1.5, the search reports {found.ratio}"


def test_a_violation_shrinks_to_small_integers():
    small = smallest_violation(norms_compared(0.99))
    assert small is not None, "no violation of a false bound was found"
    assert small.values == {"n": 2}, f"the violation was not shrunk to the smallest setting: {small.values}"
    assert np.abs(small.instance.v).tolist() == [[0.25, 0.25]], f"the violation was not shrunk to one unit each: {small.instance.v}"


def test_a_violation_only_at_large_settings_is_found():
    large = about_vectors("Thm large", lambda setting, instance: [at_most("n", setting.n + 0 * instance.v[:, 0], 2.0)])
    small = smallest_violation(large)
    assert small is not None, "a bound that fails at n = 3 only was not refuted"
    assert small.values == {"n": 3}, f"the bound fails at n = 3 only, but was refuted at {small.values}"


def test_numbers_alone_shrink_to_the_smallest_that_fails():
    small = smallest_violation(about_a_number(3.0))
    assert small is not None, "c² ≤ 3 was not refuted on 1, 2, 3"
    assert small.values == {"c": 2}, f"c² ≤ 3 fails first at c = 2, but was shrunk to {small.values}"


@pytest.mark.parametrize("theorem", [norms_compared(1.0), about_a_number(9.0)], ids=["vectors", "numbers"])
def test_a_true_claim_has_no_violation(theorem):
    small = smallest_violation(theorem, 300)
    assert small is None, f"a true claim is violated by {small}"


def test_shrinking_asserts_the_assumptions():
    with pytest.raises(BrokenAssumption, match="'v ≥ 0'"):
        smallest_violation(norms_compared(1.0, assumptions=nonnegative))


@pytest.mark.parametrize(("low", "high"), [(0.35, 1.74), (2e-05, 200.0), (-1.56, 0.14)])
def test_shrunk_settings_lie_in_their_ranges(low, high):
    def setting(choose: Choose) -> Sizes:
        return Sizes(n=int(choose.real("c", low, high) >= 0.99 * high) + 1)

    top = about_vectors("Thm top", lambda s, instance: [at_most("n", s.n + 0 * instance.v[:, 0], 1.5)], setting=setting)
    small = smallest_violation(top, 300)
    assert small is not None, f"the upper end of [{low}, {high}] was never tried"
    rebuilt(setting, small.values)
