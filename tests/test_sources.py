"""What every source file owes its reader."""

import ast
import re
from pathlib import Path

import pytest

from theorems.checker import registry

ROOT = Path(__file__).parents[1]
FILES = [path for room in ("models", "theorems", "reports", "tests") for path in sorted((ROOT / room).rglob("*.py"))]
EVERYTHING = registry.everything()


def test_no_source_has_control_characters():
    """They are what is left of a LaTeX command whose backslash was lost."""
    for path in FILES:
        assert not re.search(r"[\x00-\x09\x0b-\x1f]", path.read_text()), f"{path.relative_to(ROOT)} has control characters"


@pytest.mark.parametrize("id", [id for id, theorem in EVERYTHING.items() if theorem.statement.claim])
def test_claims_are_balanced_latex(id):
    claim = EVERYTHING[id].statement.claim
    plain = claim.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}"), f"the braces of {id} do not match: {claim}"
    left, right = claim.count(r"\left") - claim.count(r"\leftarrow"), claim.count(r"\right") - claim.count(r"\rightarrow")
    assert left == right, f"\\left and \\right of {id} do not match"


def test_modules_say_what_they_are_about():
    for path in FILES:
        if path.name != "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text())), f"{path.relative_to(ROOT)} has no docstring"


@pytest.mark.parametrize("id", registry.versions())
def test_a_statement_says_where_it_stands_and_what_it_claims(id):
    stated = EVERYTHING[id].statement
    assert stated.title, f"{id} has no title"
    assert stated.claim, f"{id} has no claim"
    assert stated.place, f"{id} does not say where the paper prints it"
