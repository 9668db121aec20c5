"""The page of one statement: its claim, and the evidence on every version of it."""

import json

from reports.summary import Json
from reports.text import math, named_values, number, percent, table
from theorems.checker.statement import slug
from theorems.checker.verdict import Verdict


def statement_page(versions: list[Json]) -> str:
    """The printed version first, then the corrected, read or relaxed one."""
    printed = versions[0]
    parts = [f"# {printed['label']}: {printed['title']}\n", f"{printed['place']}. Module `{printed['module']}`.\n", math(printed["claim"])]
    if printed["reading"]:
        parts.append(f"*Reading.* {printed['reading']}\n")
    parts += [_version(each) for each in versions]
    if printed["steps"]:
        parts += ["## Proof steps and remarks\n", *(_step(step) for step in printed["steps"])]
    parts.append("[All statements of the paper](README.md)\n")
    return "\n".join(parts)


def _version(each: Json) -> str:
    parts = [f"## {each['version'].capitalize()}: {each['verdict']}\n", f"{Verdict[each['verdict']].value.capitalize()}.\n"]
    if each["reason"]:
        parts.append(f"{each['reason']}\n")
    if each["ill_posed"]:
        parts.append(f"{each['ill_posed']}\n")
    if each["error"]:
        parts.append(f"Error: {each['error']}\n")
    parts += [f"- Witness {w['name']} = {number(w['value'])}: {w['source']}" for w in each["witnesses"]]
    parts.append(_evidence(each))
    parts.append(_clauses(each["clauses"]))
    parts += [_slopes(each["slopes"])] if each["slopes"] else []
    parts += [_picture(each, plot) for plot in each["plots"]]
    if each["counterexample_detail"]:
        parts.append(_counterexample(each))
    if each["control_results"]:
        parts.append(_controls(each))
    parts.append(_settings(each))
    return "\n".join(parts)


def _evidence(each: Json) -> str:
    patience = " It takes minutes; these outcomes are recorded." if each["recorded"] else ""
    return (
        f"\n{each['trials']} trials, {each['failures']} failures, pass rate {percent(each['pass_interval'])}; "
        f"a failure rate of {number(each['detectable_rate'])} would have shown itself. "
        f"Check it: `theorems check {each['id']}`.{patience}\n"
    )


def _clauses(clauses: list[Json]) -> str:
    head = ["clause", "applied", "failures", "worst left/right", "within 1e-9 of equality", "could not fail", "constant needed"]
    shown = ("applied", "failures", "worst_ratio", "close", "vacuous", "needed")
    return table(head, [[f"`{clause['name']}`", *(number(clause[key]) for key in shown)] for clause in clauses])


def _slopes(found: list[Json]) -> str:
    head = ["clause", "along", "growth of the constant needed", "interval (99.9 %)", "allowed", "verdict"]
    rows = [
        [
            f"`{s['clause']}`",
            s["over"],
            number(s["slope"]),
            f"{number(s['low'])} to {number(s['high'])}",
            number(s["allowed"]),
            s["verdict"],
        ]
        for s in found
    ]
    return table(head, rows)


def _picture(each: Json, plot: Json) -> str:
    return f"![{plot['caption']}]({picture_path(each, plot).rpartition('/')[2]})\n\n*{plot['caption']}*\n"


def picture_path(each: Json, plot: Json) -> str:
    """Where a plot's picture lies below the folder of generated pages."""
    return f"{each['paper']}/{slug(each['label'])}-{plot['name']}.svg"


def _counterexample(each: Json) -> str:
    detail = each["counterexample_detail"]
    parts = [f"### Counterexample ({detail['kind']}{', degenerate size' if detail['degenerate'] else ''})\n", f"{detail['account']}\n"]
    parts.append(f"Setting: {named_values(detail['setting'])}.\n")
    if detail["instance"]:
        parts.append("```json\n" + _compact(detail["instance"]) + "\n```\n")
    parts.append(f"`theorems replay {each['counterexample']}` replays it, `theorems certify {each['id']}` certifies it:\n")
    parts.append("```\n" + "\n".join(detail["comparisons"] or ["not certified"]) + "\n```\n")
    return "\n".join(parts)


def _controls(each: Json) -> str:
    owner = "" if each["verdict"] != Verdict.REFUTED.name else " (of the corrected version)"
    rows = [
        [c["name"], f"`{c['breaks']}`", "yes" if c["refuted"] else "NO", f"{c['failures']}/{c['trials']}"] for c in each["control_results"]
    ]
    return f"Changed versions{owner} that the same checker must refute:\n\n" + table(["control", "clause", "refuted", "failures"], rows)


def _settings(each: Json) -> str:
    shown = each["settings"][:40]
    rows = [[named_values(s["setting"]), _verdict(s), f"{s['failures']}/{s['trials']}", number(s["worst_ratio"])] for s in shown]
    rest = len(each["settings"]) - len(shown)
    more = f"\n… and {rest} more settings in `results.json`.\n" if rest else ""
    body = table(["setting", "verdict", "failures", "worst left/right"], rows)
    return f"<details><summary>Settings tried</summary>\n\n{body}{more}\n</details>\n"


def _verdict(setting: Json) -> str:
    """The verdict at a setting; for one that no machine fits, with what it would take."""
    takes = ", ".join(f"{amount} {what}" for what, amount in (setting["takes"] or {}).items())
    return f"{setting['verdict']}: {takes}" if takes else setting["verdict"]


def _step(step: Json) -> str:
    error = f"Error: {step['error']}\n" if step["error"] else ""
    reading = f"*Reading.* {step['reading']}\n" if step["reading"] else ""
    parts = [f"### {step['label']}: {step['title']} — {step['verdict']}\n", math(step["claim"]), reading, error]
    parts += [f"{step['trials']} trials, {step['failures']} failures.\n", _clauses(step["clauses"])]
    parts += [_slopes(step["slopes"])] if step["slopes"] else []
    if step["counterexample_detail"]:
        parts.append(_counterexample(step))
    return "\n".join(part for part in parts if part)


def _compact(instance: Json) -> str:
    return "{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in instance.items()) + "\n}"
