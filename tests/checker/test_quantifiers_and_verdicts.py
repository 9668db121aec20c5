"""Verdicts and their error rates: exact by enumeration, measured over many runs, and against closed forms."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binom, binomtest
from statsmodels.stats.proportion import proportion_confint

from tests.checker.known_truths import HEADS, assert_verdict, coin, mean_at_most, norms_compared, some_head
from theorems.checker.check import check
from theorems.checker.record import ClauseOutcome, Outcome, Unit
from theorems.checker.verdict import (
    REFUTES,
    SUPPORTS,
    Verdict,
    chance_of_as_few,
    chance_of_as_many,
    deciding_trials,
    detectable_rate,
    of_setting,
    overall,
)

ORDER = ["ERROR", "REFUTED", "WITNESS_TOO_SMALL", "UNDECIDED", "SUPPORTED", "ILL_POSED", "VACUOUS", "INFEASIBLE"]
RUNS = 300


def counted(failures: int, trials: int, claimed: float) -> Outcome:
    """An outcome with so many failures of a claim that grants the failure rate ``claimed``."""
    unit = Unit("known/theorem-coin", {}, 0, 0, trials)
    none = {"undecided": 0, "close": 0, "vacuous": 0, "worst_ratio": None, "worst_trial": 0, "worst_margin": 0.0, "needed": None}
    clause = ClauseOutcome(applied=trials, failures=failures, sum_margin=0.0, witness=None, **none)
    return Outcome(unit=unit, failures=failures, clauses={HEADS: clause}, claimed=1.0 - claimed)


def verdict_of(failures: int, trials: int, claimed: float) -> Verdict:
    """With a second run that went like the first."""
    outcome = counted(failures, trials, claimed)
    return of_setting(coin(fails=claimed, claimed=claimed), [outcome], [outcome])


def chance_of(verdict: Verdict, *, trials: int, claimed: float, fails: float) -> float:
    """The probability that one run points to ``verdict``, by enumeration of the number of failures."""
    hits = [k for k in range(trials + 1) if verdict_of(k, trials, claimed) is verdict]
    return float(binom.pmf(hits, trials, fails).sum())


@pytest.mark.parametrize(("graver", "milder"), list(combinations(ORDER, 2)))
def test_the_graver_verdict_stands_for_both(graver, milder):
    found = overall([Verdict[milder], Verdict[graver], Verdict[milder]])
    assert found is Verdict[graver], f"settings with {graver} and {milder} give {found}, but should give {graver}"


@pytest.mark.parametrize(
    ("theorem", "wanted"),
    [
        (norms_compared(1.0), Verdict.SUPPORTED),
        (norms_compared(0.9999), Verdict.REFUTED),
        (coin(fails=0.05, claimed=0.1), Verdict.SUPPORTED),
        (coin(fails=0.2, claimed=0.1), Verdict.REFUTED),
        (coin(fails=0.0, claimed=0.0), Verdict.UNDECIDED),
        (coin(fails=0.02, claimed=0.0), Verdict.REFUTED),
        (coin(fails=0.3, claimed=1.0), Verdict.VACUOUS),
        (some_head(0.75), Verdict.SUPPORTED),
        (some_head(0.7499), Verdict.REFUTED),
        (some_head(0.75, law=(0.74, 0.76)), Verdict.UNDECIDED),
        (mean_at_most(0.55), Verdict.SUPPORTED),
        (mean_at_most(0.45), Verdict.REFUTED),
        (mean_at_most(0.5), Verdict.UNDECIDED),
    ],
)
def test_true_and_barely_false_claims_are_told_apart(theorem, wanted):
    assert_verdict(theorem, wanted)


@pytest.mark.parametrize("claimed", [1e-3, 0.01, 0.1, 0.5])
@pytest.mark.parametrize("trials", [50, 500, 2000])
def test_a_claim_that_is_met_with_equality_is_suspected_at_most_once_in_a_million(trials, claimed):
    chance = chance_of(Verdict.REFUTED, trials=trials, claimed=claimed, fails=claimed)
    assert chance <= REFUTES, f"{trials} trials of a claim of exactly the rate {claimed} speak against it with probability {chance:.2g}"


@pytest.mark.parametrize("claimed", [1e-3, 0.01, 0.1, 0.5])
@pytest.mark.parametrize("trials", [50, 500, 2000])
def test_a_false_claim_is_supported_at_most_once_in_a_thousand(trials, claimed):
    chance = chance_of(Verdict.SUPPORTED, trials=trials, claimed=claimed, fails=claimed * (1 + 1e-9))
    assert chance <= SUPPORTS, f"{trials} trials support a claim of the rate {claimed}, barely false, with probability {chance:.2g}"


def test_runs_at_exactly_the_claimed_rate_refute_never_and_support_hardly_ever():
    verdicts = [check(coin(fails=0.1, claimed=0.1, block=400), seed=seed).verdict for seed in range(RUNS)]
    assert Verdict.REFUTED not in verdicts, f"a true claim was refuted in {verdicts.count(Verdict.REFUTED)} of {RUNS} runs"
    supported = verdicts.count(Verdict.SUPPORTED)
    assert binom.sf(supported - 1, RUNS, SUPPORTS) > 1e-4, f"{supported} of {RUNS} runs support a claim on the edge, 1 in 1000 should"


def test_runs_at_twice_the_claimed_rate_are_all_refuted():
    verdicts = [check(coin(fails=0.2, claimed=0.1), seed=seed).verdict for seed in range(RUNS)]
    refuted = verdicts.count(Verdict.REFUTED)
    assert refuted >= RUNS - 3, f"1000 trials refute a rate twice the claimed 0.1 in {refuted} of {RUNS} runs only"


def test_a_suspicion_that_is_not_confirmed_refutes_nothing():
    first, second = counted(200, 1000, 0.1), counted(100, 1000, 0.1)
    found = of_setting(coin(fails=0.1, claimed=0.1), [first], [second])
    assert found is Verdict.UNDECIDED, f"200 failures in 1000 at the rate 0.1, then 100 with other seeds, give {found}"


def test_a_claim_of_certainty_is_refuted_by_one_failure_confirmed():
    assert verdict_of(1, 1000, 0.0) is Verdict.REFUTED, f"one failure of a certain event gives {verdict_of(1, 1000, 0.0)}"
    assert verdict_of(0, 1000, 0.0) is Verdict.UNDECIDED, "no finite number of trials supports certainty"


@pytest.mark.parametrize("trials", [1, 10, 1000, 10**6])
def test_the_detectable_rate_shows_itself_except_once_in_a_thousand(trials):
    missed = (1.0 - detectable_rate(trials)) ** trials
    assert missed == pytest.approx(1e-3), f"a failure rate of {detectable_rate(trials):.3g} stays unseen with probability {missed:.3g}"


def test_no_trials_detect_nothing():
    assert detectable_rate(0) == 1.0, f"without trials the detectable rate is {detectable_rate(0)}, but should be 1"


@pytest.mark.parametrize("rate", [1e-4, 0.01, 0.1, 0.5, 0.8])
def test_the_deciding_trials_decide_and_one_fewer_does_not(rate):
    trials = int(deciding_trials(rate))
    verdicts = (verdict_of(0, trials, rate), verdict_of(0, trials - 1, rate))
    assert verdicts == (Verdict.SUPPORTED, Verdict.UNDECIDED), f"no failure in {trials} and in {trials - 1} trials give {verdicts}"


@pytest.mark.parametrize("rate", [1e-4, 0.01, 0.1, 0.5])
def test_the_deciding_trials_follow_the_closed_form(rate):
    assert deciding_trials(rate) == np.ceil(np.log(1e-3) / np.log(1 - rate)), f"rate {rate}: {deciding_trials(rate)} trials"


def test_certainty_is_never_decided():
    assert deciding_trials(0.0) == float("inf"), f"a rate of 0 would be decided by {deciding_trials(0.0)} trials"


@pytest.mark.parametrize(("failures", "trials", "rate"), [(0, 10, 0.1), (3, 10, 0.1), (10, 10, 0.9), (7, 500, 0.001), (60, 500, 0.1)])
def test_the_tails_are_those_of_the_exact_binomial_test(failures, trials, rate):
    many = binomtest(failures, trials, rate, alternative="greater").pvalue
    few = binomtest(failures, trials, rate, alternative="less").pvalue
    tails = (chance_of_as_many(failures, trials, rate), chance_of_as_few(failures, trials, rate))
    assert tails == pytest.approx((many, few), rel=1e-9), f"{failures} of {trials} at {rate}: tails {tails}, should be {(many, few)}"


@pytest.mark.parametrize(("failures", "trials"), [(1, 100), (5, 50), (40, 200)])
def test_the_tails_are_dual_to_the_clopper_pearson_interval(failures, trials):
    low, high = np.asarray(proportion_confint(failures, trials, alpha=2e-3, method="beta"), dtype=float).tolist()
    tails = (chance_of_as_many(failures, trials, low), chance_of_as_few(failures, trials, high))
    assert tails == pytest.approx((1e-3, 1e-3), rel=1e-6), f"at the ends of the interval at 1e-3 the tails are {tails}"
