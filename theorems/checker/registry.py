"""Finds the statements: every module of a paper's folder that exports ``PRINTED``, with its other versions, steps, controls."""

import importlib
import pkgutil
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from theorems.checker.theorem import Control, Theorem

PAPERS = ("low_rank_jacobian", "early_stopping", "feature_amplification", "label_noise", "crust")
VERSIONS = ("PRINTED", "CORRECTED", "READING", "RELAXED")


class UnknownStatement(LookupError):
    """An id that names no statement; the message suggests the nearest."""


def folder(paper: str) -> Path:
    """The folder of a paper's statements."""
    return Path(__file__).parents[1] / paper


@cache
def versions() -> dict[str, Theorem]:
    """Every version of every statement by its id, in the order of papers, then files."""
    return {theorem.id: theorem for paper in PAPERS for module in _modules(paper) for theorem in _exported(module)}


@cache
def everything() -> dict[str, Theorem]:
    """Versions, their steps and their controls by id."""
    return {member.id: member for theorem in versions().values() for member in (theorem, *theorem.steps, *_controls(theorem))}


def module_of(theorem: Theorem) -> str:
    """The module that exports the statement: ``theorems.low_rank_jacobian.lemma_6_3_asymmetric_psd_increase``"""
    return _homes()[theorem.statement.id]


def find(id: str) -> Theorem:
    """The statement, version, step or control with this id.

    Raises UnknownStatement, naming the nearest id.
    """
    if id in everything():
        return everything()[id]
    near = get_close_matches(id, everything(), n=1, cutoff=0.3)
    hint = f"did you mean {near[0]}?" if near else "'theorems list' shows them all"
    raise UnknownStatement(f"there is no statement {id}; {hint}")


def controlled(theorem: Theorem, control: Control) -> Theorem:
    """The changed version that a control of this theorem asks for."""
    return everything()[control.change(theorem).id]


def _controls(theorem: Theorem) -> list[Theorem]:
    return [control.change(theorem) for control in theorem.controls]


@cache
def _homes() -> dict[str, str]:
    return {theorem.statement.id: module for paper in PAPERS for module in _modules(paper) for theorem in _exported(module)}


def _modules(paper: str) -> list[str]:
    names = sorted(info.name for info in pkgutil.iter_modules([str(folder(paper))]) if not info.name.startswith("_"))
    return [f"theorems.{paper}.{name}" for name in names]


def _exported(module: str) -> Iterator[Theorem]:
    exports = vars(importlib.import_module(module))
    return (exports[name] for name in VERSIONS if name in exports)
