"""Every statement of the catalogue comes out as its own data announce, and its checker can fail."""

import pytest

from theorems.checker import registry
from theorems.checker.changes import refutes
from theorems.checker.check import as_expected, check, expected
from theorems.checker.plan import SMOKE
from theorems.checker.verdict import Verdict

VERSIONS = registry.versions()
CONTROLS = {f"{id}: {control.name}": (theorem, control) for id, theorem in VERSIONS.items() for control in theorem.controls}
STEPS = {step.id: step for theorem in VERSIONS.values() for step in theorem.steps}


@pytest.mark.parametrize("id", VERSIONS)
def test_verdict_is_the_one_announced(id):
    result = check(VERSIONS[id], budget=SMOKE)
    announced = " or ".join(str(verdict) for verdict in expected(result))
    assert as_expected(result), f"{id} came out {result.verdict}, its data announce {announced}. {result.error or ''}"


@pytest.mark.parametrize("id", STEPS)
def test_step_is_judged_without_error(id):
    result = check(STEPS[id], budget=SMOKE)
    assert result.verdict is not Verdict.ERROR, f"{id}: {result.error}"


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
def test_what_is_false_as_printed_has_a_supported_correction(id):
    corrected = VERSIONS.get(f"{id}@corrected")
    assert corrected is not None, f"{id} is false as printed and has no corrected version"
    assert check(corrected, budget=SMOKE).verdict is Verdict.SUPPORTED, f"the corrected version of {id} is not supported"


@pytest.mark.parametrize("id", [id for id, theorem in VERSIONS.items() if theorem.version != "printed"])
def test_other_versions_give_their_reason(id):
    assert len(VERSIONS[id].reason) > 40, f"{id} does not say what was changed and why"
