"""Draws plots as SVG, the same bytes for the same numbers."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

from theorems.checker.statement import slug
from theorems.checker.theorem import Theorem

STABLE: dict[Any, Any] = {"svg.hashsalt": "theorems", "svg.fonttype": "none", "font.size": 9}


def data_file(records: Path, theorem: Theorem) -> Path:
    """Where the numbers of a statement's plots are kept."""
    return records / "plots" / theorem.statement.paper / f"{slug(theorem.statement.label)}.json"


def compute(theorem: Theorem, records: Path) -> Path:
    """Computes the numbers of a statement's plots, which may take minutes, and keeps them."""
    assert theorem.plots is not None
    path = data_file(records, theorem)
    path.parent.mkdir(parents=True, exist_ok=True)
    with threadpool_limits(limits=1):  # as a unit is played, so that the numbers do not depend on the machine's cores
        plots = theorem.plots()
    path.write_text(json.dumps([asdict(plot) for plot in plots], ensure_ascii=False, indent=1) + "\n")
    return path


def kept(records: Path, theorem: Theorem) -> list[dict[str, Any]]:
    """The plots whose numbers are kept; none where they were never computed."""
    path = data_file(records, theorem)
    return json.loads(path.read_text()) if path.exists() else []


def svg(plot: Mapping[str, Any]) -> str:
    """The picture of a plot as SVG text."""
    with mpl.rc_context(STABLE):
        figure = Figure(figsize=(5.2, 3.2), layout="constrained")
        _draw(figure.subplots(), plot)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def _draw(axes: Axes, plot: Mapping[str, Any]) -> None:
    for series in plot["series"]:
        if plot["bars"]:
            axes.stairs(series["y"], [*series["x"], _last_edge(series["x"])], label=series["name"], fill=True, alpha=0.5)
        else:
            (line,) = axes.plot(series["x"], series["y"], label=series["name"])
            if series["low"]:
                axes.fill_between(series["x"], series["low"], series["high"], color=line.get_color(), alpha=0.2, linewidth=0)
    axes.set(xlabel=plot["x_label"], ylabel=plot["y_label"])
    axes.set_xscale("log" if plot["log_x"] else "linear")
    axes.set_yscale("log" if plot["log_y"] else "linear")
    axes.legend(frameon=False)


def _last_edge(edges: list[float]) -> float:
    return 2 * edges[-1] - edges[-2] if len(edges) > 1 else edges[-1] + 1.0
