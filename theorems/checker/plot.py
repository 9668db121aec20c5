"""What a statement would like to have drawn: numbers and words; ``reports`` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line, or one histogram whose bars of height ``y`` begin at ``x``; ``low`` and ``high`` bound a band around the line."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One picture.

    name:     part of its file name, lower case with hyphens
    caption:  what is seen, in one or two sentences
    bars:     histograms in place of lines
    """

    name: str
    caption: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    log_x: bool = False
    log_y: bool = False
    bars: bool = False
