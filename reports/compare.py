"""Are committed results what the code makes? Structure, verdicts and trials exactly; the last digits depend on the processor."""

from collections.abc import Iterator
from math import isclose
from typing import Any

TOLERANCE = 1e-6  # relative, for ratios; descent and eigenvalues repeat far better than this between processors
PLACES = ("worst_at", "worst_trial")  # which trial is worst may change where several are equally so
COUNTS = ("failures", "undecided", "close", "vacuous", "applied")


def differences(committed: Any, fresh: Any, at: str = "results", slack: int = 0) -> Iterator[str]:
    """One sentence per difference that no processor explains.

    slack: trials within 1e-9 of equality: these may count on either side
    """
    if isinstance(committed, dict) and isinstance(fresh, dict):
        slack = max(slack, _close(committed), _close(fresh))
        if committed.keys() != fresh.keys():
            yield f"{at}: the fields differ: {sorted(committed.keys() ^ fresh.keys())}"
            return
        for name in committed:
            if name in PLACES:
                continue
            if name in COUNTS:
                if abs(committed[name] - fresh[name]) > slack:
                    yield f"{at}.{name}: {committed[name]} was committed, {fresh[name]} came out"
            elif not (name == "pass_interval" and slack):
                yield from differences(committed[name], fresh[name], f"{at}.{name}", slack)
    elif isinstance(committed, list) and isinstance(fresh, list):
        if len(committed) != len(fresh):
            yield f"{at}: {len(committed)} entries were committed, {len(fresh)} came out"
            return
        for index, (old, new) in enumerate(zip(committed, fresh, strict=True)):
            yield from differences(old, new, f"{at}[{_name(old, index)}]", slack)
    elif not _same(committed, fresh):
        yield f"{at}: {committed!r} was committed, {fresh!r} came out"


def _same(committed: Any, fresh: Any) -> bool:
    if isinstance(committed, float) and isinstance(fresh, int | float):
        return isclose(committed, fresh, rel_tol=TOLERANCE, abs_tol=1e-12)
    return type(committed) is type(fresh) and committed == fresh


def _close(node: dict[str, Any]) -> int:
    clauses = node.get("clauses", [])
    parts = clauses.values() if isinstance(clauses, dict) else clauses
    return max([node.get("close", 0), *(clause.get("close", 0) for clause in parts)])


def _name(entry: Any, index: int) -> str:
    return str(entry.get("id") or entry.get("name") or index) if isinstance(entry, dict) else str(index)
