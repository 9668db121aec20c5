"""Imports point one way: models <- theorems/<paper> -> theorems/checker, reports -> theorems, tests -> all."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from theorems.checker.registry import PAPERS

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "models": ("models",),
    "theorems/checker": ("theorems.checker",),
    **{f"theorems/{paper}": ("models", "theorems.checker", f"theorems.{paper}") for paper in PAPERS},
    "reports": ("theorems.checker", "reports"),
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_from_the_rooms_below_it(room):
    for path in sorted((ROOT / room).glob("*.py")):
        for module in imported(path):
            if module.split(".")[0] in ("models", "theorems", "reports", "tests"):
                allowed = any(module == name or module.startswith(f"{name}.") for name in MAY_IMPORT[room])
                assert allowed, f"{path.relative_to(ROOT)} imports {module}, which {room} may not"


@pytest.mark.parametrize("room", ["models", "theorems", "reports"])
def test_nothing_outside_the_command_line_prints(room):
    for path in sorted((ROOT / room).rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        assert not any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls), f"{path.relative_to(ROOT)} prints"
