"""A clause compares on every trial, forgives rounding only, and never passes what is not finite."""

import numpy as np
import pytest

from theorems.checker.claims import Inconclusive, Witness, at_least, at_most, equals, holds, joint, positive, up_to

TWO = Witness("C", 2.0, "for the test")


def row(*entries: float) -> np.ndarray:
    """One entry per trial."""
    return np.array(entries)


@pytest.mark.parametrize(
    ("clause", "failed"),
    [
        (at_most("x", row(0.9, 1.0, 1.1), 1.0), [False, False, True]),
        (at_least("x", row(0.9, 1.0, 1.1), 1.0), [True, False, False]),
        (equals("x", row(0.8, 1.0, 1.2), 1.0, allowance=0.1), [True, False, True]),
        (holds("x", row(True, False)), [False, True]),
        (up_to(TWO, "x", row(1.9, 2.0, 2.1), 1.0), [False, False, True]),
        (at_most("x", (row(0.8, 0.8, 1.1), row(0.9, 1.2, 1.2)), 1.0), [False, False, True]),
        (at_least("x", 1.0, (row(0.8, 0.8, 1.1), row(0.9, 1.2, 1.2))), [False, False, True]),
    ],
)
def test_a_clause_fails_exactly_where_it_is_violated(clause, failed):
    assert clause.failed.tolist() == failed, f"margins {clause.best_margin}: failed {clause.failed.tolist()}, should be {failed}"


@pytest.mark.parametrize(("excess", "failed"), [(5e-13, False), (2e-12, True)])
@pytest.mark.parametrize("size", [1e-100, 1.0, 1e100])
def test_rounding_is_forgiven_in_proportion_to_the_sides(size, excess, failed):
    clause = at_most("x", size * (1 + excess), size)
    assert clause.failed.tolist() == [failed], f"an excess of {excess} times {size} gave failed = {clause.failed}"


def test_rounding_of_a_difference_is_forgiven_in_proportion_to_its_terms():
    forgiven, refused = at_most("x", 1e-10, 0.0, scale=1e3), at_most("x", 1e-10, 0.0)
    assert not forgiven.failed.any(), "a cancellation error of 1e-13 of the declared scale counts as a violation"
    assert refused.failed.all(), "an undeclared cancellation error is forgiven"


def test_margins_are_signed_from_the_lesser_to_the_greater_side():
    below, above = at_most("x", row(0.9, 1.2), 1.0), at_least("x", row(0.9, 1.2), 1.0)
    np.testing.assert_allclose(below.margin, [0.1, -0.2], err_msg="margin of at_most", rtol=1e-12)
    np.testing.assert_allclose(above.margin, [-0.1, 0.2], err_msg="margin of at_least", rtol=1e-12)


def test_an_enclosure_that_reaches_over_both_sides_decides_nothing():
    clause = at_most("x", (row(0.9, 0.9), row(1.1, 0.95)), 1.0)
    assert clause.undecided.tolist() == [True, False], f"undecided {clause.undecided.tolist()}, should be [True, False]"
    assert not clause.failed.any(), "an enclosure that may hold the bound counts as a violation"


def test_an_enclosure_has_its_least_and_its_best_margin():
    clause = at_most("x", (0.5, 0.7), (1.0, 1.5))
    margins = (clause.margin[0], clause.best_margin[0])
    assert margins == pytest.approx((0.3, 1.0)), f"margins {margins}, should be 1 - 0.7 and 1.5 - 0.5"


@pytest.mark.parametrize(("greater", "ratio"), [(4.0, 0.5), (0.0, None), (-1.0, None)])
def test_the_ratio_is_null_where_the_greater_side_is_not_positive(greater, ratio):
    found = at_most("x", 2.0, greater).ratio[0]
    assert np.isnan(found) if ratio is None else found == ratio, f"2/{greater} has the ratio {found}, should be {ratio}"


def test_an_equation_has_no_ratio():
    found = equals("x", 1.0, 1.05, allowance=0.1).ratio[0]
    assert np.isnan(found), f"1 = 1.05 up to 0.1 has the ratio {found}, but an equation strains nothing"


def test_nothing_is_compared_where_the_antecedent_is_false():
    clause = at_most("x", row(2.0, np.nan, 2.0), 1.0, where=row(False, False, True))
    assert clause.failed.tolist() == [False, False, True], f"failed {clause.failed.tolist()}, but only the last trial is spoken of"
    assert clause.vacuous.tolist() == [True, True, False], f"vacuous {clause.vacuous.tolist()}, where the antecedent is false it should be"
    assert np.isnan(clause.ratio[:2]).all(), f"ratios {clause.ratio}, where the antecedent is false they should be null"


def test_a_bound_beyond_the_ceiling_is_vacuous():
    clause = at_most("x", 0.5, row(0.9, 1.0, 2.0), ceiling=1.0)
    assert clause.vacuous.tolist() == [False, True, True], f"bounds 0.9, 1, 2 of a number up to 1: vacuous {clause.vacuous.tolist()}"


def test_a_bound_without_ceiling_is_never_vacuous():
    assert not at_most("x", 0.5, 1e300).vacuous.any(), "a bound on something unbounded counts as vacuous"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_side_that_is_not_finite_is_refused_with_its_clause_and_trial(side, bad):
    sides = {"left": 1.0, "right": 1.0, side: np.array([1.0, bad])}
    with pytest.raises(Inconclusive, match="'x' compares numbers that are not finite on trial 1"):
        at_most("x", sides["left"], sides["right"])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_scale_of_rounding_that_is_not_finite_is_refused(bad):
    with pytest.raises(Inconclusive, match="'2 ≤ 1'"):
        at_most("2 ≤ 1", 2.0, 1.0, scale=bad)


def test_equality_is_close_and_a_clear_margin_is_not():
    clause = at_most("x", row(1.0, 1.0 - 1e-10, 0.9), 1.0)
    assert clause.close.tolist() == [True, True, False], f"close {clause.close.tolist()}, should be [True, True, False]"


def test_a_condition_without_two_sides_is_never_close():
    assert not holds("x", row(True, False)).close.any(), "another processor cannot decide an exact condition otherwise"


def test_an_exhibited_constant_multiplies_the_greater_side():
    clause = up_to(TWO, "x", 3.0, 2.0)
    assert clause.witness is TWO, "the clause forgot its witness"
    assert clause.greater[0] == 4.0, f"the greater side is {clause.greater[0]}, should be C * 2 = 4"


def test_the_first_trials_of_a_clause_are_the_clause_on_the_first_trials():
    clause = at_most("x", np.arange(5.0), 2.5, where=np.arange(5) != 1, ceiling=2.0).first(2)
    assert clause.where.tolist() == [True, False], f"where {clause.where.tolist()}, should be [True, False]"
    assert len(clause.ratio) == len(clause.vacuous) == 2, "a column kept more trials than were asked for"


def test_conclusions_under_one_probability_are_one_event():
    clauses = [at_most("x", row(0.0, 2.0, 0.0), 1.0), at_most("y", row(0.0, 2.0, 2.0), 1.0)]
    assert joint(clauses, 3).tolist() == [False, True, True], f"some clause fails on {joint(clauses, 3).tolist()}"
    assert joint([], 2).tolist() == [False, False], "no clause cannot fail"


def test_zero_is_not_positive():
    clause = positive("x > 0", row(1e-300, 0.0, -1.0))
    assert clause.failed.tolist() == [False, True, True], f"positive: {(~clause.failed).tolist()}, should be 1e-300 alone"


def test_the_ratio_of_an_enclosure_is_taken_at_the_end_that_speaks_against_the_decision():
    held, failed = at_most("a ≤ b", (np.array([0.0, 3.0]), np.array([0.4, 5.0])), np.array([0.5, 2.0])).ratio.tolist()
    assert held == pytest.approx(0.8), f"[0, 0.4] is at most 0.5 with ratio 0.8, told is {held}"
    assert failed == pytest.approx(1.5), f"[3, 5] is above 2 by a factor 1.5 at least, told is {failed}"
