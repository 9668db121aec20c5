"""Records are whole lines: read back as they were, kept through an interruption, and not computed twice."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.checker.known_truths import coin, mean_at_most, nonnegative, norms_compared, some_head
from theorems.checker.check import check
from theorems.checker.record import ClauseOutcome, Outcome, Unit, UnreadableRecord, append, read, to_line

STATEMENTS = [
    norms_compared(0.99),
    norms_compared(1.0, assumptions=nonnegative),
    coin(fails=0.1, claimed=0.2),
    mean_at_most(0.6),
    some_head(0.75),
]


def recorded(path: Path) -> list[Outcome]:
    """The outcomes of a small check, written to ``path`` as they came."""
    return list(check(norms_compared(0.99), progress=partial(append, path)).outcomes)


def by_key(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    return {outcome.unit.key: outcome for outcome in outcomes}


@pytest.mark.parametrize("theorem", STATEMENTS)
def test_outcomes_are_read_back_as_they_were_written(tmp_path, theorem):
    written = check(theorem, progress=partial(append, tmp_path / "record")).outcomes
    assert tuple(read(tmp_path / "record")) == written, f"{theorem.id}: the record holds other outcomes than the check gave"


def test_a_record_in_a_new_folder_is_created(tmp_path):
    written = recorded(tmp_path / "new" / "record")
    assert list(read(tmp_path / "new" / "record")) == written, "the record in a new folder holds something else"


def test_a_file_that_is_missing_holds_no_outcome(tmp_path):
    assert list(read(tmp_path / "none")) == [], "a file that does not exist holds outcomes"


@pytest.mark.parametrize("damage", ["{", "[]", "7", '{"schema": 1}', '{"schema": 0}', "", "text"])
def test_a_damaged_line_is_named_by_its_number(tmp_path, damage):
    path = tmp_path / "record"
    recorded(path)
    whole = path.read_text().splitlines()
    path.write_text("\n".join([whole[0], damage, *whole[1:]]))
    with pytest.raises(UnreadableRecord, match="line 2 is not a whole outcome; delete that line"):
        list(read(path))


def test_a_line_that_was_cut_short_is_named_and_its_predecessors_are_read(tmp_path):
    path = tmp_path / "record"
    written = recorded(path)
    path.write_text(path.read_text()[:-30])
    outcomes = read(path)
    before = [next(outcomes) for _ in written[:-1]]
    assert before == written[:-1], "a cut last line spoils the lines before it"
    with pytest.raises(UnreadableRecord, match=f"line {len(written)} "):
        next(outcomes)


def test_known_outcomes_are_not_computed_again(tmp_path):
    known = by_key(recorded(tmp_path / "record"))
    seen: list[Outcome] = []
    again = check(norms_compared(0.99), known=known, progress=lambda outcomes: iter([seen.append(o) or o for o in outcomes]))
    assert seen == [], f"{len(seen)} known outcomes were computed again"
    assert by_key(again.outcomes) == known, "the check with known outcomes ends with other ones"


def test_only_what_is_missing_is_computed(tmp_path):
    whole = recorded(tmp_path / "record")
    result = check(norms_compared(0.99), known=by_key(whole[1:]), progress=partial(append, tmp_path / "rest"))
    computed = list(read(tmp_path / "rest"))
    assert computed == whole[:1], f"1 outcome was missing, {len(computed)} were computed"
    assert list(result.outcomes) == whole, "completing a record gives other outcomes than a whole run"


def test_an_interrupted_run_keeps_its_whole_lines(tmp_path):
    path = tmp_path / "record"

    def interrupted(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        for number, outcome in enumerate(append(path, outcomes), start=1):
            if number == 2:
                raise KeyboardInterrupt
            yield outcome

    with pytest.raises(KeyboardInterrupt):
        check(norms_compared(0.99), trials=1000, progress=interrupted)
    kept = list(read(path))
    assert len(kept) == 2, f"interrupted after 2 outcomes, the record holds {len(kept)}"
    resumed = check(norms_compared(0.99), trials=1000, known=by_key(kept))
    fresh = check(norms_compared(0.99), trials=1000)
    assert list(map(to_line, resumed.outcomes)) == list(map(to_line, fresh.outcomes)), "a resumed run ends elsewhere than a whole one"


def test_an_error_is_recorded_with_the_place_to_look_at(tmp_path):
    check(norms_compared(1.0, assumptions=nonnegative), progress=partial(append, tmp_path / "record"))
    error = next(read(tmp_path / "record")).error
    assert error is not None, "a broken assumption was recorded without its error"
    absent = [part for part in ("known/theorem-norms", '"n":', "seed 0", "block 0") if part not in error]
    assert not absent, f"the recorded error does not say {absent}: {error}"


def test_clauses_keep_their_order(tmp_path):
    clause = ClauseOutcome(
        applied=1, failures=0, undecided=0, close=0, vacuous=0, worst_ratio=None, worst_trial=0, worst_margin=0.0, needed=None,
        sum_margin=0.0, witness=None,
    )  # fmt: skip
    outcome = Outcome(unit=Unit("known/x", {}, 0, 0, 1), clauses={"z first": clause, "a second": clause})
    list(append(tmp_path / "r.jsonl", [outcome]))
    (found,) = read(tmp_path / "r.jsonl")
    assert list(found.clauses) == ["z first", "a second"], f"the clauses came back as {list(found.clauses)}"
