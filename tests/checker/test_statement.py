"""Labels become ids, and no two labels of a paper share one."""

import tomllib
from collections import Counter
from dataclasses import replace

import pytest

from tests.checker.known_truths import norms_compared, statement
from theorems.checker.registry import PAPERS, folder
from theorems.checker.statement import SPELLED_OUT, slug
from theorems.checker.step import step
from theorems.checker.theorem import version


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("Thm 9.2", "theorem-9.2"),
        ("Lem G.3", "lemma-g.3"),
        ("Eqs 12-14", "eqs-12-14"),
        ("Sec 4.1-k", "section-4.1-k"),
        ("Def  RS", "definition-rs"),
        ("Cor 6.6 (ii)", "corollary-6.6-ii"),
    ],
)
def test_a_label_becomes_a_slug(label, wanted):
    assert slug(label) == wanted, f"slug({label!r}) is {slug(label)!r}, but should be {wanted!r}"


@pytest.mark.parametrize(("short", "spelled"), SPELLED_OUT.items())
def test_abbreviations_are_spelled_out_only_as_whole_words(short, spelled):
    assert slug(f"{short.title()} 1") == f"{spelled}-1", f"{short!r} is not spelled out"
    assert slug(f"{short}x 1") == f"{short}x-1", f"a word that begins with {short!r} was taken for it"


def test_a_slug_is_its_own_slug():
    assert slug(slug("Eqs 12-14, Lem 6.3")) == slug("Eqs 12-14, Lem 6.3"), "slugging twice changes the slug"


def test_an_id_is_paper_and_slug():
    assert statement("Thm 9.2").id == "known/theorem-9.2", f"the id is {statement('Thm 9.2').id}"


def test_versions_and_steps_extend_the_id_of_their_statement():
    printed = norms_compared(1.0)
    corrected = version(printed, "corrected", "for the test")
    proof = step(corrected, label="Eqs 12-14", title="", claim="")
    ids = [printed.id, corrected.id, proof.id]
    assert ids == ["known/theorem-norms", "known/theorem-norms@corrected", "known/theorem-norms@corrected#eqs-12-14"], ids


def test_a_version_drops_what_belongs_to_the_printed_one():
    corrected = version(replace(norms_compared(1.0), ill_posed="for the test"), "corrected", "for the test")
    kept = (corrected.counterexample, corrected.ill_posed, corrected.steps)
    assert kept == (None, None, ()), f"the corrected version kept {kept} of the printed one"


@pytest.mark.parametrize("paper", PAPERS)
def test_no_two_labels_of_a_ledger_share_an_id(paper):
    ledger = tomllib.loads((folder(paper) / "ledger.toml").read_text())
    counts = Counter(slug(entry["label"]) for entry in ledger["label"])
    shared = [name for name, count in counts.items() if count > 1]
    assert not shared, f"{paper}: several labels of the ledger have the id {shared}"


@pytest.mark.parametrize("paper", PAPERS)
def test_every_ledger_names_its_own_folder(paper):
    ledger = tomllib.loads((folder(paper) / "ledger.toml").read_text())
    assert ledger["paper"] == paper, f"the ledger in the folder {paper} says that it is of {ledger['paper']}"
