"""The ``theorems`` command. Exit codes: 0 as expected, 1 a verdict differs, 2 usage or an unreadable file, 3 a generator
broke an assumption, 130 interrupted."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from reports import console, files, produce, slow
from theorems.checker import registry
from theorems.checker.certify import Uncertified
from theorems.checker.check import Progress, Result, as_expected, check, judge
from theorems.checker.choose import BadSetting, Value
from theorems.checker.plan import BUDGETS, SMOKE, settings
from theorems.checker.play import BrokenAssumption
from theorems.checker.record import Outcome, UnreadableRecord, canonical
from theorems.checker.registry import UnknownStatement
from theorems.checker.replay import UnreadableInstance, certificate, dump, load, replay
from theorems.checker.search import Unsearchable, search
from theorems.checker.shrink import smallest_violation
from theorems.checker.theorem import Theorem
from theorems.checker.verdict import Verdict

app = typer.Typer(help="Checks theorems of machine-learning theory.", no_args_is_help=True, add_completion=False)

Ids = Annotated[list[str], typer.Argument(help="ids such as low_rank_jacobian/lemma-6.3")]
Id = Annotated[str, typer.Argument(help="an id such as low_rank_jacobian/lemma-6.3")]
Set = Annotated[list[str] | None, typer.Option("--set", help="name=value of the setting to hold fixed; repeatable")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
Seed = Annotated[int, typer.Option(help="the root of all seeds", min=0)]
Jobs = Annotated[int, typer.Option(help="worker processes; results do not depend on it", min=1)]

INTERRUPTED = 130
USAGE = (BadSetting, UnknownStatement, UnreadableRecord, UnreadableInstance, Unsearchable, files.Unwritten, slow.Unrecorded)


def main() -> None:
    """Runs the command line; every foreseeable mistake ends in one sentence and its exit code."""
    try:
        code = app(standalone_mode=False)  # Typer turns an interrupt into this code
    except TyperException as misuse:
        console.complain(f"{misuse.format_message()}\n'theorems --help' lists the commands and their options")
        sys.exit(2)
    except USAGE as mistake:
        console.complain(str(mistake))
        sys.exit(2)
    except BrokenAssumption as bug:
        console.complain(str(bug))
        sys.exit(3)
    if code == INTERRUPTED:
        console.complain("interrupted; what was found so far is above, and 'theorems report' goes on from its records")
    sys.exit(code)


@app.command("list")
def list_(
    paper: Annotated[str | None, typer.Option(help="only this paper")] = None,
    kind: Annotated[str | None, typer.Option(help="only this kind, for instance deterministic")] = None,
    verdict: Annotated[str | None, typer.Option(help="only this verdict of the last report")] = None,
    as_json: AsJson = False,
) -> None:
    """Every statement and version, with the verdict of the last report."""
    console.demand_one_of("paper", paper, registry.PAPERS)
    console.demand_one_of("verdict", verdict, [v.name for v in Verdict])
    known = files.verdicts()
    rows = [
        {"id": t.id, "kind": t.statement.kind, "verdict": known.get(t.id, "not in the report"), "title": t.statement.title}
        for t in registry.versions().values()
    ]
    console.demand_one_of("kind", kind, sorted({row["kind"] for row in rows}))
    wanted = [
        row
        for row in rows
        if (paper is None or row["id"].startswith(f"{paper}/")) and kind in (None, row["kind"]) and verdict in (None, row["verdict"])
    ]
    console.show_rows(wanted, as_json)


@app.command()
def show(id: Id) -> None:
    """One statement: its claim, how it was read, its steps and controls, its verdict in the last report."""
    console.show_statement(registry.find(id), files.verdicts().get(id))


@app.command("check")
def check_(
    ids: Ids,
    set_: Set = None,
    trials: Annotated[int | None, typer.Option(help="trials over all settings; by default one block for each", min=1)] = None,
    seed: Seed = 0,
    jobs: Jobs = 1,
    as_json: AsJson = False,
) -> None:
    """Judges statements, each with all its versions and steps."""
    members = [member for id in ids for member in family(id)]
    pinned = parsed(set_ or [])
    results: list[Result] = []
    for member in members:
        done: list[Outcome] = []
        try:
            results.append(check(member, trials=trials, seed=seed, jobs=jobs, pinned=pinned, progress=collecting(done)))
        except KeyboardInterrupt:
            console.show_result(so_far(member, done), as_json)
            raise
        console.show_result(results[-1], as_json)
    leave(results)


@app.command("search")
def search_(id: Id, set_: Set = None, seed: Seed = 0) -> None:
    """Drives left/right of a bound up at every setting of the smallest plan, then shrinks a violation if there is one."""
    theorem, violated = registry.find(id), False
    for values in settings(theorem, SMOKE, seed, parsed(set_ or [])):
        found = search(theorem, values, seed=seed)
        console.show_found(values, found, dump(theorem, values, found.instance))
        violated = violated or found.ratio > console.VIOLATED
    small = smallest_violation(theorem) if violated else None
    if small:
        console.say(f"smallest violation found, for 'theorems replay':\n{dump(theorem, small.values, small.instance)}")


@app.command()
def certify(id: Annotated[str | None, typer.Argument(help="one id; all counterexamples without")] = None) -> None:
    """Certifies stored counterexamples in rational or ball arithmetic."""
    theorems = [registry.find(id)] if id else [t for t in registry.everything().values() if t.counterexample]
    doubtful = 0
    for theorem in theorems:
        if theorem.counterexample is None:
            raise BadSetting(f"{theorem.id} has no stored counterexample; 'theorems list --verdict REFUTED' shows those that have")
        try:
            console.show_certificate(theorem, certificate(theorem))
        except Uncertified as doubt:
            doubtful += 1
            console.complain(f"{theorem.id}: {doubt}")
    raise typer.Exit(1 if doubtful else 0)


@app.command("replay")
def replay_(file: Annotated[Path, typer.Argument(help="an instance file")]) -> None:
    """Replays a stored instance in float64 and shows every clause."""
    stored = load(file)
    console.show_outcome(replay(registry.find(stored.id), stored))


@app.command()
def report(
    budget: Annotated[str, typer.Option(help="smoke, default or deep")] = "default",
    records: Annotated[Path | None, typer.Option(help="where outcomes are kept; complete units in it are not computed again")] = None,
    out: Annotated[Path, typer.Option(help="folder of the generated pages")] = files.GENERATED,
    seed: Seed = 0,
    jobs: Jobs = 1,
    compare: Annotated[bool, typer.Option("--compare", help="write nothing; say where the committed pages differ")] = False,
) -> None:
    """Judges the whole catalogue and writes its pages."""
    console.demand_one_of("budget", budget, list(BUDGETS))
    run = produce.open_run(BUDGETS[budget], seed, jobs, records or slow.RECORDS / f"{budget}.jsonl")
    with console.progress(len(registry.versions())) as said:
        objects = produce.catalogue(run, said)
    results = files.results(objects, budget, seed)
    if compare:
        raise typer.Exit(console.show_differences(files.stale(results, out)))
    files.write(results, out)
    if out == files.GENERATED and files.README.exists():
        files.write_readme(results, files.README)
    console.say(f"{len(objects)} versions of statements judged; the pages are in {out}")
    raise typer.Exit(0 if all(files.sound(each) for each in objects) else 1)


@app.command("record")
def record_(id: Annotated[str | None, typer.Argument(help="one id; all slow statements without")] = None, jobs: Jobs = 1) -> None:
    """Plays what is too slow for a report, which may take minutes, and keeps its outcomes and the numbers of its plots."""
    theorems = [registry.find(id)] if id else [t for t in registry.everything().values() if t.deep or t.plots]
    for theorem in theorems:
        if not (theorem.deep or theorem.plots):
            raise BadSetting(f"{theorem.id} is fast and has no plots; 'theorems check {theorem.id}' plays it")
        for path in slow.compute(theorem, produce.fingerprint(), jobs):
            console.say(f"{theorem.id}: {path}")


def family(id: str) -> list[Theorem]:
    """A printed statement stands for all its versions and steps, any other id for itself."""
    theorem = registry.find(id)
    if theorem.version != "printed" or theorem.parent:
        return [theorem]
    versions = [other for other in registry.versions().values() if other.statement.id == theorem.statement.id]
    return [member for version in versions for member in (version, *version.steps)]


def collecting(done: list[Outcome]) -> Progress:
    """Passes outcomes on and keeps them, so that an interrupted check can still say what it had found."""

    def passed(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        for outcome in outcomes:
            done.append(outcome)
            yield outcome

    return passed


def so_far(theorem: Theorem, done: list[Outcome]) -> Result:
    """The verdict of an interrupted check on the units that it had finished."""
    tried = {canonical(outcome.unit.setting): outcome.unit.setting for outcome in done}
    return judge(theorem, list(tried.values()), done)


def parsed(assignments: list[str]) -> dict[str, Value]:
    """``name=value`` as numbers where they are numbers.

    Raises BadSetting where the equals sign is missing.
    """
    values: dict[str, Value] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise BadSetting(f"--set {assignment} is no assignment; write it as name=value")
        values[name] = _number(text)
    return values


def _number(text: str) -> Value:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, int | float) and not isinstance(value, bool) else text


def leave(results: list[Result]) -> None:
    """Ends the command with the exit code of the gravest result."""
    broken = [result for result in results if result.verdict is Verdict.ERROR]
    if broken:
        raise BrokenAssumption(broken[0].error)
    raise typer.Exit(0 if all(as_expected(result) for result in results) else 1)
