"""The ledger of a paper: every label it prints, and what became of each."""

import tomllib
from collections import Counter
from dataclasses import dataclass

from theorems.checker.registry import PAPERS, folder

STATES = ("checked", "step", "definition", "informal", "external", "not yet")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One label.

    state:  checked (``by`` which file), step (``of`` which statement), definition, informal, external or not yet
    why:    where nothing is checked, the reason
    """

    label: str
    kind: str
    state: str
    by: str = ""
    of: str = ""
    why: str = ""


def entries(paper: str) -> list[Entry]:
    """The paper's labels in the order in which it prints them."""
    data = tomllib.loads((folder(paper) / "ledger.toml").read_text())
    return [Entry(**entry) for entry in data["label"]]


def counts() -> dict[str, dict[str, int]]:
    """Labels per state, by paper."""
    tallies = {paper: Counter(entry.state for entry in entries(paper)) for paper in PAPERS}
    return {paper: {state: tally[state] for state in STATES if tally[state]} for paper, tally in tallies.items()}
