"""Proof steps and remarks: judged on their own, with their parent's moves unless they bring others."""

from dataclasses import replace
from typing import Any

from theorems.checker.theorem import Theorem


def step(parent: Theorem, *, label: str, title: str, claim: str, **changes: Any) -> Theorem:
    """A step of ``parent``'s proof; its verdict never enters the parent's.

    ``changes`` replace whatever moves, assumptions, conclusions or quantifier differ.
    """
    statement = replace(parent.statement, label=label, title=title, claim=claim, reading="", depends_on=())
    bare = {"steps": (), "controls": (), "counterexample": None, "ill_posed": None}
    light = {"deep": 0, "plots": None, "parent": parent.id}
    return replace(parent, **{"statement": statement, **bare, **light, **changes})
