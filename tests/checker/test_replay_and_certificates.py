"""Stored instances are read back exactly, refused in one sentence, and certified outside float64."""

import json
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq

from tests.checker.known_truths import SUM, Vector, norms_compared, refuted_by
from theorems.checker.certify import Comparison, Uncertified, assumed, certified, concluded
from theorems.checker.replay import Stored, UnreadableInstance, certificate, dump, instance_of, load, replay
from theorems.checker.step import step
from theorems.checker.theorem import version

HALF = norms_compared(0.5)
FILE = {"schema": 1, "id": "known/theorem-norms", "version": "printed", "setting": {"n": 2}, "instance": {"v": ["1/2", "1"]}}
THIRD = fmpq(1, 3)


def stored(tmp_path, **changes):
    """A file with these parts changed; None leaves a part out."""
    content = {name: part for name, part in {**FILE, **changes}.items() if part is not None}
    (tmp_path / "instance.json").write_text(json.dumps(content))
    return tmp_path / "instance.json"


@pytest.mark.parametrize("entry", [0.1, 1 / 3, 1e-300, -2.5e200, 3.0])
def test_a_dumped_instance_is_loaded_to_the_last_bit(tmp_path, entry):
    instance = Vector(v=np.array([[entry, 1.0]]))
    (tmp_path / "instance.json").write_text(dump(HALF, {"n": 2}, instance))
    loaded = instance_of(HALF, load(tmp_path / "instance.json").instance or {})
    assert (loaded.v == instance.v).all(), f"{entry!r} was loaded as {loaded.v[0, 0]!r}"


@pytest.mark.parametrize(
    "theorem",
    [HALF, version(HALF, "corrected", "for the test"), step(HALF, label="Eq 2", title="", claim="")],
    ids=["printed", "version", "step"],
)
def test_a_dumped_instance_names_what_it_belongs_to(tmp_path, theorem):
    (tmp_path / "instance.json").write_text(dump(theorem, {"n": 2}, Vector(v=np.ones((1, 2)))))
    found = load(tmp_path / "instance.json").id
    assert found == theorem.id, f"an instance of {theorem.id} was stored as one of {found}"


def test_integers_stay_integers_and_strings_are_fractions():
    v = instance_of(HALF, {"v": [1, 2]}).v, instance_of(HALF, {"v": ["1/3", "2"]}).v
    assert v[0].dtype.kind == "i", f"the integers 1, 2 were read as {v[0].dtype}"
    assert v[1][0, 0] == float(Fraction(1, 3)), f"'1/3' was read as {v[1][0, 0]}"


@pytest.mark.parametrize("text", ["", "{", '{"schema": 1'])
def test_a_file_that_is_no_json_is_refused(tmp_path, text):
    (tmp_path / "instance.json").write_text(text)
    with pytest.raises(UnreadableInstance, match=r"instance\.json is not JSON"):
        load(tmp_path / "instance.json")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UnreadableInstance, match=r"none\.json cannot be read \(No such file or directory\)"):
        load(tmp_path / "none.json")


@pytest.mark.parametrize("schema", [None, 0, "1"])
def test_another_schema_is_refused(tmp_path, schema):
    with pytest.raises(UnreadableInstance, match="does not have schema 1"):
        load(stored(tmp_path, schema=schema))


@pytest.mark.parametrize("part", ["id", "version", "setting", "instance"])
def test_a_missing_part_is_named(tmp_path, part):
    with pytest.raises(UnreadableInstance, match=f"lacks {part}; give it id, version, setting and instance"):
        load(stored(tmp_path, **{part: None}))


MISFITS = {
    "no array": {},
    "an unknown array": {"v": [1, 2], "w": [1]},
    "a word": {"v": [1, "one"]},
    "a null": {"v": [1, None]},
    "rows of unequal length": {"v": [1, [2]]},
    "a division by zero": {"v": ["1/0", 1]},
    "an integer beyond 64 bits": {"v": [1, 10**30]},
    "a fraction beyond float64": {"v": [1, "1" + "0" * 400]},
    "arrays without names": [[1, 2]],
    "more entries than the setting says": {"v": [1, 2, 3]},
    "a scalar for a vector": {"v": 1},
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_arrays_that_do_not_fit_are_refused_in_one_sentence(tmp_path, misfit):
    with pytest.raises(UnreadableInstance) as refusal:
        replay(HALF, load(stored(tmp_path, instance=MISFITS[misfit])))
    assert "\n" not in str(refusal.value), f"the refusal is no single sentence: {refusal.value}"


def test_a_trial_beyond_its_block_is_refused():
    with pytest.raises(UnreadableInstance, match="trial 200"):
        replay(HALF, Stored(HALF.id, {"n": 2}, None, seed=0, block=0, trial=200))


def test_a_stored_violation_fails_in_float64_and_is_certified(tmp_path):
    theorem = refuted_by(tmp_path / "v.json", [1, 1], HALF)
    failures = replay(theorem, load(tmp_path / "v.json")).failures
    assert failures == 1, "the stored violation does not fail when it is replayed"
    assert [c.name for c in certificate(theorem) if c.certainly_false] == [SUM], f"no certificate that '{SUM}' is violated"


def test_an_instance_that_violates_nothing_has_no_certificate(tmp_path):
    with pytest.raises(Uncertified, match=r"no conclusion is certainly violated: .* <= "):
        certificate(refuted_by(tmp_path / "v.json", [0, 0], HALF))


@pytest.mark.parametrize("third", [THIRD, arb(THIRD)], ids=["rational", "ball"])
def test_a_violation_in_doubt_is_not_certified(third):
    with pytest.raises(Uncertified, match="no conclusion is certainly violated"):
        certified([concluded("1/3 ≤ 1/3", third, third)])


@pytest.mark.parametrize("greater", [fmpq(1, 4), arb(THIRD)], ids=["false", "in doubt"])
def test_a_hypothesis_that_is_not_certain_is_named(greater):
    with pytest.raises(Uncertified, match="the hypothesis is not certainly met: 1/3 ≤ b"):
        certified([assumed("1/3 ≤ b", THIRD, greater), concluded("2 ≤ 1", 2, 1)])


def test_without_a_conclusion_nothing_is_certified():
    with pytest.raises(Uncertified):
        certified([assumed("0 ≤ 1", 0, 1)])


def test_rationals_are_compared_exactly_at_equality():
    equal = Comparison("3 · 1/3 ≤ 1", 3 * THIRD, fmpq(1))
    assert equal.certainly_true, "1 ≤ 1 is not certain in rationals"
    assert not equal.certainly_false, "1 ≤ 1 is certainly false in rationals"


def test_rationals_are_told_apart_where_floats_are_not():
    above = Comparison("1 + 1e-40 ≤ 1", 1 + fmpq(1, 10**40), fmpq(1))
    assert above.certainly_false, "1 + 1e-40 ≤ 1 is not certainly false in rationals"


def test_a_ball_that_holds_both_answers_decides_neither():
    doubtful = Comparison("1/3 ≤ 1/3", arb(THIRD), THIRD)
    decided = (doubtful.certainly_true, doubtful.certainly_false)
    assert decided == (False, False), f"a ball around 1/3 compared with 1/3 gives (true, false) = {decided}"
    assert "?" in str(doubtful), f"a comparison in doubt reads '{doubtful}'"


@pytest.mark.parametrize(("lesser", "relation"), [(fmpq(1), "<="), (fmpq(3), ">"), (arb(1), "<="), (arb(3), ">")])
def test_a_comparison_reads_as_what_is_certain(lesser, relation):
    shown = str(Comparison("x ≤ 2", lesser, fmpq(2)))
    assert f" {relation} 2" in shown, f"{lesser} compared with 2 reads '{shown}'"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(fmpq(1, 3), "1/3"), (fmpq(1, 10**300), "1.00000000000e-300"), (arb(2), "2.00000000000"), (arb(3, 2), "[1.00, 5.00]")],
    ids=["short rational", "long rational", "ball", "wide ball"],
)
def test_numbers_are_shown_as_a_reader_can_use_them(number, shown):
    assert str(concluded("clause", number, 100)) == f"clause: {shown} <= 100"
