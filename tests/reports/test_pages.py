"""Pages are a pure function of results; committed results are compared with what the code makes."""

import json
from copy import deepcopy

import pytest

from reports import files, produce, summary
from reports.compare import differences
from reports.pages import pages
from reports.text import number, percent, table
from theorems.checker import registry
from theorems.checker.check import check
from theorems.checker.plan import SMOKE
from theorems.checker.statement import slug

FIELDS = {
    "id", "paper", "label", "version", "kind", "verdict", "trials", "failures", "worst_ratio", "controls", "controls_refuted",
    "certified", "counterexample", "module", "steps",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> summary.Json:
    run = produce.open_run(SMOKE, 0, 1, tmp_path_factory.mktemp("records") / "smoke.jsonl")
    chosen = ["low_rank_jacobian/lemma-6.2", "low_rank_jacobian/lemma-6.2@corrected", "low_rank_jacobian/lemma-6.3"]
    return files.results([produce.one(run, registry.find(id)) for id in chosen], "smoke", 0)


def test_every_object_has_the_fields_that_machines_read(results):
    for each in results["statements"]:
        assert set(each) >= FIELDS, f"{each['id']} lacks {FIELDS - set(each)}"


def test_a_false_version_reports_the_controls_of_its_corrected_one(results):
    printed, corrected = results["statements"][:2]
    assert printed["controls"] == corrected["controls"] == corrected["controls_refuted"] > 0


def test_results_are_json_without_nan(results):
    assert json.loads(json.dumps(results, allow_nan=False)) == results


def test_a_page_per_statement_and_per_paper(results):
    written = pages(results)
    assert {"README.md", "low_rank_jacobian/README.md", "low_rank_jacobian/lemma-6.2.md", "low_rank_jacobian/lemma-6.3.md"} <= set(written)


def test_links_between_pages_lead_somewhere(results):
    written = pages(results)
    for each in results["statements"]:
        assert f"{each['paper']}/{slug(each['label'])}.md" in written
    assert "](low_rank_jacobian/lemma-6.2.md)" in written["README.md"]


def test_a_second_run_computes_nothing_again(results, tmp_path, monkeypatch):
    theorem = registry.find("low_rank_jacobian/lemma-6.3")
    first = produce.one(produce.open_run(SMOKE, 0, 1, tmp_path / "r.jsonl"), theorem)
    monkeypatch.setattr("theorems.checker.check.run", lambda *_: pytest.fail("a unit was computed again"))
    assert produce.one(produce.open_run(SMOKE, 0, 1, tmp_path / "r.jsonl"), theorem) == first


def test_pages_do_not_depend_on_the_number_of_workers(results, tmp_path):
    run = produce.open_run(SMOKE, 0, 2, tmp_path / "two.jsonl")
    objects = [produce.one(run, registry.find(each["id"])) for each in results["statements"]]
    assert pages(files.results(objects, "smoke", 0)) == pages(results)


def test_written_pages_are_current_and_a_stale_page_is_noticed(results, tmp_path):
    files.write(results, tmp_path)
    assert files.stale(results, tmp_path) == []
    (tmp_path / "README.md").write_text("old")
    assert "README.md is not rendered from results.json" in files.stale(results, tmp_path)[0]


def changed(results: summary.Json, **fields: object) -> summary.Json:
    other = deepcopy(results)
    other["statements"][2].update(fields)
    return other


@pytest.mark.parametrize("fields", [{"verdict": "REFUTED"}, {"trials": 1}, {"worst_ratio": 0.5}, {"failures": 10**6}])
def test_a_difference_that_no_processor_explains_is_named(results, fields):
    (name,) = fields
    assert any(f".{name}:" in sentence for sentence in differences(results, changed(results, **fields)))


def test_last_digits_may_differ(results):
    ratio = results["statements"][2]["worst_ratio"]
    assert list(differences(results, changed(results, worst_ratio=ratio * (1 + 1e-9)))) == []


def test_failures_may_differ_by_the_trials_close_to_equality(results):
    clause = results["statements"][2]["clauses"][0]
    assert clause["close"] > 0
    assert list(differences(results, changed(results, failures=clause["close"]))) == []
    assert list(differences(results, changed(results, failures=clause["close"] + 1)))


def test_numbers_and_tables():
    assert (number(None), number(3), number(0.123456)) == ("–", "3", "0.1235")
    assert percent([0.99754, 1.0]) == "99.75 to 100.00 %"
    assert table(["a|b"], [["1"]]) == "| a\\|b |\n| --- |\n| 1 |\n"


def test_the_page_of_a_statement_that_no_machine_fits_says_what_it_would_take():
    infeasible = summary.statement(check(registry.find("label_noise/theorem-2.1"), budget=SMOKE), [], [], None)
    page = pages(files.results([infeasible], "smoke", 0))["label_noise/theorem-2.1.md"]
    assert "| INFEASIBLE: 2.6e+51 steps, 1.7e+52 bytes |" in page
