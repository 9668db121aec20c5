"""The Markdown pages: a pure function of ``results.json``. No dates, timings or machine paths."""

from collections import Counter

from reports.statement_page import statement_page
from reports.summary import Json
from reports.text import number, percent, table
from theorems.checker.statement import slug
from theorems.checker.verdict import REFUTES, Verdict

PAPERS = {
    "low_rank_jacobian": "Generalization guarantees for neural nets via harnessing the low-rankness of the Jacobian",
    "early_stopping": "Gradient descent with early stopping is provably robust to label noise",
    "feature_amplification": "Random feature amplification: feature learning and generalization in neural networks",
    "label_noise": "Shape matters: understanding the implicit bias of the noise covariance",
    "crust": "Coresets for robust training of neural networks against noisy labels",
}


def pages(results: Json) -> dict[str, str]:
    """The text of every page by its path below the folder of generated pages."""
    objects: list[Json] = results["statements"]
    texts = {"README.md": overview(results)}
    for paper in PAPERS:
        of_paper = [each for each in objects if each["paper"] == paper]
        texts[f"{paper}/README.md"] = paper_page(paper, of_paper, results["ledger"][paper])
        for printed in (each for each in of_paper if each["version"] == "printed"):
            versions = [each for each in of_paper if each["label"] == printed["label"]]
            texts[f"{paper}/{slug(printed['label'])}.md"] = statement_page(versions)
    return texts


def overview(results: Json) -> str:
    """Totals, what is false, what is undecided, what chance could have done."""
    objects: list[Json] = results["statements"]
    return "\n".join(
        [
            "# Report\n",
            "What became of every statement judged so far. Each verdict follows from its trials, laws and certificates.\n",
            "## Totals\n",
            totals(objects),
            "## Statements\n",
            verdicts_table(objects),
            "## False as printed\n",
            _false(objects),
            "## Undecided\n",
            _undecided(objects),
            "## How often chance could have misled\n",
            _false_alarms(objects),
            "## What is not judged yet\n",
            _coverage(results["ledger"]),
        ]
    )


def totals(objects: list[Json]) -> str:
    """Printed statements by paper and verdict."""
    printed = [each for each in objects if each["version"] == "printed"]
    met = [verdict.name for verdict in Verdict if any(each["verdict"] == verdict.name for each in printed)]
    counts = {paper: Counter(each["verdict"] for each in printed if each["paper"] == paper) for paper in PAPERS}
    rows = [[f"[{paper}]({paper}/README.md)", *(str(counts[paper][name]) for name in met), str(counts[paper].total())] for paper in PAPERS]
    rows.append(["all", *(str(sum(counts[paper][name] for paper in PAPERS)) for name in met), str(len(printed))])
    return table(["paper", *met, "statements"], rows)


def verdicts_table(objects: list[Json]) -> str:
    """One row per printed statement: what it says, its verdict, and how the corrected version fared."""
    printed = [each for each in objects if each["version"] == "printed"]
    return table(["statement", "what it says", "as printed", "in another version"], [_verdict_row(each, objects) for each in printed])


def paper_page(paper: str, objects: list[Json], ledger: dict[str, int]) -> str:
    """A row per statement and version."""
    head = ["statement", "version", "verdict", "pass rate (95 %)", "worst left/right", "detectable failure rate", "controls refuted"]
    accounted = ", ".join(f"{count} {state}" for state, count in ledger.items())
    rows = [_row(each) for each in objects]
    return f"# {PAPERS[paper]}\n\n{table(head, rows)}\nLabels of the paper: {accounted}.\n\n[All papers](../README.md)\n"


def _row(each: Json) -> list[str]:
    return [
        f"[{each['label']}]({slug(each['label'])}.md) {each['title']}",
        each["version"],
        f"**{each['verdict']}**",
        f"{each['trials'] - each['failures']}/{each['trials']}; {percent(each['pass_interval'])}",
        number(each["worst_ratio"]),
        number(each["detectable_rate"]),
        f"{each['controls_refuted']} of {each['controls']}",
    ]


def _verdict_row(each: Json, objects: list[Json]) -> list[str]:
    others = [o for o in objects if o["paper"] == each["paper"] and o["label"] == each["label"] and o["version"] != "printed"]
    name = f"[{each['paper']} {each['label']}]({each['paper']}/{slug(each['label'])}.md)"
    return [name, each["title"], each["verdict"], ", ".join(f"{o['version']}: {o['verdict']}" for o in others) or "–"]


def _false(objects: list[Json]) -> str:
    found = [each for each in objects if each["version"] == "printed" and each["verdict"] == "REFUTED"]
    lines = [f"- {_link(each)}: {each['title']}. Certified: {each['certified'] or 'none'}. {_account(each)}" for each in found]
    return "\n".join(lines or ["None."]) + "\n"


def _undecided(objects: list[Json]) -> str:
    found = [each for each in objects if each["verdict"] == "UNDECIDED"]
    lines = [
        f"- {_link(each)}: detectable rate {number(each['detectable_rate'])}; decided by {number(each['deciding_trials'])} trials"
        for each in found
    ]
    return "\n".join(lines or ["None."]) + "\n"


def _false_alarms(objects: list[Json]) -> str:
    chance = sum(len(each["settings"]) for each in objects if each["quantifier"] in ("WithProbability", "InExpectation"))
    bound = number(chance * REFUTES**2)
    return (
        "A deterministic claim is refuted only beyond its declared rounding, an exact law only by its enclosure: chance has no part "
        f"in either. A claim about chance is refuted where as many failures have probability below {REFUTES:g} in a first run and "
        f"again with other seeds. Settings judged so: {chance}; the chance of one false REFUTED over the whole catalogue is at most "
        f"{bound}.\n"
    )


def _coverage(ledger: dict[str, dict[str, int]]) -> str:
    states = sorted({state for counts in ledger.values() for state in counts})
    rows = [[paper, *(str(ledger[paper].get(state, 0)) for state in states)] for paper in PAPERS]
    return table(["paper", *states], rows)


def _account(each: Json) -> str:
    detail = each["counterexample_detail"]
    return detail["account"] if detail else ""


def _link(each: Json) -> str:
    return f"[{each['id']}]({each['paper']}/{slug(each['label'])}.md)"
