"""A statement's data announce its verdict: any other is unexpected, and so is a counterexample that is none."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from tests.checker.known_truths import Sizes, Vector, about_vectors, assert_verdict, nonnegative, norms_compared, refuted_by
from theorems.checker.check import as_expected, check
from theorems.checker.claims import Clause, IllPosed
from theorems.checker.draws import Draws
from theorems.checker.step import step
from theorems.checker.verdict import Verdict


def sizes_that_do_not_match(_setting: Sizes, _instance: Vector) -> Iterable[Clause]:
    raise IllPosed("a matrix with 2 columns times a vector with 3 entries")


def positive(setting: Sizes, draws: Draws) -> Vector:
    return Vector(v=np.abs(draws.normal(setting.n)))


def test_a_false_step_does_not_enter_its_statements_verdict():
    parent = norms_compared(1.0)
    false = step(parent, label="Eq 2", title="", claim="", conclusions=norms_compared(0.5).conclusions)
    assert_verdict(replace(parent, steps=(false,)), Verdict.SUPPORTED)
    assert_verdict(false, Verdict.REFUTED)


def test_an_unannounced_ill_posed_statement_is_unexpected():
    assert not as_expected(check(about_vectors("Thm ill", sizes_that_do_not_match))), "an ill-posed statement passes for a supported one"


def test_an_announced_ill_posed_statement_that_can_be_evaluated_is_unexpected():
    assert not as_expected(check(norms_compared(1.0, ill_posed="for the test"))), "a supported statement passes for an ill-posed one"


def test_a_stored_counterexample_refutes_what_sampling_supports(tmp_path):
    rare = norms_compared(1.0 - 1e-11)
    result = assert_verdict(refuted_by(tmp_path / "v.json", [1, 1], rare), Verdict.REFUTED)
    assert as_expected(result), "a statement refuted by its stored counterexample counts as unexpected"


@pytest.mark.parametrize("factor", [0.71, 1.0])
def test_a_stored_counterexample_that_violates_nothing_is_noticed(tmp_path, factor):
    result = check(refuted_by(tmp_path / "v.json", [1, 0], norms_compared(factor)))
    assert not as_expected(result), f"(1, 0) does not violate the bound, yet {result.verdict} passes for expected"


def test_a_stored_counterexample_that_misses_a_hypothesis_is_an_error(tmp_path):
    about_positive = norms_compared(1.0, assumptions=nonnegative, chosen=positive)
    result = assert_verdict(refuted_by(tmp_path / "v.json", [1, -1], about_positive), Verdict.ERROR)
    assert "the stored counterexample is none" in str(result.error), f"the error says: {result.error}"


def test_a_refutation_without_a_stored_counterexample_is_unexpected():
    assert not as_expected(check(norms_compared(0.5))), "a refuted statement that announces nothing passes for expected"


def test_a_stored_counterexample_at_which_nothing_can_be_evaluated_is_no_refutation(tmp_path):
    def conclusions(setting: Sizes, instance: Vector) -> Iterable[Clause]:
        if len(instance.v) == 1:
            raise IllPosed("a division by the number of trials less one")
        yield from norms_compared(1.0).conclusions(setting, instance)

    result = check(refuted_by(tmp_path / "v.json", [1, 1], about_vectors("Thm ill", conclusions)))
    assert not as_expected(result), f"a counterexample that cannot be evaluated passes for {result.verdict}"


def test_the_assertion_of_these_tests_names_both_verdicts():
    with pytest.raises(AssertionError, match="known/theorem-norms came out SUPPORTED, but its truth is known: REFUTED"):
        assert_verdict(norms_compared(1.0), Verdict.REFUTED)
