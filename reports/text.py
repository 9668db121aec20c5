"""Numbers and tables in Markdown."""

from collections.abc import Iterable, Sequence

from theorems.checker.choose import Value


def number(value: float | None) -> str:
    """Four significant digits, a dash for null."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.4g}"


def percent(interval: Sequence[float] | None) -> str:
    """An interval of rates in percent, rounded outward in the last digit shown."""
    if interval is None:
        return "–"
    low, high = interval
    return f"{_floor(low)} to {_ceiling(high)} %"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def named_values(values: dict[str, Value]) -> str:
    """``n = 3, p = 1``"""
    return ", ".join(f"{name} = {value:.6g}" if isinstance(value, float) else f"{name} = {value}" for name, value in values.items())


def math(latex: str) -> str:
    """Display mathematics that GitHub renders."""
    return f"```math\n{latex}\n```\n"


def _floor(rate: float) -> str:
    return f"{int(rate * 1e4) / 100:.2f}"


def _ceiling(rate: float) -> str:
    return f"{min(-int(-rate * 1e4 // 1), 10_000) / 100:.2f}"
