"""What the command line says, and how: tables and a progress bar on a terminal, plain lines otherwise."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from reports import summary
from reports.text import number
from theorems.checker.certify import Comparison
from theorems.checker.check import Result, as_expected
from theorems.checker.choose import BadSetting, Named
from theorems.checker.record import Outcome, canonical
from theorems.checker.search import Found
from theorems.checker.theorem import Theorem
from theorems.checker.verdict import Verdict

VIOLATED = 1 + 1e-9  # left/right beyond this is no rounding
OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    OUT.print(text, markup=False)


def complain(text: str) -> None:
    ERR.print(text, markup=False)


def demand_one_of(name: str, value: str | None, allowed: Sequence[str]) -> None:
    """Raises BadSetting naming the values that the option takes."""
    if value is not None and value not in allowed:
        raise BadSetting(f"--{name} {value} is unknown; choose one of {', '.join(allowed)}")


def show_rows(rows: list[dict[str, Any]], as_json: bool) -> None:
    """A list of statements."""
    if as_json:
        say(json.dumps(rows, indent=1, ensure_ascii=False))
    elif OUT.is_terminal:
        OUT.print(_table(["id", "kind", "verdict", "title"], [list(row.values()) for row in rows]))
    else:
        for row in rows:
            say("\t".join(row.values()))


def show_statement(theorem: Theorem, verdict: str | None) -> None:
    """The statement in words of mathematics, and what goes with it."""
    stated = theorem.statement
    say(f"{theorem.id}: {stated.title}\n{stated.place}; {stated.kind}; {type(theorem.quantifier).__name__}\n\n{stated.claim}\n")
    sections = {
        "reading": stated.reading,
        "reason": theorem.reason,
        "ill-posed": theorem.ill_posed or "",
        "rests on": ", ".join(stated.depends_on),
        "witnesses": "; ".join(f"{w.name} = {w.value:g} ({w.source})" for w in theorem.witnesses),
        "steps": ", ".join(f"{step.id} ({step.statement.title})" for step in theorem.steps),
        "controls": "; ".join(control.name for control in theorem.controls),
        "counterexample": theorem.counterexample.account if theorem.counterexample else "",
    }
    for name, text in sections.items():
        if text:
            say(f"{name}: {text}")
    say(f"verdict: {verdict or 'not in the report'}")


def show_result(result: Result, as_json: bool) -> None:
    """A verdict and the clauses it rests on."""
    found = summary.clauses(result)
    if as_json:
        fields = {"id": result.theorem.id, "verdict": result.verdict.name, "as_expected": as_expected(result)}
        counts = {"trials": result.trials, "failures": result.failures, "error": result.error, "clauses": found}
        say(json.dumps(fields | counts, ensure_ascii=False))
        return
    surprise = "" if as_expected(result) else " (not the verdict that its data announce)"
    say(f"{result.theorem.id}  {result.verdict}{surprise}  {result.trials} trials, {result.failures} failures")
    for clause in found:
        place = f"  worst: {canonical(clause['worst_at'])}" if clause["failures"] else ""
        counts = f"{clause['failures']} of {clause['applied']} fail, worst left/right {number(clause['worst_ratio'])}"
        say(f"    {clause['name']}: {counts}{place}")


def show_found(values: Named, found: Found, file: str) -> None:
    """Where a search ended; the instance itself only where it violates the bound."""
    say(f"{canonical(values)}  {found.clause}: left/right {found.ratio:.6g} (sampling alone {found.sampled:.6g})")
    if found.ratio > VIOLATED:
        say(file)


def show_certificate(theorem: Theorem, comparisons: Sequence[Comparison]) -> None:
    """Every comparison of a certificate."""
    say(f"{theorem.id}: certified")
    for comparison in comparisons:
        say(f"    {'hypothesis' if comparison.assumed else 'conclusion'}  {comparison}")


def show_outcome(outcome: Outcome) -> None:
    """The clauses of one trial."""
    say(f"{outcome.unit.id}  {canonical(outcome.unit.setting)}")
    for name, margin in outcome.assumptions.items():
        say(f"    hypothesis  {name}: met, margin {margin:.6g}")
    for name, clause in outcome.clauses.items():
        said = "violated" if clause.failures else "holds"
        say(f"    conclusion  {name}: {said}, left/right {number(clause.worst_ratio)}, margin {clause.worst_margin:.6g}")


def show_differences(sentences: list[str]) -> int:
    """Says each; the exit code."""
    for sentence in sentences:
        complain(sentence)
    say("the committed pages are current" if not sentences else f"{len(sentences)} differences; run 'theorems report' and commit its pages")
    return 1 if sentences else 0


@contextmanager
def progress(total: int) -> Iterator[Callable[[summary.Json], None]]:
    """Tells of each statement as it is done."""
    if not ERR.is_terminal:
        yield lambda each: say(f"{each['id']}  {each['verdict']}  {each['trials']} trials, {_controls(each)}")
        return
    with Progress(console=ERR) as bar:
        task = bar.add_task("judging", total=total)
        yield lambda each: bar.update(task, advance=1, description=f"{each['id']} {Verdict[each['verdict']]}")


def _controls(each: summary.Json) -> str:
    return f"{each['controls_refuted']} of {each['controls']} controls refuted"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    drawn = Table(*head, box=None)
    for row in rows:
        drawn.add_row(*row)
    return drawn
