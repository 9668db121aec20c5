"""The ledger and the files account for each other, in both directions."""

from pathlib import Path

import pytest

from theorems.checker import ledger, registry
from theorems.checker.statement import slug

KINDS = {"deterministic", "probability", "expectation", "asymptotic", "existential", "definition", "algorithm", "experiment", "informal"}
LABELS = {"low_rank_jacobian": 72, "early_stopping": 85, "feature_amplification": 106, "label_noise": 69, "crust": 67}


@pytest.mark.parametrize("paper", registry.PAPERS)
def test_every_label_of_the_paper_is_accounted_for_once(paper):
    labels = [entry.label for entry in ledger.entries(paper)]
    assert len(labels) == len(set(labels)) == LABELS[paper], f"{paper} prints {LABELS[paper]} labels, its ledger has {len(labels)}"


@pytest.mark.parametrize("paper", registry.PAPERS)
def test_ids_of_a_paper_are_unique(paper):
    ids = [slug(entry.label) for entry in ledger.entries(paper)]
    twice = {id for id in ids if ids.count(id) > 1}
    assert not twice, f"{paper}: several labels have the id {twice}"


@pytest.mark.parametrize("paper", registry.PAPERS)
def test_states_and_kinds_are_known_and_unchecked_labels_say_why(paper):
    for entry in ledger.entries(paper):
        assert entry.state in ledger.STATES, f"{paper} {entry.label}: the state '{entry.state}' is unknown"
        assert entry.kind in KINDS, f"{paper} {entry.label}: the kind '{entry.kind}' is unknown"
        checked = entry.state in ("checked", "step")
        assert bool(entry.why) != checked, f"{paper} {entry.label} is {entry.state}: a reason is given exactly where nothing is checked"


@pytest.mark.parametrize("paper", registry.PAPERS)
def test_checked_labels_are_the_statements_with_a_file(paper):
    promised = {entry.label: entry.by for entry in ledger.entries(paper) if entry.state == "checked"}
    printed = [t for t in registry.versions().values() if t.statement.paper == paper and t.version == "printed"]
    found = {t.statement.label: registry.module_of(t).rpartition(".")[2] + ".py" for t in printed}
    assert found == promised, f"{paper}: files and ledger disagree on {set(found.items()) ^ set(promised.items())}"


@pytest.mark.parametrize("paper", registry.PAPERS)
def test_step_labels_are_the_steps_of_the_statement_that_they_name(paper):
    promised = {(entry.label, entry.of) for entry in ledger.entries(paper) if entry.state == "step"}
    labels = {entry.label for entry in ledger.entries(paper)}
    printed = [t for t in registry.versions().values() if t.statement.paper == paper]
    found = {(step.statement.label, t.statement.label) for t in printed for step in t.steps if step.statement.label in labels}
    assert found == promised, f"{paper}: steps and ledger disagree on {found ^ promised}"


def test_steps_outside_the_ledger_carry_their_statements_label():
    for theorem in registry.versions().values():
        labels = {entry.label for entry in ledger.entries(theorem.statement.paper)}
        for step in theorem.steps:
            label = step.statement.label
            assert label in labels or label.startswith(theorem.statement.label), f"{step.id}: nobody knows the label {label}"


def test_every_statement_file_exports_a_printed_version():
    for paper in registry.PAPERS:
        files = {path.name for path in registry.folder(paper).glob("*.py") if not path.name.startswith("_")}
        exported = {registry.module_of(t).rpartition(".")[2] + ".py" for t in registry.versions().values() if t.statement.paper == paper}
        assert files == exported, f"{paper}: {files - exported} export no statement"


def test_counterexample_files_belong_to_a_statement():
    linked = {t.counterexample.file for t in registry.versions().values() if t.counterexample}
    stored = {path for paper in registry.PAPERS for path in Path(registry.folder(paper)).glob("*.json")}
    assert linked <= stored, f"linked counterexamples that are not stored: {linked - stored}"
