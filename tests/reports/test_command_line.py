"""The command line answers mistakes with one sentence that names the value and the mend, and with the right exit code."""

import json
from dataclasses import replace

import pytest

from reports import cli, console
from theorems.checker import registry
from theorems.checker.claims import at_least

LEMMA = "low_rank_jacobian/lemma-6.3"
FALSE = "low_rank_jacobian/lemma-6.2"


@pytest.fixture
def theorems(monkeypatch, capsys):
    """Runs a command; returns its exit code and what it said."""

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["theorems", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        said = capsys.readouterr()
        return int(stop.value.code or 0), said.out + said.err

    return run


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["check", "low_rank_jacobian/lemma-6.33"], "there is no statement low_rank_jacobian/lemma-6.33; did you mean"),
        (["check", LEMMA, "--set", "n=9"], "n = 9 is outside its range; choose it from 1 to 6"),
        (["check", LEMMA, "--set", "n=two"], "n = two is not an integer; choose one from 1 to 6"),
        (["check", LEMMA, "--set", "m=2"], "m = 2 names nothing in this setting; its names are: n, p"),
        (["check", LEMMA, "--set", "n"], "--set n is no assignment; write it as name=value"),
        (["check", LEMMA, "--trials", "0"], "--trials"),
        (["list", "--paper", "mine"], "--paper mine is unknown; choose one of low_rank_jacobian"),
        (["list", "--verdict", "TRUE"], "--verdict TRUE is unknown; choose one of ERROR"),
        (["certify", LEMMA], "has no stored counterexample"),
        (["replay", "nowhere.json"], "nowhere.json cannot be read"),
        (["report", "--budget", "lavish"], "--budget lavish is unknown; choose one of smoke, default, deep"),
        (["prove", LEMMA], "prove"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(theorems, words, sentence):
    code, said = theorems(*words)
    assert (code, sentence in said) == (2, True), f"exit code {code}, said: {said}"


def test_a_verdict_as_announced_exits_with_0(theorems):
    code, said = theorems("check", FALSE, "--trials", "50")
    assert code == 0, said
    assert "lemma-6.2  REFUTED" in said
    assert "lemma-6.2@corrected  SUPPORTED" in said


def test_a_verdict_that_differs_exits_with_1(theorems, monkeypatch):
    surprising = replace(registry.find(FALSE), counterexample=None)
    monkeypatch.setattr(cli, "family", lambda _id: [surprising])
    code, said = theorems("check", FALSE)
    assert code == 1, said
    assert "not the verdict that its data announce" in said


def test_a_broken_generator_exits_with_3_and_names_the_assumption(theorems, monkeypatch):
    broken = replace(registry.find(LEMMA), assumptions=lambda _s, x: [at_least("β ≥ 10⁹", x.beta, 1e9)])
    monkeypatch.setattr(cli, "family", lambda _id: [broken])
    code, said = theorems("check", LEMMA)
    assert code == 3, said
    assert "the generator broke the assumption 'β ≥ 10⁹' on trial" in said


def test_an_interrupted_check_says_what_it_had_found_and_exits_with_130(theorems, monkeypatch):
    def interrupted(done):
        def passed(outcomes):
            for outcome in outcomes:
                done.append(outcome)
                raise KeyboardInterrupt
            yield

        return passed

    monkeypatch.setattr(cli, "collecting", interrupted)
    code, said = theorems("check", LEMMA)
    assert code == 130, said
    assert f"{LEMMA}  SUPPORTED  1000 trials" in said


def test_a_damaged_record_is_named_with_its_line_and_kept(theorems, tmp_path):
    record = tmp_path / "record.jsonl"
    record.write_text('{"schema": 1, "unit"')
    code, said = theorems("report", "--budget", "smoke", "--records", str(record), "--out", str(tmp_path / "pages"))
    assert code == 2, said
    assert f"{record}, line 1 is not a whole outcome; delete that line" in said
    assert record.read_text() == '{"schema": 1, "unit"'


def test_check_as_json_has_the_verdict_and_its_clauses(theorems):
    code, said = theorems("check", f"{FALSE}@corrected", "--json", "--trials", "10")
    found = json.loads(said)
    assert (code, found["verdict"], found["trials"]) == (0, "SUPPORTED", 10)
    assert len(found["clauses"]) == 3


def test_replay_shows_the_violated_clause(theorems):
    file = registry.folder("low_rank_jacobian") / "lemma_6_2_counterexample.json"
    code, said = theorems("replay", str(file))
    assert code == 0, said
    assert "violated" in said


def test_certify_shows_hypotheses_and_the_violation(theorems):
    code, said = theorems("certify", FALSE)
    assert code == 0, said
    assert "hypothesis  Γ > 0" in said


def test_show_gives_claim_reading_and_controls(theorems):
    code, said = theorems("show", LEMMA)
    assert code == 0, said
    assert "step size of the section" in said


def test_list_filters_by_kind_and_prints_json(theorems):
    code, said = theorems("list", "--kind", "deterministic", "--paper", "low_rank_jacobian", "--json")
    assert code == 0, said
    assert {row["kind"] for row in json.loads(said)} == {"deterministic"}


def test_search_reports_what_sampling_alone_had_met(theorems):
    code, said = theorems("search", LEMMA, "--set", "n=1", "--set", "p=1")
    assert code == 0, said
    assert "sampling alone" in said


def test_plain_lines_where_there_is_no_terminal(capsys):
    with console.progress(1) as said:
        said({"id": "a/b", "verdict": "SUPPORTED", "trials": 3, "controls": 2, "controls_refuted": 2})
    assert capsys.readouterr().out == "a/b  SUPPORTED  3 trials, 2 of 2 controls refuted\n"
