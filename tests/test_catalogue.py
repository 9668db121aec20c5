"""Every statement of the catalogue comes out as its own data announce, and its checker can fail."""

import pytest

from reports import produce
from theorems.checker import registry
from theorems.checker.changes import refutes
from theorems.checker.check import as_expected, check, expected
from theorems.checker.plan import SMOKE
from theorems.checker.verdict import Verdict

VERSIONS = registry.versions()
CONTROLS = {f"{id}: {control.name}": (theorem, control) for id, theorem in VERSIONS.items() for control in theorem.controls}
STEPS = {step.id: step for theorem in VERSIONS.values() for step in theorem.steps}


def judged(theorem, folder):
    """At the smallest budget; what is too slow for it comes from the committed records."""
    return produce.open_run(SMOKE, 0, 1, folder / "records.jsonl").judged(theorem)


@pytest.mark.parametrize("id", VERSIONS)
def test_verdict_is_the_one_announced(id, tmp_path):
    result = judged(VERSIONS[id], tmp_path)
    announced = " or ".join(str(verdict) for verdict in expected(result))
    assert as_expected(result), f"{id} came out {result.verdict}, its data announce {announced}. {result.error or ''}"


@pytest.mark.parametrize("id", STEPS)
def test_step_is_judged_as_announced(id, tmp_path):
    result = judged(STEPS[id], tmp_path)
    assert as_expected(result), f"{id} came out {result.verdict}. {result.error or ''}"


@pytest.mark.parametrize("name", CONTROLS)
def test_control_is_refuted(name):
    theorem, control = CONTROLS[name]
    result = check(control.change(theorem), budget=SMOKE)
    if not refutes(result, control.breaks):
        result = check(control.change(theorem))
    assert refutes(result, control.breaks), (
        f"the checker of {theorem.id} does not notice '{control.name}': {result.verdict} {result.error or ''}"
    )


@pytest.mark.parametrize("id", VERSIONS)
def test_statement_has_controls(id):
    theorem = VERSIONS[id]
    others = [other for other in VERSIONS.values() if other.statement.id == theorem.statement.id]
    assert any(len(other.controls) >= 3 for other in others), f"{theorem.statement.id} has fewer than three controls"


@pytest.mark.parametrize("id", [id for id, theorem in VERSIONS.items() if theorem.counterexample])
def test_what_is_false_as_printed_has_a_supported_correction(id, tmp_path):
    corrected = VERSIONS.get(f"{id}@corrected")
    assert corrected is not None, f"{id} is false as printed and has no corrected version"
    assert judged(corrected, tmp_path).verdict is Verdict.SUPPORTED, f"the corrected version of {id} is not supported"


@pytest.mark.parametrize("id", [id for id, theorem in VERSIONS.items() if theorem.version != "printed"])
def test_other_versions_give_their_reason(id):
    assert len(VERSIONS[id].reason) > 40, f"{id} does not say what was changed and why"
