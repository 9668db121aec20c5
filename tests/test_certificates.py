"""Stored counterexamples violate their statement in float64 and, certainly, outside it; both compare the same numbers."""

import numpy as np
import pytest

from theorems.checker import registry
from theorems.checker.certify import ball
from theorems.checker.choose import rebuilt
from theorems.checker.replay import certificate, instance_of, load, replayed
from theorems.checker.theorem import Nothing

REFUTED = {id: theorem for id, theorem in registry.everything().items() if theorem.counterexample}


@pytest.mark.parametrize("id", REFUTED)
def test_counterexample_is_certified(id):
    assert certificate(REFUTED[id]), f"{id} has no certificate"


@pytest.mark.parametrize("id", REFUTED)
def test_counterexample_violates_in_float64(id):
    theorem = REFUTED[id]
    outcome = replayed(theorem)
    assert outcome.failures == 1, f"the stored counterexample of {id} violates no float clause"


@pytest.mark.parametrize("id", REFUTED)
def test_certificate_compares_what_the_float_clauses_compare(id):
    theorem = REFUTED[id]
    assert theorem.counterexample is not None
    stored = load(theorem.counterexample.file)
    setting = rebuilt(theorem.setting, stored.setting)
    instance = instance_of(theorem, stored.instance) if stored.instance else Nothing(np.zeros(1))
    floats = {clause.name: clause for clause in theorem.conclusions(setting, instance)}
    for comparison in certificate(theorem):
        if not comparison.assumed:
            assert comparison.name in floats, f"{id} certifies '{comparison.name}', which is no clause of it"
            clause = floats[comparison.name]
            for side, exact in (("lesser", comparison.lesser), ("greater", comparison.greater)):
                value = float(getattr(clause, side)[0])
                assert value == pytest.approx(float(ball(exact).mid()), rel=1e-8, abs=1e-300), (
                    f"{id}, {comparison.name}: the {side} side is {value!r} in float64, {exact} in the certificate"
                )


@pytest.mark.parametrize("id", REFUTED)
def test_certified_violation_is_the_float_violation(id):
    theorem = REFUTED[id]
    outcome = replayed(theorem)
    for comparison in certificate(theorem):
        if not comparison.assumed:
            failed = bool(outcome.clauses[comparison.name].failures)
            assert failed == comparison.certainly_false, f"{id}: float64 and certificate disagree on '{comparison.name}'"
