"""Hypothesis attacks every statement that is not false as stated; what it finds is already shrunk."""

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from theorems.checker import registry
from theorems.checker.quantifiers import Always, Exactly
from theorems.checker.replay import dump
from theorems.checker.shrink import examples, smallest_violation

VERSIONS = registry.versions()
CERTAIN = {id: t for id, t in VERSIONS.items() if isinstance(t.quantifier, Always | Exactly) and not t.deep}
TRUE = [id for id, t in CERTAIN.items() if not t.counterexample and not t.ill_posed and not t.needs]


@pytest.mark.parametrize("id", TRUE)
@given(data=st.data())
def test_no_instance_violates(id, data):
    theorem = VERSIONS[id]
    example = data.draw(examples(theorem))
    note(dump(theorem, example.values, example.instance))
    assert not example.violates, f"{id} is violated by the instance above; save it and run 'theorems replay FILE'"


@pytest.mark.parametrize("id", ["low_rank_jacobian/lemma-6.2"])
def test_a_false_statement_shrinks_to_its_smallest_setting(id):
    small = smallest_violation(VERSIONS[id])
    assert small is not None, f"Hypothesis finds no violation of {id}"
    assert small.values == {"N": 1}, f"the violation of {id} did not shrink to one singular value: {small.values}"
