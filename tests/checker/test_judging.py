"""What is wrong with a statement is caught and called by its name, and nothing else is blamed for it."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from tests.checker.known_truths import (
    HEADS,
    MEAN,
    SUM,
    Sizes,
    Toss,
    Vector,
    about_vectors,
    assert_verdict,
    both_norms,
    coin,
    mean_at_most,
    nonnegative,
    norms_compared,
    some_head,
)
from theorems.checker.changes import NoSuchClause, control, refutes, sharpened, without_assumption
from theorems.checker.check import as_expected, check
from theorems.checker.claims import Clause, IllPosed, Witness, at_most
from theorems.checker.draws import Draws
from theorems.checker.quantifiers import WithProbability
from theorems.checker.theorem import Sizes as Takes
from theorems.checker.verdict import Verdict

SMALL = Witness("c", 0.9, "for the test")
UNRELATED = Witness("k", 1.0, "for the test")


def overflowing(_setting: Sizes, instance: Vector) -> Iterable[Clause]:
    yield at_most("exp(v) ≤ 1", np.exp(1e4 * instance.v[:, 0]), 1.0)


def sizes_that_do_not_match(_setting: Sizes, _instance: Vector) -> Iterable[Clause]:
    raise IllPosed("a matrix with 2 columns times a vector with 3 entries")


def beyond_the_ceiling(_setting: Sizes, instance: Vector) -> Iterable[Clause]:
    total, length = both_norms(instance)
    yield at_most("|v|_2/|v|_1 ≤ 2", length / total, 2.0, ceiling=1.0)


def twice(_setting: Sizes, instance: Vector) -> Iterable[Clause]:
    total, length = both_norms(instance)
    yield at_most(SUM, length, total)
    yield at_most(SUM, 0.0, total)


def too_few(setting: Sizes, draws: Draws) -> Vector:
    return Vector(v=draws.normal(setting.n)[:1])


def enormous(_setting: Sizes) -> Takes:
    return Takes(steps=1e12)


def test_a_sharpened_bound_is_refuted_at_its_clause():
    sharp = control("0.99 of the bound", sharpened(SUM, 0.99), SUM)
    result = assert_verdict(sharp.change(norms_compared(1.0)), Verdict.REFUTED)
    assert refutes(result, SUM), f"the refutation is not found at '{SUM}'"


def test_a_control_that_changes_nothing_is_no_refutation():
    result = check(control("the bound itself", sharpened(SUM, 1.0), SUM).change(norms_compared(1.0)))
    assert not refutes(result, SUM), "an unchanged true statement counts as a refuted control"


def test_a_refutation_at_another_clause_is_not_the_one_announced():
    assert not refutes(check(norms_compared(0.9)), "another clause"), f"a refutation at '{SUM}' counts as one at 'another clause'"


def test_a_change_of_an_unknown_clause_names_the_known_ones():
    with pytest.raises(NoSuchClause, match="no clause is named 'x'"):
        check(sharpened("x", 0.5)(norms_compared(1.0)))
    with pytest.raises(NoSuchClause, match="no assumption is named 'x'; there are: v ≥ 0"):
        check(without_assumption("x")(norms_compared(1.0, assumptions=nonnegative)))


def test_a_broken_generator_is_an_error_that_names_the_assumption_and_the_trial():
    result = assert_verdict(norms_compared(1.0, assumptions=nonnegative), Verdict.ERROR)
    assert "the generator broke the assumption 'v ≥ 0' on trial" in str(result.error), f"the error says: {result.error}"


def test_a_false_statement_behind_a_broken_generator_is_not_refuted():
    assert_verdict(norms_compared(0.5, assumptions=nonnegative), Verdict.ERROR)


def test_an_overflow_is_an_error_and_no_pass():
    assert_verdict(about_vectors("Thm overflow", overflowing), Verdict.ERROR)


def test_two_clauses_of_one_name_are_an_error():
    assert_verdict(about_vectors("Thm twice", twice), Verdict.ERROR)


def test_a_generator_that_makes_too_few_trials_is_an_error():
    assert_verdict(norms_compared(1.0, chosen=too_few), Verdict.ERROR)


def test_chance_without_a_move_of_nature_is_an_error():
    assert_verdict(replace(coin(fails=0.9, claimed=0.5), sampled=lambda _setting, toss, _generator, _trials: toss), Verdict.ERROR)


def test_a_witness_that_is_too_small_is_blamed_instead_of_the_statement():
    result = assert_verdict(norms_compared(0.9, witness=SMALL), Verdict.WITNESS_TOO_SMALL)
    needed = max(outcome.clauses[SUM].needed or 0.0 for outcome in result.outcomes)
    assert 0.9 < needed <= 1.0 + 1e-9, f"the trials needed the constant {needed}, but it should lie between 0.9 and 1"


def test_a_witness_in_the_hypotheses_excuses_a_violation():
    assert_verdict(norms_compared(0.9, witnesses=(UNRELATED,)), Verdict.WITNESS_TOO_SMALL)


def test_a_witness_of_another_clause_excuses_nothing():
    def conclusions(setting: Sizes, instance: Vector) -> Iterable[Clause]:
        yield from norms_compared(0.9).conclusions(setting, instance)
        yield at_most("|v|_2 ≤ c |v|_1", *both_norms(instance)[::-1], witness=SMALL)

    assert_verdict(about_vectors("Thm two", conclusions), Verdict.REFUTED)


def test_failures_within_the_granted_rate_do_not_shift_the_blame_from_the_witness():
    def conclusions(_setting: object, toss: Toss) -> Iterable[Clause]:
        yield at_most("granted", 0.01, toss.x)
        yield at_most(HEADS, 0.5, toss.x, witness=SMALL)

    assert_verdict(replace(coin(fails=0.0, claimed=0.1), conclusions=conclusions), Verdict.WITNESS_TOO_SMALL)


def test_a_bound_that_cannot_fail_is_vacuous():
    assert_verdict(about_vectors("Thm ceiling", beyond_the_ceiling), Verdict.VACUOUS)


def test_an_antecedent_that_never_holds_is_vacuous():
    never = about_vectors("Thm never", lambda _setting, instance: [at_most("x", instance.v[:, 0], -9.0, where=instance.v[:, 0] > 99)])
    assert_verdict(never, Verdict.VACUOUS)


def test_a_violation_beyond_a_false_ceiling_is_not_hidden():
    false = about_vectors("Thm false ceiling", lambda _setting, instance: [at_most("3 ≤ 2", 0 * instance.v[:, 0] + 3, 2.0, ceiling=1.0)])
    found = check(false).verdict
    assert found in (Verdict.REFUTED, Verdict.ERROR), f"3 ≤ 2 came out {found} because of a ceiling that does not hold"


def test_what_cannot_be_evaluated_is_ill_posed():
    result = assert_verdict(about_vectors("Thm ill", sizes_that_do_not_match, ill_posed="sizes"), Verdict.ILL_POSED)
    assert as_expected(result), "an announced ill-posed statement came out as one, but counts as unexpected"


def test_what_no_machine_can_play_is_infeasible():
    result = assert_verdict(norms_compared(1.0, needs=enormous), Verdict.INFEASIBLE)
    assert as_expected(result), "an infeasible statement came out as one, but counts as unexpected"
    assert result.trials == 0, f"{result.trials} trials were played at settings that are out of reach"


def test_settings_within_reach_are_played_where_others_are_not():
    result = assert_verdict(norms_compared(1.0, needs=lambda s: Takes(steps=1e12 if s.n == 3 else 1)), Verdict.SUPPORTED)
    verdicts = {row.setting["n"]: row.verdict for row in result.settings}
    assert verdicts == {2: Verdict.SUPPORTED, 3: Verdict.INFEASIBLE}, f"n = 2 in reach, n = 3 not: {verdicts}"


@pytest.mark.parametrize("law", [(0.5, 0.5), (0.85, 0.9), (1.5, 1.5), (-0.5, -0.5)])
def test_a_law_that_its_frequency_contradicts_is_an_error(law):
    result = assert_verdict(some_head(2.0, law=law), Verdict.ERROR)
    assert "the event happened" in str(result.error), f"the error says: {result.error}"


def test_a_law_that_encloses_its_frequency_is_no_error():
    assert_verdict(some_head(0.95, law=(0.6, 0.9)), Verdict.SUPPORTED)


def test_a_probability_above_one_cannot_be_claimed():
    claimed = replace(coin(fails=0.0, claimed=0.0), quantifier=WithProbability(lambda _setting, _toss: 1.5))
    assert_verdict(claimed, Verdict.ERROR)


def test_margins_beyond_their_declared_span_are_an_error():
    result = assert_verdict(mean_at_most(0.501, span=(-0.001, 0.001), block=500), Verdict.ERROR)
    assert MEAN in str(result.error), f"the error says: {result.error}"


def test_undecided_enclosures_do_not_support_a_probability():
    unsure = replace(coin(fails=0.0, claimed=0.1), conclusions=lambda _setting, toss: [at_most(HEADS, (0 * toss.x, 0 * toss.x + 2), 1.0)])
    assert_verdict(unsure, Verdict.UNDECIDED)
